"""The reader of PE files, and taking their symbols out."""

from dataclasses import replace

import lief
import pytest
from small_libraries import of_microsoft

from rtvariants.native import binary, pe, stamp


def test_a_file_for_microsofts_compiler_is_read_like_any_other(small_library):
    path = of_microsoft(small_library)
    assert b"\0inner\0" in binary.read(path).symbol_names
    # It names no PDB, and no time.
    file = lief.PE.parse(str(path))
    assert list(file.debug) == []
    assert file.header.time_date_stamps == 0
    assert b".pdb" not in path.read_bytes()


def test_microsofts_linker_writes_no_symbols_into_the_file(small_library):
    path = of_microsoft(small_library, "PDB=1")
    assert binary.read(path).symbol_names is None
    assert b".pdb" in path.read_bytes()


@pytest.mark.parametrize("defines", [(), ("CHECKSUM=1",)])
def test_only_symbols_are_removed(small_library, tmp_path, defines):
    whole = of_microsoft(small_library, *defines)
    data = pe.stripped(whole.read_bytes())
    path = tmp_path / "stripped"
    path.write_bytes(data)
    before, after = binary.read(whole), binary.read(path)
    assert (before.symbol_names is None, after.symbol_names) == (False, None)
    assert replace(after, symbol_names=before.symbol_names) == before
    assert stamp.read(path) == stamp.read(whole)
    files = [lief.PE.parse(str(each)) for each in (whole, path)]
    assert bool(files[0].optional_header.checksum) == bool(defines)
    assert files[1].optional_header.checksum == 0
    assert list(files[1].overlay) == []
    sections = [[(s.name, s.virtual_address, bytes(s.content)) for s in f.sections] for f in files]
    assert sections[0] == sections[1]
    # Nothing is left to take out.
    assert pe.stripped(data) == data


def test_a_file_with_more_than_symbols_behind_its_sections_is_refused(small_library):
    data = of_microsoft(small_library).read_bytes()
    for other in (data + b"x", b"MZ" + bytes(200), b"\x7fELF" + bytes(200)):
        with pytest.raises(ValueError, match="PE file"):
            pe.stripped(other)
