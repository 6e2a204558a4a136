"""Reads `[tool.rtvariants]` into the model, and checks what no single value can tell."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rtvariants.errors import ConfigError, Problem, near
from rtvariants.targets.levels import BASELINES

from . import pyproject
from .faults import Faults
from .model import TABLE, Config, RuntimeConfig
from .overrides import Overrides, current, given
from .reading import read_table
from .reference import overridable

_OVERRIDABLE = tuple(each.override for each in overridable(Config))


def read(root: Path) -> Config:
    """Read and check the table of `root/pyproject.toml`, with what overrides it in this run.

    Raises `ConfigError` with every problem of the file at once.
    """
    data = pyproject.read(root)
    table = data.get("tool", {}).get("rtvariants")
    if table is None:
        raise ConfigError(
            Problem(
                "missing table: `[tool.rtvariants]`",
                "name the crate, the module and at least one runtime there",
                where="pyproject.toml",
            )
        )
    from .tool_maturin import adopt

    return adopt(parse(table, root, current(os.environ)), data)


@contextlib.contextmanager
def overriding(
    settings: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Let these win over every table that is read inside: `-C` settings, command line options.

    The doors open it: a build backend's functions and the command. Raises `ConfigError` for a `-C`
    setting that there is none of, also where no table is read later.
    """
    faults = Faults()
    Overrides(settings=settings).check(_OVERRIDABLE, faults)
    if faults.problems:
        raise ConfigError(faults.problems)
    with given(settings, options):
        yield


def parse(table: Any, root: Path, overrides: Overrides | None = None) -> Config:
    """Check a table that is already read; `root` is the folder that its paths start from."""
    faults = Faults(root, overrides)
    config: Config = read_table(Config, table, TABLE, faults, root=root)
    if isinstance(table, dict):
        _across(config, faults)
    faults.overrides.check(_OVERRIDABLE, faults)
    if faults.problems:
        raise ConfigError(faults.problems)
    return config


def _across(config: Config, faults: Faults) -> None:
    """Check what no value can tell by itself."""
    where = f"{TABLE}.runtimes"
    fine = not any(p.where.startswith(where) for p in faults.problems)
    _names(config.runtimes, where, faults)
    if fine and config.runtimes:
        _machines(config.runtimes, where, faults)
    for i, entry in enumerate(config.allow_instructions):
        if entry.crate.strip("*") == entry.symbol.strip("*") == "":
            faults.add(
                "entry that allows every function",
                "name a `crate` or a `symbol`",
                f"{TABLE}.allow-instructions[{i}]",
            )
    names = tuple(r.name for r in config.runtimes)
    asked = faults.overrides.take("runtimes")
    place = asked.name if asked else f"{TABLE}.build.runtimes"
    for name in config.build.runtimes:
        if fine and name not in names:
            faults.add(f"unknown runtime to build: `{name}`", near(name, names), place)
    if fine and config.runtimes:
        _split(config, names, faults)


def _split(config: Config, names: tuple[str, ...], faults: Faults) -> None:
    """Check that what a base package always needs has a runtime for every CPU."""
    where = f"{TABLE}.split.requires"
    needed = config.split.requires
    for name in needed:
        if name not in names:
            faults.add(f"unknown runtime: `{name}`", near(name, names), where)
    chosen = [r for r in config.runtimes if r.name in needed and r.select == "auto"]
    for machine in sorted({m for r in config.runtimes for m in r.levels}) if needed else []:
        if not any(r.levels.get(machine) == BASELINES[machine] for r in chosen):
            faults.add(
                f"what the base package needs does not run on every {machine} CPU",
                f"add a runtime of the level `{BASELINES[machine]}` that is chosen by itself",
                where,
            )
    named = [r.distribution for r in config.runtimes if r.distribution]
    for name in sorted({n for n in named if named.count(n) > 1}):
        faults.add(f"two runtimes in one distribution: `{name}`", "", f"{TABLE}.runtimes")


def _names(runtimes: tuple[RuntimeConfig, ...], where: str, faults: Faults) -> None:
    seen: dict[str, int] = {}
    for i, runtime in enumerate(runtimes):
        if runtime.name and runtime.name in seen:
            faults.add(
                f"runtime named twice: `{runtime.name}`",
                f"entry {seen[runtime.name]} has that name already; rename one",
                f"{where}[{i}].name",
            )
        seen.setdefault(runtime.name, i)


def _machines(runtimes: tuple[RuntimeConfig, ...], where: str, faults: Faults) -> None:
    for machine in sorted({machine for runtime in runtimes for machine in runtime.levels}):
        runs = (r for r in runtimes if r.levels.get(machine) == BASELINES[machine])
        if not any(r.select == "auto" for r in runs):
            faults.add(
                f"no runtime that is chosen by itself on every {machine} CPU",
                f'give one runtime `select = "auto"` and the level `{BASELINES[machine]}`; '
                "without it the package can't be imported on older CPUs",
                where,
            )
        for name in [r.name for r in runtimes if machine not in r.levels]:
            faults.add(
                f"no level of runtime `{name}` for `{machine}`, which other runtimes have",
                f"add `{machine}` to its `level`",
                where,
            )
