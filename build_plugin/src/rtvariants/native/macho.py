"""Reads Mach-O files, the format of macOS."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import lief
from .model import Binary, Code, Mark, inside

# Where the crate `rtvariants-guard` puts the stamp.
_STAMP = ("__DATA", "__rtvariants")
_MACHINES = {"X86_64": "x86_64", "ARM64": "aarch64"}
_LOADS = ("LOAD_DYLIB", "LOAD_WEAK_DYLIB", "REEXPORT_DYLIB", "LOAD_UPWARD_DYLIB", "LAZY_LOAD_DYLIB")
# `n_type`: entries of debuggers, the kind of an entry, and what other files may see.
_STAB, _KIND, _IN_SECTION, _EXTERNAL = 0xE0, 0x0E, 0x0E, 0x01
# Section types: tables of constructors and destructors, as pointers or as offsets of four bytes.
_POINTERS, _OFFSETS = (0x9, 0xA), 0x16
# A pointer that the loader is still to fix has its target in the lowest bits.
_TARGET = (1 << 36) - 1
_WORD, _HALF = struct.Struct("<Q"), struct.Struct("<I")
# Section flags: only instructions, some instructions.
_CODE = 0x80000400
# The number of a library that means all of them.
_FLAT = 0xFE
# Name, type, number of its section, address, and whether it may come from any library.
_Entry = tuple[str, int, int, int, bool]
# Labels of compilers, which name no function.
_LABELS = ("ltmp", "l_", "L", "l.")


def read(path: Path) -> Binary:
    """Return what a file shows; raises `ValueError` when it is not a Mach-O file for one machine.

    Names are without the underscore that the format puts before each.
    """
    file = lief.parsed(path, "MachO")
    commands = list(file.commands)
    symbols = list(_symbols(file))
    own = [name for name, kind, _, _, _ in symbols if kind & _KIND == _IN_SECTION]
    local = [n for n, kind, _, _, _ in symbols if kind & (_KIND | _EXTERNAL) == _IN_SECTION]
    stamp = file.get_section(*_STAMP)
    return Binary(
        system=_system(file),
        machine=_machine(file),
        stamp_section=None if stamp is None else bytes(stamp.content),
        exported=tuple(sorted(_exported(file, symbols))),
        imported=tuple(n for n, kind, _, _, _ in symbols if not kind & (_KIND | _STAB)),
        libraries=tuple(lief.text(c.name) for c in commands if c.command.name in _LOADS),
        symbol_names=lief.joined(own) if local else None,
        minimum=_minimum(file),
        rpaths=tuple(lief.text(c.path) for c in commands if c.command.name == "RPATH"),
        # Such as Python's: these belong to no library.
        anywhere=tuple(n for n, kind, _, _, flat in symbols if flat and not kind & _KIND),
        sections=tuple(f"{s.segment_name},{lief.text(s.name)}" for s in file.sections),
    )


def code(path: Path) -> tuple[Code, ...]:
    """Return every section of code with its symbols; raises `ValueError` like `read`."""
    return tuple(_code(lief.parsed(path, "MachO")))


def sizes(path: Path) -> dict[str, int]:
    """Return the bytes that each section takes; raises `ValueError` like `read`."""
    sections = lief.parsed(path, "MachO").sections
    found = {f"{s.segment_name},{lief.text(s.name)}": s.size for s in sections if s.offset}
    return {name: int(size) for name, size in found.items()}


def starts(path: Path) -> tuple[int, ...]:
    """Return the addresses of the functions that run when the file is loaded or unloaded.

    Raises `ValueError` like `read`.
    """
    return tuple(sorted({address for address in _starts(lief.parsed(path, "MachO")) if address}))


def _starts(file: Any) -> Iterator[int]:
    base = int(file.imagebase)
    for section in file.sections:
        kind, data = int(section.type), bytes(section.content)
        if kind in _POINTERS:
            yield from (word & _TARGET for (word,) in _WORD.iter_unpack(data[: len(data) & ~7]))
        elif kind == _OFFSETS:
            yield from (base + word for (word,) in _HALF.iter_unpack(data[: len(data) & ~3]))


def _symbols(file: Any) -> Iterator[_Entry]:
    """Yield each symbol that has a name."""
    for symbol in file.symbols:
        name, kind = lief.text(symbol.name), int(symbol.raw_type)
        if name and not kind & _STAB:
            flat = int(symbol.description) >> 8 & 0xFF == _FLAT
            section, address = int(symbol.numberof_sections), int(symbol.value)
            yield name.removeprefix("_"), kind, section, address, flat


def _exported(file: Any, symbols: list[_Entry]) -> set[str]:
    """Return what the loader finds by name: in the trie of exports, or in the symbol table."""
    tries = [t for t in (file.dyld_info, file.dyld_exports_trie) if t is not None]
    if tries:
        return {
            lief.text(each.symbol.name).removeprefix("_")
            for trie in tries
            for each in trie.exports
            if each.symbol is not None
        }
    return {
        name for name, kind, _, _, _ in symbols
        if kind & _EXTERNAL and kind & _KIND == _IN_SECTION
    }  # fmt: skip


def _machine(file: Any) -> str:
    name = str(file.header.cpu_type.name)
    return _MACHINES.get(name, name)


def _system(file: Any) -> str:
    """Return the system that the file says it is for; `macos` where it does not say."""
    if file.build_version is None:
        return "macos"
    name = str(file.build_version.platform.name)
    return name.lower()


def _minimum(file: Any) -> tuple[int, int]:
    """Return the oldest macOS that the file promises to run on; 0.0 where it does not say."""
    if file.build_version is not None:
        numbers = file.build_version.minos
    elif file.version_min is not None:
        numbers = file.version_min.version
    else:
        return (0, 0)
    return (int(numbers[0]), int(numbers[1]))


def _code(file: Any) -> Iterator[Code]:
    found, named = _marks(file)
    tables = sorted(_data_in_code(file))
    for number, section in enumerate(file.sections, 1):
        if int(section.flags) & _CODE and section.offset:
            start = int(section.virtual_address)
            data = bytes(section.content)
            marks = found.get(number, {})
            for begin, end in tables:
                if start <= begin < start + len(data):
                    for address in [a for a in marks if begin <= a < end]:
                        del marks[address]
                    marks[begin] = Mark(begin, "", data=True)
                    marks.setdefault(end, Mark(end, ""))
            yield Code(_machine(file), start, data, inside(marks, start, len(data)), named)


def _marks(file: Any) -> tuple[dict[int, dict[int, Mark]], bool]:
    """Return one symbol an address, by section, and whether the file names its own functions."""
    found: dict[int, dict[int, Mark]] = {}
    named = False
    for name, kind, section, address, _ in _symbols(file):
        if kind & _KIND != _IN_SECTION:
            continue
        label = name.startswith(_LABELS)
        named |= not label and not kind & _EXTERNAL
        here = found.setdefault(section, {})
        if address not in here or not label:
            here[address] = Mark(address, "" if label else name)
    return found, named


def _data_in_code(file: Any) -> Iterator[tuple[int, int]]:
    """Yield where tables of jumps stand between instructions, as addresses."""
    if file.data_in_code is None:
        return
    base = int(file.imagebase)
    for entry in file.data_in_code.entries:
        yield base + int(entry.offset), base + int(entry.offset) + int(entry.length)
