"""Completes an sdist that a build tool wrote, so that the runtimes can be built from it alone."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from rtvariants.archives.sdist import is_program, read
from rtvariants.config import tool_maturin
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.toolchain.git import COMMIT_FILE, commit

from . import ignored
from .sources import Sources
from .tree import Project
from .vendor import vendored


def complete(path: Path, project: Project) -> None:
    """Add to the sdist what a build needs and its writer left out.

    That is the lock file, the crates, a plugin that is part of the tree, and the commit, for the
    stamps of wheels that are built from it; the crates of the registry too, where the setting
    `vendor` asks for them. What its writer put in is not touched. Where it can't be completed, no
    sdist is left.
    """
    try:
        _complete(path, project)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _complete(path: Path, project: Project) -> None:
    archive = read(path)
    root, config, found = project.root, project.config, project.sources
    with tempfile.TemporaryDirectory(prefix="rtvariants-") as folder:
        if found.incomplete() and (moved := tool_maturin.moved(archive.files, project.pyproject)):
            add = {"pyproject.toml": Path(folder, "pyproject.toml")}
            add["pyproject.toml"].write_text(moved, encoding="utf-8", newline="\n")
        else:
            add = {n: p for n, p in found.shipped().items() if n not in archive.files}
            add = ignored.without(add, root)
        _warn_of_unreachable(found)
        now = commit(root)
        if now and COMMIT_FILE not in archive.files:
            add[COMMIT_FILE] = Path(folder, COMMIT_FILE)
            add[COMMIT_FILE].write_text(f"{now}\n", encoding="utf-8", newline="\n")
        if not (found.workspace / "Cargo.lock").is_file() and "Cargo.lock" not in archive.files:
            sys.stderr.write(
                f"warning: no Cargo.lock in {found.workspace}: a build of this sdist uses the "
                "newest crates, and its runtimes differ from yours\n"
                "hint: cargo generate-lockfile, and keep the file under version control\n"
            )
        if config.build.vendor:
            add |= vendored(config, found, Path(folder))
        files = {**archive.files, **{name: _read(p, root) for name, p in add.items()}}
        ignored.refuse_tokens(files)
        if add:
            # A script of C code may be run as a program.
            programs = archive.programs | {n for n, p in add.items() if is_program(p)}
            replace(archive, files=files, programs=programs).write(path.parent)


def _warn_of_unreachable(found: Sources) -> None:
    for path, file in found.unreachable():
        shown = file.relative_to(found.root) if file.is_relative_to(found.root) else file
        sys.stderr.write(
            f"warning: not in the sdist, because it is outside of the project: {path}, which "
            f"`{shown}` includes\nhint: move it, or a link to it, below {found.root}\n"
        )


def _read(path: Path, root: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        hint = "make it readable, or let version control ignore it"
        raise RtvariantsError(
            Problem(f"unreadable file of a crate: `{shown}`: {error.strerror}", hint)
        ) from error
