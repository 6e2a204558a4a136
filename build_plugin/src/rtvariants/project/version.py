"""The version of a project, as its wheels will carry it, without building any."""

from __future__ import annotations

from pathlib import Path

from rtvariants.archives.wheel import normal
from rtvariants.config import pyproject
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.toolchain.metadata import identity
from rtvariants.toolchain.probe import Crate

_HATCHLING = ("hatchling.build", "rtvariants.backends.in_tree")


def version(root: Path, crate: Crate) -> str:
    """Return `[project] version`, what hatchling makes of a dynamic one, or else the crate's.

    maturin takes a dynamic version from Cargo.toml too; setuptools has ways that only a build
    tells, and there the crate's stands in.
    """
    data = pyproject.read(root)
    static = data.get("project", {}).get("version")
    if static:
        return normal(str(static))
    if pyproject.backend(data) in _HATCHLING:
        return _hatchlings(root)
    return identity(crate.package_id)[1]


def _hatchlings(root: Path) -> str:
    from rtvariants.backends.hatchling import (
        version as read,  # The adapters alone know the frameworks.
    )

    try:
        return normal(read(root))
    except Exception as error:  # Whatever a version source raises, it means the same to the user.
        where = "tool.hatch.version"
        needs = pyproject.lacking(pyproject.requires(pyproject.read(root)))
        hint = f"install what tells it: pip install {' '.join(map(repr, needs))}" if needs else ""
        raise RtvariantsError(
            Problem(f"hatchling can't tell the version: {error}", hint, where)
        ) from error
