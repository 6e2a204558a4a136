"""The reader of ELF files."""

import pytest

from rtvariants.native import elf


@pytest.mark.parametrize("read", [elf.read, elf.code, elf.sizes])
def test_a_file_of_another_format_is_an_error(tmp_path, read):
    (tmp_path / "x.so").write_text("hello")
    with pytest.raises(ValueError, match="not an ELF file"):
        read(tmp_path / "x.so")
