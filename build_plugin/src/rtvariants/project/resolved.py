"""cargo reads the finished sdist: one that lacks a crate or a manifest is an error at once.

cargo looks only at manifests and the lock file here, and compiles nothing.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

from rtvariants.config import derived, toml
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.toolchain.cargo_path import find_cargo

from .tree import Project

_LOCK, _MANIFEST = "Cargo.lock", "Cargo.toml"
#: What cargo says if the lock file would have to change.
_STALE = "--locked"


def settled(files: Mapping[str, bytes], project: Project) -> dict[str, bytes]:
    """Return the files of an sdist, with lock files that fit the crates in it.

    Where the sdist has only some crates of a workspace, cargo removes the others from the lock
    file; the versions stay. Raises `RtvariantsError` if cargo can't read the crate of an extension
    module in the sdist although it can in the tree. Without cargo, and where crates would have to
    be downloaded, nothing is checked.
    """
    cargo = find_cargo()
    made = dict(files)
    if cargo is None:
        return made
    with tempfile.TemporaryDirectory(prefix="rtvariants-") as name:
        # A link in the path of the temporary folder would be resolved in cargo's messages.
        folder = Path(name).resolve()
        for path, data in files.items():
            if path == "pyproject.toml":
                continue  # cargo does not read it.
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        for crate, in_tree in _crates(files, folder, project).items():
            of_tree = partial(_ask, cargo, in_tree / _MANIFEST, project.root, locked=True)
            made |= _settled(cargo, made, folder, crate, of_tree)
    return made


def _crates(files: Mapping[str, bytes], folder: Path, project: Project) -> dict[str, Path]:
    """Return the crates of the extension modules: by their place in the sdist, that in the tree.

    maturin may have moved the first one; then the sdist's own pyproject.toml says where it is.
    """
    if "pyproject.toml" not in files:
        return {}  # Not a file that anything builds.
    settings = toml.parse(files["pyproject.toml"])
    table = settings.get("tool", {}).get("rtvariants", {})
    moved = derived.filled(table, settings, folder).get("crate")
    first = project.config.crate
    places = {first: moved} if isinstance(moved, str) else {}
    return {
        places.get(crate) or os.path.relpath(crate, project.root).replace(os.sep, "/"): crate
        for crate in dict.fromkeys(unit.crate for unit in project.config.units)
    }


def _settled(
    cargo: str, files: Mapping[str, bytes], folder: Path, crate: str, ask_tree: Callable[[], str]
) -> dict[str, bytes]:
    """Return the lock file of a crate, if it has to change; raises `RtvariantsError`.

    `ask_tree` returns what cargo says against the crate in the tree.
    """
    manifest = folder / crate / _MANIFEST
    lock = _lock(files, crate)
    said = _ask(cargo, manifest, folder, locked=lock is not None)
    if not said:
        return {}
    of_tree = ask_tree()
    if of_tree and (lock is None or _STALE not in of_tree):
        return {}
    if of_tree:
        hint = "run `cargo update --workspace` and keep the changed Cargo.lock"
        what = "Cargo.lock does not fit the project: no build of the sdist would accept it"
        raise RtvariantsError(Problem(what, hint))
    if lock is None:
        return {}  # Which versions there are is not known here.
    if _STALE in said:
        return {lock: _fitted(cargo, manifest, folder, lock, files[lock])}
    where = f"{folder}/"
    hint = "name the missing files to the build tool, or open an issue with what cargo says"
    raise RtvariantsError(Problem(f"cargo can't read the sdist:\n{said.replace(where, '')}", hint))


def _lock(files: Mapping[str, bytes], crate: str) -> str | None:
    """Return the lock file that cargo finds for a crate: it is next to the workspace."""
    place = PurePosixPath(crate)
    names = ((folder / _LOCK).as_posix() for folder in (place, *place.parents))
    return next((name for name in names if name in files), None)


def _fitted(cargo: str, manifest: Path, folder: Path, lock: str, before: bytes) -> bytes:
    """Let cargo remove from the lock file what the crates in the sdist do not use."""
    said = _ask(cargo, manifest, folder, locked=False)
    if said:
        said = _ask(cargo, manifest, folder, locked=False, offline=False)
    after = (folder / lock).read_bytes()
    added = _packages(after) - _packages(before)
    if said or added:
        what = "Cargo.lock does not fit the crates in the sdist"
        shown = ", ".join(f"`{name} {version}`" for name, version, _ in sorted(added)[:3])
        what += f", which also need {shown}" if added else f":\n{said}"
        raise RtvariantsError(Problem(what, "run `cargo update --workspace` and write it again"))
    return after


def _packages(lock: bytes) -> set[tuple[str, str, str]]:
    found = toml.parse(lock).get("package", [])
    return {(p["name"], p["version"], p.get("source", "")) for p in found}


def _ask(cargo: str, manifest: Path, cwd: Path, *, locked: bool, offline: bool = True) -> str:
    """Return what cargo says against a manifest; empty if it can read all that it needs."""
    argv = [cargo, "metadata", "--format-version=1", "--manifest-path", str(manifest)]
    argv += ["--locked"] if locked else []
    argv += ["--offline"] if offline else []
    done = subprocess.run(
        argv, cwd=cwd, capture_output=True, check=False, encoding="utf-8", errors="replace"
    )
    return done.stderr.strip() if done.returncode else ""
