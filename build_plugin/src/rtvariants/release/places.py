"""Every place in a project that states its version: found by reading TOML, edited by lines.

The files are read as TOML, so no place is missed because of how it is written. Then each place is
looked up in the text, which gives its line for messages and for editing, and leaves comments and
layout as they are. A place that is spread over lines is an error: it is never skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from rtvariants.config import pyproject, toml
from rtvariants.errors import Problem
from rtvariants.files import write_text

from . import toml_text
from .version import VersionError, to_cargo, to_python


@dataclass(frozen=True)
class Place:
    """One place that states the version: a file, where in it, what it says and what it should say.

    `old` and `new` are the whole quoted texts, so that editing is replacing one by the other.
    """

    file: str
    place: str
    found: str
    wanted: str
    line: int
    old: str
    new: str


@dataclass(frozen=True)
class _Stated:
    """What TOML says: a text under a path of keys, its version, and the one it should have."""

    path: tuple[str, ...]
    place: str
    text: str
    found: str
    wanted: str


def find(root: Path, version: str, names: Iterable[str] = ()) -> tuple[Place, ...]:
    """Return every place below `root` that states the version, with what it should say.

    `names` are the distributions of the release; exact pins of them must have the same version.
    Raises `VersionError` for a place that can't be edited.
    """
    return tuple(_find(root, version, {canonicalize_name(name) for name in names}))


def drift(found: Iterable[Place]) -> list[Problem]:
    """Return a problem for each place that states another version; pure."""
    return [
        Problem(
            f"{place.place}: `{place.found}`, expected `{place.wanted}`",
            "`rtvariants version set VERSION` writes all places at once",
            f"{place.file}:{place.line}",
        )
        for place in found
        if place.found != place.wanted
    ]


def write(root: Path, found: Iterable[Place]) -> tuple[str, ...]:
    """Write what each place should say; returns the names of the files that changed.

    All new texts are made before the first is written, and each file is replaced at once.
    """
    texts: dict[str, list[str]] = {}
    for place in found:
        if place.old != place.new:
            if place.file not in texts:
                text = (root / place.file).read_bytes().decode("utf-8")
                texts[place.file] = text.splitlines(keepends=True)
            line = texts[place.file][place.line - 1]
            texts[place.file][place.line - 1] = line.replace(place.old, place.new, 1)
    for name, lines in texts.items():
        write_text(root / name, "".join(lines))
    return tuple(texts)


def _find(root: Path, version: str, names: set[str]) -> Iterator[Place]:
    cargo = to_cargo(version)
    members = _members(root)
    crates = {str(d["package"]["name"]) for d in members.values() if "name" in d.get("package", {})}
    for file, data in members.items():
        yield from _located(root, file, _in_cargo_toml(data, cargo, crates))
    if (root / "Cargo.lock").is_file():
        data = toml.read(root / "Cargo.lock")
        yield from _located(root, "Cargo.lock", _in_cargo_lock(data, cargo, crates))
    data = pyproject.read(root).get("project", {})
    yield from _located(root, "pyproject.toml", _in_pyproject(data, to_python(cargo), names))


def _members(root: Path) -> dict[str, dict[str, Any]]:
    """Return the manifests of the workspace by their paths, the root's first.

    `cargo metadata` would need cargo, which jobs that only publish do not have.
    """
    if not (root / "Cargo.toml").is_file():
        return {}
    found = {"Cargo.toml": toml.read(root / "Cargo.toml")}
    workspace = found["Cargo.toml"].get("workspace", {})
    excluded = {root / name for name in workspace.get("exclude", [])}
    for pattern in workspace.get("members", []):
        for folder in sorted(root.glob(pattern)):
            if (folder / "Cargo.toml").is_file() and folder not in excluded:
                path = (folder / "Cargo.toml").relative_to(root).as_posix()
                found.setdefault(path, toml.read(folder / "Cargo.toml"))
    return found


def _in_cargo_toml(data: Mapping[str, Any], wanted: str, crates: set[str]) -> Iterator[_Stated]:
    """Yield the versions of a manifest: its own, the workspace's, and exact pins of members."""
    tables: tuple[tuple[str, ...], ...] = (("package",), ("workspace", "package"))
    for table in tables:
        text = _at(data, table).get("version")
        if isinstance(text, str):
            place = f"`[{'.'.join(table)}] version`"
            yield _Stated((*table, "version"), place, text, text, wanted)
    for table in _dependency_tables(data):
        for name, value in _at(data, table).items():
            facts = value if isinstance(value, dict) else {"version": value}
            text = str(facts.get("version", ""))
            if facts.get("package", name) in crates and text.startswith("="):
                path = (*table, name, "version") if isinstance(value, dict) else (*table, name)
                yield _Stated(path, f"pin of `{name}`", text, text, f"={wanted}")


def _dependency_tables(data: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    kinds = ("dependencies", "dev-dependencies", "build-dependencies")
    yield ("workspace", "dependencies")
    yield from ((kind,) for kind in kinds)
    yield from (("target", target, kind) for target in data.get("target", {}) for kind in kinds)


def _in_cargo_lock(data: Mapping[str, Any], wanted: str, crates: set[str]) -> Iterator[_Stated]:
    """Yield the versions of workspace members: the packages without a source."""
    for package in data.get("package", []):
        if package["name"] in crates and "source" not in package:
            text, place = package["version"], f"package `{package['name']}`"
            yield _Stated(("package", package["name"], "version"), place, text, text, wanted)


def _in_pyproject(project: Mapping[str, Any], wanted: str, names: set[str]) -> Iterator[_Stated]:
    """Yield the version of `[project]`, and exact pins of the release's own distributions."""
    if "version" in project:
        text = str(project["version"])
        yield _Stated(("project", "version"), "`[project] version`", text, text, wanted)
    extras = project.get("optional-dependencies", {})
    lists: dict[tuple[str, ...], list[str]] = {}
    lists["project", "dependencies"] = project.get("dependencies", [])
    lists |= {("project", "optional-dependencies", name): texts for name, texts in extras.items()}
    for path, texts in lists.items():
        for text in texts:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            pins = [str(s) for s in requirement.specifier if s.operator == "=="]
            if canonicalize_name(requirement.name) in names and pins:
                place = f"pin of `{requirement.name}`"
                yield _Stated(path, place, text, pins[0], f"=={wanted}")


def _at(data: Mapping[str, Any], table: Sequence[str]) -> Mapping[str, Any]:
    for key in table:
        data = data.get(key, {})
    return data


def _located(root: Path, file: str, stated: Iterable[_Stated]) -> Iterator[Place]:
    """Find each text in the file; equal ones in the order in which they are stated."""
    stated = list(stated)
    text = (root / file).read_text(encoding="utf-8")
    waiting = list(toml_text.spots(text, {each.text for each in stated}))
    for each in stated:
        spot = next((s for s in waiting if (s.path, s.text) == (each.path, each.text)), None)
        if spot is None:
            what = f"version in a form that can't be edited: {each.place}: `{each.text}`"
            raise VersionError(Problem(what, 'write it on one line: `version = "1.2.0"`', file))
        waiting.remove(spot)
        # A distribution's name may hold the same digits.
        quoted = spot.quoted
        head, equals, tail = quoted.partition("==") if "==" in quoted else ("", "", quoted)
        new = head + equals + tail.replace(each.found.lstrip("="), each.wanted.lstrip("="), 1)
        yield Place(file, each.place, each.found, each.wanted, spot.line, quoted, new)
