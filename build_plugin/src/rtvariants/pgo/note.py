"""A profile on disk, and the note next to it that says what it is for.

A profile itself names no compiler. The note does, and it repeats the functions that ran most, so
that a build can check what the profile did without `llvm-profdata`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rtvariants.compile.profile import Profile
from rtvariants.errors import RtvariantsError
from rtvariants.files import write_bytes, write_text
from rtvariants.toolchain.crate import Crate
from rtvariants.toolchain.probe import Toolchain

SUFFIX = ".profdata"
#: How many functions a note names.
_HOT = 256
_FORMAT = 1


@dataclass(frozen=True)
class Subject:
    """What a profile is for; `lock` is a digest of Cargo.lock, empty without one."""

    runtime: str
    level: str
    target: str
    rustc: str
    llvm: str
    lock: str


@dataclass(frozen=True)
class Note:
    """What the note of a profile says: its subject, its digest, its functions, and its origin.

    `key` is a digest of what the command ran with.
    """

    subject: Subject
    sha256: str
    hot: tuple[tuple[str, int], ...]
    command: str
    key: str = ""


class NoteError(RtvariantsError):
    """A stored profile whose note is absent, damaged, or about another file."""


def subject(runtime: str, level: str, tools: Toolchain, crate: Crate) -> Subject:
    """Return what the profile of a runtime must be for in this build."""
    lock = hashlib.sha256(crate.locked.encode()).hexdigest() if crate.locked else ""
    return Subject(runtime, level, tools.target, tools.version, tools.llvm, lock)


def hottest(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return the functions that ran most, with their counts.

    >>> hottest({"a": 1, "b": 2, "never": 0})
    (('b', 2), ('a', 1))
    """
    ran = [(name, count) for name, count in counts.items() if count]
    return tuple(sorted(ran, key=lambda each: (-each[1], each[0]))[:_HOT])


def write(profile: Path, data: bytes, note: Note) -> None:
    """Write a profile and its note; whatever interrupts this, the two fit or are refused."""
    said = {"format": _FORMAT, **asdict(note)}
    write_bytes(profile, data)
    write_text(_beside(profile), json.dumps(said, indent=1, sort_keys=True) + "\n")


def read(profile: Path) -> tuple[Note, bytes]:
    """Return the note of a profile, and the profile; raises `NoteError`."""
    hint = "write both with `rtvariants pgo`"
    try:
        data = profile.read_bytes()
        note = _parsed(json.loads(_beside(profile).read_text(encoding="utf-8")))
    except OSError as error:
        raise NoteError(f"can't read {error.filename}: {error.strerror}", hint) from error
    except (ValueError, TypeError, KeyError) as error:
        raise NoteError(f"not the note of a profile: {_beside(profile)}", hint) from error
    if hashlib.sha256(data).hexdigest() != note.sha256:
        raise NoteError(f"profile that its note does not describe: {profile}", hint)
    return note, data


def used(profile: Path, note: Note) -> Profile:
    """Return a profile for a build."""
    return Profile(profile, note.sha256, note.hot)


def _parsed(said: dict[str, Any]) -> Note:
    if said.pop("format") != _FORMAT:
        raise ValueError("another format")
    hot = tuple((str(name), int(count)) for name, count in said.pop("hot"))
    return Note(Subject(**said.pop("subject")), hot=hot, **said)


def _beside(profile: Path) -> Path:
    return profile.with_suffix(".json")
