"""A workspace above the project: what an sdist needs of it, below the project's own folder.

An sdist holds nothing above pyproject.toml. The crates of a workspace inherit versions,
dependencies and lints from its manifest, and its profiles and lock file decide how they are
compiled. So in the sdist the project's own folder is the workspace: its Cargo.toml takes over the
tables of the manifest above.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.errors import Problem, RtvariantsError

from . import manifests
from .sources import BESIDE, Sources

# cargo reads these in the manifest of a workspace, and nowhere else.
_OF_WORKSPACE = ("profile", "patch", "replace", "cargo-features")
# The resolver that cargo takes by default, by the edition of the workspace's own package.
_RESOLVERS = {"2021": "2", "2024": "3"}


def files(found: Sources) -> dict[str, Path]:
    """Return what an sdist takes over as it is: lock file, toolchain, cargo's configuration, texts.

    Those of the project's own folder win.
    """
    taken: dict[str, Path] = {}
    between = [p for p in found.root.parents if p.is_relative_to(found.workspace)]
    for folder in between or [found.workspace]:
        for name in BESIDE:
            if name != "Cargo.toml" and (folder / name).is_file():
                taken.setdefault(name, folder / name)
    package = toml.read(found.workspace / "Cargo.toml").get("workspace", {}).get("package", {})
    for key in ("readme", "license-file"):
        text = package.get(key)
        if isinstance(text, str) and (path := manifests.join(found.workspace, text)).is_file():
            taken[Path(text).name] = path
    return {n: p for n, p in taken.items() if not (found.root / n).exists()}


def manifest(found: Sources) -> str:
    """Return Cargo.toml of the project's own folder, as the manifest of the workspace.

    Raises `RtvariantsError` for what it can't take over.
    """
    import tomli_w

    root, above = found.root, toml.read(found.workspace / "Cargo.toml")
    own = root / "Cargo.toml"
    data = toml.read(own) if own.is_file() else {}
    data = {key: value for key, value in data.items() if key not in _OF_WORKSPACE}
    if "workspace" in data.get("package", {}):
        data["package"] = {k: v for k, v in data["package"].items() if k != "workspace"}
    shared = dict(above.get("workspace", {}))
    for key in ("members", "exclude", "default-members"):
        shared.pop(key, None)
    edition = above.get("package", {}).get("edition", "")
    if not isinstance(edition, str):
        edition = shared.get("package", {}).get("edition", "")
    shared.setdefault("resolver", _RESOLVERS.get(edition, "1"))
    shared["members"] = [
        crate.relative_to(root).as_posix()
        for crate in found.crates
        if crate != root and manifests.workspace(crate) == found.workspace
    ]
    if package := _texts_at_hand(shared.get("package", {})):
        shared["package"] = package
    if "dependencies" in shared:
        shared["dependencies"] = dict(_moved(shared["dependencies"], found))
    data["workspace"] = shared
    data |= {key: above[key] for key in _OF_WORKSPACE if key in above}
    if "patch" in data:
        _refuse_patches(data["patch"], found)
        data["patch"] = {n: dict(_moved(t, found)) for n, t in data["patch"].items()}
    return tomli_w.dumps(data)


def _texts_at_hand(package: dict[str, Any]) -> dict[str, Any]:
    """Return the shared facts of packages, with the places that texts have in the sdist."""
    texts = {k: package[k] for k in ("readme", "license-file") if isinstance(package.get(k), str)}
    return package | {key: Path(text).name for key, text in texts.items()}


def _moved(table: dict[str, Any], found: Sources) -> Iterator[tuple[str, Any]]:
    """Yield dependencies by their place below the project; those outside of it are not used."""
    for name, spec in table.items():
        if not isinstance(spec, dict) or "path" not in spec:
            yield name, spec
            continue
        place = manifests.join(found.workspace, spec["path"])
        if place.is_relative_to(found.root):
            yield name, spec | {"path": os.path.relpath(place, found.root).replace(os.sep, "/")}


def _refuse_patches(tables: dict[str, Any], found: Sources) -> None:
    problems = [
        Problem(
            f"`[patch]` of the workspace names a crate outside of the project: {place}",
            f"move it below {found.root}, or patch with a git repository: an sdist holds nothing "
            "above the project",
        )
        for table in tables.values()
        for spec in table.values()
        if isinstance(spec, dict) and "path" in spec
        for place in [manifests.join(found.workspace, spec["path"])]
        if not place.is_relative_to(found.root)
    ]
    if problems:
        raise RtvariantsError(problems)
