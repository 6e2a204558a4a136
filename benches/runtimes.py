"""What a runtime buys: each kernel in all runtimes of the installed mydf.

`python3 dev.py bench runtimes [KERNEL…]`. Every figure is from fresh processes that take turns, one
for each runtime, kernel and size: in cache (16,384 rows, many times in one call) and from memory.
It is the least processor time for a value, without what a call costs on 64 rows, and with one
thread: idle threads look for work, which costs processor time too. Kernels that gain nothing are in
the table too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _measure import ROOT, Case, machine, once

IN_CACHE = 1 << 14
#: Rows on which a call costs what it costs whatever the kernel.
NOTHING = 64
#: Times that a call with expressions evaluates its kernel in cache.
REPEATS = 128
#: Seconds of processor time that one process measures.
PATIENCE = 0.4

Call = Callable[[], object]


def table(rows: int, names: Iterable[str]) -> Any:
    """Return these columns of those that the kernels read."""
    import numpy as np

    import mydf

    random = np.random.default_rng(16)
    columns: dict[str, Callable[[], Any]] = {
        "f": lambda: random.uniform(0, 1, rows),
        "g": lambda: random.normal(0, 1, rows),
        "i": lambda: random.integers(-(10**6), 10**6, rows, dtype=np.int32),
        "l": lambda: random.integers(-(2**40), 2**40, rows),
        "s": lambda: random.integers(0, 1000, rows, dtype=np.int16),
        "key": lambda: random.permutation(rows).astype(np.int32),
        "group": lambda: random.integers(0, max(rows // 100, 1), rows, dtype=np.int32),
        "order": lambda: random.permutation(rows),
    }
    return mydf.DataFrame({name: columns[name]() for name in names})


@dataclass(frozen=True)
class Kernel:
    """The columns that a kernel reads, and what makes a call of a frame with them."""

    columns: tuple[str, ...]
    prepare: Callable[[Any, int, Path], Call]


def expressions(make: Callable[..., Any], *names: str) -> Kernel:
    """Return a kernel of expressions on columns: `make` gets them, and then a number."""

    def prepare(frame: Any, times: int, _: Path) -> Call:
        # Under several names, because equal aggregations run once.
        from mydf import col

        numbers = range(times)
        frame = frame.select(col(name).alias(f"{name}{n}") for n in numbers for name in names)
        wanted = [make(*(col(f"{name}{n}") for name in names), n).alias(f"out{n}") for n in numbers]
        return lambda: frame.select(wanted)

    return Kernel(names, prepare)


def operator(run: Callable[[Any, Any], object], *names: str) -> Kernel:
    """Return a kernel of one call on a frame with these columns."""

    def prepare(frame: Any, times: int, _: Path) -> Call:
        import mydf

        def call() -> None:
            for _ in range(times):
                run(mydf, frame)

        return call

    return Kernel(names, prepare)


def parquet(*names: str) -> Kernel:
    """Return the reading of these columns from Parquet without compression."""

    def prepare(frame: Any, times: int, folder: Path) -> Call:
        import mydf

        file = folder / "part.parquet"
        frame.write_parquet(file, compression="uncompressed")

        def call() -> None:
            for _ in range(times):
                mydf.read_parquet(file)

        return call

    return Kernel(names, prepare)


def csv(*names: str) -> Kernel:
    """Return the reading of these columns from CSV."""

    def prepare(frame: Any, times: int, folder: Path) -> Call:
        import mydf

        file = folder / "part.csv"
        frame.write_csv(file)

        def call() -> None:
            for _ in range(times):
                mydf.read_csv(file)

        return call

    return Kernel(names, prepare)


#: Each kernel with the rows of its run from memory.
KERNELS: dict[str, tuple[int, Kernel]] = {
    "mask f64 >": (20_000_000, expressions(lambda f, n: f > n / 128, "f")),
    "mask i64 >": (20_000_000, expressions(lambda x, n: x > n, "l")),
    "mask i32 >": (20_000_000, expressions(lambda x, n: x > n, "i")),
    "mask i16 >": (20_000_000, expressions(lambda x, n: x > n, "s")),
    "sum f64": (20_000_000, expressions(lambda f, _: f.sum(), "f")),
    "sum i64": (20_000_000, expressions(lambda x, _: x.sum(), "l")),
    "sum i32": (20_000_000, expressions(lambda x, _: x.sum(), "i")),
    "min f64": (20_000_000, expressions(lambda f, _: f.min(), "f")),
    "min i64": (20_000_000, expressions(lambda x, _: x.min(), "l")),
    "min i32": (20_000_000, expressions(lambda x, _: x.min(), "i")),
    "(f-a)*(g+b)*2": (
        10_000_000,
        expressions(lambda f, g, n: (f - 0.5) * (g + float(n)) * 2.0, "f", "g"),
    ),
    "i64 + i64": (10_000_000, expressions(lambda x, y, _: x + y, "l", "order")),
    "filter f64": (20_000_000, operator(lambda md, t: t.filter(md.col("f") > 0.5), "f", "g")),
    "filter i32": (20_000_000, operator(lambda md, t: t.filter(md.col("i") > 0), "i", "key")),
    "gather f64": (5_000_000, operator(lambda _, t: t.gather(t["order"]), "f", "order")),
    "arg_sort i32": (5_000_000, operator(lambda _, t: t["i"].arg_sort(), "i")),
    "arg_sort f64": (5_000_000, operator(lambda _, t: t["f"].arg_sort(), "f")),
    "group_by i32": (
        5_000_000,
        operator(lambda md, t: t.group_by("group").agg(md.col("f").sum()), "group", "f"),
    ),
    "join i32, semi": (5_000_000, operator(lambda _, t: t.join(t, on="key", how="semi"), "key")),
    "join i32, inner": (5_000_000, operator(lambda _, t: t.join(t, on="key"), "key", "f")),
    "parquet, 10 bits": (5_000_000, parquet("s")),
    "csv, 3 numbers": (1_000_000, csv("f", "i", "l")),
}


def work(kernel: str, rows: int) -> dict[str, float]:
    """Measure one kernel in this process: nanoseconds for a row, with those of the call."""
    _, read = KERNELS[kernel]
    with tempfile.TemporaryDirectory() as folder:
        times = REPEATS if rows <= IN_CACHE else 1
        call = read.prepare(table(rows, read.columns), times, Path(folder))
        call()
        least, spent, calls = float("inf"), 0.0, 0
        while spent < PATIENCE or calls < 3:
            start = time.process_time()
            call()
            took = time.process_time() - start
            least, spent, calls = min(least, took), spent + took, calls + 1
    return {"seconds": least}


def measure(
    kernel: str, rows: int, runtimes: dict[str, dict[str, str]], rounds: int
) -> list[float]:
    """Return the nanoseconds for a value in each runtime."""

    def seconds(name: str, size: int) -> float:
        words = [sys.executable, __file__, "--worker", kernel, str(size)]
        return float(once(Case(f"{kernel}, {name}", words, runtimes[name])).answer["seconds"])

    least = dict.fromkeys(runtimes, float("inf"))
    calls = dict.fromkeys(runtimes, float("inf"))
    times = REPEATS if rows <= IN_CACHE else 1
    for number in range(rounds):
        # Every second round goes backwards, so that no runtime always comes after the same one.
        for name in list(runtimes)[:: -1 if number % 2 else 1]:
            least[name] = min(least[name], seconds(name, rows))
            if times > 1:
                calls[name] = min(calls[name], seconds(name, NOTHING))
    values = times * (rows - NOTHING)
    own = {name: calls[name] if times > 1 else 0.0 for name in runtimes}
    return [max(least[name] - own[name], 0.0) * 1e9 / values for name in runtimes]


def row(kernel: str, figures: list[float], names: list[str]) -> str:
    """Return a line: the figures, and what the others need in relation to the first runtime."""
    cells = "".join(f"{figure:>11.3f}" for figure in figures)
    ratios = "".join(
        f"{figure / figures[0] if figures[0] else float('nan'):>{len(name) + 8}.2f}"
        for name, figure in zip(names[1:], figures[1:], strict=True)
    )
    return f"{kernel:18}{cells}{ratios}"


def main() -> None:
    """Measure, print and write."""
    if sys.argv[1:2] == ["--worker"]:
        print(json.dumps(work(sys.argv[2], int(sys.argv[3]))))
        return
    from _mydf_loader.table import TABLE

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("kernels", nargs="*", metavar="KERNEL", help=", ".join(KERNELS))
    parser.add_argument("--rounds", type=int, default=3, help="processes for each figure")
    parser.add_argument("--rows", type=float, help="rows from memory; default: by kernel")
    parser.add_argument("--json", type=Path, default=ROOT / "target" / "runtimes.json")
    options = parser.parse_args()
    if unknown := sorted({*options.kernels} - {*KERNELS}):
        parser.error(f"no such kernel: {', '.join(unknown)}; one of {', '.join(KERNELS)}")
    # One thread, as the text above says.
    one = {"MYDF_THREADS": "1"}
    runtimes = {runtime.name: {TABLE.env: runtime.name, **one} for runtime in TABLE.runtimes}
    names = list(runtimes)
    machine(["mydf"])
    print(f"ns of processor time for a row on one thread, least of {options.rounds} processes")
    found: dict[str, dict[str, list[float]]] = {"in cache": {}, "from memory": {}}
    for place, figures in found.items():
        head = "".join(f"{name:>11}" for name in names)
        print(f"\n{place:18}{head}" + "".join(f"   {name} / {names[0]}" for name in names[1:]))
        for kernel in options.kernels or KERNELS:
            rows = IN_CACHE if place == "in cache" else int(options.rows or KERNELS[kernel][0])
            figures[kernel] = measure(kernel, rows, runtimes, options.rounds)
            print(row(kernel, figures[kernel], names), flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"runtimes": names, "ns": found}, indent=1))
    print(f"\nwritten: {options.json}")


if __name__ == "__main__":
    main()
