"""Installs a project in this environment with pip or uv, editable."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder

from pyproject_hooks import BackendInvalid, BackendUnavailable, quiet_subprocess_runner

from rtvariants.config import pyproject
from rtvariants.config.overrides import variable_of
from rtvariants.errors import RtvariantsError

from . import frontend
from .tree import Project


def editable(project: Project, runtimes: Sequence[str] = ()) -> None:
    """Install the project with these runtimes, or with all; raises `RtvariantsError`."""
    argv = installer()
    if not missing(project):
        argv.append("--no-build-isolation")
    env = dict(os.environ)
    if runtimes:
        env[variable_of("runtimes")] = ",".join(runtimes)
    if subprocess.run([*argv, "-e", str(project.root)], env=env, check=False).returncode:
        raise RtvariantsError("the installation failed; see the output above")
    importlib.invalidate_caches()


def missing(project: Project) -> list[str]:
    """Return what the build requires and this environment does not have.

    If there is anything, the frontend builds in an environment of its own.
    """
    own = pyproject.requires(project.pyproject)
    return pyproject.missing(own) or pyproject.missing(_requested(project))


def _requested(project: Project) -> list[str]:
    """Return what the backend requests in addition, such as hatchling's `editables`."""
    caller = frontend.caller(project.root, project.pyproject, quiet_subprocess_runner)
    try:
        return list(caller.get_requires_for_build_editable())
    except (subprocess.CalledProcessError, BackendInvalid, BackendUnavailable):
        return []  # The frontend will ask too, and show what is wrong.


def installer() -> list[str]:
    """Return the command that installs into this environment; raises `RtvariantsError`."""
    if PathFinder.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install"]
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--python", sys.executable]
    raise RtvariantsError("neither pip nor uv in this environment", "run `python -m ensurepip`")
