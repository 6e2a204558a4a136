"""Install the project in this environment for development, or update the installed runtimes.

The Python files stay in the tree. With `--runtime`, only these runtimes are built: the first
installation does not have the others, later ones keep them as they were last built.
"""

from __future__ import annotations

import argparse
from importlib.metadata import PathDistribution
from pathlib import Path

from rtvariants.archives.wheel import normal
from rtvariants.config import load, model
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.pipeline import build
from rtvariants.project import install, tree
from rtvariants.project import version as versions
from rtvariants.project.tree import Project
from rtvariants.toolchain import probe
from rtvariants.toolchain.cargo_path import find_cargo
from rtvariants.wheels import editable

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants develop`."""
    shared.folder(parser)
    parser.add_argument(
        "--runtime",
        action="append",
        metavar="NAME",
        help="build only this runtime; may be repeated",
    )
    parser.add_argument(
        "--reinstall", action="store_true",
        help="install again, after a change of metadata such as dependencies or the version",
    )  # fmt: skip
    # For the rebuild at import: the folder whose runtimes are updated.
    parser.add_argument("--refresh", metavar="FOLDER", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Build, put the files in place, and print which runtimes are installed."""
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
        if site is None or options.reinstall or (not options.refresh and _renewed(project, site)):
            shared.check_backend(project, must=True)
            _compile(project)
            install.editable(project, built if names else ())
            site = editable.installed(config)
        else:
            _refresh(project, site)
    if site is not None:
        _say(config, site, built)
    return 0


def _refresh(project: Project, site: Path) -> None:
    config = project.config
    info = editable.metadata_folder(config, site)
    if info is None:
        what = f"no distribution in {site} owns `{config.loader}`"
        raise RtvariantsError(Problem(what, "run `rtvariants develop --reinstall`"))
    made, lock = build(project, PathDistribution(info).version, site, editable=True)
    try:
        lists = {f"{info.name}/sboms/{path.name}": path for path in made.sboms}
        changed = editable.write({**lists, **made.files}, site)
        editable.record(info, site, changed)
    finally:
        lock.release()


def _renewed(project: Project, site: Path) -> bool:
    """Return whether pyproject.toml has another version than what is installed."""
    stated = project.pyproject.get("project", {}).get("version")
    info = editable.metadata_folder(project.config, site)
    if not stated or info is None:
        return False
    return normal(str(stated)) != normal(PathDistribution(info).version)


def _compile(project: Project) -> None:
    """Compile before the frontend does, which shows the output of a build only if it fails."""
    if not find_cargo():
        return  # The backend requires a Rust of its own.
    crate = probe.inspect(project.config)[1]
    try:
        version = versions.version(project, crate)
    except RtvariantsError:
        return  # It comes from a plugin of hatchling that only the frontend installs.
    build(project, version, project.root, editable=True)[1].release()


def _say(config: model.Config, site: Path, built: tuple[str, ...]) -> None:
    there = editable.runtimes(config, site)
    every = [runtime.name for runtime in config.runtimes]
    kept = [name for name in there if name not in built]
    absent = [name for name in every if name not in there]
    for what, names in (("built", built), ("kept", kept), ("absent", absent)):
        if names:
            print(f"{what}: {', '.join(names)}")
    automatic = [r.name for r in config.runtimes if r.select == "auto" and r.name in there]
    if not automatic:
        print(f"hint: none of these is chosen automatically: set {config.env}={there[0]}")
    elif automatic[0] in kept:
        # An edit would seem to have no effect.
        hint = f"set {config.env}={built[0]}, or build `{automatic[0]}` as well"
        print(f"hint: an import prefers `{automatic[0]}`, which was not built again: {hint}")
