"""Reads the members of a zip archive, and refuses what an installer must not unpack."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from rtvariants.errors import Problem, WheelError

#: An archive is a bomb if its members take more than this many bytes and more than this many times
#: its size. Extension modules shrink to a third, zeros to a thousandth.
BOMB = (1 << 30, 100)
#: The hint for a path that can't be read.
UNREADABLE = "name a file that exists and can be read"
_REFUSED = "rtvariants never writes such a member; do not install this file"
_DAMAGED = (
    OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError,
)  # fmt: skip
# The longest name and path that the file systems of all three operating systems can hold.
_LONGEST = (255, 4000)


def read(path: Path) -> dict[str, bytes]:
    """Return the files of a zip archive by their names.

    Raises `WheelError`: rule `zip` (no archive, truncated, damaged, encrypted, or a bomb) or
    `member-name` (an installer would write it somewhere else, or not at all).
    """
    where = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
            problems = [Problem(what, _REFUSED, where, "member-name") for what in _names(found)]
            size = path.stat().st_size
            problems += [Problem(what, _REFUSED, where, "zip") for what in _contents(found, size)]
            if problems:
                raise WheelError(problems)
            return {i.filename: archive.read(i) for i in found if not i.is_dir()}
    except _DAMAGED as error:
        what = f"unreadable archive: {error}"
        hint = "the file is truncated or damaged; build it or download it again"
        # Errors of a decompressor have no number: one with a number is about the path.
        if isinstance(error, OSError) and error.errno:
            what, hint = str(error.strerror), UNREADABLE
        raise WheelError(Problem(what, hint, where, "zip")) from error


def programs(path: Path) -> frozenset[str]:
    """Return the members of a zip archive that an installer makes executable."""
    with zipfile.ZipFile(path) as archive:
        modes = {member.filename: member.external_attr >> 16 for member in archive.infolist()}
    # As pip decides it: a file that somebody may execute.
    return frozenset(n for n, mode in modes.items() if stat.S_ISREG(mode) and mode & 0o111)


def _contents(members: list[zipfile.ZipInfo], size: int) -> Iterator[str]:
    """Yield why an archive must not be unpacked; a member never unpacks to more than it states."""
    if encrypted := [_cut(member.filename) for member in members if member.flag_bits & 1]:
        yield f"encrypted members ({len(encrypted)}), the first of them `{encrypted[0]}`"
    whole = sum(member.file_size for member in members)
    least, times = BOMB
    if whole > max(least, times * size):
        yield f"members of {whole / 1e6:.0f} MB in a file of {size / 1e6:.2f} MB"


def _cut(name: str) -> str:
    return name if len(name) <= 120 else f"{name[:100]}…"


def _names(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield why a member can't be written where its name says, on any operating system."""
    seen: set[str] = set()
    files = {m.filename for m in members if not m.is_dir()}
    part, path = _LONGEST
    for member in members:
        if len(member.filename) > path or max(map(len, member.filename.split("/"))) > part:
            yield f"member whose name is too long: `{_cut(member.filename)}`"
            continue
        above = (str(p) for p in PurePosixPath(member.filename).parents)
        if inside := next((p for p in above if p in files), None):
            yield f"member below a file: `{member.filename}` (`{inside}`)"
        # `orig_filename` is what the archive says; `filename` ends at a NUL and has no backslash.
        name = member.orig_filename
        parts = PurePosixPath(name.rstrip("/")).parts
        plain = name.rstrip("/") == "/".join(parts)
        if name.startswith(("/", "\\")) or ".." in parts or ":" in name or not plain:
            yield f"member outside of the archive's folder: `{name}`"
        elif "\\" in name or not name.isprintable():
            yield f"member whose name depends on the operating system: `{name!r}`"
        elif stat.S_ISLNK(member.external_attr >> 16):
            yield f"member that is a link: `{name}`"
        # Some file systems ignore case: one of the two would overwrite the other.
        if name.lower() in seen:
            yield f"two members of one name: `{name}`"
        seen.add(name.lower())
