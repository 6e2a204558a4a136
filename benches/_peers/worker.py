"""One task of one engine in this process: loads, runs, and prints times and a digest as JSON."""

from __future__ import annotations

import gc
import importlib
import json
import time
from pathlib import Path
from typing import Any

from . import data, digest

STATUS = Path("/proc/self/status")


def memory(field: str) -> float:
    """Return a line of the kernel's figures about this process, in MiB."""
    if not STATUS.is_file():
        return 0.0
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def forget_peak() -> None:
    """Let the kernel's high-water mark of memory start again from now."""
    if STATUS.is_file():
        Path("/proc/self/clear_refs").write_text("5")


def work(engine: str, name: str, folder: Path, later: int, check: bool) -> dict[str, Any] | None:
    """Run a task once and then `later` times; None if the engine does not have the task."""
    module = importlib.import_module(f"_peers.with_{engine}")
    needs, ordered = data.TASKS[name]
    inputs = {key: module.own(data.table(folder, *need)) for key, need in needs.items()}
    run = module.task(name, inputs, folder)
    if run is None:
        return None
    gc.collect()
    before = memory("VmRSS")
    forget_peak()
    times = []
    added = 0.0
    result = None
    for number in range(1 + later):
        # Dropping the last result is no part of a run.
        result = None
        start = time.perf_counter()
        result = run()
        times.append((time.perf_counter() - start) * 1e3)
        if number == 0:
            added = memory("VmHWM") - before
    found = digest.of(module.arrow(result), ordered) if check else None
    return {"first": times[0], "later": times[1:], "added": added, "digest": found}


def main(words: list[str]) -> None:
    """Run what the command line says."""
    engine, name, folder, later, check = words
    print(json.dumps(work(engine, name, Path(folder), int(later), check == "check")))
