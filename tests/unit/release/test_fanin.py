"""The fan-in: every way in which built files are not the release is reported before any upload."""

import shutil
import zipfile
from dataclasses import replace

import pytest
import release_kit as kit

from rtvariants.archives import sdist
from rtvariants.archives.facts import Facts
from rtvariants.archives.wheel import read
from rtvariants.loader.stamp import parse
from rtvariants.release import expected, fanin


@pytest.fixture
def release(tmp_path):
    declaration = kit.declare(tmp_path)
    return declaration, kit.build(declaration, tmp_path / "files")


def faults(release, commit=kit.COMMIT):
    with pytest.raises(fanin.FanInError) as caught:
        fanin.check(*release, commit)
    return [(problem.where, problem.what) for problem in caught.value.problems]


def named(release, role, part=""):
    return next(f for f in expected.expected(release[0]) if f.role == role and part in f.name)


@pytest.mark.parametrize("packaging", ["split", "fat"])
def test_a_whole_release_passes_in_the_order_of_publishing(tmp_path, packaging):
    declaration = kit.declare(tmp_path, packaging=packaging)
    checked = fanin.check(declaration, kit.build(declaration, tmp_path / "files"), kit.COMMIT)
    assert [c.file for c in checked] == list(expected.expected(declaration))
    held = {(c.file.platform, s["runtime"]) for c in checked for s in c.facts.stamps}
    assert held == {(p, r) for p in kit.TWO for r in ("fast", "safe")}


def test_files_in_folders_of_artifacts_are_found(release):
    folder = release[1]
    for path in list(folder.iterdir()):
        (folder / path.stem).mkdir()
        path.rename(folder / path.stem / path.name)
    assert fanin.check(*release, kit.COMMIT)


def test_a_missing_file_is_reported_with_its_cell(release):
    file = named(release, "runtime-wheel", "win")
    (release[1] / file.name).unlink()
    assert faults(release) == [(file.name, "missing file (windows-arm64, fast)")]


def test_several_missing_files_come_at_once(release):
    for path in release[1].glob("*.tar.gz"):
        path.unlink()
    assert len(faults(release)) == 3


def test_an_extra_file_is_reported(release):
    kit.sdist(release[1], "other-1.0.tar.gz", "other", "1.0")
    assert faults(release) == [("other-1.0.tar.gz", "file of another project")]


def test_a_file_of_another_version_is_reported(release):
    kit.sdist(release[1], "lamp-1.3.0.tar.gz", "lamp", "1.3.0")
    assert faults(release) == [("lamp-1.3.0.tar.gz", "file of version 1.3.0, expected 1.4.0")]


def test_a_wheel_of_an_undeclared_tag_is_reported(release):
    name = "lamp_fast-1.4.0-cp310-abi3-manylinux_2_28_x86_64.whl"
    kit.wheel(release[1], name, "lamp-fast", "1.4.0", {})
    assert faults(release) == [(name, "wrong tag: the declaration has no such file")]


def test_a_misspelled_name_is_one_missing_and_one_misnamed_file(release):
    good = named(release, "base-sdist").name
    (release[1] / good).rename(release[1] / "Lamp-1.4.0.tar.gz")
    assert faults(release) == [(good, "missing file"), ("Lamp-1.4.0.tar.gz", "misnamed file")]


def test_a_file_with_another_spelling_of_the_version_is_misnamed(release):
    good = named(release, "base-sdist").name
    (release[1] / good).rename(release[1] / "lamp-1.4.tar.gz")
    assert faults(release) == [(good, "missing file"), ("lamp-1.4.tar.gz", "misnamed file")]


def test_a_hyphen_in_a_name_is_not_the_start_of_the_version(release):
    name = "lamp-fast-1.4.0.tar.gz"
    kit.sdist(release[1], name, "lamp-fast", "1.4.0")
    assert faults(release) == [(name, "misnamed file")]


def test_a_wheel_with_a_build_number_is_reported(release):
    good = named(release, "runtime-wheel", "win").name
    name = good.replace("-1.4.0-", "-1.4.0-1-")
    shutil.copy(release[1] / good, release[1] / name)
    assert faults(release) == [(name, "wheel with the build number 1")]


def test_two_files_with_one_name_are_refused(release):
    file = named(release, "base-wheel")
    (release[1] / "again").mkdir()
    shutil.copy(release[1] / file.name, release[1] / "again")
    ((where, what),) = faults(release)
    assert where == file.name
    assert what.startswith("two files with this name")


