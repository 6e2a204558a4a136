"""The marker by which a build finds the guard in a linked file, and its place before the module.

The marker is a section of its own: sixteen bytes that identify it, the distance from its begin to
the guard's entry, and a slot for the distance to the init function that the guard calls. Distances
need no relocation, and a section is also in a stripped file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from rtvariants.errors import RtvariantsError
from rtvariants.native import codesign

from . import walk
from .formats import image
from .image import Image

MAGIC = b"rtvariants-guard"
_MARKER = struct.Struct("<16sii")
_SLOT = struct.Struct("<i")
_SLOT_AT = 20


class GuardError(RtvariantsError):
    """A guard that can't be put before an init function; the text says why."""


def linked(data: bytes, export: str) -> tuple[bytes, int]:
    """Return a linked file whose export leads to the guard, and the guard to what it exported.

    The second value is the address of the init function that the linker has exported. Raises
    `GuardError` if the file has no guard or no such export, or if a guard is before it already.
    """
    try:
        before = image(data)
        entry, slot = _read(before)
        if export not in before.exports:
            raise GuardError(f"no exported `{export}` in the file")
        init = before.exports[export]
        if slot != before.marker or init == entry:
            raise GuardError("the file has a guard before its init function already")
        assert before.marker is not None
        place = before.offset(before.marker + _SLOT_AT, _SLOT.size)
        if place is None or not before.executable(init):
            raise GuardError(f"`{export}` is not a function of the file")
        changed = bytearray(before.redirect(export, entry))
        _SLOT.pack_into(changed, place, init - before.marker)
        return codesign.renewed(bytes(changed)), init
    except (ValueError, struct.error) as error:
        raise GuardError(str(error)) from error


def has(data: bytes) -> bool:
    """Return whether the build has linked a guard into a file; raises `ValueError` for others."""
    return image(data).marker is not None


def problems(data: bytes, export: str, init: int | None = None) -> Iterator[str]:
    """Yield why a file's guard is not before its init function, from the bytes of the file alone.

    `init` is the address that the linker has given the init function, where that is known.
    """
    try:
        file = image(data)
        entry, slot = _read(file)
    except (ValueError, struct.error, GuardError) as error:
        yield str(error)
        return
    exported = file.exports.get(export)
    if exported is None:
        yield f"no exported `{export}` in the file"
    elif exported != entry:
        yield f"`{export}` leads to {exported:#x}, the guard begins at {entry:#x}"
    if slot in (file.marker, entry) or not file.executable(slot):
        yield f"the guard leads to {slot:#x}, where no init function is"
    elif init is not None and slot != init:
        yield f"the guard leads to {slot:#x}, the init function is at {init:#x}"
    assert file.marker is not None
    yield from walk.problems(file, entry, file.marker, _SLOT_AT)


def _read(file: Image) -> tuple[int, int]:
    """Return the address of the guard's entry, and the one that its slot leads to."""
    if file.marker is None:
        raise GuardError("no guard in the file")
    found = file.bytes_at(file.marker, _MARKER.size)
    if len(found) < _MARKER.size or not found.startswith(MAGIC):
        raise GuardError("the section of the guard's marker has other contents")
    _, entry, slot = _MARKER.unpack(found)
    if not file.executable(file.marker + entry):
        raise GuardError("the guard's marker does not lead to code")
    return file.marker + entry, file.marker + slot
