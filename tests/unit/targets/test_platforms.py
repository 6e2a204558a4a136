"""The platforms: a name, a target and a tag each lead to one row."""

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


def test_an_unknown_name_means_no_platform():
    assert platforms.named("linux-arm65") is None
    assert platforms.named("") is None


def test_allocators_are_built_for_the_largest_pages_of_each_platform():
    pages = {name: 1 << platform.lg_page for name, platform in PLATFORMS.items()}
    assert pages == {
        "linux-x64": 4096, "linux-arm64": 65536, "musl-x64": 4096, "musl-arm64": 65536,
        "macos-arm64": 16384, "macos-x64": 4096, "windows-x64": 4096, "windows-arm64": 4096,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("target", "floor", "tag"),
    [
        ("x86_64-unknown-linux-gnu", (2, 17), "manylinux_2_17_x86_64"),
        ("aarch64-unknown-linux-musl", (0, 0), "musllinux_1_2_aarch64"),
        ("x86_64-apple-darwin", (10, 12), "macosx_10_12_x86_64"),
        ("x86_64-pc-windows-gnu", (0, 0), "win_amd64"),
        ("aarch64-pc-windows-gnullvm", (0, 0), "win_arm64"),
    ],
)
def test_the_tag_of_a_wheel_follows_the_target_and_what_the_file_needs(target, floor, tag):
    assert platforms.tag(target, floor) == tag


def test_the_largest_page_of_a_target_without_a_platform_is_that_of_its_machine():
    assert platforms.lg_page("aarch64-unknown-freebsd") == 16
    assert platforms.lg_page("x86_64-pc-windows-gnu") == 12