@pytest.mark.parametrize("role", ["runtime-wheel", "runtime-sdist"])
@pytest.mark.parametrize("keep", [0, 30, -30])
def test_a_truncated_file_is_refused(release, role, keep):
    path = release[1] / named(release, role).name
    path.write_bytes(path.read_bytes()[:keep])
    ((where, what),) = faults(release)
    assert (where, what.split(":")[0]) == (path.name, "unreadable archive")


def test_a_flipped_byte_inside_a_wheel_is_refused(release):
    path = release[1] / named(release, "base-wheel").name
    data = bytearray(path.read_bytes())
    data[data.index(b"lamp/__init__.py") + 20] ^= 0xFF
    path.write_bytes(data)
    assert faults(release)[0][0] == path.name


def test_a_renamed_wheel_of_another_version_is_refused(release):
    path = release[1] / named(release, "runtime-wheel").name
    stamp = {"_lamp_fast/rtvariants.stamp": kit.stamp("fast", "linux-x64", "1.3.0")}
    old = path.name.replace("1.4.0", "1.3.0")
    kit.wheel(release[1], old, "lamp-fast", "1.3.0", stamp).rename(path)
    assert {what.split(" ")[0] for _, what in faults(release)} == {"no", "version"}


def test_a_wheel_whose_tags_inside_differ_is_refused(release):
    file = named(release, "base-wheel")
    kit.wheel(release[1], file.name, "lamp", "1.4.0", {}, tags=["cp39-none-any"])
    assert any(what.endswith("WHEEL has `cp39-none-any`") for _, what in faults(release))


def test_a_swapped_runtime_is_refused(release):
    fast, safe = (named(release, "runtime-wheel", part) for part in ("lamp_fast", "safe"))
    stamp = {"_lamp_safe/rtvariants.stamp": kit.stamp("safe", "linux-x64")}
    kit.wheel(release[1], fast.name, fast.project, "1.4.0", stamp)
    assert (fast.name, "runtimes in it: safe; expected: fast") in faults(release)
    assert safe.runtimes == ("safe",)


def test_an_extension_module_for_another_platform_is_refused(release):
    file = named(release, "runtime-wheel", "win")
    stamp = {"_lamp_fast/rtvariants.stamp": kit.stamp("fast", "linux-x64")}
    kit.wheel(release[1], file.name, file.project, "1.4.0", stamp)
    what = "target of `fast`: `x86_64-unknown-linux-gnu`, expected `aarch64-pc-windows-msvc`"
    assert (file.name, what) in faults(release)


def test_the_other_target_of_a_platform_passes_and_no_third_one(release):
    file = named(release, "runtime-wheel", "win")
    kit.restamp(release[1] / file.name, "pc-windows-msvc", "pc-windows-gnullvm")
    fanin.check(*release, kit.COMMIT)
    kit.restamp(release[1] / file.name, "target=aarch64", "target=x86_64")
    assert "expected `aarch64-pc-windows-msvc`" in faults(release)[0][1]


def test_files_from_another_commit_are_refused(release):
    found = faults(release, "d" * 40)
    # Four extension modules and three sdists have their commit.
    assert len(found) == 7
    assert all(kit.COMMIT in what and "d" * 40 in what for _, what in found)


def test_a_base_that_pins_another_version_is_refused(release):
    file = named(release, "base-wheel")
    pins = ("lamp-fast==1.3.0", "lamp-runtime-safe>=1.4.0")
    kit.wheel(release[1], file.name, "lamp", "1.4.0", {}, requires=pins)
    assert {
        (file.name, "pins another version: `lamp-fast==1.3.0`"),
        (file.name, "no exact pin of a runtime: `lamp-runtime-safe==1.4.0`"),
    } <= set(faults(release))


@pytest.mark.parametrize("pin", ["lamp-fast==1.4", "Lamp.Fast (==1.4.0)", "lamp_fast == 1.4.0.0"])
def test_pins_are_compared_as_pep_440_does(release, pin):
    file = named(release, "base-wheel")
    pins = (pin, "lamp-runtime-safe==1.4.0")
    kit.wheel(release[1], file.name, "lamp", "1.4.0", {}, requires=pins)
    assert not [what for _, what in faults(release) if "pin" in what]


