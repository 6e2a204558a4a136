"""The code signature of Mach-O files."""

import struct

import pytest

from rtvariants.native import codesign, stamp


def test_a_changed_byte_breaks_the_signature_until_it_is_renewed(small_library):
    data = small_library("macos-arm64").read_bytes()
    assert codesign.required(data)
    assert list(codesign.violations(data)) == []
    committed = stamp.with_commit(data, "c0ffee")
    (what,) = codesign.violations(committed)
    assert "1 of" in what
    assert "pages differ" in what
    renewed = codesign.renewed(committed)
    assert list(codesign.violations(renewed)) == []
    assert b"\ncommit=c0ffee " in renewed
    assert len(renewed) == len(data)
    assert codesign.renewed(renewed) == renewed


def test_a_signature_made_with_a_key_is_not_changed(small_library):
    data = bytearray(small_library("macos-arm64").read_bytes())
    at = data.index(b"\xfa\xde\x0c\x02")
    flags = int.from_bytes(data[at + 12 : at + 16], "big")
    data[at + 12 : at + 16] = (flags & ~2).to_bytes(4, "big")
    blob = data.index(b"\xfa\xde\x0c\xc0")
    directory = data[at : at + int.from_bytes(data[at + 4 : at + 8], "big")]
    # With a second part, where a certificate would be.
    index = struct.pack(">IIIIIII", 0xFADE0CC0, 0, 2, 0, 28, 0x10000, 28 + len(directory))
    data[blob:] = index + directory + struct.pack(">II", 0xFADE0B01, 8) + bytes(1 << 16)
    with pytest.raises(ValueError, match="signed with a key"):
        codesign.renewed(bytes(data))
