"""What runs on a worker: one partition of a plan."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mydf.frame import DataFrame


class Task(NamedTuple):
    """One partition: its name in messages, and a scan of its file and row groups, packed."""

    partition: str
    version: str
    scan: Any


class Outcome(NamedTuple):
    """The rows of a partition, or why there are none.

    An error is a result, too: it would fail again, so the engine need not try.
    """

    partition: str
    worker: str
    frame: DataFrame | None
    fact: str = ""
    hint: str | None = None


def run(plan: Any, task: Task) -> Outcome:
    """Return the rows of one partition."""
    import mydf
    from mydf import _plans
    from mydf.errors import MydfError
    from mydf.lazy import LazyFrame

    if mydf.__version__ != task.version:
        fact = f"it has mydf {mydf.__version__}, the client has {task.version}"
        return Outcome(task.partition, _name(), None, fact, INSTALL)
    try:
        recipe = _plans.with_scan(_plans.loaded(plan), _plans.Scan(*_plans.loaded(task.scan)))
        frame = _plans.built(LazyFrame, recipe).collect()
    except MydfError as error:
        return Outcome(task.partition, _name(), None, error.fact, error.hint)
    if not isinstance(frame, mydf.DataFrame):
        return Outcome(task.partition, _name(), None, f"the result is a {type(frame).__name__}")
    return Outcome(task.partition, _name(), frame)


def version() -> str:
    """Return the version of mydf in this process."""
    import mydf

    return mydf.__version__


INSTALL = "install the same version of mydf on each worker"


def _name() -> str:
    import os
    import socket

    return f"{socket.gethostname()}, process {os.getpid()}"
