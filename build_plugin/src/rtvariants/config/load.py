"""Reads `[tool.rtvariants]` into the model and checks it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rtvariants.errors import ConfigError, Problem

from . import consistency, pyproject
from .model import TABLE, Config
from .overrides import GIVEN, Overrides, current, given
from .problems import Problems
from .reading import read_table
from .reference import overridable

_OVERRIDABLE = (*(each.override for each in overridable(Config)), *GIVEN)


def read(root: Path) -> Config:
    """Read and check `root/pyproject.toml`, with what overrides its settings in this run.

    Raises `ConfigError` with every problem of the file at once.
    """
    return check(pyproject.read(root), root)


def check(data: Mapping[str, Any], root: Path) -> Config:
    """Check the settings of a pyproject.toml that is read already; `root` is its folder."""
    table = data.get("tool", {}).get("rtvariants")
    if table is None:
        raise ConfigError(
            Problem(
                "missing table: `[tool.rtvariants]`",
                "name the crate, the module and at least one runtime there",
                where="pyproject.toml",
            )
        )
    if isinstance(table, list):
        what = f"{len(table)} tables `[[tool.rtvariants]]`, and a distribution can have one"
        hint = "write `[tool.rtvariants]`, and `[[tool.rtvariants.modules]]` for further modules"
        raise ConfigError(Problem(what, hint, "pyproject.toml"))
    from . import tool_maturin, tool_setuptools_rust
    from .derived import filled

    table = filled(table, data, root) if isinstance(table, dict) else table
    config = parse(table, root, current(os.environ))
    return tool_setuptools_rust.adopt(tool_maturin.adopt(config, data), data)


@contextlib.contextmanager
def overriding(
    settings: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Let these win over the configuration inside: `-C` settings, options of the command.

    Build backends and the command open it. Raises `ConfigError` for an unknown `-C` setting, also
    where no configuration is read later.
    """
    if problems := list(Overrides(settings=settings).unknown(_OVERRIDABLE)):
        raise ConfigError(problems)
    with given(settings, options):
        yield


def parse(table: Any, root: Path, overrides: Overrides | None = None) -> Config:
    """Check `[tool.rtvariants]` as read; `root` is the folder that its paths start from."""
    problems = Problems(root, overrides)
    config: Config = read_table(Config, table, TABLE, problems, root=root)
    if isinstance(table, dict):
        consistency.check(config, problems)
    problems.found += problems.overrides.unknown(_OVERRIDABLE)
    if problems.found:
        raise ConfigError(problems.found)
    return config
