"""Reads pyproject.toml as a whole, and what it says about the build backend."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtvariants.errors import ConfigError, Problem

from . import toml

_NAMES: dict[type[Any], str] = {dict: "a table", list: "a list of texts", str: "a text"}
_BUILD = ("tool", "hatch", "build")
_SHAPE: dict[tuple[str, ...], type[Any]] = {
    ("build-system",): dict,
    ("build-system", "requires"): list,
    ("build-system", "build-backend"): str,
    ("build-system", "backend-path"): list,
    ("project",): dict,
    ("project", "name"): str,
    ("project", "version"): str,
    ("project", "requires-python"): str,
    ("project", "dynamic"): list,
    ("project", "dependencies"): list,
    ("tool",): dict,
    ("tool", "hatch"): dict,
    _BUILD: dict,
    (*_BUILD, "hooks"): dict,
    (*_BUILD, "hooks", "rtvariants"): dict,
    (*_BUILD, "targets"): dict,
    (*_BUILD, "targets", "wheel"): dict,
    (*_BUILD, "targets", "wheel", "hooks"): dict,
    ("tool", "maturin"): dict,
}


def read(root: Path) -> dict[str, Any]:
    """Return `root/pyproject.toml`; raises `ConfigError` where it can't be read."""
    path = root / "pyproject.toml"
    if not path.is_file():
        hint = "run this in the project's folder, or name that folder"
        raise ConfigError(Problem(f"no pyproject.toml in {root}", hint))
    data = toml.read(path)
    _require_shape(data)
    return data


def _require_shape(data: Mapping[str, Any]) -> None:
    """Refuse values of another type than the standard says, before something takes them apart.

    Raises `ConfigError` with all of them. Other settings are checked by those who read them.
    """
    problems = [
        Problem(f"not {_NAMES[kind]}: `{value!r}`", where=".".join(keys))
        for keys, kind in _SHAPE.items()
        for value in [_at(data, keys)]
        if value is not None and not _is(value, kind)
    ]
    if problems:
        raise ConfigError(problems)


def _at(data: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _is(value: Any, kind: type[Any]) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, kind)


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
