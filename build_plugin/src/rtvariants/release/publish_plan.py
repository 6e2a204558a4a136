"""What publishing does next, by the manifest, the index and the journal: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rtvariants.errors import Problem, RtvariantsError

from . import file_names
from .manifest import File, Manifest
from .simple_api import Remote

#: The roles of the base, on which nothing depends: the index must show all others before them.
_BARRIER = ("base-wheel", "variant-wheel", "variant-index", "base-sdist")
DONE, SEND, LOOK = "done", "send", "look"


class PublishError(RtvariantsError):
    """Publishing must stop."""


@dataclass(frozen=True)
class Step:
    """What to do about one file: nothing (`done`), `send` it, or `look` for it first.

    `look` is for a file that the index may have accepted without an answer: an index that lags
    shows it a little later.
    """

    file: File
    action: str


def stages(manifest: Manifest) -> tuple[tuple[File, ...], tuple[File, ...]]:
    """Return the files before and after the wait for the index.

    If the runtimes have packages of their own, everything that the base pins comes first. A fat
    release has nothing to wait for.
    """
    order = sorted(manifest.files, key=lambda file: file.stage)
    first = tuple(file for file in order if file.role not in _BARRIER)
    return first, tuple(file for file in order if file.role in _BARRIER)


def step(file: File, remote: Remote | None, state: str) -> Step:
    """Decide about one file; raises `PublishError` if the index has other bytes.

    `state` comes from the journal: empty, `begun`, `lost`, `refused`, `denied` or `done`. Without
    the permission to upload (`denied`), the index has nothing; in any other state it may have.
    """
    if remote is None:
        return Step(file, SEND if state in ("", "denied") else LOOK)
    if remote.sha256 != file.sha256:
        raise PublishError(other_bytes(file, remote))
    return Step(file, DONE)


def other_bytes(file: File, remote: Remote) -> Problem:
    """Return the problem of a file that is published with other bytes."""
    return Problem(
        f"sha256 on the index: {remote.sha256}; here: {file.sha256}",
        "raise the version: an index never accepts other bytes under a used name",
        file.name,
    )


def conflicts(manifest: Manifest, shown: Mapping[str, Remote]) -> list[Problem]:
    """Return a problem for each file that is published with other bytes, and each unknown one.

    `shown` are the index's files of all projects of the release, by name.
    """
    frozen = {file.name: file for file in manifest.files}
    problems = [
        other_bytes(file, shown[name])
        for name, file in frozen.items()
        if name in shown and shown[name].sha256 != file.sha256
    ]
    hint = "it is not a file of this release; raise the version"
    problems += [
        Problem("the index has a file of this version that is not in the manifest", hint, name)
        for name in file_names.of_version(shown, manifest.version)
        if name not in frozen
    ]
    return problems
