"""A folder from which the package is imported with instrumented modules.

The project's own backend makes the wheel, as for users: so Python files, metadata and entry points
are where they are in an installation. It runs in a process of its own, calls this package in turn,
and gets the instrumented modules instead of a build. The wheel never leaves a temporary folder.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from rtvariants.archives import wheel as archives
from rtvariants.archives.wheel import Wheel
from rtvariants.config import pyproject
from rtvariants.config.model import Config
from rtvariants.config.overrides import INSTRUMENTED, variable_of
from rtvariants.errors import RtvariantsError
from rtvariants.files import write_text
from rtvariants.project import frontend, install
from rtvariants.project.tree import Project
from rtvariants.trial import environment
from rtvariants.wheels.layout import Package


def handed() -> Package | None:
    """Return what a build hands to the backend that it calls; `None` in any other process."""
    name = os.environ.get(INSTRUMENTED)
    if not name:
        return None
    said = json.loads(Path(name).read_text(encoding="utf-8"))
    files, places = (
        {name: Path(path) for name, path in said[key].items()} for key in ("files", "places")
    )
    return Package(files, said["tag"], places=places)


def wheel(project: Project, made: Package, folder: Path) -> Wheel:
    """Return the wheel that the project's backend makes with these files in it."""
    note = folder / "handed.json"
    files, places = (
        {name: str(path) for name, path in each.items()} for each in (made.files, made.places)
    )
    write_text(note, json.dumps({"files": files, "places": places, "tag": made.tag}))
    out = folder / "wheel"
    out.mkdir()
    env = {INSTRUMENTED: str(note), variable_of("pgo-mode"): "off"}
    return archives.read(frontend.wheel(project.root, out, env))


def lay_out(whole: Wheel, config: Config, runtime: str, folder: Path) -> Path:
    """Unpack a wheel with one of its runtimes only: the command can't use another one."""
    others = {config.runtime_package(r.name) for r in config.runtimes if r.name != runtime}
    files = {n: data for n, data in whole.files.items() if n.partition("/")[0] not in others}
    return environment.unpack([replace(whole, files=files)], folder)


def requirements(whole: Wheel, more: Sequence[str], folder: Path) -> tuple[Path, ...]:
    """Install what this environment lacks of a wheel's requirements into a folder; returns it.

    Raises `RtvariantsError` where that is not possible.
    """
    wanted = [*whole.headers.get_all("Requires-Dist", []), *more]
    lacking = pyproject.missing([text for text in wanted if _applies(text)])
    if not lacking:
        return ()
    argv = [*install.installer(), "-q", "--target", str(folder), *lacking]
    if subprocess.run(argv, check=False).returncode:
        what = f"can't install what the command needs: `{'`, `'.join(lacking)}`"
        raise RtvariantsError(what, "see the output above, or install it where the build runs")
    return (folder,)


def _applies(text: str) -> bool:
    """Return whether a requirement is one without extras of this Python."""
    try:
        need = Requirement(text)
    except InvalidRequirement as error:
        hint = "write it as in `dependencies`, such as `pytest>=8`"
        raise RtvariantsError(f"not a requirement: `{text}`", hint) from error
    return need.marker is None or need.marker.evaluate({"extra": ""})
