"""The operators in each runtime of mydf, next to polars, duckdb, datafusion, pandas and others.

`python3 dev.py bench peers [TASK…] [--rows N] [--engines NAME…]`. Every engine has the inputs in
memory in its own form; every repetition of a task is a fresh process, and the engines take turns.
The results have to be equal, or the bench fails. The table has warm medians, and JSON the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from _measure import ROOT, Case, Run, machine, once
from _peers import data, digest, worker

PEERS = ("polars", "duckdb", "datafusion", "pandas", "pyarrow", "numpy")


def runtimes() -> dict[str, dict[str, str]]:
    """Return the environment that asks for each runtime of the installed mydf."""
    from _mydf_loader.table import TABLE

    return {runtime.name: {TABLE.env: runtime.name} for runtime in TABLE.runtimes}


def case(engine: str, task: str, folder: Path, later: int, check: bool) -> Case:
    """Return the process of one repetition."""
    own = {} if engine in PEERS else runtimes()[engine]
    module = engine if engine in PEERS else "mydf"
    words = [module, task, str(folder), str(later), "check" if check else "time"]
    return Case(f"{engine}, {task}", [sys.executable, __file__, "--worker", *words], own)


def measure(task: str, options: argparse.Namespace) -> dict[str, list[Run]]:
    """Run one task in all engines that have it, in turn."""
    found: dict[str, list[Run]] = {engine: [] for engine in options.engines}
    for number in range(options.repetitions):
        # Every second round goes backwards, so that no engine always comes after the same one.
        for engine in list(found)[:: -1 if number % 2 else 1]:
            run = once(case(engine, task, options.folder, options.later, number == 0))
            if run.answer is None:
                del found[engine]
            else:
                found[engine].append(run)
        if sys.stderr.isatty():
            print(f"\r{task}: {number + 1} of {options.repetitions} ", end="", file=sys.stderr)
    check(task, {engine: runs[0].answer["digest"] for engine, runs in found.items()})
    return found


def check(task: str, digests: dict[str, dict[str, Any]]) -> None:
    """End the bench where a result differs from that of the first engine."""
    first = next(iter(digests), None)
    for engine, found in digests.items():
        if not digest.same(found, digests[first or ""]):
            sys.exit(
                f"error: results of {task} differ: {engine} {found}, {first} {digests[first or '']}"
            )


def summary(runs: list[Run]) -> dict[str, float]:
    """Return the figures of one engine and task: milliseconds and MiB."""
    warm = [time for run in runs for time in run.answer["later"]]
    return {
        "warm": statistics.median(warm),
        "least": min(warm),
        "most": max(warm),
        "first": statistics.median(run.answer["first"] for run in runs),
        "added": statistics.median(run.answer["added"] for run in runs),
    }


def row(task: str, figures: dict[str, dict[str, float]], engines: list[str], field: str) -> str:
    """Return a line of a table, with the ratio of our first runtime to the best peer."""
    cells = "".join(
        f"{figures[engine][field]:>11.1f}" if engine in figures else f"{'–':>11}"
        for engine in engines
    )
    ours = next((figures[e][field] for e in engines if e in figures and e not in PEERS), None)
    peers = [found[field] for engine, found in figures.items() if engine in PEERS]
    if ours is None or not peers or not min(peers):
        return f"{task:13}{cells}"
    return f"{task:13}{cells}{ours / min(peers):>9.2f}"


def show(results: dict[str, dict[str, dict[str, float]]], engines: list[str]) -> None:
    """Print the tables."""
    titles = {
        "warm": "ms, warm median",
        "first": "ms, first run of a process",
        "added": "MiB, the most added by the first run",
    }
    ours = next((engine for engine in engines if engine not in PEERS), "")
    for field, title in titles.items():
        print(f"\n{title}\n{'task':13}" + "".join(f"{e:>11}" for e in engines), end="")
        print(f"   {ours} / best peer" if ours and any(e in PEERS for e in engines) else "")
        for task, figures in results.items():
            print(row(task, figures, engines, field))


def arguments() -> argparse.Namespace:
    """Return the options, with the inputs made."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=", ".join(data.TASKS))
    parser.add_argument("--rows", type=float, default=1e7)
    parser.add_argument("--engines", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument("--repetitions", type=int, default=5, help="processes for each figure")
    parser.add_argument("--later", type=int, default=3, help="warm runs in each process")
    parser.add_argument("--json", type=Path, default=ROOT / "target" / "peers" / "peers.json")
    options = parser.parse_args()
    if unknown := sorted({*options.tasks} - {*data.TASKS}):
        parser.error(f"no such task: {', '.join(unknown)}; one of {', '.join(data.TASKS)}")
    options.tasks = options.tasks or list(data.TASKS)
    known = [*runtimes(), *PEERS]
    if unknown := sorted({*(options.engines or [])} - {*known}):
        parser.error(f"no such engine: {', '.join(unknown)}; one of {', '.join(known)}")
    options.engines = options.engines or known
    options.rows = int(options.rows)
    options.folder = ROOT / "target" / "peers" / f"{options.rows:.0e}".replace("+0", "")
    return options


def main() -> None:
    """Measure, print and write."""
    if sys.argv[1:2] == ["--worker"]:
        worker.main(sys.argv[2:])
        return
    options = arguments()
    # It makes numpy choose kernels that are not those of this processor.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    data.make(options.folder, options.rows)
    machine(["mydf", *PEERS])
    print(f"{options.rows:,} rows, {options.repetitions} processes for each figure")
    results = {}
    for task in options.tasks:
        results[task] = {e: summary(runs) for e, runs in measure(task, options).items()}
        print(row(task, results[task], options.engines, "warm"), flush=True)
    show(results, options.engines)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"rows": options.rows, "results": results}, indent=1))
    print(f"\nwritten: {options.json}")


if __name__ == "__main__":
    main()
