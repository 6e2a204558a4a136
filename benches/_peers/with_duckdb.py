"""duckdb over its own tables; results come out as Arrow."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import duckdb

from .data import JOINS, Task
from .sql import QUESTIONS, join

connection = duckdb.connect()
connection.execute("set preserve_insertion_order = false")
names = (f"t{number}" for number in itertools.count())


def own(table: Any) -> Any:
    """Return the name of a table that duckdb has copied."""
    name = next(names)
    connection.register("incoming", table)
    connection.execute(f"create table {name} as select * from incoming")
    connection.unregister("incoming")
    return name


def columns(table: str) -> list[str]:
    """Return the names of a table's columns."""
    return [row[0] for row in connection.execute(f"describe {table}").fetchall()]


def arrow(result: Any) -> Any:
    """Return a result as an Arrow table."""
    return result


def task(name: str, inputs: dict[str, Any], folder: Path) -> Task | None:
    """Return a task over inputs in duckdb's own form."""
    if name in JOINS:
        names = {side: columns(inputs[side]) for side in ("x", "y")}
        question = join(name, inputs, names["x"], names["y"])
    elif name in QUESTIONS:
        question = QUESTIONS[name].format(folder=folder, **inputs)
    else:
        return None
    return lambda: connection.sql(question).to_arrow_table()
