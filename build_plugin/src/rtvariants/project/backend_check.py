"""The backend check: without the plugin, a project's backend builds wheels without runtimes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from rtvariants.config import pyproject, toml
from rtvariants.errors import Problem

_OWN = ("rtvariants.backends.in_tree", "rtvariants.backends.maturin")
_HATCHLING = "hatchling.build"
_SETUPTOOLS = ("setuptools.build_meta", "setuptools.build_meta:__legacy__")
_NAME = "rtvariants"


def problem(root: Path, data: Mapping[str, Any]) -> Problem | None:
    """Return what keeps the backend of a project from building the runtimes, or None."""
    system = data.get("build-system", {})
    backend = pyproject.backend(data)
    if "backend-path" in system:
        return None  # It is part of the tree, and may do anything.
    if backend == "maturin":
        hint = (
            f'write `build-backend = "rtvariants.backends.maturin"`, and `{_NAME}` into `requires`'
        )
        return Problem("maturin ignores `[tool.rtvariants]`", hint, "build-system.build-backend")
    if backend not in (*_OWN, _HATCHLING, *_SETUPTOOLS):
        hint = "use hatchling, setuptools or `rtvariants.backends.maturin`, or the loader alone"
        return Problem(f"backend that builds no runtimes: `{backend}`", hint, "build-system")
    hooks = _hooks(root, data) if backend == _HATCHLING else {}
    if backend == _HATCHLING and _NAME not in hooks:
        hint = "add `[tool.hatch.build.hooks.rtvariants]`"
        return Problem(
            "hatchling's hook is not enabled: wheels get no runtime", hint, "pyproject.toml"
        )
    asked = [*pyproject.requires(data), *hooks.get(_NAME, {}).get("dependencies", [])]
    if _NAME not in map(_named, asked):
        return Problem(f"`{_NAME}` is not required", "add it to the list", "build-system.requires")
    return None


def _hooks(root: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return hatchling's hooks for wheels, from both places where they may be declared."""
    own = root / "hatch.toml"
    hatch = toml.read(own) if own.is_file() else {}
    builds = [data.get("tool", {}).get("hatch", {}).get("build", {}), hatch.get("build", {})]
    wheels = [build.get("targets", {}).get("wheel", {}) for build in builds]
    return {k: v for each in (*builds, *wheels) for k, v in each.get("hooks", {}).items()}


def _named(text: str) -> str:
    try:
        return Requirement(text).name.lower()
    except InvalidRequirement:
        return ""
