"""The version of a project, as its wheels will carry it, without building any."""

from __future__ import annotations

import os
import subprocess
import sys

from rtvariants.archives.wheel import normal
from rtvariants.config import pyproject, wrapped
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.toolchain.crate import Crate
from rtvariants.toolchain.metadata import identity

from .tree import Project

_HATCHLING = ("hatchling.build", "rtvariants.backends.in_tree")
# In a process of its own, as its backend runs: what a source of versions does stays there.
_ASK = """
import sys
try:
    from hatchling.metadata.core import ProjectMetadata
    from hatchling.plugin.manager import PluginManager
    print(ProjectMetadata(sys.argv[1], PluginManager()).version)
except Exception as error:
    sys.exit(str(error))
"""


def version(project: Project, crate: Crate) -> str:
    """Return `[project] version`, what hatchling makes of a dynamic one, or else the crate's.

    maturin reads a dynamic version from Cargo.toml too; setuptools has ways that only a build
    reveals, so there the crate's version is used.
    """
    static = project.pyproject.get("project", {}).get("version")
    if static:
        return normal(str(static))
    if wrapped.called(project.root, project.pyproject) in _HATCHLING:
        return normal(_hatchlings(project))
    return identity(crate.package_id)[1]


def _hatchlings(project: Project) -> str:
    argv = [sys.executable, "-c", _ASK, str(project.root)]
    done = subprocess.run(
        argv, cwd=project.root, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return done.stdout.strip()
    needs = pyproject.missing(pyproject.requires(project.pyproject))
    hint = f"install what determines it: pip install {' '.join(map(repr, needs))}" if needs else ""
    what = f"hatchling can't determine the version: {done.stderr.strip()}"
    raise RtvariantsError(Problem(what, hint, "tool.hatch.version"))
