"""Compiles what runtimes have in common once per run, though each has its own target directory.

Each directory belongs to one cargo alone, so that all run in parallel and no runtime undoes what
another one built. Two kinds of units would be compiled twice, and are copied instead:

- macros and build scripts, which run on the build machine and never get a level's flags. The
  first build compiles them, and the first of each other level waits for most of them where there
  are few processors.
- all dependencies, for runtimes of equal flags, and those of the project's own crates that don't
  depend on the runtime (`Sharing.alike`). The first runtime compiles these, and the others wait
  until only the rest is left to compile.

The copies are like those that a CI system's cache restores: files with their times. cargo judges by
its own fingerprints whether they are fresh, and compiles what it would have made differently; a
copy saves time and decides nothing.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rtvariants.files import replacing_folder
from rtvariants.project.sources import of_crate

from .build import Build
from .parking import of_other_pythons

#: With more processors per lane than this, no level waits: the processors would be idle anyway.
_FEW = 2
#: Seconds between two looks at what the other build has finished.
_INTERVAL = 0.1
#: Where cargo keeps what runs on this machine; what is for a target is in the target's folder.
FINGERPRINTS = ".fingerprint"
#: cargo creates it when it starts to compile a unit.
_BEGUN = "invoked.timestamp"
#: Macros and build scripts are complete with so many units for each that has not been started.
_MOST = 3
#: Names the dependencies that a target directory is complete for.
_NOTE = "dependencies"
# What cargo appends to the name of each unit: `deps/libmemchr-1b6da1c5a3b6f0c4.rlib`.
_HASH = re.compile(r"-([0-9a-f]{16})(?=\.|$)")


@dataclass
class _Source:
    """What a build can copy from another one: everything in `places` but the crates of `own`.

    `finished` holds the units that are known to be done.
    """

    build: Build
    places: tuple[str, ...]
    own: Collection[str] = ()
    finished: set[Path] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        """Return whether all is there, once cargo has sent a message.

        It creates the folder of each unit before it compiles any. Where there are none then, it
        keeps them elsewhere (`build.build-dir`), and there is nothing to wait for.
        """
        folders = [self.build.sharing.target_dir / place / FINGERPRINTS for place in self.places]
        if not any(folder.is_dir() for folder in folders):
            return True
        left = []
        for folder in folders:
            for unit in (folder / name for name in _names(folder)):
                if unit in self.finished or crate(unit.name) in self.own:
                    continue
                if _finished(unit):
                    self.finished.add(unit)
                else:
                    left.append(unit)
        if len(self.places) == 1 and not any((unit / _BEGUN).exists() for unit in left):
            # cargo starts a macro late that only a late crate needs; waiting for it would take
            # longer than compiling it twice.
            return len(self.finished) > _MOST * len(left)
        return bool(self.finished) and not left


class Reuse:
    """Which build waits for which in a run, and what is copied then; `order` is that of starts."""

    def __init__(self, builds: Sequence[Build], cpus: int) -> None:
        kinds: dict[Path, list[Build]] = {}
        for build in builds:
            kinds.setdefault(build.sharing.target_dir.parent, []).append(build)
        first = [kind[0] for kind in kinds.values()]
        self.order = first + [build for build in builds if build not in first]
        self._heard: dict[str, set[str]] = {}
        self._ended = {build.runtime: threading.Event() for build in builds}
        self._sources: dict[str, _Source] = {}
        if cpus <= _FEW * len(builds):
            host = (profile_folder(first[0]),)
            self._sources = {b.runtime: _Source(first[0], host) for b in first[1:]}
        for leader, *others in kinds.values():
            for build in others:
                self._sources[build.runtime] = _Source(leader, places(leader), build.sharing.own)

    def wanted(self, build: Build) -> bool:
        """Return whether a build can copy something from another one in this run."""
        source = self._sources.get(build.runtime)
        if source is None:
            return False
        if len(source.places) > 1:
            return not fresh(build) or changed(build)
        return not fresh(build) and not (build.sharing.target_dir / profile_folder(build)).exists()

    def heard(self, build: Build, crate: str = "") -> None:
        """Remember that cargo has sent a message about a build, such as that a crate is ready."""
        self._heard.setdefault(build.runtime, set()).add(crate)

    def ended(self, build: Build) -> None:
        """Remember that a build has ended, successfully or not."""
        self._ended[build.runtime].set()

    def ready(self, build: Build) -> bool:
        """Return whether all that can be copied is there."""
        source = self._sources[build.runtime]
        if self._ended[source.build.runtime].is_set():
            return True
        heard = self._heard.get(source.build.runtime)
        if heard is None or not source.complete:
            return False
        if len(source.places) == 1:
            return True
        # The message comes a moment before the fingerprint is written.
        units = _latest(source.build, build.sharing.alike)
        return heard.issuperset(_crates(units)) and all(map(_finished, units))

    def take(self, build: Build) -> None:
        """Wait for what another build compiles, and copy it."""
        source = self._sources[build.runtime]
        while not self.ready(build):
            self._ended[source.build.runtime].wait(_INTERVAL)
        renewed = build.sharing.alike if changed(build) else ()
        knowing = set(build.sharing.own).difference(build.sharing.alike)
        for place in source.places:
            copy(
                source.build.sharing.target_dir / place, build.sharing.target_dir / place,
                without=knowing, renewed=renewed,
            )  # fmt: skip


def places(build: Build) -> tuple[str, str]:
    """Return where cargo keeps its units: those for the target, and those that run here."""
    folder = profile_folder(build)
    return f"{build.contract.target}/{folder}", folder


def profile_folder(build: Build) -> str:
    """Return what cargo calls the folder of a profile."""
    profile = build.contract.cargo_profile
    return "debug" if profile == "dev" else profile


def crate(unit: str) -> str:
    """Return the crate of a unit, by the name of its fingerprint's folder.

    >>> crate("proc-macro2-95663cc3d532ce43")
    'proc-macro2'
    """
    return unit.rpartition("-")[0]


def fresh(build: Build) -> bool:
    """Return whether a target directory holds the dependencies of exactly this build."""
    return (
        bool(build.sharing.dependencies)
        and _recorded(build.sharing.target_dir) == build.sharing.dependencies
    )


def changed(build: Build) -> bool:
    """Return whether a directory lacks one of the crates that are alike, or its sources are newer.

    Where they are not, the runtime may have compiled them itself, in a run of its own: a copy would
    be newer, and cargo would compile again what depends on it.
    """
    units = _latest(build, build.sharing.alike)
    if len(_crates(units)) < len(build.sharing.alike) or not all(map(_finished, units)):
        return True
    files = (
        file
        for where in build.sharing.alike.values()
        for file in of_crate(where, build.command.cwd)
    )
    oldest = min((_time(unit / _BEGUN) for unit in units), default=0)
    return any(_time(file) > oldest for file in files)


def record(build: Build) -> None:
    """Record which dependencies a target directory holds, once a build has succeeded."""
    if build.sharing.dependencies and not fresh(build):
        (build.sharing.target_dir / _NOTE).write_text(build.sharing.dependencies, encoding="utf-8")


def restore(build: Build) -> None:
    """Copy what a runtime of equal flags has from an earlier run, where this one has none.

    One that was built for another Python has all that does not depend on it.
    """
    name = profile_folder(build)
    host, here = build.sharing.host, build.sharing.target_dir / name
    if host and not here.exists():
        copy(host / name, here)
    if not build.sharing.dependencies or fresh(build):
        return
    for found in sorted(build.sharing.target_dir.parent.glob(f"*/{_NOTE}")):
        if _recorded(found.parent) == build.sharing.dependencies:
            for place in places(build):
                # The project's own crates may be those of another tree, or of another day.
                copy(
                    found.parent / place,
                    build.sharing.target_dir / place,
                    without=build.sharing.own,
                )
            return
    for folder in of_other_pythons(build):
        if build.sharing.anyway in _recorded(folder).split():
            for place in places(build):
                copy(
                    folder / place,
                    build.sharing.target_dir / place,
                    without={*build.sharing.own, *build.sharing.of_python},
                )
            return


def _recorded(folder: Path) -> str:
    try:
        return (folder / _NOTE).read_text(encoding="utf-8")
    except OSError:
        return ""


def copy(
    source: Path, target: Path, without: Collection[str] = (), renewed: Collection[str] = ()
) -> None:
    """Copy the units that cargo has finished in one place, except those that are there already.

    Of crates that are `renewed`, those that are there and older are replaced. cargo may be working
    in the source at the same time. A unit's fingerprint is read before the files that it describes:
    it does not match files that were written since. It gets its name after them: whatever
    interrupts this, no unit is there without its files.
    """
    there, here = source / FINGERPRINTS, target / FINGERPRINTS

    def lacks(name: str) -> bool:
        if crate(name) in without or not _finished(there / name):
            return False
        if not _finished(here / name):
            return True
        return crate(name) in renewed and _time(here / name / _BEGUN) < _time(there / name / _BEGUN)

    lacking = [name for name in _names(there) if lacks(name)]
    hashes = {_hash(name) for name in lacking}
    with contextlib.ExitStack() as stack:  # Its end renames the folders.
        for name in lacking:
            _copied(there / name, stack.enter_context(replacing_folder(here / name)))
            shutil.rmtree(here / name, ignore_errors=True)
        for folder in ("deps", "build"):
            for name in _names(source / folder):
                if _hash(name) in hashes:
                    _copied(source / folder / name, target / folder / name)


def _finished(unit: Path) -> bool:
    """Return whether cargo has compiled everything that the folder of a unit describes.

    It empties the fingerprint (`lib-syn`) before, and writes the long form (`lib-syn.json`) last.
    """
    said = [name for name in _names(unit) if name.endswith(".json")]
    try:
        return bool(said) and all(
            (unit / name.removesuffix(".json")).stat().st_size for name in said
        )
    except OSError:
        return False


def _copied(source: Path, target: Path) -> None:
    # With their times: cargo compares them.
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)


def _latest(build: Build, names: Collection[str]) -> list[Path]:
    """Return the units of some crates, of each place and crate the one that cargo began last.

    What other versions of the compiler or of dependencies have left is older.
    """
    found: dict[tuple[Path, str], Path] = {}
    for folder in (build.sharing.target_dir / place / FINGERPRINTS for place in places(build)):
        units = [folder / name for name in _names(folder) if crate(name) in names]
        for unit in sorted(units, key=lambda unit: _time(unit / _BEGUN)):
            found[folder, crate(unit.name)] = unit
    return list(found.values())


def _crates(units: Iterable[Path]) -> set[str]:
    return {crate(unit.name) for unit in units}


def _time(file: Path) -> int:
    """Return when a file was written; 0 for one that is not there."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _hash(name: str) -> str:
    found = _HASH.search(name)
    return found[1] if found else ""
