"""What `import mydf` costs, beside a direct import of the same native module and beside peers.

`python3 dev.py bench import_time`. Every sample is a fresh process; the cases take turns. The
first table is the statement alone, by the clock inside the process; the second is the process.
"""

from __future__ import annotations

import argparse
import statistics
import sys

from _measure import Case, interleave, machine, table

TIMED = """
import time
start = time.perf_counter_ns()
{statement}
print((time.perf_counter_ns() - start) / 1e6)
"""
OVERHEAD = "loader over direct import"


def statements() -> dict[str, str]:
    """Return each case's statement; the direct import is of the runtime chosen here."""
    from _mydf_loader.table import TABLE

    import mydf

    chosen = mydf.runtime().name
    (module,) = (r.module for r in TABLE.runtimes if r.name == chosen)
    return {
        "bare Python": "pass",
        f"direct import of {module}": f"import {module}",
        "the loader and the same module": "import _mydf_loader; _mydf_loader.load()",
        "import mydf": "import mydf",
        "archspec.cpu.host()": "import archspec.cpu; archspec.cpu.host()",
        "import numpy": "import numpy",
        "import polars": "import polars",
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=25)
    rounds = parser.parse_args().rounds
    machine(["mydf", "archspec", "numpy", "polars"])
    cases = [
        Case(name, [sys.executable, "-c", TIMED.format(statement=statement)])
        for name, statement in statements().items()
    ]
    runs = interleave(cases, rounds)
    inside = {name: [run.answer for run in found] for name, found in runs.items()}
    direct, loaded = list(inside)[1:3]
    del inside["bare Python"]
    table("the statement alone", "ms", inside, "import mydf", digits=2)
    overhead = [a - b for a, b in zip(inside[loaded], inside[direct], strict=True)]
    print(f"{OVERHEAD:32}{statistics.median(overhead):>11.2f}{min(overhead):>11.2f}"
          f"{max(overhead):>11.2f} ms")  # fmt: skip
    outside = {name: [run.seconds * 1e3 for run in found] for name, found in runs.items()}
    table("the whole process", "ms", outside, "bare Python")


if __name__ == "__main__":
    main()
