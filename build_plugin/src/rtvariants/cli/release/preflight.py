"""Compare tree, manifest, changelog and index before anything is sent; no credential is needed."""

from __future__ import annotations

import argparse
from typing import Any

from rtvariants.errors import ConfigError, Problem, RtvariantsError
from rtvariants.release import manifest as manifests
from rtvariants.release import notes, preflight, sizes, version
from rtvariants.release.preflight import PreflightError

from .session import Session, facts_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add no option of its own."""
    del parser


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Show what is worth knowing; raises `PreflightError` with all that forbids the release."""
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
    problems += version.drift(
        version.sites(session.root, made.version, session.declaration.projects())
    )
    problems += _changes(session, made.version, said)
    report = sizes.report(made, shown)
    for line in sizes.lines(report):
        session.say(line)
    for note in said:
        session.say(f"note: {note}")
    if problems:
        raise PreflightError(problems)
    session.say(f"nothing forbids the release of {made.project} {made.version}")
    return {"notes": said, "sizes": report.facts()}


def _changes(session: Session, version: str, said: list[str]) -> list[Problem]:
    """Return what the changelog lacks; the forge's notes are made of it, later."""
    try:
        changes(session, version)
    except ConfigError as error:
        if not session.dry:
            return list(error.problems)
        said += [facts_of(p)["where"] + ": " + p.what for p in error.problems]
    return []


def changes(session: Session, version: str) -> str:
    """Return the text about a version; a rehearsal takes what is not released yet."""
    root, name = session.root, session.declaration.settings.changelog
    try:
        return notes.changes(root, name, version)
    except RtvariantsError:
        if not session.rehearsal:
            raise
        return notes.changes(root, name, version, unreleased=True)
