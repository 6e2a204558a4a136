"""The commit of a project: from git, or from what an sdist has recorded of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

#: Where an sdist keeps the commit that it was made of.
COMMIT_FILE = ".rtvariants-commit"


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
    argv = [git, "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
    done = subprocess.run(
        argv, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    said = done.stdout.strip()
    return said if re.fullmatch("[0-9a-f]{40}", said) else ""


def _tracked(root: Path, git: str | None) -> bool:
    """Return whether this is a folder of a repository, and no sdist that was unpacked there."""
    if not git or (root / "PKG-INFO").is_file():
        return False
    argv = [git, "-C", str(root), "ls-files", "--error-unmatch", "pyproject.toml"]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0
