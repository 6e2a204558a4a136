"""Write the CI and release workflows from the declaration, or check that they are up to date."""

from __future__ import annotations

import argparse
from typing import Any

from rtvariants.errors import Problem, RtvariantsError
from rtvariants.release import workflow

from .session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("--check", action="store_true", help="fail where a file is stale")


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Write the files that differ, or name them all."""
    made = workflow.workflows(session.declaration)
    stale = [name for name, text in made.items() if _now(session, name) != text]
    if options.check:
        if stale:
            hint = "`rtvariants release workflow` writes it anew"
            raise RtvariantsError(
                Problem("not what the declaration says", hint, name) for name in stale
            )
        session.say(f"{len(made)} workflows are what the declaration says")
    for name in stale:
        path = session.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[name], encoding="utf-8")
        session.say(f"written: {name}")
    return {"files": list(made), "written": stale}


def _now(session: Session, name: str) -> str:
    path = session.root / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""
