"""Install the project in this environment for work on it, or bring what is installed up to date.

The Python files stay in the tree. With `--runtime`, only these are built: in a first install the
others are absent, later they are kept as they were built last.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from pyproject_hooks import BackendInvalid, BackendUnavailable, quiet_subprocess_runner

from rtvariants.config import load, model, pyproject
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.pipeline import build
from rtvariants.project import frontend, tree
from rtvariants.project import version as versions
from rtvariants.project.tree import Project
from rtvariants.toolchain import probe
from rtvariants.toolchain.cargo_path import find_cargo
from rtvariants.wheels import editable

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants develop`."""
    parser.add_argument("project", nargs="?", default=".", help="folder of pyproject.toml")
    parser.add_argument(
        "--runtime", action="append", metavar="NAME", help="build this one; may be repeated"
    )
    parser.add_argument(
        "--reinstall", action="store_true",
        help="install anew: metadata, such as dependencies and the version, have changed",
    )  # fmt: skip
    # Of the rebuild at import: the folder whose runtimes, and no others, are to be fresh.
    parser.add_argument("--refresh", metavar="FOLDER", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Build, put the files in place, and say which runtimes there are now."""
    root = Path(options.project).resolve()
    project = tree.read(root)
    config = project.config
    site = Path(options.refresh) if options.refresh else editable.installed(config)
    names = options.runtime
    if options.refresh:
        names = list(editable.runtimes(config, Path(options.refresh)))
    with load.overriding(options={"runtimes": names}):
        project = tree.of(root, project.pyproject)
        config = project.config
        built = tuple(runtime.name for runtime in config.wanted)
        if site is None or options.reinstall:
            shared.routed(project, must=True)
            _first(project)
            _install(project, built if names else ())
            site = editable.installed(config)
        else:
            _refresh(project, site)
    if site is not None:
        _say(config, site, built)
    return 0


def _refresh(project: Project, site: Path) -> None:
    config = project.config
    owner = editable.distribution(config, site)
    if owner is None:
        what = f"no distribution in {site} owns `_{config.package}_loader`"
        raise RtvariantsError(Problem(what, "rtvariants develop --reinstall"))
    made, lock = build(project, owner.version, site, editable=True)
    try:
        info = _info(owner)
        lists = {f"{info}/sboms/{path.name}": path for path in made.sboms}
        changed = editable.write({**lists, **made.files}, site)
        editable.record(site / info, site, changed)
    finally:
        lock.release()


def _first(project: Project) -> None:
    """Compile before the frontend does, which hides what a build says until it has failed."""
    if not find_cargo():
        return  # The backend asks for a Rust of its own.
    crate = probe.inspect(project.config)[1]
    try:
        version = versions.version(project, crate)
    except RtvariantsError:
        return  # A plugin of hatchling's tells it, and is not here: the frontend gets it.
    build(project, version, project.root, editable=True)[1].release()


def _info(owner: Any) -> str:
    return f"{owner.metadata['Name'].replace('-', '_')}-{owner.version}.dist-info"


def _install(project: Project, runtimes: tuple[str, ...]) -> None:
    """Let pip, or uv, make the editable install."""
    argv = _installer()
    if not _missing(project):
        argv.append("--no-build-isolation")
    env = dict(os.environ)
    if runtimes:
        env["RTVARIANTS_RUNTIMES"] = ",".join(runtimes)
    if subprocess.run([*argv, "-e", str(project.root)], env=env, check=False).returncode:
        raise RtvariantsError("the install failed; what was said stands above")
    importlib.invalidate_caches()


def _installer() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install"]
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--python", sys.executable]
    raise RtvariantsError("neither pip nor uv in this environment", "python -m ensurepip")


def _missing(project: Project) -> list[str]:
    """Return what the build needs and this environment lacks: then the frontend isolates it."""
    own = pyproject.requires(project.pyproject)
    return pyproject.missing(own) or pyproject.missing(_asked(project))


def _asked(project: Project) -> list[str]:
    """Return what the backend asks for beside that, such as hatchling's `editables`."""
    caller = frontend.caller(project.root, project.pyproject, quiet_subprocess_runner)
    try:
        return list(caller.get_requires_for_build_editable())
    except (subprocess.CalledProcessError, BackendInvalid, BackendUnavailable):
        return []  # The frontend will ask too, and show what is wrong.


def _say(config: model.Config, site: Path, built: tuple[str, ...]) -> None:
    there = editable.runtimes(config, site)
    every = [runtime.name for runtime in config.runtimes]
    kept = [name for name in there if name not in built]
    absent = [name for name in every if name not in there]
    for what, names in (("built", built), ("kept", kept), ("absent", absent)):
        if names:
            print(f"{what}: {', '.join(names)}")
    by_itself = [r.name for r in config.runtimes if r.select == "auto" and r.name in there]
    if not by_itself:
        print(f"hint: none of these is chosen by itself: set {config.env}={there[0]}")
