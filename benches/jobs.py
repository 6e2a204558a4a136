"""26 everyday jobs in mydf, polars, pandas and duckdb: lines, times, and equal results.

`python3 dev.py bench jobs`. The tables are made from a seed: departures of a year, and small ones.
Each job runs in one process after the others have warmed up, the libraries in turn; the time is
the best of several rounds. A result that differs from polars' fails the bench.
"""

from __future__ import annotations

import argparse
import inspect
import math
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import polars as pl
from _jobs import frames, tables, with_duckdb, with_pandas
from _measure import machine

import mydf

NAMES = [f"{number:02}" for number in range(1, 27)]
# The rows of one library's description are columns in another one, and samples differ.
ONLY_SHAPE = {"22"}


def engines(rows: int, folder: Path) -> dict[str, dict[str, tuple[Callable[[], Any], int]]]:
    """Return each job of each library, as a call and its number of lines."""
    columns = tables.made(rows)
    theirs = {name: pl.DataFrame(table) for name, table in columns.items()}
    path = str(folder / "flights.csv")
    theirs["flights"].write_csv(path, null_value="NA")
    (folder / "messy.csv").write_text(tables.MESSY)
    shared = {"path": path, "folder": folder}
    made: dict[str, dict[str, tuple[Callable[[], Any], int]]] = {}
    for engine, module, options in (("mydf", mydf, {}), ("polars", pl, {"try_parse_dates": True})):
        frames_ = {name: module.DataFrame(table) for name, table in theirs.items()}
        known = SimpleNamespace(**frames_, **shared, dates=options)
        made[engine] = {n: shared_job(n, module, known) for n in NAMES}
    known = SimpleNamespace(
        **{name: pd.DataFrame(table) for name, table in columns.items()}, **shared
    )
    made["pandas"] = {n: pandas_job(n, known) for n in NAMES}
    database = duckdb.connect()
    for name, table in theirs.items():
        database.register("source", table.to_arrow())
        database.execute(f"create table {name} as from source")
    made["duckdb"] = {n: sql_job(n, database, path, folder, rows) for n in NAMES}
    return made


def length(function: Callable[..., Any]) -> int:
    """Return the number of lines in the body of a function."""
    body = inspect.getsource(function).splitlines()[1:]
    return sum(bool(line.strip()) for line in body)


def shared_job(name: str, module: Any, known: Any) -> tuple[Callable[[], Any], int]:
    """Return a job of mydf or polars."""
    function = getattr(frames, f"job_{name}")
    return lambda: function(module, known), length(function)


def pandas_job(name: str, known: Any) -> tuple[Callable[[], Any], int]:
    """Return a job of pandas."""
    function = getattr(with_pandas, f"job_{name}")
    return lambda: function(known), length(function)


def sql_job(
    name: str, database: Any, path: str, folder: Path, rows: int
) -> tuple[Callable[[], Any], int]:
    """Return a job of duckdb, whose result is an Arrow table."""
    text = textwrap.dedent(with_duckdb.JOBS[name]).strip()
    query = text.format(path=path, folder=folder, rows=rows, sample=rows // 100)
    return lambda: pl.DataFrame(database.sql(query)), len(text.splitlines())


def values(result: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a result in one order, and as values that compare."""
    if isinstance(result, pd.DataFrame):
        found = [tuple(row) for row in result.itertuples(index=False)]
    else:
        found = result.rows()
    return sorted((tuple(map(plain, row)) for row in found), key=repr)


def plain(value: Any) -> Any:
    """Return a value as it compares across libraries: floats rounded, one kind of null."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"
    if isinstance(value, str):
        return value
    number = float(value)
    return float(f"{number:.9g}")


def measured(call: Callable[[], Any], rounds: int) -> float:
    """Return the best time in milliseconds."""
    best = math.inf
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def main() -> int:
    """Compare the results, and print lines and times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobs", nargs="*", default=NAMES, help="numbers of jobs, such as 08")
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=300_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    machine(["polars", "pandas", "duckdb"])
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        made = engines(given.rows, Path(folder))
        print("| job | " + " | ".join(f"{engine}: lines, ms" for engine in made) + " |")
        print("| --- |" + " --- |" * len(made))
        totals = dict.fromkeys(made, (0, 0.0))
        for name in given.jobs:
            wanted = values(made["polars"][name][0]())
            cells = []
            for engine, jobs in made.items():
                call, lines = jobs[name]
                found = values(call())
                same = len(found) == len(wanted) if name in ONLY_SHAPE else found == wanted
                if not same and not (name in ONLY_SHAPE and engine == "duckdb"):
                    wrong.append(
                        f"job {name}: {engine} differs from polars: {first(found, wanted)}"
                    )
                spent = measured(call, given.rounds)
                totals[engine] = (totals[engine][0] + lines, totals[engine][1] + spent)
                cells.append(f"{lines}, {spent:.1f}")
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        cells = [f"{lines}, {spent:.0f}" for lines, spent in totals.values()]
        print("| all | " + " | ".join(cells) + " |")
    print("\n".join(wrong), file=sys.stderr)
    return int(bool(wrong))


def first(found: list[Any], wanted: list[Any]) -> str:
    """Return the first rows that differ."""
    for ours, theirs in zip(found, wanted, strict=False):
        if ours != theirs:
            return f"{ours} instead of {theirs}"
    return f"{len(found)} rows instead of {len(wanted)}"


if __name__ == "__main__":
    sys.exit(main())
