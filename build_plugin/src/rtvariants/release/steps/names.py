"""Ask the index whose the release's names are, before anything is built; needs no credentials.

A project on the index is this one's if it belongs to `owners`, or if each of its versions has a tag
here. `preflight` and `publish` ask again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtvariants.errors import Problem
from rtvariants.release import expected, names
from rtvariants.release.index import Index
from rtvariants.release.preflight import PreflightError
from rtvariants.release.session import Session
from rtvariants.release.simple_api import Page

from .options import NoOptions as Options


def run(session: Session, options: Options) -> dict[str, Any]:
    """Show what the index has; raises `PreflightError` for names that are somebody else's."""
    del options
    declared, tree = session.declaration, session.source()
    files = {file.name for file in expected.expected(declared)}
    said: list[str] = []
    problems: list[Problem] = []
    with session.reading() as index:
        pages = {project: index.page(project) for project in declared.projects()}
        if not all(page.exists for page in pages.values()):
            index.check_address()
        for project, page in pages.items():
            found = names.problems(declared, tree, project, page, said)
            problems += found or names.strange(project, declared.version, page, files)
        problems += asked(session, pages, index)
    if problems:
        raise PreflightError(problems)
    for note in said:
        session.say(f"note: {note}")
    session.say(f"these names are free, or this project's own: {', '.join(pages)}")
    return {"names": {project: page.exists for project, page in pages.items()}, "notes": said}


def asked(session: Session, pages: Mapping[str, Page], index: Index) -> list[Problem]:
    """Ask the index who owns the projects that it has, and which names are too similar to others.

    `pages` are the index's, by project.
    """
    problems = []
    owners = session.declaration.settings.owners
    for project, page in pages.items():
        if page.exists:
            problems += names.stated(project, owners, index.owners(project)) if owners else []
        elif (other := names.similar(project)) and index.page(other).exists:
            what = f"`{project}`: the index has `{other}`, and refuses names that are too similar"
            problems.append(Problem(what, names.ANOTHER))
    return problems


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    new = sum(not exists for exists in facts["names"].values())
    names = len(facts["names"])
    return f"{names} name{'s' * (names != 1)}, {new} new on the index"
