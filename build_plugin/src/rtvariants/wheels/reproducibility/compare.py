"""Compares two archives that should be equal: which member differs, in which section and bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from rtvariants.archives import sdist, wheel
from rtvariants.wheels.contents import NATIVE

_SHOWN = 48
# Sections that hold addresses of others.
_FOLLOWING = (
    ".dynsym", ".rel", ".dynamic", ".got", ".plt", ".eh_frame", ".relro_padding", ".shstrtab",
    ".gnu.hash", ".hash", ".init_array", ".fini_array", ".data.rel.ro", ".gcc_except_table",
)  # fmt: skip
# A hash of the whole file: it is a cause only if nothing else differs.
_HASH = ".note.gnu.build-id"


def differences(one: Path, other: Path) -> list[str]:
    """Return how two files differ; nothing if they are equal byte for byte."""
    if one.read_bytes() == other.read_bytes():
        return []
    if one.name != other.name:
        return [f"name: `{one.name}`, `{other.name}`"]
    ours, theirs = _members(one), _members(other)
    found = [f"only in the first: `{n}`" for n in ours if n not in theirs]
    found += [f"only in the second: `{n}`" for n in theirs if n not in ours]
    differing = [n for n in ours if n in theirs and ours[n] != theirs[n]]
    natives = any(name.endswith(NATIVE) for name in differing)
    for name in differing:
        # RECORD has the hash of a member that differs, so it differs too: not a cause of its own.
        if not name.endswith(".dist-info/RECORD") and not (
            natives and _follows(name, ours[name], theirs[name])
        ):
            found += [f"`{name}`: {what}" for what in _member(name, ours[name], theirs[name])]
    return found or ["members are equal; their times, modes, order or compression differ"]


def _members(path: Path) -> Mapping[str, bytes]:
    if path.suffix == ".whl":
        return wheel.read(path).files
    return sdist.read(path).files if path.name.endswith(".tar.gz") else {path.name: b""}


def _member(name: str, one: bytes, other: bytes) -> Iterator[str]:
    if name.endswith(NATIVE):
        yield from _native(one, other)
    elif name.endswith(".json"):
        yield from _json(one, other)
    else:
        yield from _text(one, other)


def _follows(name: str, one: bytes, other: bytes) -> bool:
    """Return whether two SBOMs differ only in the hash of the extension module."""
    try:
        said = [json.loads(text) for text in (one, other)] if ".dist-info/sboms/" in name else []
        for each in said:
            del each["serialNumber"], each["metadata"]["component"]["hashes"]
    except (ValueError, KeyError, TypeError):
        return False
    return bool(said) and said[0] == said[1]


def _native(one: bytes, other: bytes) -> Iterator[str]:
    """Yield each section that differs, with its bytes there."""
    try:
        ours, theirs = _sections(one), _sections(other)
    except ELFError:
        yield _bytes(one, other)
        return
    differing = [n for n in ours if ours[n] != theirs.get(n)] + [n for n in theirs if n not in ours]
    # If something is longer or has moved, all sections with addresses differ too.
    differing = [n for n in differing if n != _HASH] or differing
    causes = [n for n in differing if not n.startswith(_FOLLOWING)] or differing
    for name in causes:
        yield f"section `{name}`: {_bytes(ours.get(name, b''), theirs.get(name, b''))}"
    if rest := [f"`{n}`" for n in differing if n not in causes]:
        yield f"and, as a consequence: {', '.join(rest)}"
    if not differing:
        yield _bytes(one, other)


def _sections(data: bytes) -> dict[str, bytes]:
    return {section.name: section.data() for section in ELFFile(io.BytesIO(data)).iter_sections()}


def _json(one: bytes, other: bytes) -> Iterator[str]:
    try:
        ours, theirs = json.loads(one), json.loads(other)
    except ValueError:
        yield from _text(one, other)
        return
    found = list(_values("", ours, theirs))
    yield from found or ["spacing or order of keys"]


def _values(place: str, one: object, other: object) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from _values(f"{place}.{key}", one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (ours, theirs) in enumerate(zip(one, other, strict=True)):
            yield from _values(f"{place}[{i}]", ours, theirs)
    elif one != other:
        yield f"{place.lstrip('.')}: {str(one)[:_SHOWN]!r}, {str(other)[:_SHOWN]!r}"


def _text(one: bytes, other: bytes) -> Iterator[str]:
    lines = list(zip(one.splitlines(), other.splitlines(), strict=False))
    line = next((i for i, (ours, theirs) in enumerate(lines) if ours != theirs), None)
    if line is None:
        yield f"{len(one)} bytes, {len(other)} bytes"
    else:
        ours, theirs = (text.decode(errors="replace")[:_SHOWN] for text in lines[line])
        yield f"line {line + 1}: {ours!r}, {theirs!r}"


def _bytes(one: bytes, other: bytes) -> str:
    """Return where two byte strings begin to differ, and the text around them."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((i for i, (ours, theirs) in pairs if ours != theirs), min(len(one), len(other)))
    ours, theirs = (_printable(data, at) for data in (one, other))
    return f"from byte {at} of {len(one)} and {len(other)}: {ours!r}, {theirs!r}"


def _printable(data: bytes, at: int) -> str:
    start = at
    while start > max(0, at - _SHOWN) and 0x20 <= data[start - 1] < 0x7F:
        start -= 1
    return data[start : at + _SHOWN].decode("ascii", "replace")
