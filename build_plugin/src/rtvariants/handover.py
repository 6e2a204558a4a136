"""Macros and build scripts are compiled once a run, though each level has a target directory.

They run on the building machine and never get a level's flags, so cargo would make equal ones in
each directory, and on few processors that is a good part of a cold build. The first lane compiles
them; the others wait, take copies and compile what is theirs. A copy is what a cache of a CI system
brings back: files with their times. cargo judges by its own fingerprints whether it is fresh, and
compiles what it would not have made so itself; a copy saves time and decides nothing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from .plan import Build

#: With more processors a lane than this, nobody waits: what they would save is idle anyway.
_FEW = 2
#: Seconds between two looks at what the first lane has finished.
_INTERVAL = 0.1
# cargo keeps under it what runs on this machine; what is for a target lies in the target's folder.
_FOLDER = "release"
_FINGERPRINTS = ".fingerprint"


class Handover:
    """What the first lane of a run gives to the others."""

    def __init__(self, builds: Sequence[Build], cpus: int) -> None:
        self._giver = builds[0]
        self._begun = False
        self._over = threading.Event()
        if cpus > _FEW * len({build.target_dir for build in builds}):
            self._over.set()

    def wanted(self, build: Build) -> bool:
        """Tell whether a build can take something: another lane's, with nothing there yet."""
        other = build.target_dir != self._giver.target_dir
        return other and not (build.target_dir / _FOLDER).exists()

    def begun(self, build: Build) -> None:
        """Take note that cargo has said something of a build."""
        self._begun |= build is self._giver

    def over(self, build: Build) -> None:
        """Take note that a build has ended, one way or the other."""
        if build is self._giver:
            self._over.set()

    @property
    def ready(self) -> bool:
        """Tell whether all that is to be had is there.

        cargo makes the folders of all fingerprints before it begins to compile.
        """
        if self._over.is_set():
            return True
        folder = self._giver.target_dir / _FOLDER / _FINGERPRINTS
        return self._begun and folder.is_dir() and all(map(_finished, folder.iterdir()))

    def take(self, build: Build) -> None:
        """Wait for what the first lane compiles, and copy it."""
        while not self.ready:
            self._over.wait(_INTERVAL)
        copy(self._giver.target_dir / _FOLDER, build.target_dir / _FOLDER)


def copy(source: Path, target: Path) -> None:
    """Copy what cargo has finished for this machine, unless there is something already.

    cargo may be at work there. It writes the fingerprint of a crate when everything else of it is
    written; fingerprints are therefore read first, and those of unfinished crates left out.
    """
    if target.exists() or not (source / _FINGERPRINTS).is_dir():
        return
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    finished = [unit for unit in (source / _FINGERPRINTS).iterdir() if _finished(unit)]
    if not finished:
        return
    for unit in finished:
        _copied(unit, fresh / _FINGERPRINTS / unit.name)
    for name in ("build", "deps"):
        _copied(source / name, fresh / name)
    os.replace(fresh, target)


def _finished(unit: Path) -> bool:
    """Tell whether cargo has compiled all that one of its folders speaks of.

    It empties the fingerprint (`lib-syn`) before, and writes the long form (`lib-syn.json`) last.
    """
    said = [name for name in unit.iterdir() if name.suffix == ".json"]
    return bool(said) and all(
        name.with_suffix("").is_file() and name.with_suffix("").stat().st_size for name in said
    )


def _copied(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for folder, _, names in os.walk(source):
        there = target / Path(folder).relative_to(source)
        there.mkdir(exist_ok=True)
        for name in names:
            # A compiler's own file may be gone meanwhile.
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(Path(folder, name), there / name)
