"""The platforms: names, targets and tags lead to one row each."""

import pytest

from rtvariants.loader.stamp import target_system
from rtvariants.targets import levels, platforms
from rtvariants.targets.platforms import PLATFORMS


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=list(PLATFORMS))
def test_name_target_and_tag_name_one_platform(platform):
    assert platforms.named(platform.name) is platform
    assert platforms.named(platform.target) is platform
    assert platforms.of_tag(platform.tag) is platform
    assert platform.machine in levels.BASELINES
    assert target_system(platform.target)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("manylinux2014_aarch64", "linux-arm64"),
        ("manylinux_2_34_x86_64", "linux-x64"),
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", "linux-x64"),
        ("musllinux_1_1_aarch64", "musl-arm64"),
        ("macosx_14_0_arm64", "macos-arm64"),
        ("win_arm64", "windows-arm64"),
        ("manylinux_2_17_armv7l", None),
        ("linux_x86_64", None),
        ("any", None),
        ("", None),
    ],
)
def test_a_tag_is_read_whatever_its_floor(tag, name):
    found = platforms.of_tag(tag)
    assert (found and found.name) == name


def test_an_unknown_name_is_no_platform():
    assert platforms.named("linux-arm65") is None
    assert platforms.named("") is None


def test_allocators_are_built_for_the_largest_pages_of_each_platform():
    pages = {name: 1 << platform.lg_page for name, platform in PLATFORMS.items()}
    assert pages == {
        "linux-x64": 4096, "linux-arm64": 65536, "musl-x64": 4096, "musl-arm64": 65536,
        "macos-arm64": 16384, "macos-x64": 4096, "windows-x64": 4096, "windows-arm64": 4096,
    }  # fmt: skip
