"""A clone of the checked-out commit, tagged as its release: the project's tree stays as it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from rtvariants.errors import RtvariantsError
from rtvariants.release import source
from rtvariants.release.source import Source


def make(root: Path, now: Source, clone: Path, say: Callable[[str], None]) -> tuple[Path, str]:
    """Bring `clone` to the commit of the tree; returns the project in it and the commit."""
    if now.dirty:
        say(f"note: uncommitted changes are not rehearsed: {now.dirty_names}")
    top = Path(source.git(root, "rev-parse", "--show-toplevel") or root)
    if not (clone / ".git").is_dir():
        shutil.rmtree(clone, ignore_errors=True)
        clone.mkdir(parents=True)
        _git(clone, "init", "-q")
    _git(clone, "fetch", "-q", "--no-tags", str(top), now.commit)
    _git(clone, "checkout", "-q", "--force", "--detach", now.commit)
    _git(clone, "clean", "-qfd")
    _git(clone, "tag", "--force", now.tag, now.commit)
    return clone / root.relative_to(top), now.commit


def _git(tree: Path, *words: str) -> None:
    if source.git(tree, *words) is None:
        raise RtvariantsError(f"`git {' '.join(words)}` failed in {tree}")
