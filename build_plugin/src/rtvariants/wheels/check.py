"""Judges a finished wheel by the rules: its name, its metadata, its loader and what is in it.

Every command that installs, tests or publishes a wheel runs this first. All rules run, so one check
shows everything that is wrong. Nothing of the wheel is executed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rtvariants.archives import consistency
from rtvariants.archives.wheel import Wheel, read
from rtvariants.errors import Problem, WheelError

from .contents import contents
from .rules import RULES


def checked(path: Path) -> Wheel:
    """Return a wheel that keeps all rules; raises `WheelError` with every problem."""
    wheel = read(path)
    if problems := check(wheel):
        raise WheelError(problems)
    return wheel


def all_checked(paths: Iterable[Path]) -> list[Wheel]:
    """Return wheels that keep all rules; raises `WheelError` with the problems of all of them."""
    wheels: list[Wheel] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            wheels.append(checked(path))
        except WheelError as error:  # noqa: PERF203 - each file has its own
            problems += error.problems
    if problems:
        raise WheelError(problems)
    return wheels


def check(wheel: Wheel) -> list[Problem]:
    """Return every violation of every rule; empty for a wheel as this package writes it."""
    if not consistency.has_metadata(wheel):
        return consistency.check(wheel)
    try:
        found = contents(wheel)
    except ValueError as error:
        return [Problem(str(error), consistency.AGAIN, wheel.filename, "table")]
    every = [
        Problem(what, hint, wheel.filename, name)
        for name, rule in RULES.items()
        for part in found.parts
        for what, hint in rule(part)
    ]
    return list(dict.fromkeys(every))  # A rule of the whole wheel runs for each part.
