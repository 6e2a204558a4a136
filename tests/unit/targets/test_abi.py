"""Tags of ABIs and the ends of names."""

import sys
import sysconfig

import pytest

from rtvariants.targets.abi import Abi, read, required

TAGS = ("cp310-abi3", "cp311-cp311", "cp314-cp314t", "cp315-abi3.abi3t")
LINUX = "x86_64-unknown-linux-gnu"


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_is_read_and_written(tag):
    assert required(tag).tag == tag


@pytest.mark.parametrize(
    "tag", ["", "py3-none", "cp311-cp312", "cp311-none", "pp310-pypy310_pp73", "cp2-abi3", "cp3-x"]
)
def test_other_tags_are_none_of_a_build(tag):
    assert read(tag) is None


def test_names_end_as_each_system_expects():
    assert [required(tag).suffix(LINUX) for tag in TAGS] == [
        ".abi3.so", ".cpython-311-x86_64-linux-gnu.so", ".cpython-314t-x86_64-linux-gnu.so",
        ".abi3t.so",
    ]  # fmt: skip
    assert [required(tag).suffix("aarch64-pc-windows-msvc") for tag in TAGS] == [
        ".pyd", ".cp311-win_arm64.pyd", ".cp314t-win_arm64.pyd", ".pyd",
    ]  # fmt: skip
    assert [required(tag).suffix("aarch64-apple-darwin") for tag in TAGS] == [
        ".abi3.so", ".cpython-311-darwin.so", ".cpython-314t-darwin.so", ".abi3t.so",
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="the target above")
def test_this_python_names_its_modules_so():
    minor, threads = sys.version_info[1], bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    machine = sysconfig.get_platform().rpartition("-")[2]
    target = LINUX.replace("x86_64", machine)
    assert Abi(minor, free_threaded=threads).suffix(target) == sysconfig.get_config_var(
        "EXT_SUFFIX"
    )


@pytest.mark.parametrize("tag", TAGS)
def test_a_name_fits_one_abi(tag):
    for target in (LINUX, "aarch64-apple-darwin", "x86_64-unknown-linux-musl"):
        name = "_core" + required(tag).suffix(target)
        assert [other for other in TAGS if required(other).fits(name)] == [tag]


def test_it_is_shown_as_a_person_writes_it():
    assert [required(tag).shown for tag in TAGS] == [
        "CPython 3.10 or newer, with the GIL", "CPython 3.11", "free-threaded CPython 3.14",
        "CPython 3.15 or newer",
    ]  # fmt: skip
    assert [required(tag).version for tag in TAGS] == ["3.10", "3.11", "3.14t", "3.15"]
