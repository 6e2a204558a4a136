"""What the manifests of crates say about other files and crates; read without cargo."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.errors import ConfigError

_TABLES = ("dependencies", "dev-dependencies", "build-dependencies")


def workspace(crate: Path) -> Path:
    """Return the folder of the workspace that a crate belongs to, by cargo's own rules."""
    own = toml.read(crate / "Cargo.toml") if (crate / "Cargo.toml").is_file() else {}
    if "workspace" in own:
        return crate
    if named_there := own.get("package", {}).get("workspace"):
        return join(crate, named_there)
    for folder in crate.parents:
        if (folder / "Cargo.toml").is_file():
            table = toml.read(folder / "Cargo.toml").get("workspace")
            if table is not None and not _excludes(table, folder, crate):
                return folder
    return crate


def _excludes(table: dict[str, Any], folder: Path, crate: Path) -> bool:
    def below(key: str) -> bool:
        return any(crate.is_relative_to(join(folder, p)) for p in table.get(key, []))

    return below("exclude") and not below("members")


def closure(root: Path, crate: Path, *, whole: bool) -> list[Path]:
    """Return the folders of all crates: cargo needs each member of a workspace, used or not.

    Unless `whole` is set, only of those that the crate depends on.
    """
    manifest = toml.read(root / "Cargo.toml") if whole else {}
    shared = manifest.get("workspace", {})
    waiting = [crate, *([root] if "package" in manifest else [])]
    for pattern in shared.get("members", []):
        waiting += [p for p in sorted(root.glob(pattern)) if (p / "Cargo.toml").is_file()]
    waiting += paths(shared, root)
    waiting += [p for table in manifest.get("patch", {}).values() for p in _named(table, root)]
    found: dict[Path, None] = {}
    while waiting:
        folder = waiting.pop(0)
        if folder not in found and (folder / "Cargo.toml").is_file():
            found[folder] = None
            mine = toml.read(folder / "Cargo.toml")
            waiting += [*paths(mine, folder), *inherited(mine, folder)]
    return list(found)


def inherited(manifest: dict[str, Any], crate: Path) -> list[Path]:
    """Return the folders of what a crate inherits from the workspace that it belongs to."""
    other = workspace(crate)
    shared = toml.read(other / "Cargo.toml").get("workspace", {}).get("dependencies", {})
    tables = [
        t.get(k, {}) for t in (manifest, *manifest.get("target", {}).values()) for k in _TABLES
    ]
    taken = {
        n for table in tables for n, s in table.items() if isinstance(s, dict) and "workspace" in s
    }
    return _named({name: shared.get(name) for name in taken}, other)


def paths(manifest: dict[str, Any], folder: Path) -> list[Path]:
    """Return the folders that a manifest names for dependencies."""
    tables = [manifest, *manifest.get("target", {}).values()]
    return [p for t in tables for key in _TABLES for p in _named(t.get(key, {}), folder)]


def _named(dependencies: dict[str, Any], folder: Path) -> list[Path]:
    specs = [s for s in dependencies.values() if isinstance(s, dict) and "path" in s]
    return [join(folder, spec["path"]) for spec in specs]


def join(folder: Path, path: str) -> Path:
    """Return the place that a path of a manifest names."""
    # Links stay as they are: a linked crate goes into the sdist under the link's name.
    return Path(os.path.normpath(folder / path))


def code(manifest: dict[str, Any]) -> Iterator[str]:
    """Yield the paths of the targets that a manifest names."""
    targets = [manifest.get("lib", {})]
    targets += [t for key in ("bin", "bench", "test", "example") for t in manifest.get(key, [])]
    yield from (target["path"] for target in targets if "path" in target)


def included(config: Path, seen: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Yield the files that a configuration of cargo includes, which may include others."""
    try:
        named = toml.read(config).get("include", [])
    except ConfigError:
        return  # cargo says what is wrong with it.
    for one in [named] if isinstance(named, (str, dict)) else named:
        path = join(config.parent, one.get("path", "") if isinstance(one, dict) else one)
        if path.is_file() and path not in seen:
            yield path
            yield from included(path, seen | {path, config})
