"""A current or past release, compared with what the index shows: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rtvariants.errors import Problem, RtvariantsError

from . import file_names
from .manifest import Manifest
from .simple_api import Remote


class VerifyReleaseError(RtvariantsError):
    """The index does not have the whole release, unchanged."""


@dataclass(frozen=True)
class Wanted:
    """What the index must show of a release: names with hashes, or only names (empty hashes).

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
        """Return what names and distributions want, for a release without its manifest."""
        projects = dict(files)
        return cls(version, dict.fromkeys(projects, ""), projects)


def problems(wanted: Wanted, shown: Mapping[str, Mapping[str, Remote]]) -> list[Problem]:
    """Return what is missing, changed, unknown, or yanked only in part.

    `shown` are the index's files by project. It is fine to yank the whole release, or its base:
    then installers choose an older base.
    """
    together = {name: remote for files in shown.values() for name, remote in files.items()}
    if not set(wanted.hashes) & set(together):
        hint = (
            "check the version and the address of the index; `rtvariants release publish` "
            "uploads a version"
        )
        return [Problem(f"the index has no file of {wanted.version}", hint)]
    found = []
    for name, digest in wanted.hashes.items():
        remote = together.get(name)
        if remote is None:
            found.append(
                Problem("not on the index", "`rtvariants release publish` uploads it", name)
            )
        elif digest and remote.sha256 != digest:
            what = f"sha256 on the index: {remote.sha256}; in the manifest: {digest}"
            found.append(Problem(what, "the file was changed: yank the release", name))
    for name in file_names.of_version(together, wanted.version):
        if name not in wanted.hashes:
            hint = "it was uploaded by someone else, or with another declaration; yank it"
            found.append(Problem("a file of this version that is not in the release", hint, name))
    return found + _yanks(wanted, together)


def _yanks(wanted: Wanted, together: Mapping[str, Remote]) -> list[Problem]:
    """Find projects that are yanked in part, and yanked runtimes whose base is not."""
    states: dict[str, set[bool]] = {}
    for name, project in wanted.projects.items():
        if name in together:
            states.setdefault(project, set()).add(bool(together[name].yanked))
    found = [
        Problem("yanked in part: installers fall back to other files of this version",
                "yank all of its files, or none", project)
        for project, state in states.items()
        if len(state) > 1
    ]  # fmt: skip
    *runtimes, base = dict.fromkeys(wanted.projects.values())
    if states.get(base) == {False}:
        found += [
            Problem(f"yanked, but `{base}` {wanted.version} requires it",
                    f"yank `{base}` {wanted.version} too, or undo this yank", project)
            for project in runtimes
            if states.get(project) == {True}
        ]  # fmt: skip
    return found
