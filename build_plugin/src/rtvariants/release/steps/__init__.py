"""The steps of a release: each has one row here and one module in this folder.

A step's module begins with what `--help` says about it, and has:

- `Options`: a frozen dataclass, whose fields are the step's options (see `options`);
- `run(session, options)`: does the step and returns its facts, which can be written as JSON;
- `summary(facts)`: the step's line in the table that a whole release ends with, if the row says
  that it is a part of one.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rtvariants.errors import MachineError, Problem, RtvariantsError
from rtvariants.release import journal
from rtvariants.release.secrets import redact
from rtvariants.release.session import Session


@dataclass(frozen=True)
class Step:
    """One step. A `whole` release does those that are a part of it, in the order of the rows.

    Of a step that `sends` something, the journal says when it begins and how it ends. `package` is
    where its module is.
    """

    name: str
    whole: bool = False
    sends: bool = False
    package: str = __name__

    @property
    def module(self) -> Any:
        """Return the step's module."""
        return importlib.import_module(f".{self.name}", self.package)

    @property
    def help(self) -> str:
        """Return what the step does, in one line."""
        first, _, _ = str(self.module.__doc__).partition("\n")
        return first[0].lower() + first[1:].removesuffix(".")


STEPS = {
    step.name: step
    for step in (
        Step("plan", whole=True),
        Step("names", whole=True),
        Step("build", whole=True),
        Step("test", whole=True),
        Step("freeze", whole=True),
        Step("preflight", whole=True),
        Step("publish", whole=True, sends=True),
        Step("verify", whole=True),
        Step("forge", whole=True, sends=True),
        Step("notify", whole=True, sends=True),
        Step("status"),
        Step("yank", sends=True),
        Step("workflow"),
    )
}
#: The steps of a whole release, in order.
WHOLE = tuple(name for name, step in STEPS.items() if step.whole)

_HINTS = {
    errno.ENOSPC: "free some space and run the same command again; it continues where it stopped",
    errno.EDQUOT: "free some space and run the same command again; it continues where it stopped",
    errno.EROFS: "use a writable folder: `--out DIR`",
    errno.EACCES: "use a writable folder: `--out DIR`",
}


def do(step: Step, session: Session, options: Any) -> dict[str, Any]:
    """Do one step; returns its facts with the seconds that it took."""
    start = time.monotonic()
    with _disk(session), _journaled(step, session):
        facts: dict[str, Any] = step.module.run(session, options)
    return {**facts, "seconds": round(time.monotonic() - start, 1)}


def summary(session: Session, done: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the table that a whole release ends with: one line for each step."""
    declaration = session.declaration
    lines = [f"\n{declaration.project} {declaration.version}"]
    for name, facts in done.items():
        skipped = facts.get("skipped")
        text = f"skipped: {skipped}" if skipped else STEPS[name].module.summary(facts)
        lines.append(f"  {name:10} {facts['seconds']:7.1f} s  {text}")
    lines.append(f"  {'total':10} {sum(f['seconds'] for f in done.values()):7.1f} s")
    end = "rehearsed" if session.rehearsal else "released"
    end = "dry run: nothing was sent" if session.dry else end
    return "\n".join([*lines, f"{end}; files, manifest and journal: {session.folder}"])


@contextlib.contextmanager
def _journaled(step: Step, session: Session) -> Iterator[None]:
    """Write into the journal when a step that sends something begins, and how it ends."""
    if session.dry or not step.sends or not session.frozen:
        yield
        return
    made = session.manifest()
    with session.journal(made) as book:
        book.write("step", journal.BEGUN, step.name)
    try:
        yield
    except BaseException as error:
        said = redact(str(error)).splitlines() or [type(error).__name__]
        with contextlib.suppress(RtvariantsError), session.journal(made) as book:
            book.write("step", "stopped", step.name, reason=said[0])
        raise
    with session.journal(made) as book:
        book.write("step", journal.DONE, step.name)


@contextlib.contextmanager
def _disk(session: Session) -> Iterator[None]:
    """Report a failed write as a fact and a hint."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        where = str(error.filename or session.folder)
        hint = _HINTS.get(error.errno or 0, "fix the error and run the same command again")
        raise MachineError(
            Problem(f"can't write: {error.strerror or error}", hint, where)
        ) from error
