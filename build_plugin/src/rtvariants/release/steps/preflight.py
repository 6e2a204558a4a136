"""Compare tree, manifest, changelog and index before anything is sent; needs no credentials.

The files are judged again as `freeze` judged them, and the index is asked whose the names are.
`publish` does the same before it sends the first file.
"""

from __future__ import annotations

from typing import Any

from rtvariants.errors import ConfigError, Problem
from rtvariants.release import fanin, forge, places, preflight, sizes, source
from rtvariants.release import manifest as manifests
from rtvariants.release.fanin import FanInError
from rtvariants.release.index import Index
from rtvariants.release.manifest import Manifest
from rtvariants.release.preflight import PreflightError
from rtvariants.release.session import Session
from rtvariants.release.simple_api import Page
from rtvariants.release.source import Source

from . import names
from .options import NoOptions as Options


def run(session: Session, options: Options) -> dict[str, Any]:
    """Show notes and sizes; raises `PreflightError` with everything that forbids the release."""
    del options
    made = session.manifest()
    with session.reading() as index:
        pages, said = examine(session, made, index)
    report = sizes.report(made, {project: page.files for project, page in pages.items()})
    for line in sizes.lines(report):
        session.say(line)
    for note in said:
        session.say(f"note: {note}")
    session.say(f"ready to release: {made.project} {made.version}")
    return {"notes": said, "sizes": report.facts()}


def examine(session: Session, made: Manifest, index: Index) -> tuple[dict[str, Page], list[str]]:
    """Return the index's pages and notes; raises `PreflightError` if anything forbids the release.

    A dry run may come before the tag and the changelog; everything else must hold already.
    """
    pages = {project: index.page(project) for project in made.projects()}
    if not all(page.exists for page in pages.values()):
        index.check_address()
    tree = session.source()
    outcome = preflight.preflight(session.declaration, tree, made, pages)
    problems, said = list(outcome.problems), list(outcome.notes)
    if session.dry and not tree.tag_commit:
        untagged = [p for p in problems if p.what.startswith("no tag")]
        problems = [p for p in problems if p not in untagged]
        said += [f"{p.what}: {p.hint}" for p in untagged]
    if session.declaration.settings.signed_tags and tree.tag_commit:
        problems += filter(None, [source.unsigned(session.root, tree.tag)])
    problems += names.asked(session, pages, index)
    problems += manifests.changed(made, session.files) or _judged(session, made, tree)
    problems += places.drift(
        places.find(session.root, made.version, session.declaration.projects())
    )
    problems += _changes(session, made, said)
    if problems:
        raise PreflightError(problems)
    return pages, said


def _judged(session: Session, made: Manifest, tree: Source) -> list[Problem]:
    """Judge the frozen files as `freeze` did: another manifest may have come with other files."""
    try:
        checked = fanin.check(session.declaration, session.files, made.commit)
    except FanInError as error:
        return list(error.problems)
    again = manifests.freeze(session.declaration, tree, checked)
    return [] if again.files == made.files else [manifests.other(session.folder)]


def _changes(session: Session, made: Manifest, said: list[str]) -> list[Problem]:
    """Return what is wrong with the changelog; the forge's notes are made from it later."""
    try:
        text = session.notes(made)
    except ConfigError as error:
        if not session.dry:
            return list(error.problems)
        said += [f"{p.where}: {p.what}" for p in error.problems]
        return []
    return forge.too_long(text) if session.repository else []


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    notes = len(facts["notes"])
    return f"ready to release; {notes} note{'s' * (notes != 1)}"
