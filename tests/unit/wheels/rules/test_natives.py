"""Extension modules that contradict the tag of their wheel."""

from dataclasses import replace

import pytest
from guarded_files import EXPORT
from sample_wheels import fat_wheel, with_files

from rtvariants.loader.stamp import FILE_NAME
from rtvariants.native.guard import marker
from rtvariants.wheels import contents
from rtvariants.wheels.check import check
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


@pytest.mark.parametrize("abi", ["cp310-abi3", "cp311-cp311", "cp314-cp314t", "cp315-abi3.abi3t"])
def test_the_name_of_a_module_is_one_of_its_abi(native, table_of, abi):
    wheel = fat_wheel(native, table_of(), abi)
    assert check(wheel) == []
    name = next(n for n in wheel.files if n.startswith("_sample_fast/_core."))
    for suffix in (".so", ".cpython-313-x86_64-linux-gnu.so"):
        other = {name: None, f"_sample_fast/_core{suffix}": wheel.files[name]}
        (problem,) = check(with_files(wheel, other))
        assert "is not one of its ABI" in problem.what
        assert problem.hint.startswith("Python finds it by a name that ends with `.")


def test_a_stamp_of_another_python_than_the_tag_is_refused(native, table_of):
    wheel = fat_wheel(native, table_of(), "cp311-cp311")
    info = "sample_pack-1.2.dist-info/WHEEL"
    text = wheel.files[info].replace(b"cp311-cp311", b"cp312-cp312")
    tag = wheel.tag.replace("cp311-cp311", "cp312-cp312")
    problems = check(replace(with_files(wheel, {info: text}), tag=tag))
    assert {p.what.partition("ABI ")[2] for p in problems} == {
        "`cp311-cp311`, the tag says `cp312-cp312`"
    }


SAFE = "_sample_safe"


def guarded(fat, module):
    """Return the wheel with this module, which says that the configuration states its facts."""
    stamp = fat.files[f"{SAFE}/{FILE_NAME}"].replace(b"stated-by=crate", b"stated-by=configuration")
    files = {f"{SAFE}/_core.abi3.so": module, f"{SAFE}/{FILE_NAME}": stamp}
    return contents.contents(with_files(fat, files))


def test_a_guard_of_the_build_is_followed_in_the_module(fat, linked):
    module, _ = marker.linked(linked(), EXPORT)
    assert [*natives.guard(guarded(fat, module))] == []


def test_a_module_whose_guard_was_taken_away_is_refused(fat, linked):
    ((what, _), *_) = natives.guard(guarded(fat, linked()))
    assert what.startswith("`_sample_safe/_core.abi3.so`: `PyInit__core` leads to")
    ((what, _),) = natives.guard(guarded(fat, linked(guard=False)))
    assert what.endswith("no guard in the file")
    ((what, _),) = natives.guard(guarded(fat, b"not a module"))
    assert "neither an ELF" in what


def test_a_guard_counts_whatever_the_stamp_says(fat, linked):
    broken = with_files(fat, {f"{SAFE}/_core.abi3.so": linked()})
    assert [*natives.guard(contents.contents(broken))]


def test_a_crates_own_guard_needs_no_marker(fat):
    assert [*natives.guard(contents.contents(fat))] == []
