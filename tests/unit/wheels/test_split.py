"""The parts of split packages: names, pins, metadata; what must be equal and what apart."""

from dataclasses import replace
from email.parser import HeaderParser

import pytest
from sample_wheels import BASE, MACHINE, RUNTIMES, text, with_files

from rtvariants.archives import sdist
from rtvariants.backends import part as backend
from rtvariants.config import toml
from rtvariants.errors import ConfigError, WheelError
from rtvariants.shim import generated
from rtvariants.shim import table as tables
from rtvariants.wheels import parts, split
from rtvariants.wheels.check import check
from rtvariants.wheels.contents import contents

INFO = "sample_pack-1.2.dist-info"


@pytest.fixture
def cut(fat, table_of):
    return split.cut([fat], table_of())


def test_the_base_has_no_native_and_pins_what_it_needs(cut, fat):
    base = cut[0]
    assert base.filename == "sample_pack-1.2-py3-none-any.whl"
    assert not contents(base).runtimes
    said = HeaderParser().parsestr(base.metadata("METADATA"))
    assert said.get_all("Requires-Dist") == [
        "archspec",
        "sample-pack-runtime-fast==1.2",
        "sample-pack-runtime-safe==1.2",
        "sample-pack-runtime-fast==1.2; extra == 'fast'",
        "sample-pack-runtime-wide==1.2; extra == 'wide'",
        "sample-pack-runtime-safe==1.2; extra == 'safe'",
    ]
    assert said.get_all("Provides-Extra") == ["fast", "wide", "safe"]
    assert said.get_payload().strip() == "# Sample\n\nIt is: this."
    assert f"{INFO}/entry_points.txt" in base.files


def test_no_part_owns_a_file_of_another(cut):
    owners = [name for wheel in cut for name in wheel.files]
    assert len(owners) == len(set(owners))


def test_every_part_is_a_wheel_by_all_rules(cut):
    assert [check(wheel) for wheel in cut] == [[], [], [], []]


def test_the_base_states_no_stamp_since_a_runtime_may_be_built_elsewhere(cut, fat):
    tables = contents(cut[0]).tables
    assert {runtime.stamp for table in tables for runtime in table.runtimes} == {""}
    # The control: one that states them is refused.
    stating = with_files(cut[0], generated.again(cut[0], contents(fat).tables))
    said = text(p for p in check(stating) if p.rule == "loader")
    assert "a runtime that is not in the wheel: `fast`" in said


def test_the_natives_are_the_same_bytes(cut, fat):
    for wheel in cut[1:]:
        for name in wheel.files:
            if ".dist-info/" not in name:
                assert wheel.files[name] == fat.files[name]


def test_a_runtimes_metadata_is_whose_the_package_is_and_requires_nothing(cut):
    wheel = next(w for w in cut if w.name.endswith("_wide"))
    said = HeaderParser().parsestr(wheel.metadata("METADATA"))
    assert said["Name"] == "sample-pack-runtime-wide"
    assert (said["Version"], said["License-Expression"]) == ("1.2", "MIT")
    assert said["Requires-Python"] == ">=3.10"
    assert said.get_all("Requires-Dist") is None
    assert wheel.files["sample_pack_runtime_wide-1.2.dist-info/licenses/LICENSE"] == b"MIT"


def test_the_base_knows_every_platform_and_where_each_runtime_comes_from(cut):
    tables = {(t.system, t.machine): t for t in contents(cut[0]).tables}
    assert set(tables) == {
        (system, machine)
        for system in ("linux", "macos", "windows")
        for machine in ("x86_64", "aarch64")
    }
    arm = tables["macos", "aarch64"]
    assert {r.level for r in arm.runtimes} == {"aarch64"}
    assert [r.install for r in arm.runtimes][1] == "sample-pack-runtime-wide==1.2"


@pytest.mark.parametrize(
    ("requires", "said"),
    [
        (["fast"], "does not run on every x86_64 CPU"),
        (["wide", "fast"], "does not run on every x86_64 CPU"),
        (["save", "safe"], "unknown runtime: `save`"),
    ],
)
def test_what_the_base_needs_must_run_on_every_cpu(table_of, requires, said):
    with pytest.raises(ConfigError) as error:
        table_of(split={"requires": requires})
    assert said in str(error.value)
    # On arm64 each of the runtimes has the baseline.
    assert "aarch64" not in str(error.value) or "unknown" in said


