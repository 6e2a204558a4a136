"""Time `import mydf` next to a direct import of the same extension module, and next to peers.

`python3 dev.py bench import_time`, on an installed wheel: an editable install always goes the long
way. Every sample is a fresh process; the cases take turns, every second round backwards. The first
table is the statement alone, by the clock inside the process. What choosing a runtime costs is the
difference from the direct import in the same round, in elapsed time and in processor time, which a
busy machine changes less. The import of one more empty package is next to it: no loader that Python
imports as an ordinary package could cost less. The last table is the whole process.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass, field

from _measure import Case, interleave, machine, table

TIMED = """
{before}
import time
start, used = time.perf_counter_ns(), time.process_time_ns()
{statement}
print([(time.perf_counter_ns() - start) / 1e6, (time.process_time_ns() - used) / 1e6])
"""
# polars checks the CPU before it loads its native module. The check runs without its package, which
# would import all of polars.
CHECK_BEFORE = """
import sys, types
polars = sys.modules["polars"] = types.ModuleType("polars")
polars.__path__ = [f"{folder}/polars" for folder in sys.path]
"""
CHECK = (
    "from _polars_runtime_32 import BUILD_FEATURE_FLAGS as flags;"
    "from polars._cpu_check import check_cpu_flags; check_cpu_flags(flags)"
)
EMPTY = "an empty package and the module"
LOAD = "import _mydf_loader; _mydf_loader.bind()"


@dataclass(frozen=True)
class Statement:
    """What is timed, what is done before, and the environment."""

    text: str
    before: str = ""
    env: dict[str, str] = field(default_factory=dict)


def statements() -> dict[str, Statement]:
    """Return each case's statement; the direct import is of the runtime chosen here."""
    from _mydf_loader.table import TABLE

    import mydf

    chosen = mydf.runtime().name
    modules = {runtime.name: runtime.module for runtime in TABLE.runtimes}
    module = modules.pop(chosen)
    # The package of another runtime has nothing in it but its native, which nobody imports here.
    empty = min(modules.values()).rpartition(".")[0]
    return {
        "bare Python": Statement("pass"),
        f"direct import of {module}": Statement(f"import {module}"),
        EMPTY: Statement(f"import {empty}; import {module}"),
        "the loader and the same module": Statement(LOAD),
        "the loader, asked for it": Statement(LOAD, env={TABLE.env: chosen}),
        "import mydf": Statement("import mydf"),
        "archspec.cpu.host()": Statement("import archspec.cpu; archspec.cpu.host()"),
        "polars' check of the CPU": Statement(CHECK, CHECK_BEFORE),
        "import numpy": Statement("import numpy"),
        "import polars": Statement("import polars"),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    machine(["mydf", "archspec", "numpy", "polars"])
    # Byte code is there in an installed package; the round that warms up writes it.
    cases = [
        Case(
            name,
            [sys.executable, "-c", TIMED.format(before=each.before, statement=each.text)],
            {"PYTHONDONTWRITEBYTECODE": "", **each.env},
        )
        for name, each in statements().items()
    ]
    runs = interleave(cases, rounds)
    inside = [
        {name: [run.answer[which] for run in found] for name, found in runs.items()}
        for which in (0, 1)
    ]
    statement = {name: found for name, found in inside[0].items() if name != "bare Python"}
    table("the statement alone", "ms", statement, "import mydf", digits=2)
    for name, found in zip(("by the clock", "processor time"), inside, strict=True):
        table(f"choosing, {name}", "ms", _choosing(found), "the loader", digits=2)
    outside = {name: [run.seconds * 1e3 for run in found] for name, found in runs.items()}
    table("the whole process", "ms", outside, "bare Python")
    above = statistics.median(_differences(outside["import mydf"], outside["bare Python"]))
    print(f"\nimport mydf over bare Python: {above:.1f} ms")


def _choosing(found: dict[str, list[float]]) -> dict[str, list[float]]:
    """Return what it costs to choose: the loader's cases without the native module itself."""
    _, direct, empty, loaded, asked, *_ = found
    check, archspec = "polars' check of the CPU", "archspec.cpu.host()"
    return {
        "the loader": _differences(found[loaded], found[direct]),
        "the loader, asked": _differences(found[asked], found[direct]),
        "an empty package": _differences(found[empty], found[direct]),
        check: found[check],
        archspec: found[archspec],
    }


def _differences(these: list[float], those: list[float]) -> list[float]:
    """Return what these samples take more than those of the same rounds."""
    return [a - b for a, b in zip(these, those, strict=True)]


if __name__ == "__main__":
    main()
