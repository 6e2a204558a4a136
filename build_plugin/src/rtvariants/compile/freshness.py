"""No runtime is older than its sources: what cargo takes for fresh by its times alone is not.

cargo judges a crate by the times of the files that it was compiled from: it is fresh unless one of
them is newer. That is wrong for a file with other content and an older time, as `mv`, `cp -p`,
`git stash` with restored times, `tar` and `rsync -t` leave it, and after the clock was wrong. It is
wrong for two checkouts in one `CARGO_TARGET_DIR`, since cargo identifies a crate by its place in
its workspace. And cargo does not know of files that a build script compiles without naming them,
or that a macro reads.

So each runtime's directory records the content of all files that its crates were compiled from.
Where the content differs in a way that cargo does not see, the project's own crates are compiled
again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rtvariants.files import write_text
from rtvariants.toolchain import git_files
from rtvariants.toolchain.crate import Crate

from . import inputs, parking
from .artifact import Artifact
from .build import Build
from .inputs import Content
from .reuse import FINGERPRINTS, crate, places

_NOTE = "sources.json"
# What cargo judges itself, what only people and other tools read, and what these write.
_NOT_READ = {
    ".rs", ".toml", ".lock", ".md", ".rst", ".yml", ".yaml", ".ini", ".cfg", ".ipynb", "", ".log",
    ".gz", ".zip",
}  # fmt: skip
_ASIDE = {"tests", "benches", "examples", "docs", "dist"}
# What compilers of other languages read, perhaps outside of the crate whose script runs them.
_NATIVE = {
    ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inc", ".inl", ".s", ".S", ".asm",
    ".m", ".mm", ".cu", ".proto",
}  # fmt: skip


@dataclass(frozen=True)
class _Record:
    """What a directory was last built from: a tree, its files, and those that cargo knows of."""

    root: Path
    files: Mapping[Path, Content] = field(default_factory=dict)
    known: frozenset[Path] = frozenset()

    def moved(self, root: Path) -> _Record:
        """Return the same record with the paths of another tree."""
        if root == self.root:
            return self
        files = {_moved(path, self.root, root): c for path, c in self.files.items()}
        return _Record(root, files, frozenset(_moved(p, self.root, root) for p in self.known))


def settle(builds: Sequence[Build], root: Path, built: Crate) -> None:
    """Remove what was built of the project's own crates if it is not of the present sources."""
    parking.park(builds)
    packages = [p for p in built.graph.packages.values() if not p.source]
    own = {built.manifest.parent, *(package.folder for package in packages)}
    output = [build.sharing.target_dir for build in builds]
    sources = {path for folder in own for path in inputs.below(folder, output)}
    if root not in own and any(package.scripted for package in packages):
        sources |= {path for path in inputs.below(root, output) if path.suffix in _NATIVE}
    records = [_read(build.sharing.target_dir / _NOTE) for build in builds]
    mine = [record.files for record in records if record and record.root == root]
    contents = inputs.Contents({path: c for files in mine for path, c in files.items()})
    for build, record in zip(builds, records, strict=True):
        other = record is None or record.root != root
        before = record.moved(root) if record else _Record(root)
        files = contents.of({*sources, *before.files, *before.known})
        changed = _changed(before.files, files)
        if changed and (other or _unseen(build, changed, before, own)):
            _forget(build)
        # Before cargo runs: what a failed build leaves is of these files.
        _write(build.sharing.target_dir / _NOTE, _Record(root, files, before.known), record)


def _changed(before: Mapping[Path, Content], now: Mapping[Path, Content]) -> list[Path]:
    digests = [{path: c.digest for path, c in files.items()} for files in (before, now)]
    return [p for p in {*before, *now} if digests[0].get(p) != digests[1].get(p)]


