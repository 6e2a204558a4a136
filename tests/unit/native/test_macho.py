"""The reader of Mach-O files."""

import struct

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


EARLY = "__attribute__((constructor)) static void first(void) {} int named(void) { return 1; }"


@pytest.fixture(scope="module")
def with_constructor(zig, tmp_path_factory):
    folder = tmp_path_factory.mktemp("early")
    (folder / "early.c").write_text(EARLY)
    zig("cc", "-target", "aarch64-macos.11.0", "-shared", "-o", folder / "lib", folder / "early.c")
    return folder / "lib"


def table_of(data):
    """Return where the table of constructors, its size and its flags are in a file."""
    header = data.index(b"__mod_init_func\0")
    size, offset = struct.unpack_from("<QI", data, header + 40)
    return offset, header + 40, header + 64, size


def test_constructors_are_found_in_each_kind_of_table(with_constructor, tmp_path):
    (start,) = binary.starts(with_constructor)
    data = bytearray(with_constructor.read_bytes())
    at, size, flags, length = table_of(data)
    assert (length, struct.unpack_from("<Q", data, at)[0]) == (8, start)
    # What is left for the loader to fix has the distance to the next such place above its target.
    struct.pack_into("<Q", data, at, start | 2 << 51)
    chained = tmp_path / "chained"
    chained.write_bytes(data)
    assert binary.starts(chained) == (start,)
    # Newer linkers write distances from the first byte instead.
    struct.pack_into("<I", data, at, start)
    struct.pack_into("<Q", data, size, 4)
    struct.pack_into("<I", data, flags, 0x16)
    offsets = tmp_path / "offsets"
    offsets.write_bytes(data)
    assert binary.starts(offsets) == (start,)
