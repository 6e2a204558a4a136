"""The rule about the guard that the build has linked into a file."""

from __future__ import annotations

from collections.abc import Iterator

from rtvariants.native.guard import marker

from .model import STALE, BuiltFile, Violation


def guard(file: BuiltFile) -> Iterator[Violation]:
    """The guard that the build has put in stands before the init function."""
    if file.build.guard is None:
        return  # The crate's own guard: its macro makes the stamp and the guard together.
    for what in marker.problems(file.shipped, file.contract.export, file.artifact.inits):
        yield what, STALE
