"""The check of one artifact, or the outcome of an equal earlier one.

A warm build needs only this module: `examine`, with all that it imports, is for new artifacts. In
the fresh environment of an isolated build no module is compiled yet, so imports are slow.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rtvariants.compile.artifact import Artifact
from rtvariants.compile.build import Build
from rtvariants.errors import Problem
from rtvariants.files import write_text
from rtvariants.native import stamp as stamps
from rtvariants.toolchain.metadata import Graph

from . import sbom as sboms

if TYPE_CHECKING:
    from .audit import Audit

_HERE = Path(__file__).parents[1]
_NOTE = "checked.json"


@dataclass(frozen=True)
class Checked:
    """One artifact after its check: the files for the wheel, and what is wrong with it.

    `floor` is the glibc or macOS that it needs; `allowed` are the entries that allow some of its
    functions, as text; `audit` is what its instructions show, where it breaks a rule.
    """

    build: Build
    native: Path
    stamp: Path
    sbom: Path
    floor: tuple[int, int]
    problems: list[Problem]
    allowed: tuple[str, ...] = ()
    audit: Audit | None = None


def check(artifact: Artifact, graph: Graph) -> Checked:
    """Verify and strip one artifact, or use what an equal earlier run left."""
    build, folder = artifact.build, artifact.build.output_dir
    native, stamp, note = folder / "native.so", folder / stamps.FILE_NAME, folder / _NOTE
    sbom = folder / sboms.file_name(build.contract.package, build.runtime)
    key = _key(artifact, graph)
    if all(path.is_file() for path in (note, native, stamp, sbom)):
        kept = json.loads(note.read_text(encoding="utf-8"))
        if kept["key"] == key and kept["native"] == _identity(native):
            floor = (kept["floor"][0], kept["floor"][1])
            return Checked(build, native, stamp, sbom, floor, [], tuple(kept["allowed"]))
    note.unlink(missing_ok=True)
    from .examine import Files, examine

    found = examine(artifact, graph, Files(native, stamp, sbom))
    allowed = tuple(map(str, found.audit.allowed))
    if not found.problems:
        done = {
            "key": key,
            "floor": found.floor,
            "native": _identity(native),
            "allowed": allowed,
        }
        write_text(note, json.dumps(done))
    audit = found.audit if found.problems else None
    return Checked(build, native, stamp, sbom, found.floor, found.problems, allowed, audit)


def is_there(build: Build) -> bool:
    """Return whether a runtime has been built and checked before, if perhaps from other sources."""
    return (build.output_dir / _NOTE).is_file()


def _identity(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def sources() -> list[Path]:
    """Return the files of this package: what they do decides the outcome of a check."""
    return sorted(_HERE.rglob("*.py"))


@cache
def _own_code() -> str:
    code = hashlib.sha256()
    for source in sources():
        code.update(source.read_bytes())
    return code.hexdigest()


def _key(artifact: Artifact, graph: Graph) -> str:
    """Name everything that the outcome of a check depends on, this package's code included."""
    facts = [
        _identity(artifact.path),
        artifact.features,
        artifact.pyo3_features,
        repr(artifact.units),
        repr(artifact.build),
        sorted(artifact.discarded),
        repr(graph),
        os.environ.get("STRIP", ""),
        _own_code(),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
