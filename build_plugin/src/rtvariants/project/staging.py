"""A lasting place for the build of an sdist that a frontend has unpacked somewhere.

`python -m build` and `uv build` make the sdist first, unpack it into a new folder and build the
wheel there, which would compile everything again each time. The wheel goes back to the tree that
the sdist came from; where that is the same project, its target directory serves, and the sdist's
files are copied into it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from rtvariants.config import toml, tool_maturin
from rtvariants.errors import ConfigError, RtvariantsError
from rtvariants.loader.editable.rebuild import OUTPUTS, is_leftover
from rtvariants.toolchain.cargo_config import target_directory
from rtvariants.toolchain.cargo_path import find_cargo

from . import tree
from .tree import Project


def staged(project: Project, output: Path) -> tuple[Project, Path | None]:
    """Return the project to build, and the target directory of the tree that it came from.

    `output` is the folder that the wheel will go to. A project that is no unpacked sdist, or whose
    tree is not found, stays where it is.
    """
    target = _home_target(project, output)
    if target is None:
        return project, None
    stage = target / "rtvariants" / "sdist" / project.config.package
    return project.moved(_updated(stage, project.root)), target


def _home_target(project: Project, output: Path) -> Path | None:
    root = project.root
    if not (root / "PKG-INFO").is_file() or (root / ".git").exists():
        return None
    if os.environ.get("CARGO_TARGET_DIR"):
        return Path.cwd() / os.environ["CARGO_TARGET_DIR"]
    # Equal to the byte: an edit of the tree since may have changed what is built.
    mine = (root / "pyproject.toml").read_bytes()
    for folder in list(output.resolve().parents)[:3]:
        with contextlib.suppress(OSError, ConfigError):
            theirs = (folder / "pyproject.toml").read_bytes()
            if folder != root and (theirs == mine or tool_maturin.alike(theirs, mine)):
                workspace = _workspace(folder, theirs)
                return target_directory(find_cargo(), folder, workspace, os.environ)
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
