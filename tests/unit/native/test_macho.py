"""The reader of Mach-O files."""

import pytest

from rtvariants.native import binary
from rtvariants.targets import platforms


def test_the_floor_is_the_macos_that_the_file_names(small_library):
    found = binary.read(small_library("macos-arm64", target="aarch64-macos.13.3"))
    assert found.floor == (13, 3)
    assert platforms.macos_tag(found.minimum, "aarch64") == "macosx_14_0_arm64"


def test_one_file_for_two_machines_is_refused(small_library, tmp_path):
    parts = [small_library("macos-arm64").read_bytes(), small_library("macos-x64").read_bytes()]
    head = (0xCAFEBABE).to_bytes(4, "big") + (2).to_bytes(4, "big")
    offset, body = 0x4000, b""
    for cpu, sub, data in ((0x100000C, 0, parts[0]), (0x1000007, 3, parts[1])):
        for number in (cpu, sub, offset + len(body), len(data), 14):
            head += number.to_bytes(4, "big")
        body += data + bytes(-len(data) % 0x4000)
    path = tmp_path / "both"
    path.write_bytes(head.ljust(offset, b"\0") + body)
    with pytest.raises(ValueError, match="for 2 machines at once"):
        binary.read(path)
