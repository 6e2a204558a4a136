"""The partitions of a plan: which row groups go together, and what stays for this process."""

from __future__ import annotations

from typing import NamedTuple

from mydf import _plans
from mydf._native import core
from mydf.distributed._work import Task, version
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.frame import DataFrame
from mydf.functions import concat
from mydf.lazy import LazyFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mydf._plans import Scan
    from mydf.lazy import Recipe

#: A task reads row groups of one file with at most so many rows together, or one of more rows.
TASK_ROWS = 4_000_000


class Parts(NamedTuple):
    """The tasks of a plan, and what joins their results."""

    shared: Any
    tasks: list[Task]
    schema: dict[str, DType]
    rest: core.Plan

    def joined(self, results: list[DataFrame]) -> DataFrame:
        """Return the result of the plan, from the results of the tasks in order."""
        rows = concat(results)
        return rows._from_core(self.rest.over(rows._core).collect())


def parts_of(lazy: object, gather: bool) -> Parts:
    """Return the tasks of a plan over Parquet files."""
    if not isinstance(lazy, LazyFrame):
        fact = f"lazy: a value of type `{type(lazy).__name__}`"
        raise ArgumentTypeError(fact, hint="`mydf.scan_parquet(...)` makes a plan", what="lazy")
    found = _plans.scans(lazy._recipe)
    if len(found) != 1:
        fact = f"plan with {len(found)} scans of Parquet files: exactly one can be distributed"
        hint = "`collect` the smaller one and join with its frame, which goes to every worker"
        if not found:
            hint = "start the plan with `mydf.scan_parquet`; other data can be written as Parquet"
        raise ArgumentError(fact, hint=hint, what="lazy")
    halves = lazy._core.split()
    if halves is None:
        fact = "plan: no part of it can run on the rows of one file"
        raise ArgumentError(fact, hint="use `lazy.collect()`", what="lazy")
    part, rest = halves
    scans = _plans.divided(found[0])
    # What is asked of the verbs below needs no more than one file.
    sample = _plans.with_scan(lazy._recipe, scans[0][0])
    recipe = _with_less(sample, _here(sample), gather)
    schema = dict(zip(part.names(), map(DType._from_core, part.dtypes()), strict=True))
    return Parts(_plans.dumped(recipe), _tasks(scans), schema, rest)


def _tasks(scans: list[tuple[Scan, list[tuple[int, int]]]]) -> list[Task]:
    tasks = []
    for scan, groups in scans:
        path = scan.files[0][0]
        for numbers in _together(groups):
            some = "" if len(numbers) == len(groups) else f", row groups {numbers[0]}-{numbers[-1]}"
            tasks.append(_task(f"`{path}`{some}", scan, numbers))
    # Files without rows have no row groups, but their columns.
    return tasks or [_task(f"`{scans[0][0].files[0][0]}`", scans[0][0], None)]


def _task(partition: str, scan: Scan, groups: list[int] | None) -> Task:
    own = scan._replace(files=[(scan.files[0][0], groups)])
    return Task(partition, version(), _plans.packed(tuple(own)))


def _together(groups: list[tuple[int, int]]) -> list[list[int]]:
    """Return the numbers of row groups that one task reads."""
    found: list[list[int]] = []
    total = 0
    for number, rows in groups:
        if not found or total + rows > TASK_ROWS:
            found.append([])
            total = 0
        found[-1].append(number)
        total += rows
    return found


def _here(recipe: Recipe) -> list[Recipe]:
    """Return the verbs that remain after the tasks, in the order in which they run."""
    verbs: list[Recipe] = []
    while not _rowwise(recipe):
        verbs.append(recipe)
        recipe = recipe[1][0]
    return verbs[::-1]


def _rowwise(recipe: Recipe) -> bool:
    halves = _plans.built(LazyFrame, recipe)._core.split()
    return halves is not None and halves[1].explain(False).startswith("frame of")


def _with_less(recipe: Recipe, here: list[Recipe], gather: bool) -> Recipe:
    """Return the plan of a task: with fewer rows as its result if the verbs allow it.

    The same verbs run again over the results of all tasks, so a task may do the first of them.
    """
    part: Recipe = ("part", (recipe,), ())
    names = [verb for verb, _, _ in here]
    if not here or _aggregates(here[0]):
        return part
    (verb, _, args), *more = here
    if verb == "unique" and args[1] != "none":
        return ("unique", (part,), args)
    if verb == "slice" and _first(args):
        return ("slice", (part,), args)
    if verb == "sort" and more and more[0][0] == "slice" and _first(more[0][2]):
        # Rows with equal keys keep their order, within a task and over all of them.
        return ("slice", (("sort", (part,), args),), more[0][2])
    if not gather and names != ["sort"]:
        line = _plans.built(LazyFrame, here[0])._core.explain(False).splitlines()[0]
        fact = f"plan: all rows have to be in one place for `{line}`"
        hint = (
            "`gather=True` brings those that pass the filters to this process; with Fugue, "
            "`transform(..., partition={'by': ...})` has the engine bring each group to one worker"
        )
        raise ArgumentError(fact, hint=hint, what="lazy")
    return part


def _aggregates(recipe: Recipe) -> bool:
    """Return whether the tasks do a part of this verb, so that each returns a few rows."""
    halves = _plans.built(LazyFrame, recipe)._core.split()
    below = _plans.built(LazyFrame, recipe[1][0])._core
    return halves is not None and halves[0].explain(False) != below.explain(False)


def _first(args: tuple[Any, ...]) -> bool:
    offset, length = args
    return offset == 0 and length is not None
