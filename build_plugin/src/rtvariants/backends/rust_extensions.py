"""The extension modules that setuptools-rust would build, which the runtimes replace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtvariants.config import tool_setuptools_rust
from rtvariants.project.tree import Project

# A program, which setuptools-rust goes on building.
_PROGRAM = "Exec"


def replace(distribution: Any, project: Project) -> None:
    """Leave setuptools-rust only programs, and check that the runtimes replace all the rest.

    Raises `ConfigError` for what setup.py says about a module and `[tool.rtvariants]` does not.
    """
    found = list(getattr(distribution, "rust_extensions", None) or ())
    modules = [each for each in found if each.binding.name != _PROGRAM]
    # What a table in pyproject.toml says, the configuration has already.
    if modules and not tool_setuptools_rust.modules(project.pyproject):
        tables = [_table(each) for each in modules]
        tool_setuptools_rust.require(project.config, tables, "setup.py")
    if modules:
        distribution.rust_extensions = [each for each in found if each not in modules]


def _table(extension: Any) -> Mapping[str, Any]:
    """Return an extension module as pyproject.toml would have it."""
    return {
        "target": extension.name,
        "path": Path(extension.path).as_posix(),
        "features": extension.features,
        "args": extension.args,
        "binding": extension.binding.name,
        "debug": extension.debug,
        "env": extension.env.env,
        "generated-files": getattr(extension, "generated_files", None),
        "rustc-flags": extension.rustc_flags,
    }
