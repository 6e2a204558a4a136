"""Reads ELF files, the format of Linux."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from elftools.elf.sections import SymbolTableSection

from .model import Binary, Code, Mark, inside

_DF_STATIC_TLS = 0x10
_SHF_EXECINSTR = 0x4
_OBJECT, _FUNCTION, _INDIRECT = 1, 2, 10
_ARRAYS = ("SHT_INIT_ARRAY", "SHT_PREINIT_ARRAY", "SHT_FINI_ARRAY")
_OLD_ARRAYS = (".ctors", ".dtors")
_WORD, _RELOCATION = struct.Struct("<Q"), struct.Struct("<QQq")
# R_X86_64_IRELATIVE, R_AARCH64_IRELATIVE: the address of a function that returns an address.
_INDIRECT_RELOCATIONS = (37, 1032)
_SYMBOL = struct.Struct("<IBBHQQ")
_MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64"}


def read(path: Path) -> Binary:
    """Return what a file shows; raises `ValueError` when it is not an ELF file."""
    with _opened(path) as file:
        exported, imported = _dynamic_symbols(file)
        libraries, static_tls = _dynamic(file)
        stamp = file.get_section_by_name(".rtvariants")
        names = file.get_section_by_name(".strtab")
        return Binary(
            system="linux",
            machine=_machine(file),
            stamp_section=None if stamp is None else stamp.data(),
            exported=exported,
            imported=imported,
            libraries=libraries,
            symbol_names=None if names is None else names.data(),
            static_tls=static_tls,
            versions=dict(_versions(file)),
            sections=tuple(section.name for section in file.iter_sections() if section.name),
        )


def code(path: Path) -> tuple[Code, ...]:
    """Return every executable section with its symbols; raises `ValueError` like `read`.

    The names of functions come from `.symtab`, or from `.dynsym` in a stripped file.
    """
    with _opened(path) as file:
        return tuple(_code(file))


def sizes(path: Path) -> dict[str, int]:
    """Return the bytes that each section takes in the file; raises `ValueError` like `read`."""
    with _opened(path) as file:
        taken = [s for s in file.iter_sections() if s["sh_type"] != "SHT_NOBITS"]
        return {section.name: section["sh_size"] for section in taken if section.name}


def starts(path: Path) -> tuple[int, ...]:
    """Return the addresses of the functions that run when the file is loaded or unloaded.

    They are constructors, destructors, and functions that choose between versions of another one.
    Raises `ValueError` like `read`.
    """
    with _opened(path) as file:
        return tuple(sorted({address for address in _starts(file) if address}))


@contextmanager
def _opened(path: Path) -> Iterator[ELFFile]:
    with path.open("rb") as stream:
        try:
            yield ELFFile(stream)
        except ELFError as error:
            raise ValueError(f"not an ELF file: {path}: {error}") from error


def _machine(file: ELFFile) -> str:
    name = str(file["e_machine"])
    return _MACHINES.get(name, name)


def _dynamic_symbols(file: ELFFile) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the exported and the imported names."""
    exported: list[str] = []
    imported: list[str] = []
    dynsym = file.get_section_by_name(".dynsym")
    if isinstance(dynsym, SymbolTableSection):
        for symbol in dynsym.iter_symbols():
            undefined = symbol["st_shndx"] == "SHN_UNDEF"
            (imported if undefined else exported).append(symbol.name)
    return tuple(filter(None, exported)), tuple(filter(None, imported))


def _dynamic(file: ELFFile) -> tuple[tuple[str, ...], bool]:
    """Return the libraries that a file needs, and whether it needs static TLS."""
    libraries: list[str] = []
    static_tls = False
    for section in file.iter_sections():
        for tag in section.iter_tags() if isinstance(section, DynamicSection) else ():
            if tag.entry.d_tag == "DT_NEEDED":
                libraries.append(str(getattr(tag, "needed", "")))
            elif tag.entry.d_tag == "DT_FLAGS":
                static_tls = bool(tag.entry.d_val & _DF_STATIC_TLS)
    return tuple(libraries), static_tls


