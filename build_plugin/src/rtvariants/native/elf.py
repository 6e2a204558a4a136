"""The few facts that the plugin reads from an ELF file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from elftools.elf.sections import Section, SymbolTableSection

from .binary import Code, Mark

_DF_STATIC_TLS = 0x10
_SHF_EXECINSTR = 0x4
_OBJECT, _FUNCTION, _INDIRECT = 1, 2, 10
_SYMBOL = struct.Struct("<IBBHQQ")
_MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64"}


@dataclass(frozen=True)
class Elf:
    """A shared library as its loader sees it, with the names of its local symbols if kept.

    `versions` are the symbol versions that it needs, by library: `{"libc.so.6": ("GLIBC_2.34",)}`.
    """

    machine: str
    sections: dict[str, bytes]
    exported: tuple[str, ...]
    imported: tuple[str, ...]
    libraries: tuple[str, ...]
    static_tls: bool
    versions: dict[str, tuple[str, ...]]
    symbol_names: bytes | None
    rpaths: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()
    minimum: tuple[int, int] = (0, 0)
    system: str = "linux"

    @classmethod
    def read(cls, path: Path) -> Elf:
        """Read a file; raises `ValueError` when it is no ELF file."""
        with path.open("rb") as stream:
            try:
                return cls._parse(ELFFile(stream))
            except ELFError as error:
                raise ValueError(f"not an ELF file: {path}: {error}") from error

    @classmethod
    def _parse(cls, file: ELFFile) -> Elf:
        exported: list[str] = []
        imported: list[str] = []
        libraries: list[str] = []
        versions: dict[str, tuple[str, ...]] = {}
        static_tls = False
        dynsym = file.get_section_by_name(".dynsym")
        if isinstance(dynsym, SymbolTableSection):
            for symbol in dynsym.iter_symbols():
                undefined = symbol["st_shndx"] == "SHN_UNDEF"
                (imported if undefined else exported).append(symbol.name)
        for section in file.iter_sections():
            if isinstance(section, DynamicSection):
                for tag in section.iter_tags():
                    if tag.entry.d_tag == "DT_NEEDED":
                        libraries.append(str(getattr(tag, "needed", "")))
                    elif tag.entry.d_tag == "DT_FLAGS":
                        static_tls = bool(tag.entry.d_val & _DF_STATIC_TLS)
            elif isinstance(section, GNUVerNeedSection):
                for need, entries in section.iter_versions():
                    versions[str(need.name)] = tuple(str(entry.name) for entry in entries)
        stamp = file.get_section_by_name(".rtvariants")
        names = file.get_section_by_name(".strtab")
        return cls(
            machine=_MACHINES.get(file["e_machine"], str(file["e_machine"])),
            sections={} if stamp is None else {".rtvariants": stamp.data()},
            exported=tuple(filter(None, exported)),
            imported=tuple(filter(None, imported)),
            libraries=tuple(libraries),
            static_tls=static_tls,
            versions=versions,
            symbol_names=None if names is None else names.data(),
        )

    def section(self, name: str) -> bytes | None:
        """Return the bytes of a section that the plugin knows about; `None` where there is none."""
        return self.sections.get(name)


def sizes(path: Path) -> dict[str, int]:
    """Return the bytes that each section takes in the file; raises `ValueError` for no ELF file."""
    with path.open("rb") as stream:
        try:
            found = ELFFile(stream)
            taken = [s for s in found.iter_sections() if s["sh_type"] != "SHT_NOBITS"]
            return {section.name: section["sh_size"] for section in taken if section.name}
        except ELFError as error:
            raise ValueError(f"not an ELF file: {path}: {error}") from error


def code(path: Path) -> tuple[Code, ...]:
    """Return every executable section with its symbols; raises `ValueError` when it is no ELF file.

    The names of functions come from `.symtab`, or from `.dynsym` in a stripped file.
    """
    with path.open("rb") as stream:
        try:
            return tuple(_code(ELFFile(stream)))
        except ELFError as error:
            raise ValueError(f"not an ELF file: {path}: {error}") from error


def _code(file: ELFFile) -> Iterator[Code]:
    table = file.get_section_by_name(".symtab") or file.get_section_by_name(".dynsym")
    marks: dict[int, dict[int, Mark]] = {}
    if isinstance(table, SymbolTableSection) and file.elfclass == 64 and file.little_endian:
        marks = _marks(table.data(), file.get_section(table["sh_link"]).data())
    machine = _MACHINES.get(file["e_machine"], str(file["e_machine"]))
    for index, section in enumerate(file.iter_sections()):
        named = file.get_section_by_name(".symtab") is not None
        if section["sh_flags"] & _SHF_EXECINSTR and section["sh_type"] != "SHT_NOBITS":
            yield Code(
                machine, section["sh_addr"], section.data(), _inside(section, marks, index), named
            )


def _inside(section: Section, marks: dict[int, dict[int, Mark]], index: int) -> tuple[Mark, ...]:
    start = section["sh_addr"]
    end = start + section["sh_size"]
    found = sorted(marks.get(index, {}).items())
    return tuple(mark for address, mark in found if start <= address < end)


def _marks(table: bytes, names: bytes) -> dict[int, dict[int, Mark]]:
    """Return one symbol an address, by section; by hand, since a library has 100 000 and more."""
    found: dict[int, dict[int, Mark]] = {}
    for name, info, _, section, address, _ in _SYMBOL.iter_unpack(table):
        kind = info & 0xF
        text = names[name : names.index(b"\0", name)].decode("utf-8", "replace")
        if kind not in (0, _OBJECT, _FUNCTION, _INDIRECT) or not text:
            continue
        # arm64 marks where data and code begin in a section: `$d`, `$x`. Other labels without a
        # kind stand before code: assembly's, and those of functions that nobody declared.
        data = kind == _OBJECT or (kind == 0 and text.split(".")[0] == "$d")
        here = found.setdefault(section, {})
        # A function's name is worth more than a label's.
        if address not in here or kind in (_FUNCTION, _INDIRECT):
            here[address] = Mark(address, "" if text[0] == "$" else text, data)
    return found
