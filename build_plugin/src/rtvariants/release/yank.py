"""What a yank is of, what it changes for users, and how it is asked for.

Measured on two packages, the base pinning its runtimes: with the base yanked alone, pip and uv
fall back to the release before, and an exact pin still installs; with a runtime yanked alone, pip
goes on installing the harmful release and uv refuses exact pins. So the base is yanked, and a
runtime only where it does harm by itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from rtvariants.errors import Problem, RtvariantsError

from . import install, plan
from .extra import needs
from .rehearsal.whatif import WhatIf
from .simple_api import Remote


class YankError(RtvariantsError):
    """A yank that was refused, or that has nothing to act on."""


@dataclass(frozen=True)
class Change:
    """What one requirement gives by one tool, before and after; `before` and `after` are words."""

    requirement: str
    tool: str
    before: str
    after: str


def files(
    version: str, projects: Sequence[str], shown: Mapping[str, Mapping[str, Remote]]
) -> dict[str, Remote]:
    """Return the files of a version of some projects; raises `YankError` where there are none."""
    found: dict[str, Remote] = {}
    for project in projects:
        names = plan.of_version(shown.get(project, {}), version)
        if not names:
            raise YankError(Problem(f"not on the index: `{project}` {version}"))
        found |= {name: shown[project][name] for name in names}
    return found


def impact(
    requirements: Sequence[str], simple: str, yanked: Sequence[str], base: str
) -> tuple[Change, ...]:
    """Ask pip and uv themselves, of the index as it is and of one with these files yanked."""
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
    """Yank one file at an index that takes yanks at an address of its own; raises `YankError`.

    `address` has places for `{project}` and `{file}`.
    """
    user = os.environ.get("TWINE_USERNAME") or "__token__"
    url = address.format(project=project, file=name)
    auth = (user, os.environ.get("TWINE_PASSWORD", ""))
    try:
        answer = needs("requests").post(url, data={"reason": reason}, auth=auth, timeout=60)
    except OSError as error:  # requests' errors are such
        hint = "run the same command again; what is yanked is not yanked twice"
        raise YankError(Problem(f"no answer: {type(error).__name__}", hint, name)) from error
    if answer.status_code >= 300:
        what = f"refused with status {answer.status_code}"
        raise YankError(Problem(what, "the token must be of an owner of the project", name))
