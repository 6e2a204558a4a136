"""What a yank affects, what it changes for users, and how it is requested.

Measured on two packages, a base that pins its runtimes: if only the base is yanked, pip and uv fall
back to the release before, and an exact pin still installs. If only a runtime is yanked, pip still
installs the harmful release and uv refuses exact pins. So the base is yanked, and a runtime only if
it does harm on its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from rtvariants.errors import Problem, RtvariantsError

from . import file_names, install
from .addresses import checked
from .extra import needs
from .rehearsal.whatif import WhatIf
from .secrets import get
from .simple_api import Remote


class YankError(RtvariantsError):
    """A yank that was refused, or has nothing to act on."""


@dataclass(frozen=True)
class Change:
    """What one tool installs for one requirement, before and after the yank."""

    requirement: str
    tool: str
    before: str
    after: str


def files(
    version: str, projects: Sequence[str], shown: Mapping[str, Mapping[str, Remote]]
) -> dict[str, Remote]:
    """Return the files of a version of some projects; raises `YankError` if there are none."""
    found: dict[str, Remote] = {}
    for project in projects:
        names = file_names.of_version(shown.get(project, {}), version)
        if not names:
            hint = "check the version and the address of the index"
            raise YankError(Problem(f"not on the index: `{project}` {version}", hint))
        found |= {name: shown[project][name] for name in names}
    return found


def impact(
    requirements: Sequence[str], simple: str, yanked: Sequence[str], base: str
) -> tuple[Change, ...]:
    """Ask pip and uv, with the index as it is and with one where these files are yanked."""
    with WhatIf(simple, yanked) as after, ThreadPoolExecutor() as pool:

        def said(tool: str, requirement: str, address: str) -> str:
            found = install.resolve(tool, requirement, address)
            return found.versions.get(canonicalize_name(base), "fails")

        rows = [(tool, requirement) for requirement in requirements for tool in install.TOOLS]
        now = [pool.submit(said, *row, simple) for row in rows]
        then = [pool.submit(said, *row, after.simple) for row in rows]
        return tuple(
            Change(requirement, tool, one.result(), two.result())
            for (tool, requirement), one, two in zip(rows, now, then, strict=True)
        )


def request(address: str, project: str, name: str, reason: str) -> None:
    """Yank one file on an index that has an address for yanks; raises `YankError`.

    `address` has places for `{project}` and `{file}`.
    """
    user = get("TWINE_USERNAME") or "__token__"
    url = checked(address.format(project=project, file=name))
    auth = (user, get("TWINE_PASSWORD"))
    try:
        answer = needs("requests").post(url, data={"reason": reason}, auth=auth, timeout=60)
    except OSError as error:  # requests' errors are such
        hint = "run the same command again; files already yanked are skipped"
        raise YankError(Problem(f"no answer: {type(error).__name__}", hint, name)) from error
    if answer.status_code >= 300:
        what = f"refused with status {answer.status_code}"
        raise YankError(Problem(what, "use a token of an owner of the project", name))
