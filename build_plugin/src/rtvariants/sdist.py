"""Completes an sdist that a build tool wrote, so that the runtimes can be built from it alone."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from . import config, sources
from .toolchain import COMMIT_FILE, commit
from .vendor import vendored
from .wheels.sdist import is_program, read


def complete(path: Path, root: Path) -> None:
    """Add to the sdist what a build needs and its writer left out.

    That is the lock file, the crates, a plugin that lies in the tree, and the commit, for the
    stamps of wheels that are built from it; the crates of the registry too, where the setting
    `vendor` asks for them. What its writer put in is not touched.
    """
    archive = read(path)
    table = config.read(root)
    found = sources.find(table)
    add: dict[str, Path] = {n: p for n, p in found.files().items() if n not in archive.files}
    now = commit(root)
    with tempfile.TemporaryDirectory(prefix="rtvariants-") as folder:
        if now and COMMIT_FILE not in archive.files:
            add[COMMIT_FILE] = Path(folder, COMMIT_FILE)
            add[COMMIT_FILE].write_text(f"{now}\n", encoding="utf-8", newline="\n")
        if table.build.vendor:
            add |= vendored(table, found, Path(folder))
        if add:
            files = {**archive.files, **{name: p.read_bytes() for name, p in add.items()}}
            # A script of C code may be run as a program.
            programs = archive.programs | {n for n, p in add.items() if is_program(p)}
            replace(archive, files=files, programs=programs).write(path.parent)
