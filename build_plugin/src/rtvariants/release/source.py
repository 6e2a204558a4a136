"""The facts of the source tree that a release is made from: commit, tag, lock files, times."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rtvariants.errors import MachineError, Problem
from rtvariants.toolchain.git import OPTIONS, environ


@dataclass(frozen=True)
class Source:
    """The state of a tree: its commit, what is changed, where the tag points, hashes of lock files.

    `tag_commit` is empty if the tag does not exist; `tags` are all tags. `date` is the commit's
    time in seconds since 1970, which reproducible builds use as `SOURCE_DATE_EPOCH`.
    """

    commit: str
    dirty: tuple[str, ...]
    tag: str
    tag_commit: str
    date: int
    locks: dict[str, str]
    tags: tuple[str, ...] = ()

    @property
    def dirty_names(self) -> str:
        """Return the first names of changed and untracked files."""
        return ", ".join(self.dirty[:3]) + (" …" if len(self.dirty) > 3 else "")

    def uncommitted(self) -> Problem | None:
        """Return the problem of a tree that is not exactly its commit."""
        if not self.dirty:
            return None
        what = f"changed or untracked files: {self.dirty_names}"
        return Problem(what, "commit, stash or ignore them")


def inspect(root: Path, tag: str, locks: tuple[str, ...] = ()) -> Source:
    """Read the state of the tree at `root`; raises `MachineError` outside of git."""
    if shutil.which("git") is None:
        raise MachineError("no git on PATH", "install the Debian package `git`")
    commit = git(root, "rev-parse", "--verify", "-q", "HEAD")
    if commit is None:
        raise MachineError(f"no commit: {root} is not in a git repository")
    status = git(root, "status", "--porcelain", "--untracked-files=normal", ".") or ""
    dirty = [line[3:] for line in status.splitlines()]
    return Source(
        commit=commit,
        dirty=(*dirty, *_hidden(root)),
        tag=tag,
        # `^{commit}` follows an annotated tag to its commit.
        tag_commit=git(root, "rev-parse", "--verify", "-q", f"refs/tags/{tag}^{{commit}}") or "",
        date=int(git(root, "log", "-1", "--format=%ct") or 0),
        tags=tuple((git(root, "tag", "--list") or "").splitlines()),
        locks={name: sha256(root / name) for name in locks if (root / name).is_file()},
    )


def _hidden(root: Path) -> list[str]:
    """Return the files that `git status` does not compare, because of a flag in git's index.

    `git ls-files -v` writes the state of `assume-unchanged` files in small letters, and that of
    `skip-worktree` files as `S`.
    """
    lines = (git(root, "ls-files", "-v", ".") or "").splitlines()
    return [
        f"{line[2:]} (hidden by a flag of git's index)"
        for line in lines
        if line[0].islower() or line[0] == "S"
    ]


def unsigned(root: Path, tag: str) -> Problem | None:
    """Return the problem of a tag without a signature that git accepts.

    `git verify-tag` does not compare names, so the signed name is compared too: otherwise an old
    signed tag could be copied to a new name.
    """
    ref = f"refs/tags/{tag}"
    signed = git(root, "for-each-ref", "--format=%(tag)", ref) or ""
    done = subprocess.run(
        ["git", *OPTIONS, "-C", str(root), "verify-tag", ref], env=environ(), check=False,
        capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    hint = (
        f"if it is not published yet, run `git tag -s -f {tag}`; git's settings, such as "
        "`gpg.ssh.allowedSignersFile`, say whose signatures it accepts"
    )
    if done.returncode:
        said = "; ".join(done.stderr.split("\n")).strip("; ")[:300]
        return Problem(f"git does not accept the signature of tag `{tag}`: {said}", hint)
    if signed != tag:
        return Problem(f"tag `{tag}` is a copy of the signed tag `{signed}`", hint)
    return None


def git(root: Path, *words: str) -> str | None:
    """Run git in a tree; returns its output, or `None` if it fails."""
    done = subprocess.run(
        ["git", *OPTIONS, "-C", str(root), *words], env=environ(), capture_output=True, check=False,
        encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip
    # Only the end: the first column of `status` may be a blank.
    return done.stdout.rstrip() if done.returncode == 0 else None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
