"""What the plugin asks a native file, whatever its format: the seam between rules and readers.

Each format has a module of its own (`elf`, `macho`, `pe`), whose reader gives these facts; `read`,
`code` and `sizes` find it by the first bytes of the file. Names are as the source has them, without
what a format puts before each, and sections are asked for by their name in ELF files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol


class Binary(Protocol):
    """A shared library as its loader sees it, with the names of its local symbols if kept.

    `versions` are the symbol versions that it needs, by library: `{"libc.so.6": ("GLIBC_2.34",)}`.
    `symbol_names` are those names with a NUL byte around each; `None` where they were stripped.
    `minimum` is the oldest macOS that it runs on, 0.0 where it promises none; `rpaths` are folders
    of its own that libraries are looked for in, and `anywhere` are imported names that stand for
    no library, where a format tells.
    """

    @property
    def system(self) -> str: ...  # noqa: D102

    @property
    def machine(self) -> str: ...  # noqa: D102
    @property
    def exported(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def imported(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def libraries(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def static_tls(self) -> bool: ...  # noqa: D102
    @property
    def versions(self) -> dict[str, tuple[str, ...]]: ...  # noqa: D102
    @property
    def symbol_names(self) -> bytes | None: ...  # noqa: D102
    @property
    def minimum(self) -> tuple[int, int]: ...  # noqa: D102
    @property
    def rpaths(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def anywhere(self) -> tuple[str, ...]: ...  # noqa: D102

    def section(self, name: str) -> bytes | None:
        """Return the bytes of a section that the plugin knows about; `None` where there is none."""


@dataclass(frozen=True)
class Mark:
    """A symbol in code: where it begins, and whether data begins there instead of instructions.

    Without a name it goes on with the function before it.
    """

    address: int
    name: str
    data: bool = False


@dataclass(frozen=True)
class Code:
    """One executable section with the symbols in it, in the order of their addresses.

    `named` tells whether the file still names its own functions, and not only exported ones.
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


def read(path: Path) -> Binary:
    """Read a native file; raises `ValueError` for a format that no reader is for."""
    kind = _kind(path)
    if kind == "macho":
        from .macho import Macho

        return Macho.read(path)
    if kind == "pe":
        from .pe import Pe

        return Pe.read(path)
    from .elf import Elf

    return Elf.read(path)


def code(path: Path) -> tuple[Code, ...]:
    """Return the executable sections of a native file; raises `ValueError` like `read`."""
    found: tuple[Code, ...] = _reader(path).code(path)
    return found


def sizes(path: Path) -> dict[str, int]:
    """Return the bytes that each section takes in the file; raises `ValueError` like `read`."""
    found: dict[str, int] = _reader(path).sizes(path)
    return found


def _kind(path: Path) -> str:
    """Return the module of a file's format by its first bytes."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if head in _MACHO:
        return "macho"
    return "pe" if head[:2] == b"MZ" else "elf"


# For one machine of 64 bits, and for several machines.
_MACHO = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")


def _reader(path: Path) -> Any:
    return import_module(f".{_kind(path)}", __package__)


def floor(of: Binary) -> tuple[int, int]:
    """Return the oldest system that a file runs on: a glibc, or a macOS; 0.0 for Windows."""
    return glibc(of) if of.system == "linux" else of.minimum


def glibc(of: Binary) -> tuple[int, int]:
    """Return the oldest glibc that has every symbol version that a file needs.

    2.5, the oldest that any manylinux tag names, where it needs none.
    """
    found = [(2, 5)]
    for names in of.versions.values():
        for name in names:
            numbers = name.removeprefix("GLIBC_").split(".")
            if name.startswith("GLIBC_") and all(n.isdigit() for n in numbers):
                found.append((int(numbers[0]), int(numbers[1])))
    return max(found)
