"""Keeps what was compiled for each Python, though each runtime has one target directory.

The paths of its directory are part of a runtime's flags, so that all runtimes of a level share
their dependencies. A directory of its own for each Python would undo that. So the directory that
belongs to another Python is renamed aside, whole, and the one of this Python is renamed back: cargo
finds it as it has left it, and a warm build of each Python compiles nothing. What does not depend
on Python is copied from one that is parked (`reuse.restore`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rtvariants.files import write_text

from .build import Build

#: Names the Python that a directory belongs to; without this file, it belongs to all of them.
_NOTE = "python"
_PARKED = "parked"
_ANY = "any"


def park(builds: Sequence[Build]) -> None:
    """Make each runtime's target directory that of the build's Python."""
    for build in builds:
        folder, python = build.sharing.target_dir, build.sharing.for_python
        before = _python(folder)
        if before != python and folder.is_dir():
            aside = _place(folder, before)
            aside.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(aside)
        back = _place(folder, python)
        if not folder.exists() and back.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            back.rename(folder)
        if python and not folder.exists():
            write_text(folder / _NOTE, python)


def of_other_pythons(build: Build) -> Iterator[Path]:
    """Yield the directories of a level that belong to other Pythons than the build's."""
    level = build.sharing.target_dir.parent
    yield from sorted((level.parent / _PARKED).glob(f"*/{level.name}/*"))
    for folder in sorted(level.glob("*")):
        if _python(folder) != build.sharing.for_python:
            yield folder


def _place(folder: Path, python: str) -> Path:
    level = folder.parent
    return level.parent / _PARKED / (python or _ANY) / level.name / folder.name


def _python(folder: Path) -> str:
    try:
        return (folder / _NOTE).read_text(encoding="utf-8")
    except OSError:
        return ""
