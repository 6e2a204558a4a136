"""Reads pyproject.toml as a whole, and what it says about the build backend."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtvariants.errors import ConfigError, Problem

from . import toml


def read(root: Path) -> dict[str, Any]:
    """Return `root/pyproject.toml`; raises `ConfigError` where it can't be read."""
    path = root / "pyproject.toml"
    if not path.is_file():
        hint = "run this in the project's folder, or name that folder"
        raise ConfigError(Problem(f"no pyproject.toml in {root}", hint))
    return toml.read(path)


def backend(data: Mapping[str, Any]) -> str:
    """Return the build backend; PEP 517 names setuptools' where none is given."""
    system = data.get("build-system", {})
    return str(system.get("build-backend", "setuptools.build_meta:__legacy__"))


def requires(data: Mapping[str, Any]) -> list[str]:
    """Return the requirements of the build backend."""
    return list(data.get("build-system", {}).get("requires", []))


def missing(requires: list[str]) -> list[str]:
    """Return the requirements that this environment does not meet."""
    from importlib import metadata  # slow to import, and rarely needed

    from packaging.requirements import Requirement

    found = []
    for text in requires:
        need = Requirement(text)
        if need.marker is not None and not need.marker.evaluate():
            continue
        try:
            there = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            there = ""
        if not there or not need.specifier.contains(there, prereleases=True):
            found.append(text)
    return found
