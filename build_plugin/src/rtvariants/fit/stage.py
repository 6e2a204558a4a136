"""A copy of the sources to build in: backends and cargo write into the tree that they build.

The copy has the path of the original below another folder, so that crates of a workspace above the
project, and cargo's configuration in the folders above, are where they are for the original.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rtvariants.errors import MachineError
from rtvariants.loader.editable.rebuild import OUTPUTS, is_leftover
from rtvariants.project.staging import ABOVE
from rtvariants.toolchain.commands import run
from rtvariants.toolchain.home import cargo_home

# What says where crates are.
_MANIFEST = "Cargo.toml"


def staged(root: Path, cargo: str, below: Path) -> Path:
    """Return a copy of a project, with the crates outside its folder that it is built from.

    Raises `MachineError` where cargo can't read a manifest of the project.
    """
    for folder in (root, *sorted(_outside(root, cargo))):
        _copy(folder, _place(folder, below))
    for folder in root.parents:
        for name in ABOVE:
            path = folder / name
            place = _place(path, below)
            if path.is_file() and folder / ".cargo" != cargo_home(os.environ):
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, place)
    return _place(root, below)


def _place(path: Path, below: Path) -> Path:
    return below / path.relative_to(path.anchor)


def _outside(root: Path, cargo: str) -> set[Path]:
    """Return the folders outside a project that its crates belong to, or depend on."""
    waiting = list(_manifests(root))
    seen: set[Path] = set()
    found: set[Path] = set()
    while waiting:
        manifest = waiting.pop()
        if manifest in seen or not manifest.is_file():
            continue
        seen.add(manifest)
        try:
            data = _metadata(cargo, manifest)
        except MachineError:
            if manifest == root / _MANIFEST:
                raise
            continue  # It may be one that only a test reads; a build of it reports what is wrong.
        places = [Path(data["workspace_root"])]
        for package in data["packages"]:
            seen.add(Path(package["manifest_path"]))
            places += [Path(d["path"]) for d in package["dependencies"] if d.get("path")]
        found |= {p for p in places if not p.is_relative_to(root)}
        waiting += [p / _MANIFEST for p in places]
    return {p for p in found if not any(p != q and p.is_relative_to(q) for q in found)}


def _manifests(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        here = Path(folder)
        names[:] = [n for n in names if not is_leftover(folder, n, OUTPUTS if here == root else ())]
        if _MANIFEST in files:
            yield here / _MANIFEST
            # The crates below a workspace or package are in its own answer, or not built.
            names[:] = []


def _metadata(cargo: str, manifest: Path) -> dict[str, Any]:
    argv = [cargo, "metadata", "--no-deps", "--format-version=1", "--manifest-path", str(manifest)]
    found: dict[str, Any] = json.loads(run(argv, manifest.parent))
    return found


def _copy(folder: Path, place: Path) -> None:
    def left_out(inside: str, names: list[str]) -> list[str]:
        outputs = OUTPUTS if Path(inside) == folder else ()
        # A version may come from the history: it is copied too.
        return [
            n
            for n in names
            if _is_circle(Path(inside, n))
            or (n != ".git" and Path(inside, n).is_dir() and is_leftover(inside, n, outputs))
        ]

    # What a link leads to outside the project is copied: the link would lead elsewhere.
    shutil.copytree(
        folder, place, ignore=left_out, ignore_dangling_symlinks=True, dirs_exist_ok=True
    )


def _is_circle(path: Path) -> bool:
    """Return whether a path is a link to a folder that it is in."""
    return path.is_symlink() and path.parent.resolve().is_relative_to(path.resolve())
