"""What the benches share: facts about the machine, interleaved fresh processes, ratios."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Case:
    """A command and what it is called; the environment variables are added to ours."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One fresh process: seconds by the clock, peak memory in MB, what it printed as JSON."""

    seconds: float
    memory: float
    answer: Any


def machine(packages: Iterable[str] = ()) -> None:
    """Print what figures depend on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [x for x in cpuinfo.read_text().splitlines() if x.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"machine: {model}, {processors} processors, {platform.system()} {platform.release()}")
    print(f"load average at the start: {load:.2f}; a busy machine widens the ranges")
    versions = [f"{name} {version(name)}" for name in packages]
    print(", ".join([f"Python {platform.python_version()}", *versions]), flush=True)


def version(package: str) -> str:
    """Return an installed distribution's version."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def once(case: Case) -> Run:
    """Run a case in a fresh process; its last line of output is read as JSON."""
    env = {key: value for key, value in os.environ.items() if key != "MYDF_RUNTIME"} | case.env
    with tempfile.TemporaryFile("w+") as out:
        start = time.perf_counter()
        process = subprocess.Popen(case.command, cwd=ROOT, env=env, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        lines = out.read().splitlines()
    if process.returncode:
        sys.exit(f"error: {case.name} ends with {process.returncode}: {' '.join(case.command)}")
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return Run(seconds, memory, json.loads(lines[-1]) if lines else None)


def interleave(cases: list[Case], rounds: int) -> dict[str, list[Run]]:
    """Run all cases in turn, `rounds` times, after one round that only warms the caches.

    Every second round goes backwards, so that no case always comes after the same other one.
    """
    found: dict[str, list[Run]] = {case.name: [] for case in cases}
    for number in range(rounds + 1):
        for case in cases[:: -1 if number % 2 else 1]:
            run = once(case)
            if number:
                found[case.name].append(run)
        if sys.stderr.isatty():
            print(f"\rround {number} of {rounds} ", end="", file=sys.stderr, flush=True)
    return found


def table(
    head: str, unit: str, samples: Mapping[str, list[float]], against: str, digits: int = 1
) -> None:
    """Print median, range and the ratio to one case, measured in the same run."""
    base = statistics.median(samples[against])
    print(f"\n{head:32} {'median':>10} {'least':>10} {'most':>10}   ratio to {against}")
    for name, values in samples.items():
        median = statistics.median(values)
        shown = "".join(f"{v:>11.{digits}f}" for v in (median, min(values), max(values)))
        print(f"{name:32}{shown} {unit} {median / base:>8.2f}")
