"""Writes the wheels of several Pythons, each by the project's own backend."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rtvariants.compile import diagnosis
from rtvariants.config import load
from rtvariants.config.overrides import variable_of
from rtvariants.errors import MachineError, Problem
from rtvariants.files import write_together
from rtvariants.native import sizes
from rtvariants.project import frontend, tree
from rtvariants.project.tree import Project
from rtvariants.toolchain import interpreters, probe

from . import options as shared


def write(root: Path, options: argparse.Namespace) -> int:
    """Write the wheels, all or none, and print their names."""
    with shared.overriding(options):
        project = tree.read(root)
        names = interpreters.asked()
    shared.check_backend(project, must=True)
    out = Path(options.out or "dist")
    diagnosis.require_writable(out)
    served = by_abi(project, names)
    for abi, pythons in served.items():
        if len(pythons) > 1:
            print(f"one wheel for {', '.join(pythons)}: `{abi}`")
    env = _environment(options)

    def make(folder: Path) -> list[Path]:
        return [
            frontend.wheel(root, folder, {**env, interpreters.VARIABLE: first})
            for first, *_ in served.values()
        ]

    for path in write_together(out, make):
        print(f"{path}  {sizes.shown(path.stat().st_size)}")
    return 0


def by_abi(project: Project, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the Pythons that are served by each ABI, before anything is compiled.

    Raises `MachineError` with every Python that is not here.
    """
    problems: list[Problem] = []
    served: dict[str, list[str]] = {}
    for name in names:
        try:
            with load.overriding(options={"python": name}):
                crate = probe.ready(project.config)[1]
        except MachineError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        served.setdefault(crate.abi, []).append(name)
    if problems:
        raise MachineError(problems)
    return served


def _environment(options: argparse.Namespace) -> dict[str, str]:
    """Return the options of the command as variables, for a backend in a process of its own."""
    given = {
        "runtimes": ",".join(options.runtime or ()),
        "jobs": str(options.jobs or ""),
        "frugal": "1" if options.frugal else "",
        "events": options.events or "",
        "pgo": options.pgo or "",
    }
    return {variable_of(name): value for name, value in given.items() if value}
