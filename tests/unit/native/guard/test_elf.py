"""Exports of ELF files."""

import pytest
from elftools.elf.elffile import ELFFile
from guarded_files import EXPORT

from rtvariants.native.guard import elf, marker


def symbol(data, tmp_path, table):
    path = tmp_path / "x.so"
    path.write_bytes(data)
    with path.open("rb") as stream:
        file = ELFFile(stream)
        (found,) = file.get_section_by_name(table).get_symbol_by_name(EXPORT)
        return found.entry


def test_only_the_dynamic_symbol_changes(linked, tmp_path):
    before = linked()
    after, init = marker.linked(before, EXPORT)
    assert symbol(after, tmp_path, ".symtab") == symbol(before, tmp_path, ".symtab")
    new = symbol(after, tmp_path, ".dynsym")
    assert (new.st_value, new.st_size) == (elf.image(after).exports[EXPORT], 0)
    assert new.st_info == symbol(before, tmp_path, ".dynsym").st_info
    assert new.st_value != init[EXPORT]


def test_addresses_have_their_place_in_the_file(linked):
    image = elf.image(linked())
    assert image.bytes_at(image.marker, 16) == marker.MAGIC
    assert image.data[image.offset(image.marker) :].startswith(marker.MAGIC)
    assert image.executable(image.exports[EXPORT])
    assert not image.executable(image.marker)
    assert image.offset(2**40) is None
    assert image.bytes_at(2**40, 4) == b""


def test_what_can_not_be_read_is_a_value_error(linked):
    with pytest.raises(ValueError, match="ELF"):
        elf.image(linked()[:100])
