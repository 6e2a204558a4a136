"""Refuses wheels of pdm-backend, which builds no runtimes: without this they would have none.

pdm-backend calls the hooks of every installed plugin, so this one needs no configuration. It is the
only other build backend that calls anything of an installed package.
"""

from __future__ import annotations

from typing import Any

from rtvariants.errors import ConfigError, exit_on_error

__all__ = ["pdm_build_initialize"]


def pdm_build_initialize(context: Any) -> None:
    """End the build of a wheel of a project with `[tool.rtvariants]`."""
    data = context.config.data
    if context.target == "sdist" or "rtvariants" not in data.get("tool", {}):
        return
    from rtvariants.project import backend_check

    with exit_on_error():
        if problem := backend_check.problem(context.root, data):
            raise ConfigError(problem)
