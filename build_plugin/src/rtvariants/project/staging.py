"""A lasting place for the build of an sdist that a frontend has unpacked somewhere.

`python -m build` and `uv build` make the sdist first, unpack it into a new folder and build the
wheel there, which would compile everything again each time. The wheel goes back to the tree that
the sdist came from; where that is the same project, its target directory serves, and the sdist's
files are copied into it. Where cargo would find another project above that copy, such as the
workspace whose target directory `CARGO_TARGET_DIR` names, the copy is in the cache folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rtvariants.config import toml, tool_maturin
from rtvariants.errors import ConfigError, MachineError, RtvariantsError
from rtvariants.loader.editable.rebuild import OUTPUTS, is_leftover
from rtvariants.locking import Lock
from rtvariants.toolchain import cross
from rtvariants.toolchain.cargo_config import target_directory
from rtvariants.toolchain.cargo_path import find_cargo
from rtvariants.toolchain.home import cargo_home

from . import tree
from .tree import Project

#: What cargo and rustup read in the folders above a project, besides the manifest of a workspace.
ABOVE = (".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain")


def staged(project: Project, output: Path) -> tuple[Project, Path | None, Lock | None]:
    """Return the project to build, and the target directory of the tree that it came from.

    `output` is the folder that the wheel will go to. A project that is no unpacked sdist, or whose
    tree is not found, stays where it is. A copy is locked until its build has ended: another build
    would change its files.
    """
    target = _home_target(project, output)
    if target is None:
        return project, None, None
    stage = _stage(target, project)
    if stage is None:
        # Where it is, it can be built too: then its own crates are compiled each time.
        return project, target, None
    lock = Lock(stage.parent)
    return project.moved(_updated(stage, project.root)), target, lock


def _stage(target: Path, project: Project) -> Path | None:
    """Return a place for the copy of an sdist, the same one for each build; `None` without one."""
    name = project.config.package
    # Above the target directory of its own tree is what the sdist is made from.
    own = not os.environ.get("CARGO_TARGET_DIR") or _tree_above(target, project.root)
    if own or not _above(target):
        # pytest would find the project's tests a second time in a folder without the dot.
        return target / "rtvariants" / ".sdist" / name
    digest = hashlib.sha256(os.fsencode(target.resolve())).hexdigest()[:16]
    with contextlib.suppress(MachineError):
        cache = cross.cache()
        if not _above(cache) and _may_run(cache):
            return cache / "sdist" / digest / name
    return None


def apart() -> Path:
    """Return a folder for copies of projects, in which cargo finds nothing of another one.

    Raises `MachineError` where neither the folder for temporary files nor the cache is one.
    """
    places = []
    with contextlib.suppress(OSError):
        places.append(Path(tempfile.gettempdir()))
    with contextlib.suppress(MachineError):
        places.append(cross.cache())
    for place in places:
        with contextlib.suppress(OSError):
            if not _above(place) and _may_run(place):
                place.mkdir(parents=True, exist_ok=True)
                return place
    hint = "set `TMPDIR` to a folder with none of its own or above, from which programs may run"
    found = next(filter(None, map(_above, places)), None)
    if found is None:
        raise MachineError("no usable folder for a copy of the sources", hint)
    raise MachineError(f"another project above the folder for a copy of the sources: {found}", hint)


def _above(place: Path) -> Path | None:
    """Return a file in or above a folder that cargo or rustup would read for a project in it."""
    own = None
    with contextlib.suppress(MachineError):
        own = cargo_home(os.environ).resolve()
    for folder in (place.resolve(), *place.resolve().parents):
        for name in ("Cargo.toml", *ABOVE):
            # cargo reads its own folder for every project.
            if (folder / name).is_file() and (folder / name).parent != own:
                return folder / name
    return None


def _may_run(place: Path) -> bool:
    """Return whether programs may run from a folder, or where it will be made."""
    there = next(p for p in (place, *place.parents) if p.exists())
    return not (hasattr(os, "statvfs") and os.statvfs(there).f_flag & os.ST_NOEXEC)


def _home_target(project: Project, output: Path) -> Path | None:
    root = project.root
    if not (root / "PKG-INFO").is_file() or (root / ".git").exists():
        return None
    if os.environ.get("CARGO_TARGET_DIR"):
        return Path.cwd() / os.environ["CARGO_TARGET_DIR"]
    folder = _tree_above(output, root)
    if folder is None:
        return None
    workspace = _workspace(folder, (folder / "pyproject.toml").read_bytes())
    return target_directory(find_cargo(), folder, workspace, os.environ)


def _tree_above(place: Path, root: Path) -> Path | None:
    """Return the tree that an unpacked sdist came from, if that is closely above a place."""
    # Equal to the byte: an edit of the tree since may have changed what is built.
    mine = (root / "pyproject.toml").read_bytes()
    for folder in list(place.resolve().parents)[:3]:
        with contextlib.suppress(OSError, ConfigError):
            theirs = (folder / "pyproject.toml").read_bytes()
            if folder != root and (theirs == mine or tool_maturin.alike(theirs, mine)):
                return folder
    return None


def _workspace(folder: Path, text: bytes) -> Path:
    """Return where cargo itself would put its files: version control ignores them there."""
    try:
        return tree.of(folder, toml.parse(text)).sources.workspace
    except RtvariantsError:
        return folder


def _updated(stage: Path, root: Path) -> Path:
    """Bring `stage` to the state of `root`, touching only what differs.

    cargo knows crates by their path and changes by time; both stay the same here between builds.
    """
    wanted = dict(_files(root))
    for path, _ in list(_files(stage)) if stage.is_dir() else []:
        if path not in wanted:
            (stage / path).unlink()
    for path, source in wanted.items():
        kept = stage / path
        if not (kept.is_file() and kept.read_bytes() == source.read_bytes()):
            kept.parent.mkdir(parents=True, exist_ok=True)
            # Not the time of the source: archives have old ones, and cargo must see a newer file.
            shutil.copyfile(source, kept)
        if kept.stat().st_mode != source.stat().st_mode:
            shutil.copymode(source, kept)  # A build script may run a file as a program.
    return stage


def _files(root: Path) -> Iterator[tuple[Path, Path]]:
    for folder, names, files in os.walk(root, followlinks=True):
        # A frontend may have built in the unpacked sdist before.
        names[:] = [
            n for n in names if not is_leftover(folder, n, OUTPUTS if Path(folder) == root else ())
        ]
        for name in files:
            path = Path(folder, name)
            yield path.relative_to(root), path
