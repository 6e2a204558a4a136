"""The commit of a project: from git, or from what an sdist has recorded of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

#: Where an sdist keeps the commit that it was made of.
COMMIT_FILE = ".rtvariants-commit"
#: The tree is built by the same person, so its owner does not matter; the second program would be
#: started for nothing.
OPTIONS = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false")
_LOCAL = {
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
    "GIT_PREFIX", "GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES",
}  # fmt: skip


def environ() -> dict[str, str]:
    """Return the variables for git: in a hook, some name the repository that it belongs to."""
    return {k: v for k, v in os.environ.items() if k not in _LOCAL}


def commit(root: Path) -> str:
    """Return the commit that the tree is exactly at; empty when files differ or outside git.

    An unpacked sdist has no git folder; its commit is in a file.
    """
    kept = root / COMMIT_FILE
    git = shutil.which("git")
    if not (root / ".git").exists() and not _tracked(root, git):
        return kept.read_text(encoding="utf-8").strip() if kept.is_file() else ""
    if not git:
        return ""
    words = ["describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
    done = _asked(git, root, *words)
    said = done.stdout.strip()
    return said if re.fullmatch("[0-9a-f]{40}", said) else ""


def _tracked(root: Path, git: str | None) -> bool:
    """Return whether this is a folder of a repository, and no sdist that was unpacked there."""
    if not git or (root / "PKG-INFO").is_file():
        return False
    return _asked(git, root, "ls-files", "--error-unmatch", "pyproject.toml").returncode == 0


def _asked(git: str, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [git, *OPTIONS, "-C", str(root), *words], env=environ(), check=False,
        capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
