"""Show every file of the release, the cells of the build and their commands."""

from __future__ import annotations

from typing import Any

from rtvariants.errors import ConfigError
from rtvariants.release import cells, expected
from rtvariants.release.session import Session

from .options import NoOptions as Options


def run(session: Session, options: Options) -> dict[str, Any]:
    """Show the plan; reads nothing but the declaration and the changelog."""
    del options
    declaration = session.declaration
    files = expected.expected(declaration)
    found = cells.cells(declaration)
    missing = {p.name: cells.missing(p) for p in declaration.platforms}
    session.say(f"{declaration.project} {declaration.version}, packaging: {declaration.packaging}")
    session.say(f"{len(files)} files, in the order of publishing:")
    for file in files:
        session.say(f"  {file.role:14} {file.name}")
    session.say(f"{len(found)} cells:")
    for cell in found:
        where = "here" if not missing[cell.platform.name] else f"on {cell.platform.runner}"
        session.say(f"  {cell.command}  ({where})")
    try:
        session.changes(declaration.version)
    except ConfigError as error:
        for problem in error.problems:
            session.say(f"note: {problem.render()}")
    return {
        "tag": declaration.tag,
        "prerelease": declaration.prerelease,
        "files": [
            {"name": f.name, "role": f.role, "project": f.project, "platform": f.platform}
            for f in files
        ],
        "cells": [
            {
                "platform": c.platform.name,
                "runtime": c.runtime,
                "python": c.python,
                "target": c.platform.target,
                "runner": c.platform.runner,
                "command": c.command,
                "here": not missing[c.platform.name],
                "why_not": missing[c.platform.name],
            }
            for c in found
        ],
    }


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    cells_ = len(facts["cells"])
    return f"{len(facts['files'])} files from {cells_} cell{'s' * (cells_ != 1)}"
