"""Reads an extension module with the reader of its format, which its first bytes identify."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from .model import Binary, Code

# For one machine of 64 bits, and for several machines.
_MACHO = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")


class _Reader(Protocol):
    """The shape of `elf`, `macho` and `pe`; each raises `ValueError` for a file of another kind."""

    def read(self, path: Path) -> Binary: ...
    def code(self, path: Path) -> tuple[Code, ...]: ...
    def sizes(self, path: Path) -> dict[str, int]: ...
    def starts(self, path: Path) -> tuple[int, ...]: ...


def read(path: Path) -> Binary:
    """Return what a native file shows; raises `ValueError` for an unknown format."""
    return _reader(path).read(path)


def code(path: Path) -> tuple[Code, ...]:
    """Return the executable sections of a native file; raises `ValueError` like `read`."""
    return _reader(path).code(path)


def sizes(path: Path) -> dict[str, int]:
    """Return the bytes that each section takes in the file; raises `ValueError` like `read`."""
    return _reader(path).sizes(path)


def starts(path: Path) -> tuple[int, ...]:
    """Return the addresses of the functions that run while a file is loaded, such as constructors.

    Raises `ValueError` like `read`.
    """
    return _reader(path).starts(path)


def _reader(path: Path) -> _Reader:
    """Return the reader of a file; only that one is imported."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if head in _MACHO:
        from . import macho

        return macho
    if head[:2] == b"MZ":
        from . import pe

        return pe
    from . import elf

    return elf
