"""A release, past or present, against what the index shows: a pure function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rtvariants.errors import Problem, RtvariantsError

from . import plan
from .manifest import Manifest
from .simple_api import Remote


class VerifyReleaseError(RtvariantsError):
    """The index does not hold the release whole and unaltered."""


@dataclass(frozen=True)
class Wanted:
    """What the index must show of a release: names with hashes, or names alone (empty hashes).

    `projects` maps each name to its distribution.
    """

    version: str
    hashes: Mapping[str, str]
    projects: Mapping[str, str]

    @classmethod
    def of(cls, manifest: Manifest) -> Wanted:
        """Return what a manifest wants."""
        hashes = {file.name: file.sha256 for file in manifest.files}
        return cls(manifest.version, hashes, {f.name: f.project for f in manifest.files})

    @classmethod
    def named(cls, version: str, files: Iterable[tuple[str, str]]) -> Wanted:
        """Return what names and distributions alone want: no manifest of the time is there."""
        projects = dict(files)
        return cls(version, dict.fromkeys(projects, ""), projects)


def problems(wanted: Wanted, shown: Mapping[str, Mapping[str, Remote]]) -> list[Problem]:
    """Return what is missing, altered, unknown, or yanked out of lockstep.

    `shown` are the index's files by project. A release that is yanked whole, or whose base is, is
    in order: who depends on the base alone gets an older one.
    """
    together = {name: remote for files in shown.values() for name, remote in files.items()}
    found = []
    for name, digest in wanted.hashes.items():
        remote = together.get(name)
        if remote is None:
            found.append(Problem("not on the index", "`rtvariants release publish` sends it", name))
        elif digest and remote.sha256 != digest:
            what = f"sha256 on the index: {remote.sha256}; in the manifest: {digest}"
            found.append(Problem(what, "the file was altered: yank the release", name))
    for name in plan.of_version(together, wanted.version):
        if name not in wanted.hashes:
            hint = "somebody else sent it, or another declaration did; yank it"
            found.append(
                Problem("a file of this version that the release does not have", hint, name)
            )
    return found + _yanks(wanted, together)


def _yanks(wanted: Wanted, together: Mapping[str, Remote]) -> list[Problem]:
    """Find projects that are yanked in part, and runtimes that are while the base is not."""
    states: dict[str, set[bool]] = {}
    for name, project in wanted.projects.items():
        if name in together:
            states.setdefault(project, set()).add(bool(together[name].yanked))
    found = [
        Problem("yanked in part: installers fall back to other files of this version",
                "yank all files of it, or none", project)
        for project, state in states.items()
        if len(state) > 1
    ]  # fmt: skip
    *runtimes, base = dict.fromkeys(wanted.projects.values())
    if states.get(base) == {False}:
        found += [
            Problem(f"yanked, while `{base}` {wanted.version} needs exactly it",
                    f"yank `{base}` {wanted.version} too, or take this yank back", project)
            for project in runtimes
            if states.get(project) == {True}
        ]  # fmt: skip
    return found
