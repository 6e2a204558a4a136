"""Whether a frozen release may be published: a pure function of tree, manifest and index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rtvariants.archives.wheel import tags
from rtvariants.errors import Problem, RtvariantsError

from . import names, publish_plan
from .declaration import Declaration
from .manifest import Manifest
from .simple_api import Page, Remote
from .source import Source

# Platform tags that the public index accepts; a bare `linux_x86_64` is none of them.
_PLATFORM = re.compile(
    r"any\Z|win_amd64\Z|win_arm64\Z|win32\Z|manylinux(1|2010|2014)_\w+\Z|manylinux_\d+_\d+_\w+\Z"
    r"|musllinux_\d+_\d+_\w+\Z|macosx_\d+_\d+_(x86_64|arm64|universal2)\Z"
)
# With space for fewer releases than this, it is time to request more.
_HEADROOM = 3


class PreflightError(RtvariantsError):
    """Something forbids the release; nothing was sent."""


@dataclass(frozen=True)
class Outcome:
    """What forbids the release, and what is only worth knowing."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def preflight(
    declaration: Declaration,
    source: Source,
    manifest: Manifest,
    pages: Mapping[str, Page],
) -> Outcome:
    """Compare everything that a release depends on; `pages` are the index's, by project."""
    problems = [*tree(source, manifest), *_files(declaration, manifest)]
    notes: list[str] = []
    for project in manifest.projects():
        problems += names.problems(declaration, source, project, pages[project], notes)
        problems += _room(declaration, manifest, project, pages[project].files, notes)
    together = {name: remote for page in pages.values() for name, remote in page.files.items()}
    problems += publish_plan.conflicts(manifest, together)
    out = [file.name for file in manifest.files if file.name in together]
    if out and not problems:
        notes.append(
            f"{len(out)} of {len(manifest.files)} files are already published with these bytes"
        )
    return Outcome(tuple(problems), tuple(notes))


def tree(source: Source, manifest: Manifest) -> list[Problem]:
    """Return what differs between the tree and the manifest."""
    problems = []
    if problem := source.uncommitted():
        problems.append(problem)
    if source.commit != manifest.commit:
        problems.append(
            Problem(
                f"the tree is at {source.commit}, the files are from {manifest.commit}",
                "check out that commit, or build again",
            )
        )
    if not source.tag_commit:
        hint = f"run `git tag {source.tag} {manifest.commit}`"
        problems.append(Problem(f"no tag: `{source.tag}`", hint))
    elif source.tag_commit != manifest.commit:
        problems.append(
            Problem(
                f"tag `{source.tag}` is at {source.tag_commit}, the files from {manifest.commit}",
                "never move a published tag: raise the version",
            )
        )
    for name in sorted(manifest.locks | source.locks):
        now, then = source.locks.get(name, "absent"), manifest.locks.get(name, "absent")
        if now != then:
            problems.append(
                Problem(f"sha256 now: {now}; frozen: {then}", "build again with this file", name)
            )
    return problems


def _files(declaration: Declaration, manifest: Manifest) -> list[Problem]:
    problems = []
    most = declaration.settings.max_file_mb
    for file in manifest.files:
        if file.role.startswith("variant"):
            problems.append(
                Problem(
                    "no index accepts variant wheels yet: PEP 825 is a draft",
                    'set `packaging` to "split" or "fat"; `rtvariants package` makes variant '
                    "wheels for a folder",
                    file.name,
                )
            )
        if file.size > most * 1_000_000:
            problems.append(
                Problem(
                    f"{file.size / 1e6:.1f} MB, the index accepts {most} MB",
                    "make it smaller, or get a higher limit and set `max-file-mb`",
                    file.name,
                )
            )
        for tag in sorted(tags(file.name)):
            platform = tag.split("-", 2)[2]
            if not _PLATFORM.match(platform):
                problems.append(
                    Problem(
                        f"platform tag that indexes refuse: `{platform}`",
                        "give the platform a `tag` with a floor, such as `manylinux_2_17_x86_64`",
                        file.name,
                    )
                )
    return problems


def _room(
    declaration: Declaration,
    manifest: Manifest,
    project: str,
    files: Mapping[str, Remote],
    notes: list[str],
) -> list[Problem]:
    """Compare the size of a project with its limit on the index (sizes: PEP 700)."""
    new = sum(f.size for f in manifest.files if f.project == project and f.name not in files)
    total = declaration.settings.max_project_gb * 1_000_000_000
    left = total - sum(remote.size or 0 for remote in files.values())
    if new > left:
        return [
            Problem(
                f"project `{project}` has {left / 1e6:.0f} MB left on the index, the release needs "
                f"{new / 1e6:.0f} MB",
                "get a higher limit from the index and set `max-project-gb`",
            )
        ]
    if new and left // new < _HEADROOM:
        notes.append(f"project `{project}` has space for {left // new} releases of this size")
    return []