@pytest.mark.parametrize(
    "pin", ["lamp-fast==1.4.*", "lamp-fast===1.4.0", "lamp-fast==1.4.0,!=1.4.0", "lamp-fast"]
)
def test_a_requirement_that_admits_more_or_less_is_no_exact_pin(release, pin):
    file = named(release, "base-wheel")
    pins = (pin, "lamp-runtime-safe==1.4.0")
    kit.wheel(release[1], file.name, "lamp", "1.4.0", {}, requires=pins)
    assert (file.name, "no exact pin of a runtime: `lamp-fast==1.4.0`") in faults(release)


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil", "C:/evil", "a\\evil"])
def test_a_name_that_leaves_the_archive_is_refused(release, name):
    path = release[1] / named(release, "base-wheel").name
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(zipfile.ZipInfo(name), b"x")
    ((_, what),) = faults(release)
    assert what.startswith(
        ("member outside of the archive's folder", "member whose name depends on")
    )


def test_a_stray_member_is_refused(release):
    path = release[1] / named(release, "base-wheel").name
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("lamp/stray.py", b"x")
    assert faults(release) == [(path.name, "RECORD does not list: `lamp/stray.py`")]


def test_an_sdist_with_a_second_folder_is_refused(release):
    file = named(release, "base-sdist")
    kit.sdist(release[1], file.name, "lamp", "1.4.0", {"other/x": b""})
    assert faults(release) == [(file.name, "member outside of `lamp-1.4.0/`: `other/x`")]


def test_a_wheel_that_breaks_a_rule_of_inspect_is_refused(release):
    file = named(release, "runtime-wheel")
    path = release[1] / file.name
    whole = read(path)
    without = {n: d for n, d in whole.files.items() if not n.endswith(".abi3.so")}
    for members in (without, {**whole.files, "evil.pth": b"import os"}):
        kit.replace(whole, files=members).sealed().write(release[1])
        assert {where for where, _ in faults(release)} == {file.name}


@pytest.mark.parametrize("text", ["evil-typo-package", "lamp-evil>=1"])
def test_a_requirement_that_the_project_does_not_declare_is_refused(release, text):
    file = named(release, "base-wheel")
    whole = read(release[1] / file.name)
    name = f"{whole.dist_info}/METADATA"
    head, _, rest = whole.files[name].decode().partition("Requires-Dist: ")
    more = f"{head}Requires-Dist: {text}\nRequires-Dist: {rest}".encode()
    kit.replace(whole, files={**whole.files, name: more}).sealed().write(release[1])
    wanted = (file.name, f"requirement that pyproject.toml does not declare: `{text}`")
    assert wanted in faults(release)


def test_an_sdist_with_other_files_than_the_commit_is_refused(release):
    file = named(release, "runtime-sdist")
    whole = sdist.read(release[1] / file.name)
    for name in ("build.rs", "Cargo.toml"):
        members = {**whole.files, name: b"evil"}
        kit.replace(whole, files=members).write(release[1])
        ((where, what),) = faults(release)
        assert (where, what.split("`")[1]) == (file.name, name)


def test_the_sdist_of_the_base_has_the_files_of_its_wheel(release):
    file = named(release, "base-sdist")
    whole = sdist.read(release[1] / file.name)
    members = {**whole.files, "wheel/lamp/__init__.py": b"evil"}
    kit.replace(whole, files=members).write(release[1])
    assert faults(release) == [(file.name, "`wheel/lamp/__init__.py` differs from the wheel")]


def test_each_runtime_of_each_extension_module_is_expected(tmp_path):
    declaration = kit.declare(tmp_path, packaging="fat")
    declaration = replace(declaration, packages=("lamp", "lamp.more"))
    file = next(f for f in expected.expected(declaration) if f.role == "base-wheel")
    stamps = [
        parse(kit.stamp(name, file.platform)) | {"package": package}
        for package in declaration.packages
        for name in file.runtimes
    ]
    facts = Facts("lamp", stamps=tuple(stamps))
    assert fanin.stamp_problems(declaration, file, facts, "") == []
    (problem,) = fanin.stamp_problems(
        declaration, file, replace(facts, stamps=facts.stamps[:-1]), ""
    )
    assert problem.what.endswith(
        "expected: fast of lamp, fast of lamp.more, safe of lamp, safe of lamp.more"
    )
    assert "safe of lamp.more; expected" not in problem.what
