"""Joins wheels of one runtime each into the wheel that one build of all runtimes would have made.

A release builds the runtimes of a platform on several machines. The configuration decides what is
in the joined wheel, so its bytes do not depend on where the runtimes were built.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rtvariants.archives.wheel import Wheel
from rtvariants.config.model import Config
from rtvariants.errors import Problem, WheelError
from rtvariants.shim import generated
from rtvariants.shim import table as tables

from .contents import contents
from .insert import retagged


def join(cells: Sequence[Wheel], config: Config) -> Wheel:
    """Return one wheel with the runtimes of all; raises `WheelError` if they don't fit.

    Exactly one wheel must hold each configured runtime, and their other files must be the same.
    """
    first = cells[0]
    found = [part for cell in cells for part in contents(cell).parts]
    if any(part.table is None for part in found):
        raise WheelError(Problem("not the wheel of one platform", "", first.filename, "join"))
    problems = []
    loose = {f"{first.dist_info}/RECORD", f"{first.dist_info}/WHEEL"}
    for unit in config.units:
        mine = [part for part in found if part.package == unit.package]
        held = [part.runtime_name(package) for part in mine for package in part.runtimes]
        problems += [
            Problem(f"runtime in {held.count(r.name)} of the wheels: `{r.name}`",
                    "give exactly one wheel for each runtime", first.filename, "join")
            for r in config.runtimes
            if held.count(r.name) != 1
        ]  # fmt: skip
        # They name the runtimes.
        loose |= {f"{unit.loader}/{generated.FIRST}", f"{unit.loader}/table.py"}
    files = dict(first.files)
    for cell in cells[1:]:
        for name, data in cell.files.items():
            if files.setdefault(name, data) != data and name not in loose:
                what = f"differs from `{first.filename}` in `{name}`"
                hint = "build all runtimes from one commit, with one compiler"
                problems.append(Problem(what, hint, cell.filename, "join"))
    if problems:
        raise WheelError(problems)
    for unit in config.units:
        made = [part.table for part in found if part.package == unit.package and part.table]
        one = made[0]
        whole = tables.of(unit, one.machine, one.system, one.runtimes[0].abi, first.version)
        stamps = {r.name: r.stamp.encode() for table in made for r in table.runtimes}
        files |= generated.rewritten(first, [tables.stamped(whole, stamps)])
    # A wheel that was built on Windows knows of no programs.
    programs = first.programs.union(*(cell.programs for cell in cells))
    joined = replace(first, files=files, programs=programs)
    return retagged(joined, max((c.tag for c in cells), key=_floor))


def _floor(tag: str) -> tuple[int, ...]:
    """Return the numbers in a tag's platform: a wheel of a higher floor runs on fewer systems."""
    return tuple(map(int, re.findall(r"\d+", tag.rsplit("-", maxsplit=1)[-1])))
