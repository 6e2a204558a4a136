"""Which processes show that the runtimes of a set work: a plan, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from rtvariants.loader.types import Runtime

from . import cpus
from .sets import WheelSet


@dataclass(frozen=True)
class Run:
    """One process that forces a runtime, on this CPU (empty) or on an emulated one.

    It must load the runtime, or refuse to in words if `refuses`.
    """

    runtime: Runtime
    cpu: str
    refuses: bool = False


def here(each: WheelSet) -> list[Run]:
    """Return the runs on this machine's CPU: one for each runtime."""
    return [Run(runtime, "") for runtime in each.runtimes]


def emulated(each: WheelSet) -> list[Run]:
    """Return the runs on emulated CPUs: the oldest of each runtime's level, and one below it."""
    runs = []
    for runtime in each.runtimes:
        if cpu := cpus.oldest(runtime.level):
            runs.append(Run(runtime, cpu))
        if cpu := cpus.below(runtime.needs):
            runs.append(Run(runtime, cpu, refuses=True))
    return runs
