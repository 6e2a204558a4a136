"""Compare tree, manifest, changelog and index before anything is sent; needs no credentials."""

from __future__ import annotations

from typing import Any

from rtvariants.errors import ConfigError, Problem
from rtvariants.release import manifest as manifests
from rtvariants.release import places, preflight, sizes
from rtvariants.release.preflight import PreflightError
from rtvariants.release.session import Session

from .options import NoOptions as Options


def run(session: Session, options: Options) -> dict[str, Any]:
    """Show notes and sizes; raises `PreflightError` with everything that forbids the release."""
    del options
    made, tree = session.manifest(), session.source()
    with session.reading() as index:
        shown = {project: index.files(project) for project in made.projects()}
    outcome = preflight.preflight(session.declaration, tree, made, shown)
    problems, said = list(outcome.problems), list(outcome.notes)
    if session.dry and not tree.tag_commit:
        # A dry run may come before the tag; everything else must hold already.
        untagged = [p for p in problems if p.what.startswith("no tag")]
        problems = [p for p in problems if p not in untagged]
        said += [f"{p.what}: {p.hint}" for p in untagged]
    problems += manifests.changed(made, session.files)
    problems += places.drift(
        places.find(session.root, made.version, session.declaration.projects())
    )
    problems += _changes(session, made.version, said)
    report = sizes.report(made, shown)
    for line in sizes.lines(report):
        session.say(line)
    for note in said:
        session.say(f"note: {note}")
    if problems:
        raise PreflightError(problems)
    session.say(f"ready to release: {made.project} {made.version}")
    return {"notes": said, "sizes": report.facts()}


def _changes(session: Session, version: str, said: list[str]) -> list[Problem]:
    """Return what is missing in the changelog; the forge's notes are made from it later."""
    try:
        session.changes(version)
    except ConfigError as error:
        if not session.dry:
            return list(error.problems)
        said += [f"{p.where}: {p.what}" for p in error.problems]
    return []


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    return f"ready to release; {len(facts['notes'])} notes"
