"""Whether the names of a release on the index are free, or this project's own: pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rtvariants.errors import Problem

from . import file_names
from .declaration import Declaration
from .simple_api import Page
from .source import Source

#: What to do about a name that belongs to somebody else.
ANOTHER = "choose another name: `distribution` in [tool.rtvariants.release]"
# With these statuses an index takes no files (PEP 792).
_CLOSED = {
    "archived": "its owners have archived it; take that back on the index's website",
    "quarantined": "the index's administrators have closed it; ask them",
}
_FIRST = (
    "first release of `{project}`: the index has no such project; register a pending publisher for "
    "it in the environment `{environment}`, or set `TWINE_PASSWORD` to a token for this release"
)


def environment(project: str) -> str:
    """Return the environment of the workflow's job that publishes a project.

    An index accepts one pending publisher for each workflow and environment, so every project has
    an environment of its own.
    """
    return f"release-{canonicalize_name(project)}"


def problems(
    declaration: Declaration, source: Source, project: str, page: Page, notes: list[str]
) -> list[Problem]:
    """Return why files of a project can't be sent to the index; adds to `notes`."""
    if not page.exists:
        notes.append(_FIRST.format(project=project, environment=environment(project)))
        return []
    if hint := _CLOSED.get(page.status):
        because = f": {page.reason}" if page.reason else ""
        return [Problem(f"the index says that `{project}` is {page.status}{because}", hint)]
    if page.status == "deprecated":
        notes.append(f"the index says that `{project}` is deprecated")
    if not page.files and not declaration.settings.owners:
        notes.append(
            f"the index has `{project}` without any file, so nothing shows whose it is; `owners` "
            "compares it with those that the index states"
        )
    return [] if declaration.settings.owners else _foreign(declaration, source, project, page)


def stated(project: str, owners: tuple[str, ...], found: tuple[str, ...] | None) -> list[Problem]:
    """Compare the owners that the index states with the declared ones; `None` if it states none."""
    if found is None:
        what = f"the index does not state who owns `{project}`"
        hint = "remove `owners`: then the versions on the index are compared with the tags here"
        return [Problem(what, hint)]
    if {name.lower() for name in owners} & {name.lower() for name in found}:
        return []
    what = f"`{project}` belongs to {', '.join(found)}, not to {', '.join(owners)}"
    return [Problem(what, f"{ANOTHER}; or correct `owners`")]


def strange(project: str, version: str, page: Page, own: Collection[str]) -> list[Problem]:
    """Return the problem of files of this version that are not files of the release; pure.

    Somebody else's version may have the number of a tag in this repository. `own` are the names of
    the release's files.
    """
    found = [name for name in file_names.of_version(page.files, version) if name not in own]
    if not found:
        return []
    some = ", ".join(f"`{name}`" for name in found[:3]) + (" …" if len(found) > 3 else "")
    what = f"the index has files of `{project}` {version} that this release does not have: {some}"
    return [Problem(what, f"if the project is yours, raise the version; if not, {ANOTHER}")]


def similar(project: str) -> str:
    """Return the name without separators, which an index takes for the same name; empty if equal.

    >>> similar("lamp-fast"), similar("lamp")
    ('lampfast', '')
    """
    name = canonicalize_name(project)
    return plain if (plain := name.replace("-", "")) != name else ""


def _foreign(declaration: Declaration, source: Source, project: str, page: Page) -> list[Problem]:
    """Return the problem of a project with versions that this repository has never tagged."""
    if canonicalize_name(project) in map(canonicalize_name, declaration.settings.owned):
        return []
    tagged = _tagged(declaration.settings.tag, source.tags) | {Version(declaration.version)}
    others = sorted(_versions(page) - tagged)
    if not others:
        return []
    some = ", ".join(map(str, others[:3])) + (" …" if len(others) > 3 else "")
    return [
        Problem(
            f"the index has versions of `{project}` without a tag in this repository: {some}",
            f'if the project is yours, add `owned = ["{project}"]` to [tool.rtvariants.release]; '
            f"if not, {ANOTHER}",
        )
    ]


def _tagged(pattern: str, tags: tuple[str, ...]) -> set[Version]:
    """Return the versions that a repository's tags name."""
    shape = re.escape(pattern).replace(re.escape("{version}"), "(.+)", 1)
    shape = shape.replace(re.escape("{version}"), ".+")
    found = set()
    for tag in tags:
        if hit := re.fullmatch(shape, tag):
            try:
                found.add(Version(hit.group(1)))
            except InvalidVersion:
                continue
    return found


def _versions(page: Page) -> set[Version]:
    """Return the versions that an index has files of."""
    return {said.version for name in page.files if (said := file_names.read(name))}
