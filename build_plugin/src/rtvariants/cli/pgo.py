"""Run a command with each runtime, and store the profiles for later builds.

Each runtime is compiled so that it counts which code runs. Then the command of
`[tool.rtvariants.pgo]` runs with it, and what it counted is stored in the folder `profiles`. Later
builds optimize with these files, and need neither the command nor `llvm-profdata`.
"""

from __future__ import annotations

import argparse

from rtvariants import pipeline
from rtvariants.errors import ConfigError, Problem
from rtvariants.native import sizes
from rtvariants.project import tree
from rtvariants.project import version as versions
from rtvariants.toolchain import probe

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants pgo`."""
    shared.project(parser)
    shared.building(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command, store the profiles, and print where they are."""
    root = shared.root(options)
    with shared.overriding(options):
        project = tree.read(root)
        if not project.config.pgo.profiles:
            hint = 'write `profiles = "pgo"` in `[tool.rtvariants.pgo]`'
            raise ConfigError(Problem("no folder for profiles", hint, "pyproject.toml"))
        shared.check_backend(project, must=True)
        crate = probe.inspect(project.config)[1]
        made = pipeline.profiles(project, versions.version(project, crate))
    for name, path in made.items():
        print(f"{name}: {path.relative_to(root)}  {sizes.shown(path.stat().st_size)}")
    return 0
