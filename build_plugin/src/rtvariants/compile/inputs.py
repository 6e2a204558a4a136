"""The files that the project's own crates are compiled from, and the content of each.

A file is read again only if its size, its times or its identity on the disk have changed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Python's own files, and what its tools and editors leave, are never compiled into a crate.
_NEVER = (".py", ".pyi", ".pyc", ".so", ".pyd", ".whl", "~", ".swp")
_SKIPPED = {"__pycache__", "node_modules"}
# Such a file marks the folders of cargo's output and of other caches, and virtual environments.
_MARKS = {"CACHEDIR.TAG", "pyvenv.cfg"}
# A larger file is known by its size and time: a folder of data next to a crate takes no minutes.
_LARGE = 64 << 20
# A file system may give two writes within this time one and the same time (FAT has the coarsest).
_RACY = 2_000_000_000


@dataclass(frozen=True)
class Content:
    """The content of one file: what the system said about it when it was read, and its digest."""

    status: tuple[int, ...]
    digest: str


def below(folder: Path, output: Iterable[Path]) -> Iterator[Path]:
    """Yield the files of a crate that it, or its build script, may read; `output` is left out."""
    left_out = {path for each in output for path in (each, *each.parents)}
    left_out -= {folder, *folder.parents}
    for place, names, files in os.walk(folder, followlinks=True):
        if place != str(folder) and _MARKS.intersection(files):
            names.clear()
            continue
        names[:] = [
            n for n in names
            if not n.startswith(".") and n not in _SKIPPED and Path(place, n) not in left_out
            and not _loops(place, n)
        ]  # fmt: skip
        for name in files:
            if not name.startswith((".", "#")) and not name.endswith(_NEVER):
                yield Path(place, name)


def _loops(place: str, name: str) -> bool:
    path = os.path.join(place, name)
    return os.path.islink(path) and Path(os.path.realpath(path)) in Path(place, name).parents


def content(path: Path, kept: Content | None, now: int | None = None) -> Content | None:
    """Return the content of a file; `None` where it can't be read.

    `kept` is what was known about it. It is trusted if the system says the same, and did so when
    the file had not just been written. Windows has no time of a change that a program can't set.
    """
    try:
        status = path.stat()
        said = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        if kept and kept.status == said and os.name != "nt":
            return kept
        if status.st_size > _LARGE:
            return Content(said, f"{status.st_size} {status.st_mtime_ns}")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
    settled = max(said[1], said[2]) < (time.time_ns() if now is None else now) - _RACY
    return Content(said if settled else (), digest)


class Contents:
    """Reads files for all runtimes of a run; `kept` is what is known of them from earlier runs."""

    def __init__(self, kept: Mapping[Path, Content]) -> None:
        self._kept = kept
        self._read: dict[Path, Content | None] = {}

    def of(self, paths: Iterable[Path]) -> dict[Path, Content]:
        """Return the content of each file that can be read; those of a folder are among them."""
        found: dict[Path, Content] = {}
        for path in paths:
            for file in below(path, ()) if path.is_dir() else (path,):
                if file not in self._read:
                    self._read[file] = content(file, self._kept.get(file))
                read = self._read[file]
                if read is not None:
                    found[file] = read
        return found
