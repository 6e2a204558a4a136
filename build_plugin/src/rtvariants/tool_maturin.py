"""`[tool.maturin]` of a project that keeps it: what of it counts for every runtime.

A setting that maturin would follow and this package can't is an error, never ignored.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .config import Config
from .errors import ConfigError, Problem

BACKEND = "rtvariants.maturin"
_WHERE = "tool.maturin"
# What maturin adds to its own command in a build; none of it would reach a runtime.
_ARGUMENTS = "MATURIN_PEP517_ARGS"
_LEVELS = "each runtime is compiled for its level alone"
# Settings that would change what is compiled, and what to say instead.
_REFUSED = {
    "all-features": "name the features in `[tool.maturin] features` or at a runtime",
    "config": "put it into `.cargo/config.toml`, which every build reads",
    "no-default-features": "list the default features of the crate at the runtimes that need them",
    "pgo-command": _LEVELS,
    "rustc-args": f"{_LEVELS}; flags that hold for all stand in `.cargo/config.toml`",
    "unstable-flags": "put `[unstable]` into `.cargo/config.toml`",
}


def adopt(table: Config, pyproject: Mapping[str, Any]) -> Config:
    """Return the table with what `[tool.maturin]` says to all runtimes: its cargo features.

    Other build backends have no such table, and nothing changes. Raises `ConfigError` with every
    setting that contradicts `[tool.rtvariants]` or can't be followed.
    """
    if pyproject.get("build-system", {}).get("build-backend") != BACKEND:
        return table
    settings = pyproject.get("tool", {}).get("maturin", {})
    problems = [*_refused(settings), *_contradictions(settings, table)]
    features = settings.get("features", [])
    if not isinstance(features, list) or not all(isinstance(f, str) for f in features):
        problems.append(
            Problem(
                f"not a list of cargo features: {features!r}",
                "features that depend on the Python version are not known here: with a stable ABI "
                "one build serves every version",
                where=f"{_WHERE}.features",
            )
        )
    if os.environ.get(_ARGUMENTS, "").strip():
        hint = "say it in `[tool.maturin]` or at a runtime; unset the variable"
        problems.append(Problem(f"arguments that can't be followed: `{_ARGUMENTS}`", hint))
    if problems:
        raise ConfigError(problems)
    runtimes = tuple(
        replace(r, features=tuple(dict.fromkeys((*features, *r.features)))) for r in table.runtimes
    )
    return replace(table, runtimes=runtimes)


def _refused(settings: Mapping[str, Any]) -> list[Problem]:
    found = [
        Problem(f"setting that can't be followed: `{key}`", hint, where=f"{_WHERE}.{key}")
        for key, hint in _REFUSED.items()
        if settings.get(key)
    ]
    for key, usual, hint in (
        ("profile", "release", "runtimes are built with cargo's profile `release`"),
        ("bindings", "pyo3", "runtimes are modules of PyO3"),
    ):
        if settings.get(key, usual) != usual:
            what = f"setting that can't be followed: `{key} = {settings[key]!r}`"
            found.append(Problem(what, hint, where=f"{_WHERE}.{key}"))
    return found


def _contradictions(settings: Mapping[str, Any], table: Config) -> list[Problem]:
    found = []
    module = settings.get("module-name", table.module)
    if module != table.module:
        what = f"two names of the native module: `{module}` here, `{table.module}` in the table"
        found.append(Problem(what, "say the same in both", where=f"{_WHERE}.module-name"))
    manifest = settings.get("manifest-path")
    if manifest and (table.root / manifest).resolve() != table.crate / "Cargo.toml":
        what = f"another crate than the table's: `{manifest}`"
        hint = f'the table says `crate = "{table.crate.relative_to(table.root)}"`'
        found.append(Problem(what, hint, where=f"{_WHERE}.manifest-path"))
    return found


def python_source(root: Path, pyproject: Mapping[str, Any], package: str) -> Path:
    """Return the folder that holds the Python package, by maturin's own rules (its guide, 1.16)."""
    settings = pyproject.get("tool", {}).get("maturin", {})
    named = settings.get("python-source")
    if named:
        return Path(root, named).resolve()
    with_rust = (root / "rust" / "Cargo.toml").is_file()
    if with_rust and (root / "src" / package / "__init__.py").is_file():
        return root / "src"
    return root
