"""Runs a plan on an engine: a task for each partition, and the rest in this process."""

from __future__ import annotations

from mydf import _arguments
from mydf.distributed._engines import engine_of
from mydf.distributed._parts import parts_of
from mydf.errors import PartitionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mydf.distributed._parts import Parts
    from mydf.distributed._work import Outcome
    from mydf.frame import DataFrame
    from mydf.lazy import LazyFrame


def collect(lazy: LazyFrame, on: Any, *, gather: bool = False) -> DataFrame:
    """Return the result of a lazy frame, computed by the workers of an engine.

    The workers must see the same paths and have the same version of mydf; they may run other
    runtimes. Each filters and aggregates its own row groups. Frames that the plan joins with go to
    every worker.

    Args:
        lazy: A plan over the Parquet files of one `scan_parquet`.
        on: A Dask `Client`, the module `ray`, or an executor of `concurrent.futures`.
        gather: Whether to bring all rows that pass the filters to this process, where a verb needs
            them together: a median, `n_unique`, or a join of two scans.

    Raises:
        ArgumentError: If the plan has a verb that needs all rows together and `gather` is false, or
            no Parquet files.
        ArgumentTypeError: If `on` is no engine.
        PartitionError: If a worker fails; the error names it, and the partition.
        MissingFileError: From `scan_parquet`, if a folder has no files.

    Examples:
        >>> import mydf, mydf.distributed, os, tempfile
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        ...     for number in range(3):
        ...         frame = mydf.DataFrame({"k": ["a", "b"], "x": [number, 10 * number]})
        ...         frame.write_parquet(os.path.join(folder, f"{number}.parquet"))
        ...     lazy = mydf.scan_parquet(folder).group_by("k").agg(mydf.col("x").mean())
        ...     mydf.distributed.collect(lazy, on=pool).to_dict()
        {'k': ['a', 'b'], 'x': [1.0, 10.0]}
    """
    engine = engine_of(on)
    parts = parts_of(lazy, _arguments.boolean("gather", gather))
    engine.check()
    outcomes = engine.run(parts.shared, parts.tasks)
    return parts.joined([_frame(parts, outcome) for outcome in outcomes])


def _frame(parts: Parts, outcome: Outcome) -> DataFrame:
    if outcome.frame is None:
        fact = f"partition {outcome.partition}, worker {outcome.worker}: {outcome.fact}"
        raise PartitionError(
            fact, hint=outcome.hint, partition=outcome.partition, worker=outcome.worker
        )
    found, expected = outcome.frame.schema, parts.schema
    if found != expected:
        names = [name for name in found.keys() | expected if found.get(name) != expected.get(name)]
        name = min(names) if names else next(iter(found))
        fact = (
            f"partition {outcome.partition}: column `{name}` is {found.get(name, 'not there')}, "
            f"in the first partition {expected.get(name, 'not there')}"
        )
        hint = "write the files with equal schemas, or cast the column in the plan"
        raise PartitionError(fact, hint=hint, partition=outcome.partition, worker=outcome.worker)
    return outcome.frame
