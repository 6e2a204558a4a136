"""What follows from the facts of a native file."""

from dataclasses import replace

from rtvariants.native.model import Binary

LINUX = Binary(
    system="linux", machine="x86_64", stamp_section=b"text\n\0\0", exported=(), imported=(),
    libraries=(), symbol_names=None, versions={"libc.so.6": ("GLIBC_2.17", "GLIBC_2.34")},
)  # fmt: skip


def test_the_floor_is_the_newest_glibc_that_is_needed():
    assert LINUX.glibc == LINUX.floor == (2, 34)
    assert replace(LINUX, versions={}).glibc == (2, 5)
    assert replace(LINUX, versions={"libm.so.6": ("GLIBC_2.2.5",)}).glibc == (2, 5)


def test_the_floor_of_another_system_is_what_the_file_says():
    assert replace(LINUX, system="macos", versions={}, minimum=(11, 0)).floor == (11, 0)
    assert replace(LINUX, system="windows", versions={}).floor == (0, 0)


def test_the_stamp_ends_where_its_text_ends():
    assert LINUX.stamp == b"text\n"
    assert replace(LINUX, stamp_section=b"\0").stamp == b""
    assert replace(LINUX, stamp_section=None).stamp is None
