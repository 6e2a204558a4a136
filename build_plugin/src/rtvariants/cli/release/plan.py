"""Show every file that the release must have, the cells of its build, and the commands."""

from __future__ import annotations

import argparse
from typing import Any

from rtvariants.release import expected

from . import cells as cell_list
from .session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add no option of its own."""
    del parser


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Show the plan; nothing is read but the declaration."""
    del options
    declaration = session.declaration
    files = expected.expected(declaration)
    cells = cell_list.cells(declaration)
    why = {p.name: cell_list.why_not(p) for p in declaration.platforms}
    session.say(f"{declaration.project} {declaration.version}, packaging: {declaration.packaging}")
    session.say(f"{len(files)} files, in the order in which they go out:")
    for file in files:
        session.say(f"  {file.role:14} {file.name}")
    session.say(f"{len(cells)} cells:")
    for cell in cells:
        where = "here" if not why[cell.platform.name] else f"on {cell.platform.runner}"
        session.say(f"  {cell.command}  ({where})")
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
                "target": c.platform.target,
                "runner": c.platform.runner,
                "command": c.command,
                "here": not why[c.platform.name],
                "why_not": why[c.platform.name],
            }
            for c in cells
        ],
    }
