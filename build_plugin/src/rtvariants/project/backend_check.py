"""The backend check: without the plugin, a project's backend builds wheels without runtimes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from rtvariants.config import pyproject, toml, wrapped
from rtvariants.errors import Problem

_HATCHLING = "hatchling.build"
_SETUPTOOLS = "setuptools.build_meta"
_NAME = "rtvariants"


def problem(root: Path, data: Mapping[str, Any]) -> Problem | None:
    """Return what keeps the backend of a project from building the runtimes, or None."""
    backend = pyproject.backend(data)
    paths = data.get("build-system", {}).get("backend-path", [])
    called = wrapped.called(root, data)
    if called not in (*wrapped.ADAPTERS, _HATCHLING, _SETUPTOOLS):
        return _foreign(backend, called, in_tree=bool(paths))
    hooks = _hooks(root, data) if called == _HATCHLING else {}
    if called == _HATCHLING and _NAME not in hooks:
        hint = "add `[tool.hatch.build.hooks.rtvariants]`"
        return Problem(
            "hatchling's hook is not enabled: wheels get no runtime", hint, "pyproject.toml"
        )
    if called == _HATCHLING and (off := _switched_off(hooks[_NAME])):
        return off
    if any((root / path / _NAME / "__init__.py").is_file() for path in paths):
        return None  # A tree that carries the plugin has nothing to install.
    asked = [*pyproject.requires(data), *hooks.get(_NAME, {}).get("dependencies", [])]
    if _NAME not in map(_named, asked):
        return Problem(f"`{_NAME}` is not required", "add it to the list", "build-system.requires")
    return None


def _foreign(backend: str, called: str, *, in_tree: bool) -> Problem | None:
    if in_tree and not called:
        return None  # It may do anything, and no module of it names a backend.
    where = "build-system.build-backend"
    by = "" if called in (backend, "") else f" calls `{called}`, which"
    if called != "maturin":
        hint = "use hatchling, setuptools or `rtvariants.backends.maturin`, or the loader alone"
        return Problem(f"`{backend}`{by} builds no runtimes", hint, where)
    own = "rtvariants.backends.maturin"
    change = f"call `{own}` instead" if by else f'write `build-backend = "{own}"`'
    what = f"`{backend}`{by} ignores `[tool.rtvariants]`"
    return Problem(what, f"{change}, and add `{_NAME}` to `requires`", where)


def _hooks(root: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return hatchling's hooks for wheels, from both places where they may be declared."""
    own = root / "hatch.toml"
    hatch = toml.read(own) if own.is_file() else {}
    builds = [data.get("tool", {}).get("hatch", {}).get("build", {}), hatch.get("build", {})]
    wheels = [build.get("targets", {}).get("wheel", {}) for build in builds]
    return {k: v for each in (*builds, *wheels) for k, v in each.get("hooks", {}).items()}


def _switched_off(hook: Mapping[str, Any]) -> Problem | None:
    """Return why hatchling leaves out a hook that is declared: by a variable, or by a setting."""
    if _is_on("NO_HOOKS"):
        what = "`HATCH_BUILD_NO_HOOKS` switches hatchling's hooks off: wheels get no runtime"
        return Problem(what, "unset it for this build")
    asked = _is_on("HOOKS_ENABLE") or _is_on(f"HOOK_ENABLE_{_NAME.upper()}")
    if hook.get("enable-by-default", True) or asked:
        return None
    what = "hatchling's hook is off by default: wheels get no runtime"
    hint = f"remove `enable-by-default = false`, or set `HATCH_BUILD_HOOK_ENABLE_{_NAME.upper()}=1`"
    return Problem(what, hint, f"tool.hatch.build.hooks.{_NAME}")


def _is_on(name: str) -> bool:
    return os.environ.get(f"HATCH_BUILD_{name}", "") in ("1", "true")


def _named(text: str) -> str:
    try:
        return Requirement(text).name.lower()
    except InvalidRequirement:
        return ""
