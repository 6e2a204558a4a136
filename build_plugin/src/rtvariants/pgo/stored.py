"""Stored profiles: which file is whose, and whether it fits this build."""

from __future__ import annotations

from pathlib import Path

from . import note as notes
from .note import Note, Subject


def path(root: Path, folder: str, subject: Subject) -> Path:
    """Return where the profile of a runtime is stored."""
    return root / folder / subject.target / f"{subject.runtime}{notes.SUFFIX}"


def misfit(note: Note, subject: Subject) -> str:
    """Return why a profile is not for this build; empty if it is.

    Names in a profile hold a hash of the compiler's version, so each compiler needs its own.

    >>> mine = Subject("fast", "x86_64_v3", "x86_64-unknown-linux-gnu", "rustc 1.95.0", "22.1", "")
    >>> misfit(Note(mine, "", (), ""), mine)
    ''
    """
    facts = (
        ("rustc", note.subject.rustc, subject.rustc),
        ("level", note.subject.level, subject.level),
        ("target", note.subject.target, subject.target),
        ("runtime", note.subject.runtime, subject.runtime),
        ("LLVM", note.subject.llvm, subject.llvm),
    )
    for name, theirs, ours in facts:
        if theirs != ours:
            return f"it is for {name} `{theirs}`, not `{ours}`"
    return ""
