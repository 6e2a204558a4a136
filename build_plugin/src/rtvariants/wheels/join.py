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
from rtvariants.shim import generated, place
from rtvariants.shim import table as tables

from .contents import contents
from .insert import retagged


def join(cells: Sequence[Wheel], config: Config) -> Wheel:
    """Return one wheel with the runtimes of all; raises `WheelError` if they don't fit.

    Exactly one wheel must hold each configured runtime, and their other files must be the same.
    """
    first = cells[0]
    found = [contents(cell) for cell in cells]
    table = found[0].table
    if table is None:
        raise WheelError(Problem("not the wheel of one platform", "", first.filename, "join"))
    held = [each.runtime_name(p) for each in found for p in each.runtimes]
    problems = [
        Problem(f"runtime in {held.count(r.name)} of the wheels: `{r.name}`",
                "give exactly one wheel for each runtime", first.filename, "join")
        for r in config.runtimes
        if held.count(r.name) != 1
    ]  # fmt: skip
    loader = place.loader_of(table.package)
    loose = {f"{loader}/{generated.FIRST}", f"{loader}/table.py"}  # They name the runtimes.
    loose |= {f"{first.dist_info}/RECORD", f"{first.dist_info}/WHEEL"}
    files = dict(first.files)
    for cell in cells[1:]:
        for name, data in cell.files.items():
            if files.setdefault(name, data) != data and name not in loose:
                what = f"differs from `{first.filename}` in `{name}`"
                hint = "build all runtimes from one commit, with one compiler"
                problems.append(Problem(what, hint, cell.filename, "join"))
    if problems:
        raise WheelError(problems)
    whole = tables.of(config, table.machine, table.system, table.runtimes[0].abi, first.version)
    stamps = {r.name: r.stamp.encode() for each in found if each.table for r in each.table.runtimes}
    files |= generated.rewritten(first, [tables.stamped(whole, stamps)])
    # A wheel that was built on Windows knows of no programs.
    programs = first.programs.union(*(cell.programs for cell in cells))
    made = replace(first, files=files, programs=programs)
    return retagged(made, max((c.tag for c in cells), key=_floor))


def _floor(tag: str) -> tuple[int, ...]:
    """Return the numbers in a tag's platform: a wheel of a higher floor runs on fewer systems."""
    return tuple(map(int, re.findall(r"\d+", tag.rsplit("-", maxsplit=1)[-1])))
