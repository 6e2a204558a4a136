"""A file as it is in memory: addresses, exports, and the place of the guard's marker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: The symbols of the guard's entries, as C names them.
ENTRIES = ("rtvariants_guard_entry", "rtvariants_guard_modexport")


@dataclass(frozen=True)
class Segment:
    """A range of addresses, and where its bytes are in the file."""

    address: int
    size: int
    offset: int
    executable: bool


@dataclass(frozen=True)
class Image:
    """What is needed to find the guard in a file, and to make an export lead to it.

    `marker` is the address of the marker's section. `exports` are the addresses of exported
    functions by name, without what a format puts before each. `redirect` returns the bytes of the
    file with another address of one export.
    """

    data: bytes
    machine: str
    segments: tuple[Segment, ...]
    marker: int | None
    exports: Mapping[str, int]
    redirect: Callable[[str, int], bytes]

    def offset(self, address: int, size: int = 1) -> int | None:
        """Return where the bytes of an address are in the file; `None` if they are not in it."""
        for each in self.segments:
            if each.address <= address and address + size <= each.address + each.size:
                return each.offset + address - each.address
        return None

    def executable(self, address: int) -> bool:
        """Return whether there is code at an address."""
        return any(
            each.executable and each.address <= address < each.address + each.size
            for each in self.segments
        )

    def bytes_at(self, address: int, size: int) -> bytes:
        """Return up to `size` bytes from an address on; none if it is not in the file."""
        for each in self.segments:
            if each.address <= address < each.address + each.size:
                begin = each.offset + address - each.address
                return self.data[begin : min(begin + size, each.offset + each.size)]
        return b""
