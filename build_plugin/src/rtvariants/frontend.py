"""Asks a project's own build backend, in this environment: the wheel that its users get.

So what is packed, compared or tested comes from the one route that the project has chosen.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pyproject_hooks import BuildBackendHookCaller

from .errors import Problem, RtvariantsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def wheel(root: Path, out: Path, env: Mapping[str, str] | None = None) -> Path:
    """Build the wheel of `root` into `out`; returns its path."""
    return _asked(root, out, "build_wheel", env)


def sdist(root: Path, out: Path, env: Mapping[str, str] | None = None) -> Path:
    """Build the sdist of `root` into `out`; returns its path."""
    return _asked(root, out, "build_sdist", env)


def _asked(root: Path, out: Path, hook: str, env: Mapping[str, str] | None) -> Path:
    """Call one hook of the backend.

    Raises `RtvariantsError` where it fails; what it said has been shown by then.
    """
    system = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    backend = system.get("build-backend", "setuptools.build_meta:__legacy__")
    caller = BuildBackendHookCaller(
        str(root), backend, system.get("backend-path"), runner=_runner(env or {})
    )
    try:
        name: str = getattr(caller, hook)(str(out))
        return out / name
    except subprocess.CalledProcessError as error:
        hint = f"`python -m build` in `{root}` shows the same error"
        raise RtvariantsError(Problem(f"`{hook}` of `{backend}` failed", hint)) from error


def _runner(env: Mapping[str, str]) -> Callable[..., None]:
    def run(argv: Any, cwd: Any = None, extra_environ: Any = None) -> None:
        from os import environ

        made = {**environ, **env, **(extra_environ or {})}
        # What a build says is for people; this command's own output may be for programs.
        subprocess.run(argv, cwd=cwd, env=made, check=True, stdout=sys.stderr)

    return run
