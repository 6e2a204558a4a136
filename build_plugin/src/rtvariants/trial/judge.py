"""Whether a run had the expected result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtvariants.archives.wheel import normal

from .probe import FIELDS, MARK, REFUSED, printed
from .runs import Run
from .sets import WheelSet

CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Outcome:
    """The end of a run; `failure` is empty if it is what it must be.

    `unrunnable` is the loader's message if this machine's own CPU can't run the runtime, which is
    no failure of the wheel.
    """

    run: Run
    failure: str = ""
    unrunnable: str = ""


def judge(each: WheelSet, run: Run, status: int, out: str, digest: str) -> Outcome:
    """Compare the end of a process with what it must be.

    `digest` is the hash of the extension module in the wheel.
    """
    said = printed(out)
    if run.refuses:
        refused = status == REFUSED and said.get("refused")
        return Outcome(run, "" if refused else f"must refuse, but {_ended(status)}")
    if status == REFUSED:
        words = said.get("refused", "")
        unrunnable = words.partition("\n")[0] if _may_be_unrunnable(run, said) else ""
        return Outcome(run, "" if unrunnable else f"refused: {words}", unrunnable)
    if "facts" not in said:
        return Outcome(run, ended(status, out))
    failure = _difference(each, run, said["facts"])
    if not failure and said["native"] != digest:
        failure = "the loaded extension module is not the one in the wheel"
    return Outcome(run, failure or (ended(status, out) if status else ""))


def _may_be_unrunnable(run: Run, said: Mapping[str, Any]) -> bool:
    """Return whether the loader says that this CPU can't run the runtime, and may be right.

    It is wrong if the kernel lists all that the runtime needs.
    """
    if run.cpu or not run.runtime.needs or said.get("kind") != "UnrunnableRuntimeError":
        return False
    try:
        listed = set(CPUINFO.read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        return True
    return not set(run.runtime.needs) <= listed


def _difference(each: WheelSet, run: Run, facts: dict[str, object]) -> str:
    """Return the first fact of the loaded runtime that differs from the wheel's."""
    wanted = {name: getattr(run.runtime, name) for name in FIELDS}
    wanted["version"] = each.wheels[0].version
    facts = {**facts, "version": normal(str(facts.get("version", "")))}
    differing = (name for name, value in wanted.items() if facts.get(name) != value)
    name = next(differing, None)
    return f"{name}: `{facts.get(name)}`, the wheel says `{wanted[name]}`" if name else ""


def ended(status: int, out: str) -> str:
    """Return how a process ended, with the last line of its output."""
    return f"{_ended(status)}: {_last(out)}"


def _ended(status: int) -> str:
    if status < 0 or status > 128:
        return f"died of signal {-status if status < 0 else status - 128}"
    return "it runs" if status == 0 else f"exit status {status}"


def _last(out: str) -> str:
    lines = [line for line in out.splitlines() if line.strip() and not line.startswith(MARK)]
    return lines[-1].strip() if lines else "no output"
