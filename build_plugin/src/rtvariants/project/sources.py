"""The files that a build needs in addition to Python's: sdists hold them, rebuilds watch them.

They are found by the manifests, without cargo: making an sdist needs no toolchain. Version control
is asked only for sdists (`project.ignored`): a file that it ignores may be read all the same.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.config.model import Config
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.loader.editable.rebuild import edited, walk

from . import manifests, named

# Data in these folders is only for tests; their code stays, since a manifest may name it.
_ASIDE = {"tests", "benches", "examples"}
_OF_PYTHON = ("pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in")
#: What cargo and rustup read next to a manifest.
BESIDE = (
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "rust-toolchain",
    ".cargo/config.toml",
    ".cargo/config",
)


@dataclass(frozen=True)
class Sources:
    """Where the code of the runtimes is: the workspace, and the folder of each crate in it.

    Further extension modules may have crates in workspaces of their own: `others`. `absent` are the
    folders that a crate's manifest names and that hold no crate.
    """

    root: Path
    workspace: Path
    crates: tuple[Path, ...]
    plugin: tuple[Path, ...]
    absent: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()

    @property
    def workspaces(self) -> tuple[Path, ...]:
        """Return the workspaces of all extension modules, each with a lock file of its own."""
        return (self.workspace, *self.others)

    def files(self) -> dict[str, Path]:
        """Return every file that a build may read, by its path from the project's root on.

        Raises `RtvariantsError` for a crate outside of the project, since no sdist can hold it, and
        for one that a manifest names but that does not exist.
        """
        self._require_whole()
        found = [*self._single(), *(f for crate in self.crates for f in of_crate(crate, self.root))]
        return self._below(found)

    def shipped(self) -> dict[str, Path]:
        """Return the files of an sdist: also what belongs to a crate in the project's own folder.

        Raises the same errors as `files`.
        """
        own = _own_files(self.root) if self.root in self.crates else ()
        return {**self._below(own), **self.files()}

    def _below(self, found: Iterator[Path] | list[Path] | tuple[()]) -> dict[str, Path]:
        every = sorted({*found, *(f for folder in self.plugin for f in _walk(folder))})
        below = [f for f in every if f.is_relative_to(self.root)]
        return {f.relative_to(self.root).as_posix(): f for f in below}

    def incomplete(self) -> bool:
        """Return whether the project's own folder lacks crates, or the workspace."""
        return bool(self.outside()) or self.has_workspace_above()

    def has_workspace_above(self) -> bool:
        """Return whether the workspace is not below the project's root."""
        return not self.workspace.is_relative_to(self.root)

    def _require_whole(self) -> None:
        if self.absent:
            hint = "where it is a submodule: git submodule update --init"
            raise RtvariantsError(Problem(f"no crate in {folder}", hint) for folder in self.absent)
        hint = f"move it, or a link to it, below {self.root}: an sdist holds nothing else"
        problems = [Problem(f"crate outside of the project: {c}", hint) for c in self.outside()]
        if problems:
            raise RtvariantsError(problems)

    def outside(self) -> list[Path]:
        """Return the crates that are not below the project's root."""
        return [crate for crate in self.crates if not crate.is_relative_to(self.root)]

    def folders(self) -> tuple[Path, ...]:
        """Return the folders in which any new file may be a source."""
        own = [p for p in self._named if p.is_dir()] if self.root in self.crates else []
        mine = [self.root / "src", *own]
        return tuple(f for c in self.crates for f in (mine if c == self.root else [c]))

    def single(self) -> tuple[Path, ...]:
        """Return the sources outside of these folders."""
        own = (f for crate in self.crates if crate == self.root for f in of_crate(crate, crate))
        return tuple(sorted({self.root / "pyproject.toml", *self._single(), *own}))

    def _single(self) -> Iterator[Path]:
        for folder in {self.root, self.workspace}:
            for name in (n for n in BESIDE if (folder / n).is_file()):
                yield folder / name
                if name.startswith(".cargo/"):
                    yield from manifests.included(folder / name)
        yield from (p / "Cargo.lock" for p in self.others if (p / "Cargo.lock").is_file())
        # A crate of another workspace, such as a submodule's, inherits its version from that one.
        for crate in self.crates:
            if crate.is_relative_to(self.root):
                yield manifests.workspace(crate) / "Cargo.toml"
        for path in self._named:
            yield from _walk(path) if path.is_dir() else (path,)

    @cached_property
    def _named(self) -> tuple[Path, ...]:
        """Return the files and folders outside of their crates that code and manifests name."""
        found = {path for crate in self.crates for path in _named_by(crate, self.root)}
        return tuple(sorted(found))

    def unreachable(self) -> list[tuple[Path, Path]]:
        """Return each file outside of the project that the code includes, and where it does."""
        pairs = [
            (path, file)
            for crate in self.crates
            for file in of_crate(crate, self.root)
            if file.suffix == ".rs" and file.relative_to(crate).parts[0] not in _ASIDE
            for path in named.included(file, crate)
        ]
        return [(p, f) for p, f in pairs if not p.is_relative_to(self.root) and os.path.isfile(p)]

    def times(self) -> dict[str, tuple[int, int]]:
        """Return size and time of each file that a build reads."""
        names = [*map(str, self.single()), *(f for c in self.folders() for f in edited(str(c)))]
        found = {}
        for name in names:
            with contextlib.suppress(OSError):
                status = os.stat(name)
                found[name] = (status.st_size, status.st_mtime_ns)
        return found

    def warn_of_edits(self, before: Mapping[str, tuple[int, int]]) -> None:
        """Print a warning of sources that have changed since: each runtime reads them itself."""
        after = self.times()
        changed = sorted(n for n in {**before, **after} if before.get(n) != after.get(n))
        if changed:
            more = f", and {len(changed) - 1} more" if len(changed) > 1 else ""
            sys.stderr.write(
                f"warning: changed during the build: `{changed[0]}`{more}\n"
                "hint: build again, so that no runtime is older than another\n"
            )


