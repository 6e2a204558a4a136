"""What git says about the files of a tree: which it ignores, and which it keeps.

git itself is asked, since its rules come from many places: `.gitignore` of any folder,
`.git/info/exclude`, a file for all repositories of a user, and the index, because a file that is
kept although a pattern matches it is not ignored.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rtvariants.errors import MachineError

from .git import OPTIONS, environ


def ignored(paths: Iterable[Path], root: Path) -> set[Path]:
    """Return the files that git ignores: each is asked of the repository that it is in.

    In a tree without a repository, the files `.gitignore` count all the same. Raises `MachineError`
    if there is a repository and git can't be asked.
    """
    found: set[Path] = set()
    for top, inside in _by_repository(paths).items():
        if top is not None:
            found |= _ignored(top, inside)
        elif shutil.which("git") and _has_patterns(inside.values(), root):
            found |= _ignored_without_repository(root, inside)
    return found


def kept(paths: Iterable[Path]) -> set[Path]:
    """Return the files that are in git's index."""
    found: set[Path] = set()
    for top, inside in _by_repository(paths).items():
        if top is not None:
            said = _git(["-C", str(top), "ls-files", "-z", "--cached"], b"")
            names = set(said.split(b"\0"))
            found |= {path for name, path in inside.items() if os.fsencode(name) in names}
    return found


def _by_repository(paths: Iterable[Path]) -> dict[Path | None, dict[str, Path]]:
    """Return files by the folder of their repository, and there by their path from it on.

    git follows no links, so a file below a linked folder is asked about where it really is.
    """
    found: dict[Path | None, dict[str, Path]] = {}
    for path in paths:
        folder = _real(path.parent)
        top = _top(folder)
        real = folder / path.name
        name = real.relative_to(top).as_posix() if top else str(real)
        found.setdefault(top, {})[name] = path
    return found


@functools.lru_cache(4096)
def _real(folder: Path) -> Path:
    return folder.resolve()


def _top(folder: Path) -> Path | None:
    """Return the folder of the innermost repository; a submodule and a worktree have a file."""
    return next((p for p in (folder, *folder.parents) if (p / ".git").exists()), None)


def _ignored(top: Path, inside: dict[str, Path]) -> set[Path]:
    said = _git(["-C", str(top), "check-ignore", "-z", "--stdin"], _list(inside), ends=(0, 1))
    return {inside[os.fsdecode(name)] for name in said.split(b"\0") if name}


def _has_patterns(paths: Iterable[Path], root: Path) -> bool:
    folders = {root, *(folder for path in paths for folder in path.parents)}
    return any((f / ".gitignore").is_file() for f in folders if f.is_relative_to(root))


def _ignored_without_repository(root: Path, inside: dict[str, Path]) -> set[Path]:
    real = root.resolve()
    below = {
        Path(name).relative_to(real).as_posix(): path
        for name, path in inside.items()
        if Path(name).is_relative_to(real)
    }
    with tempfile.TemporaryDirectory(prefix="rtvariants-") as folder:
        _git(["init", "-q", "--bare", folder], b"")
        where = [f"--git-dir={folder}", f"--work-tree={root}", "-C", str(root)]
        argv = [*where, "check-ignore", "-z", "--stdin", "--no-index"]
        said = _git(argv, _list(below), ends=(0, 1))
    return {below[os.fsdecode(name)] for name in said.split(b"\0") if name}


def _list(names: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(name) + b"\0" for name in names)


def _git(argv: list[str], text: bytes, ends: tuple[int, ...] = (0,)) -> bytes:
    git = shutil.which("git")
    if not git:
        raise MachineError(
            "git is not installed: the files that it ignores can't be left out of the sdist",
            "install git, or write the sdist in a copy of the tree without `.git`",
        )
    done = subprocess.run(
        [git, *OPTIONS, *argv], input=text, capture_output=True, env=environ(), check=False
    )
    if done.returncode not in ends:
        said = done.stderr.decode(errors="replace").strip()
        raise MachineError(f"git can't say which files it ignores:\n{said}", "run `git status`")
    return done.stdout