def test_names_and_what_is_needed_are_settings(fat, table_of):
    named = [RUNTIMES[0] | {"distribution": "quick"}, *RUNTIMES[1:]]
    made = split.parts(table_of(named, split={"requires": ["safe"]}), "sample-pack")
    assert made.distributions["fast"] == "quick"
    assert made.required == ("safe",)
    for wrong in ("Quick", "a--b", "a_b"):
        with pytest.raises(ConfigError, match="not the normalised name"):
            table_of([RUNTIMES[0] | {"distribution": wrong}, *RUNTIMES[1:]])
    with pytest.raises(ConfigError, match="two runtimes in one distribution: `quick`"):
        table_of([r | {"distribution": "quick"} for r in RUNTIMES])


@pytest.mark.parametrize(
    ("names", "project", "said"),
    [
        (("rt_32", "rt32"), "s", "runtimes[1]: name of a distribution that is that of `rt_32` too"),
        (("fast_", "safe"), "s", "runtimes[0]: no name of an extra: `fast_`"),
        (("a__b", "safe"), "s", 'hint: give it one: `distribution = "s-runtime-a-b"`'),
        (("fast", "safe"), "quick", "runtimes[0]: name of a distribution that is the package's"),
        (("fast", "safe"), "quick-runtime-safe", ""),
    ],
)
def test_every_part_has_a_name_of_its_own(table_of, names, project, said):
    named = [{**RUNTIMES[i], "name": n} for i, n in zip((0, 2), names, strict=True)]
    if project == "quick":
        named[0]["distribution"] = "quick"
    made = split.parts(table_of(named), project)
    found = "\n".join(
        f"{p.where}: {p.what}\nhint: {p.hint}" for p in split.unnamed(made.distributions, project)
    )
    assert said in found
    assert bool(said) == bool(found)


def test_no_part_is_written_without_a_name_of_its_own(fat, table_of):
    named = [RUNTIMES[0] | {"distribution": "sample-pack"}, *RUNTIMES[1:]]
    with pytest.raises(ConfigError, match="that is the package's own: `sample-pack`"):
        split.cut([fat], table_of(named))


def test_an_extra_of_the_packages_own_is_not_taken_over(fat, table_of):
    def with_extra(lines):
        said = fat.metadata("METADATA").replace("Requires-Dist", f"{lines}\nRequires-Dist", 1)
        return split.cut([with_files(fat, {f"{INFO}/METADATA": said.encode()})], table_of())

    own = "Provides-Extra: Fast\nRequires-Dist: idna; python_version > '3' and extra == 'fast'"
    with pytest.raises(WheelError, match="with the name of a runtime: `fast` requires `idna;"):
        with_extra(own)
    # One that requires nothing holds the place for a package that may be split one day.
    base, *_ = with_extra("Provides-Extra: Fast\nProvides-Extra: more")
    said = HeaderParser().parsestr(base.metadata("METADATA"))
    assert said.get_all("Provides-Extra") == ["Fast", "more", "wide", "safe"]
    assert "sample-pack-runtime-fast==1.2; extra == 'fast'" in said.get_all("Requires-Dist")


def test_a_wheel_of_another_table_is_refused(fat, table_of):
    other = [*RUNTIMES[:2], {"name": "safe", "level": BASE, "index-bits": 64}]
    with pytest.raises(WheelError, match="not that of pyproject"):
        split.cut([fat], table_of(other))


def test_platforms_share_one_base_or_none_is_made(fat, table_of):
    tag = f"cp310-abi3-musllinux_1_2_{MACHINE}"
    said = fat.files[f"{INFO}/WHEEL"].replace(fat.tag.encode(), tag.encode())
    musl = replace(with_files(fat, {f"{INFO}/WHEEL": said}), tag=tag)
    assert len(split.cut([fat, musl], table_of())) == 7
    other = with_files(musl, {"sample/__init__.py": b"1"})
    with pytest.raises(WheelError, match="`, which the base package holds"):
        split.cut([fat, other], table_of())


def test_only_fat_wheels_are_cut(cut, table_of):
    with pytest.raises(WheelError, match="not a fat wheel"):
        split.cut(cut[:1], table_of())


