"""What the last build of the tree has read, by cargo's own lists.

Nothing else knows all files: a macro or a build script may read any. A tree that was never built
here has no such lists.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from rtvariants.loader.editable.rebuild import walk
from rtvariants.toolchain.cargo_config import target_directory
from rtvariants.toolchain.cargo_path import find_cargo
from rtvariants.toolchain.dep_info import dep_info


def files(workspace: Path, root: Path) -> list[Path]:
    """Return the files that the runtimes were last compiled from, except those of registries."""
    target = target_directory(find_cargo(), root, workspace, os.environ)
    # rtvariants/TARGET/LEVEL/RUNTIME is cargo's target directory for one runtime.
    # Several projects may share a target directory.
    lists = [dep_info(p) for p in (target / "rtvariants").glob("*/*/*/*/*/*.d")]
    mine = [read for read in lists if any(_is_own(path, root, target) for path in read)]
    found = {file for read in mine for path in read for file in _below(path)}
    return sorted(file for file in found if not file.is_relative_to(target))


def _is_own(path: Path, root: Path, target: Path) -> bool:
    """Return whether this is a source of the project; build scripts write others below `target`."""
    return path.is_relative_to(root) and not path.is_relative_to(target)


def _below(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from map(Path, walk(str(path)))
    elif path.is_file():
        yield path
