"""Names of files on an index, also those that this project does not write."""

import pytest

from rtvariants.release import file_names

TAG = "cp310-abi3-manylinux_2_28_x86_64"

THIS = [
    f"lamp-1.4.0-{TAG}.whl",
    f"lamp-1.4-{TAG}.whl",
    f"lamp-1.4.0.0-{TAG}.whl",
    f"lamp-v1.4.0-{TAG}.whl",
    f"lamp-0!1.4.0-{TAG}.whl",
    f"lamp-1.4.0-1-{TAG}.whl",
    f"lamp-1.4.0-2local-{TAG}.whl",
    f"Lamp.Fast-1.4.0-{TAG}.whl",
    f"lamp-1.4.0-{TAG}-x86_64_v3.whl",
    f"lamp-1.4.0-1-{TAG}-x86_64_v3.whl",
    f"lamp-1.4.0+cpu-{TAG}.whl",
    "lamp-1.4.0.tar.gz",
    "lamp-1.4.zip",
    "lamp-fast-1.4.0.tar.gz",
    "Lamp.Fast-1.4.0.tar.gz",
    "lamp-1.4.0-variants.json",
    "lamp-1.4.0-py3.10.egg",
    "lamp-1.4.0-py3-none.whl",
]
OTHERS = [
    f"lamp-1.4.0.post0-{TAG}.whl",
    f"lamp-1.4.0rc1-{TAG}.whl",
    f"lamp-1.4.0.dev1-{TAG}.whl",
    f"lamp-1!1.4.0-{TAG}.whl",
    f"lamp-1.4.1-1-{TAG}.whl",
    f"lamp-1.3-1.4.0-{TAG}.whl",
    "lamp-1.40.tar.gz",
    "lamp-1.4.0.post1.tar.gz",
    f"lamp-{'9' * 5000}.tar.gz",
    "lamp-1.4.x.tar.gz",
    "lamp.tar.gz",
    "1.4.0",
    "-",
    "",
]


@pytest.mark.parametrize("name", THIS)
def test_a_file_that_an_exact_pin_admits_is_of_the_version(name):
    assert file_names.of_version([name], "1.4.0") == [name]
    assert file_names.of_version([name], "1.4") == [name]


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_file_is_not_of_the_version(name):
    assert file_names.of_version([name], "1.4.0") == []


def test_a_local_version_is_only_itself():
    names = ["lamp-1.4.0.tar.gz", "lamp-1.4.0+cpu.tar.gz", "lamp-1.4.0+gpu.tar.gz"]
    assert file_names.of_version(names, "1.4.0+cpu") == ["lamp-1.4.0+cpu.tar.gz"]


def test_a_prerelease_can_be_asked_for():
    names = ["lamp-1.4.0rc1.tar.gz", "lamp-1.4.0.rc.1.tar.gz", "lamp-1.4.0.tar.gz"]
    assert file_names.of_version(names, "1.4.0rc1") == [names[1], names[0]]
