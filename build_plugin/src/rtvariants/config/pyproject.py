"""Reads pyproject.toml, whole: the table is `config`'s matter, the rest the adapters'."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtvariants.errors import ConfigError, Problem

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read(root: Path) -> dict[str, Any]:
    """Return `root/pyproject.toml`; raises `ConfigError` where it can't be read."""
    path = root / "pyproject.toml"
    if not path.is_file():
        hint = "run this in the project's folder, or name that folder"
        raise ConfigError(Problem(f"no pyproject.toml in {root}", hint))
    return toml(path)


def toml(path: Path) -> dict[str, Any]:
    """Return a TOML file; raises `ConfigError` where it can't be read."""
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(Problem(f"unreadable file: {error}", where=path.name)) from error
    return data


def backend(data: Mapping[str, Any]) -> str:
    """Return the build backend; PEP 517 names setuptools' where none is given."""
    system = data.get("build-system", {})
    return str(system.get("build-backend", "setuptools.build_meta:__legacy__"))


def requires(data: Mapping[str, Any]) -> list[str]:
    """Return what the build backend needs to be there."""
    return list(data.get("build-system", {}).get("requires", []))


def lacking(requires: list[str]) -> list[str]:
    """Return those of the requirements that this environment does not meet."""
    from importlib import metadata  # slow to import, and seldom needed

    from packaging.requirements import Requirement

    missing = []
    for text in requires:
        need = Requirement(text)
        if need.marker is not None and not need.marker.evaluate():
            continue
        try:
            there = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            there = ""
        if not there or not need.specifier.contains(there, prereleases=True):
            missing.append(text)
    return missing
