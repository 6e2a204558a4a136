"""Exports of Mach-O files: the trie in which dyld looks a name up.

A trie can't grow in a finished file, and the address of the guard's entry may take more bytes than
the one that it replaces. So the build has the linker export the entries too: the new trie no longer
has their names, which leaves more room than any address takes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from .image import ENTRIES, Image, Segment

_MAGIC = b"\xcf\xfa\xed\xfe"
_MACHINES = {0x01000007: "x86_64", 0x0100000C: "aarch64"}
_SECTION = b"__rtvguard\0\0\0\0\0\0"
_HEADER = struct.Struct("<IIIIIIII")
_COMMAND = struct.Struct("<II")
_SEGMENT = struct.Struct("<II16sQQQQIIII")
_PART = struct.Struct("<16s16sQQIIIIIIII")
_SEGMENT_64, _TRIE, _INFO = 0x19, 0x80000033, (0x22, 0x80000022)
# Section flags: its kind, kinds without bytes in the file, and some or only instructions.
_KIND, _ZERO, _CODE = 0xFF, (1, 12, 18), 0x80000400
# A name of another library, and a name with a function that finds its address.
_ELSEWHERE = 0x18


@dataclass(frozen=True)
class _File:
    """What the load commands say: machine, sections, and place and size of the trie of exports."""

    machine: str
    base: int
    sections: tuple[Segment, ...]
    marker: int | None
    trie: tuple[int, int]


def image(data: bytes) -> Image:
    """Return the image of a file for one machine; raises `ValueError` if it can't be read."""
    try:
        file = _read(data)
        found = {name: _address(payload) for name, payload in _exports(data, file).items()}
    except (struct.error, IndexError) as error:
        raise ValueError(f"not a readable Mach-O file: {error}") from error
    return Image(
        data=data,
        machine=file.machine,
        segments=file.sections,
        marker=file.marker,
        exports={
            name.removeprefix(b"_").decode(): file.base + address
            for name, address in found.items()
            if address is not None
        },
        redirect=partial(_redirected, data, file),
    )


def _read(data: bytes) -> _File:
    magic, cpu, _, _, commands, _, _, _ = _HEADER.unpack_from(data)
    if data[:4] != _MAGIC:
        raise ValueError(f"not a Mach-O file of 64 bits for one machine: {magic:#x}")
    sections: list[Segment] = []
    base, marker, trie = 0, None, (0, 0)
    at = _HEADER.size
    for _ in range(commands):
        kind, size = _COMMAND.unpack_from(data, at)
        if kind == _SEGMENT_64:
            _, _, name, address, _, _, _, _, _, count, _ = _SEGMENT.unpack_from(data, at)
            base = address if name.rstrip(b"\0") == b"__TEXT" else base
            for part in range(count):
                title, _, start, length, offset, _, _, _, flags, _, _, _ = _PART.unpack_from(
                    data, at + _SEGMENT.size + part * _PART.size
                )
                if flags & _KIND not in _ZERO:
                    sections.append(Segment(start, length, offset, bool(flags & _CODE)))
                marker = start if title == _SECTION else marker
        elif kind == _TRIE:
            trie = struct.unpack_from("<II", data, at + 8)
        elif kind in _INFO:
            trie = struct.unpack_from("<II", data, at + 40)
        at += size
    machine = _MACHINES.get(cpu, f"CPU {cpu:#x}")
    return _File(machine, base, tuple(sections), marker, (trie[0], trie[1]))


def _exports(data: bytes, file: _File) -> dict[bytes, bytes]:
    """Return what the trie says of each name: flags and address, as they stand there."""
    start, size = file.trie
    return dict(_below(data[start : start + size], 0, b"", set())) if size else {}


def _below(trie: bytes, at: int, name: bytes, seen: set[int]) -> Iterator[tuple[bytes, bytes]]:
    if at in seen:
        raise ValueError("the trie of exports has a circle")
    seen.add(at)
    size, at = _number(trie, at)
    if size:
        yield name, trie[at : at + size]
    at += size
    count = trie[at]
    at += 1
    for _ in range(count):
        end = trie.find(0, at)
        if end < 0:
            raise ValueError("the trie of exports is cut short")
        child, after = _number(trie, end + 1)
        yield from _below(trie, child, name + trie[at:end], seen)
        at = after


def _address(payload: bytes) -> int | None:
    """Return the distance of an exported name from the file's begin; `None` if it has none."""
    flags, at = _number(payload, 0)
    return None if flags & _ELSEWHERE else _number(payload, at)[0]


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte (ULEB128), and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def _bytes(value: int) -> bytes:
    r"""Return a number as ULEB128.

    >>> _bytes(5), _bytes(300)
    (b'\x05', b'\xac\x02')
    """
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _redirected(data: bytes, file: _File, name: str, address: int) -> bytes:
    """Return the file with another address of an export, without the names of the guard's entries.

    The symbol table stays: it names code for people and debuggers. The code signature has to be
    renewed.
    """
    exports = _exports(data, file)
    for each in ENTRIES:
        exports.pop(f"_{each}".encode(), None)
    full = f"_{name}".encode()
    flags, _ = _number(exports[full], 0)
    exports[full] = _bytes(flags) + _bytes(address - file.base)
    start, size = file.trie
    trie = trie_of(exports)
    if len(trie) > size:
        raise ValueError("no room for the guard's address in the trie of exports")
    return data[:start] + trie.ljust(size, b"\0") + data[start + size :]


@dataclass
class _Node:
    """One node of a trie that is written: what is said of its name, and its edges."""

    payload: bytes
    edges: list[tuple[bytes, _Node]]
    at: int = 0

    def text(self) -> bytes:
        """Return its bytes, with the places of its children as they are now known."""
        head = _bytes(len(self.payload)) + self.payload + bytes([len(self.edges)])
        return head + b"".join(edge + b"\0" + _bytes(to.at) for edge, to in self.edges)

    def all(self) -> Iterator[_Node]:
        """Yield itself and all nodes below."""
        yield self
        for _, child in self.edges:
            yield from child.all()


def trie_of(exports: Mapping[bytes, bytes]) -> bytes:
    """Return the trie of these names.

    >>> dict(_below(trie_of({b"_a": b"x", b"_abc": b"yz"}), 0, b"", set()))
    {b'_a': b'x', b'_abc': b'yz'}
    """
    nodes = [*_node(b"", exports).all()]
    while True:
        # A place takes more bytes where it is farther, so places are found again until they stay.
        places, at = [], 0
        for node in nodes:
            places.append(at)
            at += len(node.text())
        if places == [node.at for node in nodes]:
            return b"".join(node.text() for node in nodes)
        for node, place in zip(nodes, places, strict=True):
            node.at = place


def _node(name: bytes, exports: Mapping[bytes, bytes]) -> _Node:
    groups: dict[bytes, list[bytes]] = {}
    for each in sorted(exports):
        if each.startswith(name) and each != name:
            groups.setdefault(each[len(name) : len(name) + 1], []).append(each)
    edges = []
    for first, *others in groups.values():
        common = first
        for other in others:
            while not other.startswith(common):
                common = common[:-1]
        edges.append((common[len(name) :], _node(common, exports)))
    return _Node(exports.get(name, b""), edges)
