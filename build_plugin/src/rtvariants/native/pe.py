"""Reads PE files, the format of Windows."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from . import lief
from .model import Binary, Code, Mark, inside

# Where the crate `rtvariants-guard` puts the stamp.
_STAMP = ".rtvar"
_MACHINES = {"AMD64": "x86_64", "ARM64": "aarch64"}
_HAS_CODE, _EXECUTABLE = 0x20, 0x20000000
_FUNCTION = 0x20
# Name or its place, value, section, type, storage class, number of further records.
_SYMBOL = struct.Struct("<8sIhHBB")


def read(path: Path) -> Binary:
    """Return what a file shows; raises `ValueError` when it is not a PE file.

    The names of its symbols are COFF symbols, which LLVM's and MinGW's linkers can write and
    Microsoft's does not.
    """
    file = lief.parsed(path, "PE")
    imports = [*file.imports, *file.delay_imports]
    exports = file.get_export()
    names = [name for name, _, section, _ in _symbols(file, path.read_bytes()) if section > 0]
    return Binary(
        system="windows",
        machine=_machine(file),
        stamp_section=_stamp(file),
        exported=tuple(
            lief.text(entry.name)
            for entry in (exports.entries if exports is not None else ())
            if entry.name
        ),
        imported=tuple(
            lief.text(entry.name) for each in imports for entry in each.entries if entry.name
        ),
        libraries=tuple(dict.fromkeys(lief.text(each.name) for each in imports)),
        symbol_names=lief.joined(names),
        sections=tuple(lief.text(s.fullname).rstrip("\0") for s in file.sections),
    )


def code(path: Path) -> tuple[Code, ...]:
    """Return every section of code with its symbols; raises `ValueError` like `read`.

    The names of functions are those of the COFF symbols, or of exports in a stripped file.
    """
    return tuple(_code(lief.parsed(path, "PE"), path.read_bytes()))


def sizes(path: Path) -> dict[str, int]:
    """Return the bytes that each section takes; raises `ValueError` like `read`."""
    sections = lief.parsed(path, "PE").sections
    return {lief.text(s.fullname).rstrip("\0"): int(s.sizeof_raw_data) for s in sections}


def starts(path: Path) -> tuple[int, ...]:
    """Return the addresses of the functions that run while the file is loaded.

    They are the entry point, which calls constructors through a table that is not followed, and
    callbacks for threads. Raises `ValueError` like `read`.
    """
    file = lief.parsed(path, "PE")
    base = int(file.optional_header.imagebase)
    entry = int(file.optional_header.addressof_entrypoint)
    callbacks = [int(address) for address in file.tls.callbacks] if file.has_tls else []
    return tuple(sorted({*([base + entry] if entry else []), *callbacks}))


def stripped(data: bytes) -> bytes:
    """Return a file without its COFF symbols, which linkers write behind all else.

    Windows has no program for it. Raises `ValueError` for a file that has more behind its sections.
    """
    header = int.from_bytes(data[60:64], "little")
    if data[:2] != b"MZ" or data[header : header + 4] != b"PE\0\0":
        raise ValueError("not a PE file")
    sections, at, count, optional = struct.unpack_from("<2xH4xIIH", data, header + 4)
    if not at:
        return data
    end = at + count * _SYMBOL.size
    end += int.from_bytes(data[end : end + 4], "little")
    table = header + 24 + optional
    names = (data[table + 40 * n : table + 40 * n + 8] for n in range(sections))
    # Such a name is a place among the strings of the symbols.
    if data[end:].strip(b"\0") or any(name.startswith(b"/") for name in names):
        raise ValueError("a PE file that has more than symbols behind its sections")
    kept = bytearray(data[:at])
    struct.pack_into("<II", kept, header + 12, 0, 0)
    # A file may have no checksum; the one of the whole file would be wrong.
    struct.pack_into("<I", kept, header + 24 + 64, 0)
    return bytes(kept)


def _machine(file: Any) -> str:
    name = str(file.header.machine.name)
    return _MACHINES.get(name, name)


def _stamp(file: Any) -> bytes | None:
    found = file.get_section(_STAMP)
    return None if found is None else bytes(found.content)[: int(found.virtual_size)]


def _symbols(file: Any, data: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Yield name, value, number of section and type of each COFF symbol.

    By hand: LLVM's linker lets a name that is the end of another share its bytes, and LIEF then has
    none for it.
    """
    at, count = int(file.header.pointerto_symbol_table), int(file.header.numberof_symbols)
    strings = at + count * _SYMBOL.size
    skip = 0
    for field, value, section, kind, _, more in _SYMBOL.iter_unpack(data[at:strings]):
        if skip:
            skip -= 1
            continue
        skip = more
        name = field.rstrip(b"\0")
        if field[:4] == bytes(4):
            start = strings + int.from_bytes(field[4:], "little")
            name = data[start : data.index(b"\0", start)]
        yield name.decode("utf-8", "replace"), value, section, kind


def _code(file: Any, content: bytes) -> Iterator[Code]:
    base = int(file.optional_header.imagebase)
    sections = list(file.sections)
    found = _marks(sections, base, _symbols(file, content))
    named = bool(found)
    marks = found or _exported_marks(sections, base, file.get_export())
    for number, section in enumerate(sections, 1):
        if int(section.characteristics) & (_HAS_CODE | _EXECUTABLE):
            start = base + int(section.virtual_address)
            data = bytes(section.content)[: int(section.virtual_size)]
            here = inside(marks.get(number, {}), start, len(data))
            yield Code(_machine(file), start, data, here, named)


def _marks(
    sections: Sequence[Any], base: int, symbols: Iterable[tuple[str, int, int, int]]
) -> dict[int, dict[int, Mark]]:
    """Return one symbol an address, by section."""
    found: dict[int, dict[int, Mark]] = {}
    for name, value, number, kind in symbols:
        # A section's own name, a file's, and labels of the compiler are not functions.
        if not 0 < number <= len(sections) or not name or name[0] in ".$@":
            continue
        address = base + int(sections[number - 1].virtual_address) + value
        here = found.setdefault(number, {})
        if address not in here or kind == _FUNCTION:
            here[address] = Mark(address, name)
    return found


def _exported_marks(sections: Sequence[Any], base: int, exports: Any) -> dict[int, dict[int, Mark]]:
    found: dict[int, dict[int, Mark]] = {}
    for entry in exports.entries if exports is not None else ():
        for number, section in enumerate(sections, 1):
            start = int(section.virtual_address)
            if start <= int(entry.address) < start + int(section.virtual_size):
                address = base + int(entry.address)
                found.setdefault(number, {})[address] = Mark(address, lief.text(entry.name))
    return found
