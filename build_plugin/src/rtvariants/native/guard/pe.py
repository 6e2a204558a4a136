"""Exports of PE files: the table of addresses that Windows looks a function up in."""

from __future__ import annotations

import struct
from functools import partial

from .image import Image, Segment

_SECTION = b".rtvgrd\0"
_MACHINES = {0x8664: "x86_64", 0xAA64: "aarch64"}
_PE, _OPTIONAL = b"PE\0\0", 0x20B
# Name, size in memory, address, size in the file, place in the file, …, flags.
_PART = struct.Struct("<8sIIIIIIHHI")
_CODE = 0x20000000
# …, number of addresses, number of names, addresses, names, and the numbers of the addresses.
_EXPORTS = struct.Struct("<IIHHIIIIIII")
_ADDRESS = struct.Struct("<I")


def image(data: bytes) -> Image:
    """Return the image of a PE file; raises `ValueError` if it can't be read.

    Addresses are distances from the beginning of the file in memory.
    """
    try:
        return _image(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"not a readable PE file: {error}") from error


def _image(data: bytes) -> Image:
    (start,) = struct.unpack_from("<I", data, 0x3C)
    machine, count, _, _, _, size, _ = struct.unpack_from("<HHIIIHH", data, start + 4)
    (kind,) = struct.unpack_from("<H", data, start + 24)
    if data[start : start + 4] != _PE or kind != _OPTIONAL:
        raise ValueError("not a PE file of 64 bits")
    segments, marker = [], None
    for number in range(count):
        part = _PART.unpack_from(data, start + 24 + size + number * _PART.size)
        name, inside, address, stored, offset = part[:5]
        segments.append(Segment(address, min(inside, stored), offset, bool(part[9] & _CODE)))
        marker = address if name == _SECTION else marker
    (directory,) = struct.unpack_from("<I", data, start + 24 + 112)
    whole = Image(
        data=data,
        machine=_MACHINES.get(machine, f"machine {machine:#x}"),
        segments=tuple(segments),
        marker=marker,
        exports={},
        redirect=lambda _name, _address: data,
    )
    places = _places(whole, directory) if directory else {}
    return Image(
        data=data,
        machine=whole.machine,
        segments=whole.segments,
        marker=marker,
        exports={name: _ADDRESS.unpack_from(data, at)[0] for name, at in places.items()},
        redirect=partial(_redirected, data, places),
    )


def _places(file: Image, directory: int) -> dict[str, int]:
    """Return where in the file the address of each exported name is."""
    table = _EXPORTS.unpack(file.bytes_at(directory, _EXPORTS.size))
    count, addresses, names, numbers = table[7:11]
    found = {}
    for each in range(count):
        (name,) = _ADDRESS.unpack(file.bytes_at(names + 4 * each, 4))
        (number,) = struct.unpack("<H", file.bytes_at(numbers + 2 * each, 2))
        place = file.offset(addresses + 4 * number, 4)
        if place is None:
            raise ValueError("the table of exports leads out of the file")
        found[file.bytes_at(name, 4096).partition(b"\0")[0].decode()] = place
    return found


def _redirected(data: bytes, places: dict[str, int], name: str, address: int) -> bytes:
    at = places[name]
    return data[:at] + _ADDRESS.pack(address) + data[at + 4 :]