def _versions(file: ELFFile) -> Iterator[tuple[str, tuple[str, ...]]]:
    for section in file.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for need, entries in section.iter_versions():
                yield str(need.name), tuple(str(entry.name) for entry in entries)


def _starts(file: ELFFile) -> Iterator[int]:
    arrays: list[tuple[int, int]] = []
    words: dict[int, int] = {}
    for section in file.iter_sections():
        if isinstance(section, DynamicSection):
            for name in ("DT_INIT", "DT_FINI"):
                yield from (tag["d_val"] for tag in section.iter_tags(name))
        if section["sh_type"] == "SHT_DYNSYM":
            symbols = _SYMBOL.iter_unpack(section.data())
            yield from (each[4] for each in symbols if each[1] & 0xF == _INDIRECT)
        if section["sh_type"] in _ARRAYS or section.name in _OLD_ARRAYS:
            start, data = section["sh_addr"], section.data()
            arrays.append((start, start + len(data)))
            # The value in the file is right where no relocation replaces it.
            words |= {start + 8 * n: w for n, (w,) in enumerate(_WORD.iter_unpack(data))}
    for place, kind, symbol, addend in _relocations(file):
        if kind in _INDIRECT_RELOCATIONS:
            yield addend
        elif any(begin <= place < end for begin, end in arrays):
            words[place] = addend + symbol
    # The old arrays begin with -1 and end with 0.
    yield from (word for word in words.values() if word != 2**64 - 1)


def _relocations(file: ELFFile) -> Iterator[tuple[int, int, int, int]]:
    """Yield place, kind, value of the symbol and addend of each relocation with an addend."""
    for section in file.iter_sections():
        if section["sh_type"] != "SHT_RELA" or file.elfclass != 64:
            continue
        table = file.get_section(section["sh_link"])
        for place, info, addend in _RELOCATION.iter_unpack(section.data()):
            value = 0
            if (number := info >> 32) and isinstance(table, SymbolTableSection):
                value = table.get_symbol(number)["st_value"]
            yield place, info & 0xFFFFFFFF, value, addend


def _code(file: ELFFile) -> Iterator[Code]:
    named = file.get_section_by_name(".symtab")
    table = named or file.get_section_by_name(".dynsym")
    marks: dict[int, dict[int, Mark]] = {}
    if isinstance(table, SymbolTableSection) and file.elfclass == 64 and file.little_endian:
        marks = _marks(table.data(), file.get_section(table["sh_link"]).data())
    for index, section in enumerate(file.iter_sections()):
        if section["sh_flags"] & _SHF_EXECINSTR and section["sh_type"] != "SHT_NOBITS":
            start = section["sh_addr"]
            here = inside(marks.get(index, {}), start, section["sh_size"])
            yield Code(_machine(file), start, section.data(), here, named is not None)


def _marks(table: bytes, names: bytes) -> dict[int, dict[int, Mark]]:
    """Return one symbol an address, by section; by hand, since a library has over 100 000."""
    found: dict[int, dict[int, Mark]] = {}
    for name, info, _, section, address, _ in _SYMBOL.iter_unpack(table):
        kind = info & 0xF
        text = names[name : names.index(b"\0", name)].decode("utf-8", "replace")
        if kind not in (0, _OBJECT, _FUNCTION, _INDIRECT) or not text:
            continue
        # arm64 marks where data and code begin in a section: `$d`, `$x`. Other labels without a
        # kind stand before code: assembly's, and those of functions without a declared type.
        data = kind == _OBJECT or (kind == 0 and text.split(".")[0] == "$d")
        here = found.setdefault(section, {})
        # A function's name is worth more than a label's.
        if address not in here or kind in (_FUNCTION, _INDIRECT):
            here[address] = Mark(address, "" if text[0] == "$" else text, data)
    return found
