"""Whether an sdist has the files of the commit, and a wheel the requirements of its project.

An sdist is built again on every machine without a wheel, so a file that somebody has put into it
runs there. The tree is exactly its commit when this is asked, so its files are what is compared.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from rtvariants.errors import Problem
from rtvariants.toolchain.git import COMMIT_FILE

from .source import git

# What build backends write into an sdist, and what is written again when crates are moved.
_GENERATED = re.compile(
    rf"PKG-INFO|setup\.cfg|{re.escape(COMMIT_FILE)}|([^/]+/)*[^/]+\.egg-info/.*"
)
_REWRITTEN = {"pyproject.toml", "Cargo.toml", "Cargo.lock"}
_HINT = "build the sdist again from a clean checkout of the commit"


def files(root: Path, name: str, members: Mapping[str, bytes]) -> list[Problem]:
    """Return a problem for each member of an sdist that is not the tree's own file.

    A member at the place of a file of the tree must equal it. One at another place, such as a
    crate of a workspace above, must equal some file of the repository. `members` are without what
    the sdist of a base has of its wheel.
    """
    known: set[bytes] | None = None
    problems = []
    for path, data in sorted(members.items()):
        if _GENERATED.fullmatch(path) or path == "pyproject.toml":
            continue
        here = root / path
        if here.is_file() and here.read_bytes() == data:
            continue
        known = _digests(root) if known is None else known
        if hashlib.sha256(data).digest() in known:
            continue
        if here.is_file():
            problems.append(Problem(f"`{path}` differs from the commit", _HINT, name))
        elif path.rpartition("/")[2] not in _REWRITTEN:
            problems.append(Problem(f"`{path}` is not in the commit", _HINT, name))
    return problems


def _digests(root: Path) -> set[bytes]:
    """Return the hashes of all files that version control has in this repository."""
    top = Path(git(root, "rev-parse", "--show-toplevel") or root)
    names = (git(top, "ls-files", "-z", "--recurse-submodules") or "").split("\0")
    paths = (top / name for name in names if name)
    return {hashlib.sha256(path.read_bytes()).digest() for path in paths if path.is_file()}


def requirements(
    project: Mapping[str, Any], own: Iterable[str], name: str, requires: Iterable[str]
) -> list[Problem]:
    """Return a problem for each requirement of a wheel that its project does not declare; pure.

    `own` are the distributions of the release. Dynamic dependencies are computed by the build
    backend and can't be compared.
    """
    if {"dependencies", "optional-dependencies"} & set(project.get("dynamic", [])):
        return []
    declared = {_key(text) for text in _declared(project)}
    mine = set(map(canonicalize_name, own))
    hint = "build the wheel again, or declare the requirement in pyproject.toml"
    return [
        Problem(f"requirement that pyproject.toml does not declare: `{text}`", hint, name)
        for text in requires
        if _key(text) not in declared and _key(text)[0] not in mine
    ]


def _declared(project: Mapping[str, Any]) -> Iterator[str]:
    yield from project.get("dependencies", [])
    for texts in project.get("optional-dependencies", {}).values():
        yield from texts


def _key(text: str) -> tuple[str, str]:
    """Return what a requirement asks for, without the condition under which it does."""
    try:
        found = Requirement(text)
    except InvalidRequirement:
        return text, ""
    return canonicalize_name(found.name), f"{sorted(found.extras)} {found.specifier} {found.url}"
