"""The first bytes of a file choose the module that reads it."""

import pytest
from guarded_files import EXPORT

from rtvariants.native.guard import formats


def test_elf_is_read(linked):
    assert EXPORT in formats.image(linked()).exports


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="neither an ELF"):
        formats.image(b"!<arch>\n")