def find(config: Config, data: Mapping[str, Any]) -> Sources:
    """Find the crates that the project's extension modules are built of, by the manifests.

    `data` is the project's pyproject.toml.
    """
    root = config.root
    workspace = manifests.workspace(config.crate)
    crates: dict[Path, None] = {}
    others: dict[Path, None] = {}
    for folder in dict.fromkeys(unit.crate for unit in config.units):
        above = manifests.workspace(folder)
        others |= {above: None} if above != workspace else {}
        found = manifests.closure(above, folder, whole=above.is_relative_to(root))
        crates |= dict.fromkeys(found)
    system = data.get("build-system", {})
    plugin = tuple(manifests.join(root, path) for path in system.get("backend-path", []))
    read = {crate: toml.read(crate / "Cargo.toml") for crate in crates}
    named = {p for crate, m in read.items() for p in manifests.paths(m, crate)}
    named |= {p for crate, m in read.items() for p in manifests.inherited(m, crate)}
    absent = tuple(sorted(named.difference(crates)))
    return Sources(root, workspace, tuple(crates), plugin, absent, tuple(others))


def of_crate(crate: Path, root: Path) -> Iterator[Path]:
    """Yield a crate's files; in the project's own folder, only what cargo reads on its own."""
    if crate != root:
        for path in _walk(crate):
            inside = path.relative_to(crate).parts
            if inside[0] not in _ASIDE or path.suffix == ".rs":
                yield path
        return
    manifest = toml.read(crate / "Cargo.toml")
    yield from _walk(crate / "src")
    for name in (manifest.get("package", {}).get("build") or "build.rs", *manifests.code(manifest)):
        if isinstance(name, str) and (crate / name).is_file():
            # The modules of a script or a library are next to it.
            alone = (crate / name).parent in (crate, crate / "src")
            yield from [crate / name] if alone else _walk((crate / name).parent)


def _own_files(root: Path) -> Iterator[Path]:
    """Yield the files of a crate in the project's own folder, as cargo packages them.

    The build tool knows which Python packages belong to the project, and other crates have files of
    their own.
    """
    files = list(_walk(root))
    others = {f.parent for f in files if f.name in ("__init__.py", "Cargo.toml")} - {root}
    for path in files:
        inside = path.relative_to(root)
        aside = inside.parts[0] in _ASIDE and path.suffix != ".rs"
        own = not path.name.startswith(".") and inside.as_posix() not in _OF_PYTHON
        if own and not aside and others.isdisjoint(path.parents):
            yield path


def _named_by(crate: Path, root: Path) -> Iterator[Path]:
    """Yield the files and folders that a crate names outside of the folder that is all its own."""
    manifest = toml.read(crate / "Cargo.toml")
    package = manifest.get("package", {})
    texts = (package.get("readme"), package.get("license-file"))
    found = [manifests.join(crate, text) for text in texts if isinstance(text, str)]
    script = crate / (package.get("build") if isinstance(package.get("build"), str) else "build.rs")
    if script.is_file():
        found += named.by_script(script, crate)
    for file in of_crate(crate, root):
        if file.suffix == ".rs" and file.relative_to(crate).parts[0] not in _ASIDE:
            found += named.by_code(file, crate)
    own = crate / "src" if crate == root else crate
    for path in found:
        inside = path.is_relative_to(root) and path != root and not path.is_relative_to(own)
        if inside and path.exists() and not _is_python(path):
            yield path


def _is_python(folder: Path) -> bool:
    """Return whether a folder holds Python packages, which are the build tool's."""
    return any(folder.glob("*.py")) or any(folder.glob("*/__init__.py"))


def _walk(folder: Path) -> Iterator[Path]:
    return map(Path, walk(str(folder)))
