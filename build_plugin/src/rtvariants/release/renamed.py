"""A built wheel or sdist under the name that its release has on the index: pure functions.

Only the name of the distribution changes, wherever an archive states it. What is imported, and
every extension module, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from rtvariants.archives.sdist import Sdist
from rtvariants.archives.wheel import Wheel
from rtvariants.config import toml
from rtvariants.errors import Problem, WheelError

from . import toml_text

# Settings with which hatchling does not look for a package that has the distribution's name.
_NAMED = {"packages", "include", "only-include", "force-include", "bypass-selection"}


def wheel(found: Wheel, project: str) -> Wheel:
    """Return a wheel under another name of its distribution."""
    old, new = found.project, canonicalize_name(project)
    if old == new:
        return found
    name = new.replace("-", "_")
    starts = {
        f"{found.name}-{found.version}.{kind}/": f"{name}-{found.version}.{kind}/"
        for kind in ("dist-info", "data")
    }

    def moved(path: str) -> str:
        start = next((each for each in starts if path.startswith(each)), "")
        return starts.get(start, "") + path.removeprefix(start)

    files = {moved(path): data for path, data in found.files.items()}
    del files[f"{name}-{found.version}.dist-info/RECORD"]
    place = f"{name}-{found.version}.dist-info/METADATA"
    files[place] = _metadata(files[place], old, new)
    programs = frozenset(map(moved, found.programs))
    return replace(found, name=name, files=files, programs=programs).sealed()


def sdist(found: Sdist, project: str) -> Sdist:
    """Return an sdist under another name; what is built from it has that name too.

    Raises `WheelError` if its pyproject.toml does not state the name on one line, or if its build
    backend looks for a package with the name of the distribution.
    """
    old, new = canonicalize_name(found.name), canonicalize_name(project)
    if old == new:
        return found
    # setuptools keeps a list of the files in a folder with the name.
    egg = re.compile(rf"(\A|/){re.escape(found.name)}\.egg-info/")
    name = new.replace("-", "_")

    def moved(path: str) -> str:
        return egg.sub(rf"\g<1>{name}.egg-info/", path)

    files = {moved(path): data for path, data in found.files.items()}
    for path, data in files.items():
        if path == "PKG-INFO" or path.endswith(f"{name}.egg-info/PKG-INFO"):
            files[path] = _metadata(data, old, new)
        elif path.endswith(f"{name}.egg-info/SOURCES.txt"):
            lines = data.decode().splitlines()
            files[path] = "".join(f"{moved(line)}\n" for line in lines).encode()
    text = files.get("pyproject.toml", b"").decode()
    files["pyproject.toml"] = _pyproject(text, old, new, found.filename).encode()
    return Sdist(name, found.version, files, frozenset(map(moved, found.programs)))


def _metadata(data: bytes, old: str, new: str) -> bytes:
    """Return METADATA or PKG-INFO with the new name, also where an extra requires the package."""
    head, blank, body = data.decode().partition("\n\n")
    lines = []
    for line in head.split("\n"):
        key, colon, value = line.partition(": ")
        if key == "Name":
            value = new
        elif key == "Requires-Dist":
            value = _requirement(value, old, new)
        lines.append(key + colon + value)
    return ("\n".join(lines) + blank + body).encode()


def _requirement(text: str, old: str, new: str) -> str:
    """Return a requirement of the project itself under its new name, any other as it is.

    >>> _requirement("Lamp[fast]>=1", "lamp", "lamp-two"), _requirement("lamps", "lamp", "x")
    ('lamp-two[fast]>=1', 'lamps')
    """
    try:
        name = Requirement(text).name
    except InvalidRequirement:
        return text
    return text.replace(name, new, 1) if canonicalize_name(name) == old else text


def _pyproject(text: str, old: str, new: str, where: str) -> str:
    """Return pyproject.toml with the new name, and its comments and layout as they are."""
    data = toml.parse(text.encode())
    if problem := _backend(data):
        raise WheelError(replace(problem, where=where))
    project = data.get("project", {})
    extras = project.get("optional-dependencies", {}).values()
    wanted = {str(project.get("name", ""))} | {each for texts in extras for each in texts}
    lines = text.splitlines(keepends=True)
    named = False
    for spot in toml_text.spots(text, wanted):
        value = spot.text
        if spot.path == ("project", "name"):
            value, named = new, True
        elif spot.path[:2] == ("project", "optional-dependencies"):
            value = _requirement(value, old, new)
        quoted = spot.quoted[0] + value + spot.quoted[-1]
        lines[spot.line - 1] = lines[spot.line - 1].replace(spot.quoted, quoted, 1)
    if not named:
        hint = 'write it on one line under `[project]`: `name = "…"`'
        raise WheelError(
            Problem("name of pyproject.toml in a form that can't be edited", hint, where)
        )
    return "".join(lines)


def _backend(data: Mapping[str, Any]) -> Problem | None:
    """Return the problem of a backend that finds the package by the distribution's name."""
    requires = data.get("build-system", {}).get("requires", [])
    if not any(re.match(r"hatchling\b", each) for each in requires):
        return None
    build = data.get("tool", {}).get("hatch", {}).get("build", {})
    if _NAMED & ({*build} | {*build.get("targets", {}).get("wheel", {})}):
        return None
    return Problem(
        "hatchling would look for a package with the name in `distribution`",
        'name the package: `packages = ["src/…"]` in [tool.hatch.build.targets.wheel]',
    )
