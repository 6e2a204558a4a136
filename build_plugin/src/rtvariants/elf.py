"""The few facts that the plugin reads from an ELF file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from elftools.elf.sections import SymbolTableSection

_DF_STATIC_TLS = 0x10
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

    def glibc(self) -> tuple[int, int]:
        """Return the oldest glibc that has every symbol version that the file needs.

        >>> needed = {"libc.so.6": ("GLIBC_2.9", "GLIBC_2.34")}
        >>> Elf("x86_64", {}, (), (), (), False, needed, None).glibc()
        (2, 34)
        """
        found = [(2, 5)]  # The oldest that any manylinux tag names.
        for names in self.versions.values():
            for name in names:
                numbers = name.removeprefix("GLIBC_").split(".")
                if name.startswith("GLIBC_") and all(n.isdigit() for n in numbers):
                    found.append((int(numbers[0]), int(numbers[1])))
        return max(found)
