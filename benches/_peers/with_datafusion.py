"""datafusion over tables in memory, cut into one part for each processor."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import datafusion
import pyarrow as pa

from .data import JOINS, Task
from .sql import QUESTIONS, join

context = datafusion.SessionContext()
names = (f"t{number}" for number in itertools.count())


def own(table: pa.Table) -> Any:
    """Return the name of a table that datafusion has."""
    # Text as datafusion reads it from files.
    views = [
        pa.field(f.name, pa.string_view()) if pa.types.is_string(f.type) else f
        for f in table.schema
    ]
    table = table.cast(pa.schema(views))
    parts = len(os.sched_getaffinity(0))
    size = -(-table.num_rows // parts)
    batches = [table.slice(n * size, size).to_batches(max_chunksize=8192) for n in range(parts)]
    context.register_record_batches(name := next(names), batches)
    return name


def arrow(result: Any) -> Any:
    """Return a result as an Arrow table."""
    return pa.Table.from_batches(result[0], result[1])


def collected(frame: datafusion.DataFrame) -> Any:
    """Run a query; return its batches and their schema."""
    return frame.collect(), frame.schema()


def task(name: str, inputs: dict[str, Any], folder: Path) -> Task | None:
    """Return a task over inputs in datafusion's own form."""
    if name == "csv_read":
        return lambda: collected(context.read_csv(folder / "group.csv"))
    if name in ("parquet_read", "parquet_q1"):
        context.register_parquet("files", folder / "group.parquet")
        question = "select id1, sum(v1) as v1 from files group by id1"
        question = "select * from files" if name == "parquet_read" else question
    elif name in JOINS:
        left, right = (context.table(inputs[side]).schema().names for side in ("x", "y"))
        question = join(name, inputs, left, right)
    elif name in QUESTIONS:
        question = QUESTIONS[name].format(folder=folder, **inputs)
    else:
        return None
    return lambda: collected(context.sql(question))