def _unseen(build: Build, changed: Sequence[Path], before: _Record, own: Collection[Path]) -> bool:
    """Return whether cargo would not notice one of the changes."""
    latest = _latest(build)
    if any(_time(path) <= latest for path in changed):
        return True
    edited = [path for path in changed if path in before.files and _hidden(path, before.known, own)]
    return bool(set(edited) - git_files.ignored(edited, before.root)) if edited else False


def _hidden(path: Path, known: frozenset[Path], own: Collection[Path]) -> bool:
    """Return whether only a build script or a macro may have read a file, and did not say so.

    The crate `cc` compiles such files: it names variables, and that keeps cargo from looking at
    all files of the crate.
    """
    if path.suffix in _NOT_READ or not known.isdisjoint((path, *path.parents)):
        return False
    inside = [path.relative_to(folder).parts for folder in own if folder in path.parents]
    if path.suffix in _NATIVE and not inside:
        return True
    return any(parts[0] not in _ASIDE and not _of_python(path, len(parts)) for parts in inside)


def _of_python(path: Path, depth: int) -> bool:
    """Return whether a file is in a Python package, which no crate reads."""
    return any((folder / "__init__.py").exists() for folder in path.parents[: depth - 1])


def remember(artifact: Artifact) -> None:
    """Record the files that cargo has named, too, once a build has succeeded."""
    note = artifact.build.sharing.target_dir / _NOTE
    record = _read(note)
    own = artifact.build.sharing.target_dir
    known = frozenset(path for path in artifact.inputs if own not in path.parents)
    if record is None or known == record.known:
        return
    begun = _time(note)
    files = dict(record.files)
    for path, content in inputs.Contents({}).of(known - files.keys()).items():
        # A file that came meanwhile, with an older time, may not be the one that was compiled.
        written = path.stat()
        late = written.st_mtime_ns < begun <= written.st_ctime_ns
        files.setdefault(path, Content((), "") if late else content)
    _write(note, _Record(record.root, files, known), record)


def known(builds: Sequence[Build]) -> frozenset[Path]:
    """Return the files and folders that cargo has named for what it compiled last."""
    records = [_read(build.sharing.target_dir / _NOTE) for build in builds]
    return frozenset(path for record in records if record for path in record.known)


def _latest(build: Build) -> int:
    """Return when cargo began the last of the project's own units; 0 where there is none."""
    found = [0]
    for place in places(build):
        folder = build.sharing.target_dir / place
        for unit in [*(folder / FINGERPRINTS).glob("*-*"), *(folder / "build").glob("*-*")]:
            if crate(unit.name) in build.sharing.own:
                found += [_time(file) for file in unit.iterdir() if file.is_file()]
    return max(found)


def _forget(build: Build) -> None:
    for place in places(build):
        for unit in (build.sharing.target_dir / place / FINGERPRINTS).glob("*-*"):
            if crate(unit.name) in build.sharing.own:
                shutil.rmtree(unit)


def _digest(content: Content | None) -> str | None:
    return content.digest if content else None


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _moved(path: Path, root: Path, other: Path) -> Path:
    """Return where a file of one tree is in another one, also if it is next to the tree."""
    try:
        moved = Path(os.path.normpath(other / os.path.relpath(path, root)))
    except ValueError:  # On another drive of Windows, it is in no tree.
        return path
    return moved if path.is_relative_to(root) or moved.exists() else path


def _read(note: Path) -> _Record | None:
    """Return what a directory was last built from; `None` where that is unknown."""
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        files = {
            Path(p): Content(tuple(status), str(d)) for p, (status, d) in said["files"].items()
        }
        return _Record(Path(said["root"]), files, frozenset(map(Path, said["known"])))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _write(note: Path, record: _Record, before: _Record | None) -> None:
    if record == before:
        return
    said = {
        "root": str(record.root),
        "files": {str(path): [c.status, c.digest] for path, c in sorted(record.files.items())},
        "known": sorted(map(str, record.known)),
    }
    write_text(note, json.dumps(said) + "\n")
