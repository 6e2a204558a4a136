"""The functions that code reaches by direct calls and jumps, from some of its addresses.

A call through a pointer can't be followed; a function whose address is only taken is not called.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .disassembly import signed
from .model import Code, Mark


def reached(sections: Sequence[Code], starts: Iterable[int]) -> tuple[Code, ...]:
    """Return the functions that the code at `starts` reaches, itself among them.

    Each is a section of its own, with one mark that has its name.
    """
    pieces = {mark.address: (section, mark, data) for section in sections
              for mark, data in section.pieces()}  # fmt: skip
    order = sorted(pieces)
    waiting = [begin for start in starts if (begin := _piece(order, pieces, start)) is not None]
    seen = set(waiting)
    while waiting:
        section, mark, data = pieces[waiting.pop()]
        for target in _targets(section.machine, mark.address, data):
            # A jump within a function does not lead out of its piece.
            begin = _piece(order, pieces, target)
            if begin is not None and begin not in seen:
                seen.add(begin)
                waiting.append(begin)
    return tuple(_alone(*pieces[begin]) for begin in sorted(seen))


def _piece(
    order: Sequence[int], pieces: dict[int, tuple[Code, Mark, bytes]], address: int
) -> int | None:
    """Return where the piece with an address begins; `None` outside of the code."""
    at = bisect.bisect_right(order, address) - 1
    if at < 0:
        return None
    begin = order[at]
    return begin if address < begin + len(pieces[begin][2]) else None


def _alone(section: Code, mark: Mark, data: bytes) -> Code:
    return replace(section, address=mark.address, data=data, marks=(mark,))


def _targets(machine: str, address: int, data: bytes) -> Iterator[int]:
    """Yield the addresses that calls and jumps of a function name."""
    if machine == "x86_64":
        from iced_x86 import Decoder

        for each in Decoder(64, data, ip=address):
            if each.is_call_near or each.is_jmp_short_or_near or each.is_jcc_short_or_near:
                yield each.near_branch_target
        return
    words = memoryview(data[: len(data) & ~3]).cast("I")
    for number, word in enumerate(words):
        if word & 0x7C000000 == 0x14000000:  # b, bl
            yield address + 4 * number + 4 * signed(word, 26)
        elif word & 0xFF000010 == 0x54000000 or word & 0x7E000000 == 0x34000000:  # b.cond, cbz
            yield address + 4 * number + 4 * signed(word >> 5, 19)
