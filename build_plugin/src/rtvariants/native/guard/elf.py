"""Exports of ELF files: the values of their dynamic symbols."""

from __future__ import annotations

import io
import struct
from functools import partial

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from .image import Image, Segment

_SECTION = ".rtvguard"
_MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64"}
# Name, kind, visibility, section, value, size.
_SYMBOL = struct.Struct("<IBBHQQ")
_EXECUTABLE = 1


def image(data: bytes) -> Image:
    """Return the image of an ELF file; raises `ValueError` if it can't be read."""
    try:
        file = ELFFile(io.BytesIO(data))
        marker = file.get_section_by_name(_SECTION)
        return Image(
            data=data,
            machine=_MACHINES.get(str(file["e_machine"]), str(file["e_machine"])),
            segments=tuple(
                Segment(
                    each["p_vaddr"],
                    each["p_filesz"],
                    each["p_offset"],
                    bool(each["p_flags"] & _EXECUTABLE),
                )
                for each in file.iter_segments("PT_LOAD")
            ),
            marker=None if marker is None else marker["sh_addr"],
            exports={
                symbol.name: symbol["st_value"]
                for symbol in _dynamic(file).iter_symbols()
                if symbol.name and symbol["st_shndx"] != "SHN_UNDEF"
            },
            redirect=partial(_redirected, data),
        )
    except (ELFError, struct.error) as error:
        raise ValueError(f"not a readable ELF file: {error}") from error


def _dynamic(file: ELFFile) -> SymbolTableSection:
    table = file.get_section_by_name(".dynsym")
    if not isinstance(table, SymbolTableSection) or file.elfclass != 64 or not file.little_endian:
        raise ValueError("no table of dynamic symbols of 64 bits")
    return table


def _redirected(data: bytes, name: str, address: int) -> bytes:
    """Return the file with another address of an export.

    The local symbols stay: they name code for people and debuggers, and no loader reads them. So
    the file still says where the crate's own init function is.
    """
    file = ELFFile(io.BytesIO(data))
    table = _dynamic(file)
    section = next(
        index
        for index, each in enumerate(file.iter_sections())
        if each["sh_addr"] <= address < each["sh_addr"] + each["sh_size"]
        and each["sh_type"] != "SHT_NOBITS"
        and each["sh_flags"]
    )
    new = bytearray(data)
    for index, symbol in enumerate(table.iter_symbols()):
        if symbol.name == name and symbol["st_shndx"] != "SHN_UNDEF":
            at = table["sh_offset"] + index * _SYMBOL.size
            entry, kind, visibility, _, _, _ = _SYMBOL.unpack_from(data, at)
            # A size of zero means that it is unknown: it is not that of the guard's code.
            _SYMBOL.pack_into(new, at, entry, kind, visibility, section, address, 0)
    return bytes(new)
