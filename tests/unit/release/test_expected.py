"""The files of a release, for each packaging."""

import pytest
import release_kit as kit
from packaging.utils import parse_sdist_filename, parse_wheel_filename

from rtvariants.release import expected
from rtvariants.targets.platforms import PLATFORMS, host

THREE = """
[[tool.rtvariants.runtimes]]
name = "wide"
level = { x86_64 = "x86_64_v3", aarch64 = "aarch64" }
select = "explicit"
"""


@pytest.fixture
def all_platforms(tmp_path):
    def declare(packaging):
        return kit.declare(
            tmp_path, packaging=packaging, platforms=list(PLATFORMS), more="\n" + THREE
        )

    return declare


def test_split_has_a_wheel_for_each_cell_an_sdist_for_each_runtime_and_a_base(all_platforms):
    files = expected.expected(all_platforms("split"))
    roles = [file.role for file in files]
    assert roles.count("runtime-wheel") == 24
    assert roles.count("runtime-sdist") == 3
    assert (roles.count("base-wheel"), roles.count("base-sdist")) == (1, 1)
    assert len({file.name for file in files}) == 29
    assert {"lamp_fast-1.4.0-cp310-abi3-musllinux_1_2_aarch64.whl",
            "lamp_runtime_wide-1.4.0.tar.gz", "lamp-1.4.0-py3-none-any.whl"} <= {
        file.name for file in files
    }  # fmt: skip


def test_the_base_comes_after_all_that_it_pins_and_sdists_after_wheels(all_platforms):
    roles = [file.role for file in expected.expected(all_platforms("split"))]
    assert roles == sorted(roles, key=expected.ROLES.index)
    assert roles[-2:] == ["base-wheel", "base-sdist"]


def test_fat_has_a_wheel_for_each_platform_and_one_sdist(all_platforms):
    files = expected.expected(all_platforms("fat"))
    assert [file.role for file in files] == ["base-wheel"] * 8 + ["base-sdist"]
    assert all(file.runtimes == ("fast", "safe", "wide") for file in files[:8])


def test_variant_adds_a_labelled_wheel_for_each_level_and_the_index_file(all_platforms):
    files = expected.expected(all_platforms("variant"))
    roles = [file.role for file in files]
    # x86-64 has two levels that are chosen automatically; arm64 has one, so nothing to choose.
    assert roles.count("variant-wheel") == 4 * 2
    assert (roles.count("base-wheel"), roles.count("variant-index")) == (8, 1)
    assert "lamp-1.4.0-cp310-abi3-win_amd64-x86_64_v3.whl" in {file.name for file in files}


def test_the_packaging_library_reads_all_names(all_platforms):
    for file in expected.expected(all_platforms("split")):
        if file.name.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(file.name)
        else:
            name, version = parse_sdist_filename(file.name)
        assert (name, str(version)) == (file.project, "1.4.0")


def test_a_prerelease_has_its_python_spelling(tmp_path):
    files = expected.expected(kit.declare(tmp_path, version="1.5.0-rc.1"))
    assert all("-1.5.0rc1" in file.name for file in files)


@pytest.mark.parametrize(
    ("system", "machine", "libc", "name"),
    [
        ("linux", "x86_64", "glibc", "linux-x64"),
        ("linux", "aarch64", "", "musl-arm64"),
        ("win32", "AMD64", "", "windows-x64"),
        ("darwin", "arm64", "", "macos-arm64"),
        ("linux", "riscv64", "glibc", ""),
    ],
)
def test_the_host_is_a_known_platform_or_none(system, machine, libc, name):
    assert host(system, machine, libc) == name
    assert not name or name in PLATFORMS


PYTHONS = 'python = ["3.12", "3.14t"]'


@pytest.mark.parametrize("packaging", ["split", "fat", "variant"])
def test_each_python_has_wheels_of_its_own(tmp_path, packaging):
    one, two = (tmp_path / name for name in ("one", "two"))
    one.mkdir()
    two.mkdir()
    stable = expected.expected(kit.declare(one, packaging=packaging))
    files = expected.expected(kit.declare(two, packaging=packaging, more=PYTHONS))
    names = [file.name for file in files]
    assert len(set(names)) == len(names)
    tags = ("cp312-cp312", "cp314-cp314t")
    for file in stable:
        same = [file.name.replace("cp310-abi3", tag) for tag in tags]
        assert set(same) <= set(names)
    wheels = sum("cp310-abi3" in file.name for file in stable)
    assert len(files) == len(stable) + wheels


def test_free_threaded_pythons_have_wheels_next_to_those_of_the_stable_abi(tmp_path):
    more = 'abi = "cp311-abi3"\npython = ["3.14t"]'
    declared = kit.declare(tmp_path, packaging="fat", platforms=["linux-x64"], more=more)
    names = [file.name for file in expected.expected(declared)]
    assert names[:2] == [
        f"lamp-1.4.0-{tag}-manylinux_2_17_x86_64.whl" for tag in ("cp311-abi3", "cp314-cp314t")
    ]
