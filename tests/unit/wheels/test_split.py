"""The wheels of split packages: pins, extras, metadata, and what all platforms must share."""

from dataclasses import replace
from email.parser import HeaderParser

import pytest
from sample_wheels import BASE, MACHINE, RUNTIMES, fat_wheel, text, with_files

from rtvariants.errors import ConfigError, WheelError
from rtvariants.shim import generated
from rtvariants.shim import table as tables
from rtvariants.wheels import split
from rtvariants.wheels.check import check
from rtvariants.wheels.contents import contents

INFO = "sample_pack-1.2.dist-info"


@pytest.fixture
def cut(fat, table_of):
    return split.cut([fat], table_of())


def test_the_base_has_no_extension_module_and_pins_what_it_needs(cut, fat):
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


def test_programs_stay_programs(fat, table_of):
    programs = frozenset({"sample/__init__.py"})
    assert split.cut([replace(fat, programs=programs)], table_of())[0].programs == programs


def test_no_wheel_owns_a_file_of_another_one(cut):
    owners = [name for wheel in cut for name in wheel.files]
    assert len(owners) == len(set(owners))


def test_every_wheel_keeps_all_rules(cut):
    assert [check(wheel) for wheel in cut] == [[], [], [], []]


def test_the_base_states_no_stamp_because_a_runtime_may_be_built_elsewhere(cut, fat):
    tables = contents(cut[0]).tables
    assert {runtime.stamp for table in tables for runtime in table.runtimes} == {""}
    # The control: one that states them is refused.
    stating = with_files(cut[0], generated.rewritten(cut[0], contents(fat).tables))
    said = text(p for p in check(stating) if p.rule == "loader")
    assert "a runtime that is not in the wheel: `fast`" in said


def test_the_extension_modules_have_the_same_bytes(cut, fat):
    for wheel in cut[1:]:
        for name in wheel.files:
            if ".dist-info/" not in name:
                assert wheel.files[name] == fat.files[name]


def test_the_metadata_of_a_runtime_names_the_same_owner_and_requires_nothing(cut):
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


def test_no_wheel_is_written_without_a_name_of_its_own(fat, table_of):
    named = [RUNTIMES[0] | {"distribution": "sample-pack"}, *RUNTIMES[1:]]
    with pytest.raises(
        ConfigError, match="distribution `sample-pack` belongs to the package itself"
    ):
        split.cut([fat], table_of(named))


def test_an_extra_of_the_package_is_not_replaced(fat, table_of):
    def with_extra(lines):
        said = fat.metadata("METADATA").replace("Requires-Dist", f"{lines}\nRequires-Dist", 1)
        return split.cut([with_files(fat, {f"{INFO}/METADATA": said.encode()})], table_of())

    own = "Provides-Extra: Fast\nRequires-Dist: idna; python_version > '3' and extra == 'fast'"
    with pytest.raises(WheelError, match="with the name of a runtime: `fast` requires `idna;"):
        with_extra(own)
    # One without requirements reserves the name for the day when the package is split.
    base, *_ = with_extra("Provides-Extra: Fast\nProvides-Extra: more")
    said = HeaderParser().parsestr(base.metadata("METADATA"))
    assert said.get_all("Provides-Extra") == ["Fast", "more", "wide", "safe"]
    assert "sample-pack-runtime-fast==1.2; extra == 'fast'" in said.get_all("Requires-Dist")


def test_a_wheel_of_another_configuration_is_refused(fat, table_of):
    other = [*RUNTIMES[:2], {"name": "safe", "level": BASE, "index-bits": 64}]
    with pytest.raises(WheelError, match="with another configuration"):
        split.cut([fat], table_of(other))


def test_platforms_share_one_base_or_none_is_made(fat, table_of):
    tag = f"cp310-abi3-musllinux_1_2_{MACHINE}"
    said = fat.files[f"{INFO}/WHEEL"].replace(fat.tag.encode(), tag.encode())
    musl = replace(with_files(fat, {f"{INFO}/WHEEL": said}), tag=tag)
    assert len(split.cut([fat, musl], table_of())) == 7
    other = with_files(musl, {"sample/__init__.py": b"1"})
    with pytest.raises(WheelError, match="`, a file of the base package"):
        split.cut([fat, other], table_of())


PYTHONS = ("cp311-cp311", "cp312-cp312", "cp314-cp314t")


def test_pythons_share_one_base_too(native, table_of, fat):
    fats = [fat, *(fat_wheel(native, table_of(), abi) for abi in PYTHONS)]
    base, *runtimes = split.cut(fats, table_of())
    assert [check(wheel) for wheel in (base, *runtimes)] == [[]] * 13
    assert len({wheel.filename for wheel in runtimes}) == 12
    # Whatever is cut together: the base is the same, as another machine may cut the others.
    alone = [split.cut([one], table_of())[0] for one in fats]
    assert {tuple(sorted(each.files.items())) for each in (base, *alone)} == {
        tuple(sorted(base.files.items()))
    }
    assert {r.abi for made in contents(base).tables for r in made.runtimes} == {""}


def test_only_fat_wheels_are_cut(cut, table_of):
    with pytest.raises(WheelError, match="not a fat wheel"):
        split.cut(cut[:1], table_of())


def test_the_sbom_of_a_runtime_goes_with_it(fat, table_of):
    sboms = {f"{INFO}/sboms/{n}.cdx.json": b"{}" for n in ("sample-fast", "sample-wide", "wide")}
    base, *others = split.cut([with_files(fat, sboms)], table_of())
    found = {
        w.name: [n.partition("/")[2] for n in w.files if "/sboms/" in n] for w in (base, *others)
    }
    assert found == {
        "sample_pack": ["sboms/wide.cdx.json"],
        "sample_pack_runtime_fast": ["sboms/sample-fast.cdx.json"],
        "sample_pack_runtime_wide": ["sboms/sample-wide.cdx.json"],
        "sample_pack_runtime_safe": [],
    }


def test_a_package_may_have_the_name_of_one_of_its_runtimes(fat, table_of):
    named = [{**r, "name": n} for r, n in zip(RUNTIMES, ("sample", "wide", "safe"), strict=True)]
    sboms = {f"{INFO}/sboms/sample-{r['name']}.cdx.json": b"{}" for r in named}
    files = {
        name.replace("_sample_fast/", "_sample_sample/"): data
        for name, data in with_files(fat, sboms).files.items()
    }
    made = tables.of(table_of(named), MACHINE, "linux", "cp310-abi3", "1.2")
    renamed = replace(fat, files=files | generated.rewritten(fat, [made]))
    base, *others = split.cut([renamed], table_of(named))
    assert [n for n in base.files if "/sboms/" in n] == []
    assert [[n.rpartition("/")[2] for n in w.files if "/sboms/" in n] for w in others] == [
        ["sample-safe.cdx.json"], ["sample-sample.cdx.json"], ["sample-wide.cdx.json"],
    ]  # fmt: skip
