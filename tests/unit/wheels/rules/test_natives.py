"""Extension modules that contradict the tag of their wheel."""

import pytest

from rtvariants.wheels.rules import natives


@pytest.mark.parametrize(
    ("platform", "tag", "expected"),
    [
        ("macos-arm64", "macosx_11_0_arm64", []),
        ("macos-x64", "macosx_10_15_x86_64", []),
        ("windows-x64", "win_amd64", []),
        ("windows-arm64", "win_arm64", []),
        ("macos-x64", "macosx_10_12_x86_64", ["it needs macOS 10.15, the tag promises"]),
        ("macos-x64", "macosx_11_0_arm64", ["it is for `x86_64`, the tag for"]),
        ("macos-x64", "manylinux_2_17_x86_64", ["it is for macos, the tag for"]),
        ("windows-x64", "win_arm64", ["it is for `x86_64`, the tag for"]),
        ("windows-arm64", "macosx_11_0_arm64", ["it is for windows, the tag for"]),
    ],
)
def test_the_tag_of_a_wheel_must_be_true_of_its_extension_modules(
    small_library, platform, tag, expected
):
    found = list(natives.contradictions(small_library(platform).read_bytes(), f"cp310-abi3-{tag}"))
    assert len(found) == len(expected)
    for what, start in zip(found, expected, strict=True):
        assert what.startswith(start)


def test_a_module_without_a_valid_signature_is_refused(small_library):
    data = bytearray(small_library("macos-arm64").read_bytes())
    data[1 << 14] ^= 1
    (what,) = natives.contradictions(bytes(data), "cp310-abi3-macosx_11_0_arm64")
    assert "pages differ" in what
