"""One new artifact: stripped, read back, checked by every rule, and its SBOM written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rtvariants.compile.artifact import Artifact
from rtvariants.errors import Problem, VerifyError
from rtvariants.files import write_bytes, write_text
from rtvariants.native import binary, codesign, sizes
from rtvariants.native import stamp as stamps
from rtvariants.native.model import Binary, Code
from rtvariants.toolchain.metadata import Graph

from . import rules
from . import sbom as sboms
from .audit import Audit, audit, early
from .strip import strip


@dataclass(frozen=True)
class Outcome:
    """What the check of one artifact found.

    `floor` is the glibc or macOS that it needs; `audit` is what its instructions show.
    """

    problems: list[Problem]
    floor: tuple[int, int]
    audit: Audit


@dataclass(frozen=True)
class Files:
    """Where the native, the stamp and the SBOM of one runtime are written."""

    native: Path
    stamp: Path
    sbom: Path


def examine(artifact: Artifact, graph: Graph, files: Files) -> Outcome:
    """Verify an artifact, and write its files; with a violation, no stamp and no SBOM."""
    contract = artifact.build.contract
    strip(artifact.path, files.native, artifact.build)
    try:
        file = binary.read(artifact.path)
        sections, archives = binary.code(artifact.path), _archives(artifact)
        audited = audit(sections, contract.level, contract.allow, archives, contract.target)
        starts = binary.starts(artifact.path)
        first = early(sections, starts, contract.allow, archives, contract.target)
        audited = replace(audited, early=first)
    except ValueError as error:
        raise VerifyError(Problem(str(error), rule="target")) from error
    built = rules.BuiltFile(artifact, file, files.native.read_bytes(), audited)
    problems = rules.check(built)
    if not problems:
        problems += _stamped(files, file, contract.commit)
    if not problems:
        facts = _facts(files, file, audited, sections, archives)
        write_text(files.sbom, sboms.text(artifact, graph, facts))
        problems += sboms.leaks(files.sbom.read_text(encoding="utf-8"), contract.private_paths)
    return Outcome(problems, file.floor, audited)


def _stamped(files: Files, file: Binary, commit: str) -> list[Problem]:
    """Write the commit into the stripped native, and the same stamp into a file of its own."""
    text = stamps.with_commit(file.stamp or b"", commit)
    data = stamps.with_commit(files.native.read_bytes(), commit)
    data = codesign.renewed(data) if file.system == "macos" else data
    write_bytes(files.native, data)
    write_bytes(files.stamp, text)
    broken = codesign.violations(data) if file.system == "macos" else ()
    problems = [Problem(f"with its commit: {what}", rule="signature") for what in broken]
    if stamps.read(files.native) != text:
        problems.append(Problem("stripping the file changed its stamp", rule="stamp"))
    return problems


def _facts(
    files: Files,
    file: Binary,
    audited: Audit,
    sections: Sequence[Code],
    archives: Sequence[tuple[str, Path]],
) -> sboms.Facts:
    reasons: dict[str, int] = {}
    for entry, count in audited.allowed.items():
        reasons[entry.reason] = reasons.get(entry.reason, 0) + count
    return sboms.Facts(
        stamp=stamps.parse(files.stamp.read_bytes()),
        shipped=files.native,
        glibc=f"{file.floor[0]}.{file.floor[1]}" if file.versions else "",
        allowed=[*reasons.items()],
        crates=sizes.crates(sections, archives),
        libraries=[(crate, path.name) for crate, path in archives],
    )


def _archives(artifact: Artifact) -> list[tuple[str, Path]]:
    """Return the static libraries of C code that build scripts made, each with its crate."""
    return [
        (unit.crate, path)
        for unit in artifact.units
        if unit.folder is not None
        for path in sorted(unit.folder.rglob("*"))
        if path.suffix in (".a", ".lib")
    ]
