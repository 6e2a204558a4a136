"""What an extension module shows, whatever its format: a record of its facts, and one of its code.

Each format has a reader of its own (`elf`, `macho`, `pe`) that returns these records; `binary`
finds the reader. Names are as the source has them, without what a format puts before each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# Sections of the counters that LLVM adds to a module for profiles and for coverage.
_COUNTERS = ("__llvm_prf_", "__DATA,__llvm_prf_", ".lprf")


@dataclass(frozen=True)
class Binary:
    """A shared library as its loader sees it, with the names of its local symbols if it has them.

    A format that does not have a fact leaves it empty: Mach-O and PE have no symbol versions and no
    static TLS (their loaders make thread-local storage whenever a file is loaded), ELF has no
    oldest system.
    """

    system: str
    machine: str
    #: The section of the stamp, with the zero bytes that may follow the text.
    stamp_section: bytes | None
    exported: tuple[str, ...]
    imported: tuple[str, ...]
    libraries: tuple[str, ...]
    #: The names of its symbols with a NUL byte around each; `None` where they were stripped.
    symbol_names: bytes | None
    static_tls: bool = False
    #: The symbol versions that it needs, by library: `{"libc.so.6": ("GLIBC_2.34",)}`.
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: The oldest macOS that it runs on; 0.0 where the file does not say.
    minimum: tuple[int, int] = (0, 0)
    #: The folders that it names for its libraries.
    rpaths: tuple[str, ...] = ()
    #: Imported names that are looked up in every loaded library instead of one that is named.
    anywhere: tuple[str, ...] = ()
    #: Its sections; those of Mach-O with their segment: `__DATA,__const`.
    sections: tuple[str, ...] = ()

    @property
    def counters(self) -> tuple[str, ...]:
        """Return the sections that hold how often code ran; a finished module has none."""
        return tuple(name for name in self.sections if name.startswith(_COUNTERS))

    @property
    def stamp(self) -> bytes | None:
        """Return the text of the stamp; `None` where the file has no section for it."""
        return None if self.stamp_section is None else self.stamp_section.rstrip(b"\0")

    @property
    def floor(self) -> tuple[int, int]:
        """Return the oldest glibc or macOS that the file runs on; 0.0 for Windows."""
        return self.glibc if self.system == "linux" else self.minimum

    @property
    def glibc(self) -> tuple[int, int]:
        """Return the oldest glibc that has every symbol version that the file needs.

        2.5, the oldest that any manylinux tag names, where it needs none.
        """
        found = [(2, 5)]
        for names in self.versions.values():
            for name in names:
                numbers = name.removeprefix("GLIBC_").split(".")
                if name.startswith("GLIBC_") and all(n.isdigit() for n in numbers):
                    found.append((int(numbers[0]), int(numbers[1])))
        return max(found)


@dataclass(frozen=True)
class Mark:
    """A symbol in code: where it begins, and whether data begins there instead of instructions.

    A mark without a name continues the function before it.
    """

    address: int
    name: str
    data: bool = False


@dataclass(frozen=True)
class Code:
    """One executable section with the symbols in it, in the order of their addresses.

    `named` is true where the file still names its own functions, and not only exported ones.
    """

    machine: str
    address: int
    data: bytes
    marks: tuple[Mark, ...]
    named: bool = True

    def pieces(self) -> Iterator[tuple[Mark, bytes]]:
        """Yield all of the section, cut at each symbol; data is left out.

        A piece runs to the next symbol, not to the end that its own symbol states: code that no
        symbol covers, such as what a linker adds, belongs to the piece before it and is seen too.

        >>> code = Code("x86_64", 16, b"abcdef", (Mark(18, "f"), Mark(20, "$d", True)))
        >>> [(mark.name, found) for mark, found in code.pieces()]
        [('', b'ab'), ('f', b'cd')]
        """
        starts = [Mark(self.address, ""), *self.marks]
        ends = [*(mark.address for mark in self.marks), self.address + len(self.data)]
        name = ""
        for mark, end in zip(starts, ends, strict=True):
            name = mark.name or name
            if end > mark.address and not mark.data:
                piece = self.data[mark.address - self.address : end - self.address]
                yield Mark(mark.address, name), piece


def inside(marks: Mapping[int, Mark], start: int, size: int) -> tuple[Mark, ...]:
    """Return the marks of a section that stand in its bytes, in the order of their addresses."""
    return tuple(marks[address] for address in sorted(marks) if start <= address < start + size)
