"""One new artifact: stripped, read back, held against the table, and its bill written."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from rtvariants.compile.build import Build
from rtvariants.compile.cargo import Artifact
from rtvariants.errors import MachineError, Problem, VerifyError
from rtvariants.files import replacing, write_bytes
from rtvariants.native import binary, codesign, pe, sizes
from rtvariants.native import stamp as stamps
from rtvariants.targets import platforms
from rtvariants.toolchain import msvc
from rtvariants.toolchain.metadata import Graph

from . import rules
from . import sbom as sboms
from .audit import audit
from .native import Native


def examine(
    artifact: Artifact, private_paths: Sequence[Path], graph: Graph, files: tuple[Path, Path, Path]
) -> tuple[list[Problem], tuple[int, int], tuple[str, ...]]:
    """Verify an artifact, and write its native, stamp and bill to `files`.

    Returns the violations, the glibc or macOS that it needs, and the reasons of entries that it
    made use of.
    Where there are violations, no stamp and no bill are written.
    """
    native, stamp, bill = files
    build = artifact.build
    _strip(artifact.path, native, build)
    try:
        file = binary.read(artifact.path)
        sections, archives = binary.code(artifact.path), _archives(artifact)
        audited = audit(
            sections, build.contract.level, build.contract.allow, archives, build.contract.target
        )
    except ValueError as error:
        raise VerifyError(Problem(str(error), rule="target")) from error
    native_file = Native(artifact, file, native.read_bytes(), tuple(private_paths), audited)
    problems = rules.check(native_file)
    floor = file.floor
    allowed = [(entry.reason, count) for entry, count in audited.allowed.items()]
    if not problems:
        text = stamps.with_commit(file.stamp or b"", build.contract.commit)
        data = stamps.with_commit(native.read_bytes(), build.contract.commit)
        native.write_bytes(codesign.renewed(data) if file.system == "macos" else data)
        stamp.write_bytes(text)
        broken = codesign.faults(native.read_bytes()) if file.system == "macos" else ()
        problems += [Problem(f"with its commit: {what}", rule="signature") for what in broken]
        if stamps.read(native) != stamp.read_bytes():
            problems.append(Problem("stripping the file changed its stamp", rule="stamp"))
        else:
            facts = sboms.Facts(
                stamps.parse(stamp.read_bytes()),
                native,
                f"{floor[0]}.{floor[1]}" if file.versions else "",
                allowed,
                sizes.crates(sections, archives),
            )
            text_of = sboms.text(artifact, graph, facts)
            bill.write_text(text_of, encoding="utf-8", newline="\n")
            problems += leaks(bill, private_paths)
    return problems, floor, tuple(reason for reason, _ in allowed)


def leaks(bill: Path, private_paths: Sequence[Path]) -> Iterator[Problem]:
    """Yield a violation for each path of the build machine in a bill of materials."""
    said = bill.read_text(encoding="utf-8")
    for path in private_paths:
        # As it stands in JSON.
        if len(path.parts) > 2 and json.dumps(str(path))[1:-1] in said:
            what = f"path of the build machine in the bill of materials: `{path}`"
            yield Problem(what, rule="build-paths")


def _archives(artifact: Artifact) -> list[tuple[str, Path]]:
    """Return the static libraries of C code that build scripts made, each with its crate."""
    return [
        (unit.crate, path)
        for unit in artifact.units
        if unit.folder is not None
        for path in sorted(unit.folder.rglob("*"))
        if path.suffix in (".a", ".lib")
    ]


def _strip(source: Path, target: Path, build: Build) -> None:
    """Write a copy without local symbols; cargo's own file stays as it is."""
    triple = build.contract.target
    machine = triple.split("-", 1)[0]
    options, own = _STRIPS[platforms.system(triple)]
    tools = (
        os.environ.get("STRIP"),
        build.command.strip,
        own.format(machine),
        "llvm-strip",
        "strip",
    )
    said = "none found"
    if msvc.is_target(triple) and not os.environ.get("STRIP"):
        with contextlib.suppress(ValueError):
            write_bytes(target, pe.stripped(source.read_bytes()))
            return
    with replacing(target) as new:
        for tool in filter(None, tools):
            if not shutil.which(tool):
                continue
            argv = [tool, options, "-o", str(new), str(source)]
            done = subprocess.run(argv, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return
            said = done.stderr.strip()
        raise MachineError(
            f"no `strip` that can read `{source.name}` for `{triple}`: {said}",
            "install the Debian package `binutils` (for another machine "
            "`binutils-aarch64-linux-gnu`, for another system `llvm`), or name the tool in `STRIP`",
        )


# What the program is told, and what it is called for each machine. On macOS `-x` leaves what other
# files may see, which its loader looks up in the symbol table; a DLL's exports have a table of
# their own.
_STRIPS = {
    "linux": ("--strip-unneeded", "{}-linux-gnu-strip"),
    "macos": ("-x", "{}-apple-darwin-strip"),
    "windows": ("--strip-all", "{}-w64-mingw32-strip"),
}
