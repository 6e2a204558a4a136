"""The marker by which a build finds the guard in a linked file, and its place before the module.

The marker is a section of its own: sixteen bytes that identify it, and for each function that
Python may call first, the distance from the marker to the guard's entry, and a slot for the
distance to the function that the guard calls. Distances need no relocation, and a section is also
in a stripped file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rtvariants.errors import RtvariantsError
from rtvariants.native import codesign

from . import walk
from .formats import image
from .image import Image

MAGIC = b"rtvariants-guard"
_MARKER = struct.Struct("<16siiii")
_SLOT = struct.Struct("<i")
_INIT = "PyInit_"
#: What the names of these functions begin with, and where their slots are in the marker. Python
#: 3.15 and newer call the second one if a module has it.
_KINDS = {_INIT: 20, "PyModExport_": 28}


class GuardError(RtvariantsError):
    """A guard that can't be put before an init function; the text says why."""


@dataclass(frozen=True)
class _Way:
    """One function that Python may call first: the guard's entry for it, and where its slot leads.

    `at` is the distance from the marker to the slot.
    """

    name: str
    entry: int
    leads: int
    at: int


def linked(data: bytes, export: str) -> tuple[bytes, dict[str, int]]:
    """Return a linked file whose init function leads to the guard, and the guard to what it was.

    The second value has the addresses that the linker has given to the functions behind the guard.
    Raises `GuardError` if the file has no guard or no such export, or a guard is before it already.
    """
    try:
        before = image(data)
        ways = _ways(before, export)
        _require_fresh(before, ways, export)
        found = {way.name: before.exports[way.name] for way in ways if way.name in before.exports}
        for way in ways:
            if way.name in found:
                data = _redirected(data, way, found[way.name])
        return codesign.renewed(data), found
    except (ValueError, struct.error) as error:
        raise GuardError(str(error)) from error


def _require_fresh(file: Image, ways: tuple[_Way, ...], export: str) -> None:
    if export not in file.exports:
        raise GuardError(f"no exported `{export}` in the file")
    for way in ways:
        if way.leads != file.marker or file.exports.get(way.name) == way.entry:
            raise GuardError("the file has a guard before its init function already")
        if way.name in file.exports and not file.executable(file.exports[way.name]):
            raise GuardError(f"`{way.name}` is not a function of the file")


def _redirected(data: bytes, way: _Way, init: int) -> bytes:
    file = image(data)
    assert file.marker is not None
    place = file.offset(file.marker + way.at, _SLOT.size)
    if place is None:
        raise GuardError("the marker's slot is not in the file")
    changed = bytearray(file.redirect(way.name, way.entry))
    _SLOT.pack_into(changed, place, init - file.marker)
    return bytes(changed)


def has(data: bytes) -> bool:
    """Return whether the build has linked a guard into a file; raises `ValueError` for others."""
    return image(data).marker is not None


def problems(data: bytes, export: str, known: Mapping[str, int] | None = None) -> Iterator[str]:
    """Yield why a file's guard is not before its init function, from the bytes of the file alone.

    `known` are the addresses that the linker has given to the functions, where these are known.
    """
    try:
        file = image(data)
        ways = _ways(file, export)
    except (ValueError, struct.error, GuardError) as error:
        yield str(error)
        return
    if export not in file.exports:
        yield f"no exported `{export}` in the file"
    for way in ways:
        if way.name in file.exports or way.name == export:
            yield from _wrong(file, way, (known or {}).get(way.name))


def _wrong(file: Image, way: _Way, known: int | None) -> Iterator[str]:
    exported = file.exports.get(way.name, way.entry)
    if exported != way.entry:
        yield f"`{way.name}` leads to {exported:#x}, the guard begins at {way.entry:#x}"
    if way.leads in (file.marker, way.entry) or not file.executable(way.leads):
        yield f"the guard leads to {way.leads:#x}, where no init function is"
    elif known is not None and way.leads != known:
        yield f"the guard leads to {way.leads:#x}, the init function is at {known:#x}"
    assert file.marker is not None
    yield from walk.problems(file, way.entry, file.marker, way.at)


def _ways(file: Image, export: str) -> tuple[_Way, ...]:
    if file.marker is None:
        raise GuardError("no guard in the file")
    found = file.bytes_at(file.marker, _MARKER.size)
    if len(found) < _MARKER.size or not found.startswith(MAGIC):
        raise GuardError("the section of the guard's marker has other contents")
    _, *distances = _MARKER.unpack(found)
    places = [file.marker + distance for distance in distances]
    if not all(file.executable(entry) for entry in places[::2]):
        raise GuardError("the guard's marker does not lead to code")
    name = export.removeprefix(_INIT)
    return tuple(
        _Way(f"{kind}{name}", entry, leads, at)
        for (kind, at), entry, leads in zip(_KINDS.items(), places[::2], places[1::2], strict=True)
    )
