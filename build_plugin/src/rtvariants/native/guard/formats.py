"""Reads the image of a file with the module of its format, which its first bytes identify."""

from __future__ import annotations

from typing import Protocol

from .image import Image


class _Format(Protocol):
    """The shape of the modules of formats."""

    def image(self, data: bytes) -> Image: ...


def image(data: bytes) -> Image:
    """Return the image of a file; raises `ValueError` if it can't be read."""
    return _format(data).image(data)


def _format(data: bytes) -> _Format:
    if data[:4] == b"\x7fELF":
        from . import elf

        return elf
    if data[:4] == b"\xcf\xfa\xed\xfe":
        from . import macho

        return macho
    if data[:2] == b"MZ":
        from . import pe

        return pe
    raise ValueError("neither an ELF nor a Mach-O nor a PE file of 64 bits")
