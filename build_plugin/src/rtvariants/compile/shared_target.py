"""Trees of one project that share a target directory don't get each other's code.

cargo identifies a crate by its place in its workspace, and judges it by the times of its files. Two
checkouts of a project in one `CARGO_TARGET_DIR` look the same to it: what was built from one is
fresh for the other, if its files are older. So each runtime's directory records the tree that it
was last built from, and its content; for another tree with other content, the project's own crates
are compiled again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from rtvariants.files import write_text
from rtvariants.project.sources import Sources, of_crate
from rtvariants.project.tree import Project

from .build import Build
from .reuse import FINGERPRINTS, crate, places

_NOTE = "tree.json"


def settle(builds: Iterable[Build], project: Project) -> None:
    """Remove what another tree with other content has built of the project's own crates."""
    here = {"root": str(project.root), "content": _content(project.sources)}
    for build in builds:
        note = build.sharing.target_dir / _NOTE
        before = _read(note)
        if before == here:
            continue
        other = before.get("root") != here["root"] and before.get("content") != here["content"]
        if other and build.sharing.target_dir.is_dir():
            _forget(build)
        # Before cargo runs: what a failed build leaves is of this tree.
        write_text(note, json.dumps(here) + "\n")


def _content(found: Sources) -> str:
    """Return a digest of everything that the crates are compiled from."""
    content = hashlib.sha256()
    paths = {path for folder in found.crates for path in of_crate(folder, found.root)}
    for path in sorted(paths):
        # A crate may be next to the project.
        content.update(f"{os.path.relpath(path, found.root)}\0".encode())
        content.update(hashlib.sha256(path.read_bytes()).digest())
    return content.hexdigest()


def _forget(build: Build) -> None:
    for place in places(build):
        for unit in (build.sharing.target_dir / place / FINGERPRINTS).glob("*-*"):
            if crate(unit.name) in build.sharing.own:
                shutil.rmtree(unit)


def _read(note: Path) -> dict[str, str]:
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
