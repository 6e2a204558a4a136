"""Follows the guard's instructions from its entry to its slot, in the bytes of a file.

The entry is assembly, so its instructions are known: it calls the check, and continues only if
that found nothing missing. What follows is compiled, and is followed jump by jump.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rtvariants.native.disassembly import signed

from .image import Image

if TYPE_CHECKING:
    from iced_x86 import Instruction

# What the entry is made of, before it leaves for the compiled part.
_X86_ENTRY = ("SUB", "LEA", "CALL", "ADD", "TEST", "JNE", "JMP")
_X86_LEAVE = ("LEA", "MOVSXD", "ADD", "JMP")
# The compiled part has some dozens of instructions.
_MOST = 1000
_WINDOW = 256


def problems(file: Image, entry: int, marker: int, slot: int) -> Iterator[str]:
    """Yield why the code at an entry is not the guard's, or does not lead to its slot.

    `slot` is the distance from the marker to the slot.
    """
    readers = {"x86_64": _x86, "aarch64": _arm}
    if file.machine not in readers:
        yield f"a guard for `{file.machine}` can't be read"
        return
    found = readers[file.machine](file, entry, marker, slot)
    if found:
        yield found


def _x86(file: Image, entry: int, marker: int, slot: int) -> str:
    head = _x86_block(file, entry, set(), len(_X86_ENTRY))
    if _x86_names(head) != _X86_ENTRY:
        return f"the code at {entry:#x} is not the guard's entry"
    waiting, seen = [head[-1].near_branch_target], set[int]()
    while waiting and len(seen) < _MOST:
        block = _x86_block(file, waiting.pop(), seen, _MOST)
        waiting += [
            each.near_branch_target
            for each in block
            if each.is_jcc_short_or_near or each.is_jmp_short_or_near
        ]
        leave = block[-len(_X86_LEAVE) :]
        if _x86_names(leave) == _X86_LEAVE and leave[0].is_ip_rel_memory_operand:
            start, load = leave[0], leave[1]
            if (start.ip_rel_memory_address, load.memory_displacement) == (marker, slot):
                return ""
    return f"the guard's entry at {entry:#x} does not lead to its slot"


def _x86_block(file: Image, address: int, seen: set[int], most: int) -> list[Instruction]:
    """Return the instructions up to one that does not go on, or that was seen; and mark them."""
    from iced_x86 import Decoder

    block: list[Instruction] = []
    for each in Decoder(64, file.bytes_at(address, _WINDOW), ip=address):
        if each.ip in seen or each.is_invalid or len(block) == most:
            break
        seen.add(each.ip)
        block.append(each)
        if _x86_names([each])[0] in ("JMP", "RET"):
            break
    return block


def _x86_names(block: list[Instruction]) -> tuple[str, ...]:
    from iced_x86 import Mnemonic

    names = {value: name for name, value in vars(Mnemonic).items() if isinstance(value, int)}
    return tuple(names[each.mnemonic] for each in block)


def _arm(file: Image, entry: int, marker: int, slot: int) -> str:
    def words(address: int) -> list[int]:
        found = file.bytes_at(address, _WINDOW)
        return [*memoryview(found[: len(found) & ~3]).cast("I")]

    head = words(entry)
    # Where nothing can be checked, the entry is one jump.
    checked = bool(head) and not _is_jump(head[0])
    at = next((n for n, word in enumerate(head[:8]) if _is_jump(word)), None)
    if at is None or (checked and not any(_is_call(word) for word in head[:at])):
        return f"the code at {entry:#x} is not the guard's entry"
    if checked and not any(word & 0x7F000000 == 0x35000000 for word in head[:at]):  # cbnz
        return f"the guard's entry at {entry:#x} does not look at what its check has found"
    waiting, seen = [_arm_target(entry + 4 * at, head[at])], set[int]()
    while waiting and len(seen) < _MOST:
        address = waiting.pop()
        for word in words(address):
            if address in seen:
                break
            seen.add(address)
            if _is_jump(word) or word & 0xFF000010 == 0x54000000 or word & 0x7E000000 == 0x34000000:
                waiting.append(_arm_target(address, word))
            if _arm_leaves(words(address)[:5], address) == (marker, slot):
                return ""
            if _is_jump(word) or word & 0xFF9FFC1F == 0xD61F0000:  # b, br, ret
                break
            address += 4
    return f"the guard's entry at {entry:#x} does not lead to its slot"


def _is_jump(word: int) -> bool:
    return word & 0xFC000000 == 0x14000000


def _is_call(word: int) -> bool:
    return word & 0xFC000000 == 0x94000000


def _arm_target(address: int, word: int) -> int:
    """Return where b, b.cond, cbz and cbnz lead to."""
    if _is_jump(word):
        return address + 4 * signed(word, 26)
    return address + 4 * signed(word >> 5, 19)


def _arm_leaves(words: list[int], address: int) -> tuple[int, int] | None:
    """Return the address that a jump through a distance starts from, and where the distance is.

    The instructions are adrp, add, ldrsw, add, br; a linker may write nop and adr for the first
    two.
    """
    if len(words) < 5:
        return None
    first, second, load, sum_, leave = words
    if (load & 0xFFC003FF, sum_, leave) != (0xB9800109, 0x8B090108, 0xD61F0100):
        return None
    slot = (load >> 10 & 0xFFF) * 4
    if first & 0x9F00001F == 0x90000008 and second & 0xFFC003FF == 0x91000108:
        page = signed((first >> 5 & 0x7FFFF) << 2 | first >> 29 & 3, 21) << 12
        return (address & ~0xFFF) + page + (second >> 10 & 0xFFF), slot
    if second & 0x9F00001F == 0x10000008:
        return address + 4 + signed((second >> 5 & 0x7FFFF) << 2 | second >> 29 & 3, 21), slot
    return None