def test_the_software_bill_of_a_runtime_goes_with_it(fat, table_of):
    bills = {f"{INFO}/sboms/{n}.cdx.json": b"{}" for n in ("sample-fast", "sample-wide", "wide")}
    base, *others = split.cut([with_files(fat, bills)], table_of())
    found = {
        w.name: [n.partition("/")[2] for n in w.files if "/sboms/" in n] for w in (base, *others)
    }
    assert found == {
        "sample_pack": ["sboms/wide.cdx.json"],
        "sample_pack_runtime_fast": ["sboms/sample-fast.cdx.json"],
        "sample_pack_runtime_wide": ["sboms/sample-wide.cdx.json"],
        "sample_pack_runtime_safe": [],
    }


def test_a_package_may_be_called_as_one_of_its_runtimes(fat, table_of):
    named = [{**r, "name": n} for r, n in zip(RUNTIMES, ("sample", "wide", "safe"), strict=True)]
    bills = {f"{INFO}/sboms/sample-{r['name']}.cdx.json": b"{}" for r in named}
    files = {
        name.replace("_sample_fast/", "_sample_sample/"): data
        for name, data in with_files(fat, bills).files.items()
    }
    made = tables.of(table_of(named), MACHINE, "linux", "cp310-abi3", "1.2")
    renamed = replace(fat, files=files | generated.again(fat, [made]))
    base, *others = split.cut([renamed], table_of(named))
    assert [n for n in base.files if "/sboms/" in n] == []
    assert [[n.rpartition("/")[2] for n in w.files if "/sboms/" in n] for w in others] == [
        ["sample-safe.cdx.json"], ["sample-sample.cdx.json"], ["sample-wide.cdx.json"],
    ]  # fmt: skip


def test_source_archives_have_their_own_name_and_backend(cut, table_of):
    pyproject = (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        'backend-path = ["plugin"]\n[project]\nname = "Sample.Pack"\ndynamic = ["version"]\n'
        '[tool.rtvariants]\nmodule = "sample._core"\n'
    )
    files = {"pyproject.toml": pyproject.encode(), "PKG-INFO": b"", "src/lib.rs": b"fn a() {}",
             "plugin/p.py": b""}  # fmt: skip
    whole = sdist.Sdist("sample_pack", "1.2", files)
    made = split.parts(table_of(), "sample-pack")
    base, fast, *_ = parts.archives(whole, cut[0], made)
    assert base.filename == "sample_pack-1.2.tar.gz"
    assert {"wheel/sample/__init__.py", "plugin/p.py"} <= set(base.files)
    assert "src/lib.rs" not in base.files
    assert fast.filename == "sample_pack_runtime_fast-1.2.tar.gz"
    data = toml.parse(fast.files["pyproject.toml"])
    dynamic = data["project"].pop("dynamic")
    assert data["project"] == {"name": "sample-pack-runtime-fast", "version": "1.2"}
    # A field that is neither stated nor dynamic is one that the package does not have.
    assert {"dependencies", "optional-dependencies", "requires-python", "scripts"} <= set(dynamic)
    assert data["build-system"] == {
        "requires": ["hatchling"], "build-backend": "rtvariants.backends.part",
        "backend-path": ["plugin"],
    }  # fmt: skip
    assert data["tool"]["rtvariants"] == {"module": "sample._core"}
    assert data["tool"]["rtvariants-part"] == {"package": "sample-pack", "runtime": "fast"}
    assert fast.files["src/lib.rs"] == b"fn a() {}"
    assert b"Name: sample-pack-runtime-fast" in fast.files["PKG-INFO"]


def test_the_bases_archive_builds_the_bases_wheel_whatever_the_project_is_called(
    cut, table_of, tmp_path, monkeypatch
):
    files = {"pyproject.toml": b"[project]\nname = 'Sample.Pack'\n", "PKG-INFO": b""}
    whole = sdist.Sdist("sample_pack", "1.2", files)
    archive, *_ = parts.archives(whole, cut[0], split.parts(table_of(), "sample-pack"))
    for name, data in archive.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "out" / backend.build_wheel(str(tmp_path / "out"))
    assert made.read_bytes() == cut[0].write(tmp_path / "first").read_bytes()
    assert made.name == cut[0].filename
    assert backend.build_sdist(str(tmp_path / "again")) == archive.filename
