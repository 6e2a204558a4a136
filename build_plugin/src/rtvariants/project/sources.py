"""The files that a build needs in addition to Python's: sdists hold them, rebuilds watch them.

They are found by the manifests, without cargo: making an sdist needs no toolchain. Version control
is not asked: a lock file that it ignores is needed all the same.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.config.model import Config
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.loader.editable.rebuild import edited, walk

_TABLES = ("dependencies", "dev-dependencies", "build-dependencies")
# Data in these folders is only for tests; their code stays, since a manifest may name it.
_ASIDE = {"tests", "benches", "examples"}
_BESIDE = (
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "rust-toolchain",
    ".cargo/config.toml",
)


@dataclass(frozen=True)
class Sources:
    """Where the code of the runtimes is: the workspace, and the folder of each crate in it.

    `absent` are the folders that a crate's manifest names and that hold no crate.
    """

    root: Path
    workspace: Path
    crates: tuple[Path, ...]
    plugin: tuple[Path, ...]
    absent: tuple[Path, ...] = ()

    def files(self) -> dict[str, Path]:
        """Return every file by its path from the project's root on.

        Raises `RtvariantsError` for a crate outside of the project, since no sdist can hold it, and
        for one that a manifest names but that does not exist.
        """
        if self.absent:
            hint = "where it is a submodule: git submodule update --init"
            raise RtvariantsError(Problem(f"no crate in {folder}", hint) for folder in self.absent)
        if outside := self.outside():
            hint = f"move it, or a link to it, below {self.root}: an sdist holds nothing else"
            raise RtvariantsError(
                Problem(f"crate outside of the project: {c}", hint) for c in outside
            )
        found = [
            *self._single(),
            *(f for crate in self.crates for f in of_crate(crate, self.root)),
        ]
        found += [f for folder in self.plugin for f in _walk(folder)]
        return {f.relative_to(self.root).as_posix(): f for f in sorted(set(found))}

    def outside(self) -> list[Path]:
        """Return the crates that are not below the project's root."""
        return [crate for crate in self.crates if not crate.is_relative_to(self.root)]

    def folders(self) -> tuple[Path, ...]:
        """Return the folders in which any new file may be a source."""
        return tuple(c / "src" if c == self.root else c for c in self.crates)

    def single(self) -> tuple[Path, ...]:
        """Return the sources outside of these folders."""
        own = (f for crate in self.crates if crate == self.root for f in of_crate(crate, crate))
        return tuple(sorted({self.root / "pyproject.toml", *self._single(), *own}))

    def _single(self) -> Iterator[Path]:
        for folder in {self.root, self.workspace}:
            yield from (folder / name for name in _BESIDE if (folder / name).is_file())
        # A crate of another workspace, such as a submodule's, inherits its version from that one.
        for crate in self.crates:
            if crate.is_relative_to(self.root):
                yield _workspace(crate, self.root) / "Cargo.toml"

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
    """Find the crates that the project's crate is built of, by the manifests.

    `data` is the project's pyproject.toml.
    """
    root = config.root
    workspace = _workspace(config.crate, root)
    crates = _closure(workspace, config.crate)
    system = data.get("build-system", {})
    plugin = tuple(_join(root, path) for path in system.get("backend-path", []))
    manifests = {crate: toml.read(crate / "Cargo.toml") for crate in crates}
    named = {p for crate, m in manifests.items() for p in _paths(m, crate)}
    named |= {p for crate, m in manifests.items() for p in _inherited(m, crate, workspace)}
    return Sources(root, workspace, tuple(crates), plugin, tuple(sorted(named.difference(crates))))


def _workspace(crate: Path, root: Path) -> Path:
    for folder in (crate, *crate.parents):
        manifest = folder / "Cargo.toml"
        if manifest.is_file() and "workspace" in toml.read(manifest):
            return folder
        if folder == root:
            break
    return crate


def _closure(workspace: Path, crate: Path) -> list[Path]:
    """Return the folders of all crates: cargo needs each member of a workspace, used or not."""
    manifest = toml.read(workspace / "Cargo.toml")
    shared = manifest.get("workspace", {})
    waiting = [crate, *([workspace] if "package" in manifest else [])]
    for pattern in shared.get("members", []):
        waiting += [p for p in sorted(workspace.glob(pattern)) if (p / "Cargo.toml").is_file()]
    waiting += _paths(shared, workspace)
    waiting += [p for table in manifest.get("patch", {}).values() for p in _named(table, workspace)]
    found: dict[Path, None] = {}
    while waiting:
        folder = waiting.pop(0)
        if folder not in found and (folder / "Cargo.toml").is_file():
            found[folder] = None
            mine = toml.read(folder / "Cargo.toml")
            waiting += [*_paths(mine, folder), *_inherited(mine, folder, workspace)]
    return list(found)


def _inherited(manifest: dict[str, Any], crate: Path, workspace: Path) -> list[Path]:
    """Return the folders of what a crate inherits from the workspace that it belongs to."""
    other = _workspace(crate, workspace)
    shared = toml.read(other / "Cargo.toml").get("workspace", {}).get("dependencies", {})
    tables = [
        t.get(k, {}) for t in (manifest, *manifest.get("target", {}).values()) for k in _TABLES
    ]
    taken = {
        n for table in tables for n, s in table.items() if isinstance(s, dict) and "workspace" in s
    }
    return _named({name: shared.get(name) for name in taken}, other)


def _paths(manifest: dict[str, Any], folder: Path) -> list[Path]:
    tables = [manifest, *manifest.get("target", {}).values()]
    return [p for t in tables for key in _TABLES for p in _named(t.get(key, {}), folder)]


def _named(dependencies: dict[str, Any], folder: Path) -> list[Path]:
    specs = [s for s in dependencies.values() if isinstance(s, dict) and "path" in s]
    return [_join(folder, spec["path"]) for spec in specs]


def _join(folder: Path, path: str) -> Path:
    # Links stay as they are: a linked crate goes into the sdist under the link's name.
    return Path(os.path.normpath(folder / path))


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
    for name in (manifest.get("package", {}).get("build") or "build.rs", *_code(manifest)):
        if isinstance(name, str) and (crate / name).is_file():
            yield crate / name


def _code(manifest: dict[str, Any]) -> Iterator[str]:
    targets = [manifest.get("lib", {})]
    targets += [t for key in ("bin", "bench", "test", "example") for t in manifest.get(key, [])]
    yield from (target["path"] for target in targets if "path" in target)


def _walk(folder: Path) -> Iterator[Path]:
    return map(Path, walk(str(folder)))
