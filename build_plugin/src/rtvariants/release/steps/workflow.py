"""Write the CI and release workflows from the declaration, or check that they are up to date.

A lock file with the hashes of all tools that the workflows install is written next to them; a lock
file that still meets the declaration is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rtvariants.errors import Problem, RtvariantsError
from rtvariants.release import tools, workflow
from rtvariants.release.session import Session

from . import options as option


@dataclass(frozen=True)
class Options:
    """The options of the step."""

    check: bool = option.switch("fail if a file is out of date, write nothing")


def run(session: Session, options: Options) -> dict[str, Any]:
    """Write the files that differ, or report all of them."""
    made = workflow.workflows(session.declaration)
    stale = [name for name, text in made.items() if _current(session, name) != text]
    wanted = tools.wanted(session.declaration)
    unmet = tools.problems(_current(session, tools.LOCK), wanted)
    if options.check:
        hint = "`rtvariants release workflow` writes it again"
        differing = [Problem("differs from the declaration", hint, name) for name in stale]
        if differing or unmet:
            raise RtvariantsError([*differing, *unmet])
        session.say(f"{len(made)} workflows and the lock file of their tools are up to date")
    elif unmet:
        made[tools.LOCK] = tools.lock(wanted, session.root)
        stale.append(tools.LOCK)
    for name in stale:
        path = session.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[name], encoding="utf-8")
        session.say(f"written: {name}")
    return {"files": list(made), "written": stale}


def _current(session: Session, name: str) -> str:
    path = session.root / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""
