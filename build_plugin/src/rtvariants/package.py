"""From built artifacts to what a wheel holds: natives, stamps, the loader and its table."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import binary, frozen, sizes
from . import sbom as sboms
from . import stamp as stamps
from . import table as tables
from .cargo import Artifact
from .config import Config
from .errors import ConfigError, EnvironmentProblem, Problem, VerifyError
from .graph import Graph
from .plan import Build
from .toolchain import Toolchain

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Package:
    """Files by their path in the wheel, the wheel's tag, and what `.dist-info/sboms` holds."""

    files: dict[str, Path]
    tag: str
    sboms: tuple[Path, ...] = ()


def assemble(
    config: Config, toolchain: Toolchain, done: Sequence[Checked], version: str
) -> Package:
    """Lay out the wheel of checked artifacts, which stand in the table's order.

    Nothing is handed out unless all artifacts pass; `VerifyError` holds every violation of every
    runtime.
    """
    files: dict[str, Path] = {}
    for found in done:
        package = config.runtime_package(found.build.runtime)
        files[f"{package}/__init__.py"] = _written(found.build.output_dir / "__init__.py", "")
        files[f"{package}/{config.extension}.abi3.so"] = found.native
        files[f"{package}/{stamps.FILE_NAME}"] = found.stamp
    problems = [problem for found in done for problem in found.problems]
    if not problems:
        problems += sizes.within(config, (d.native for d in done), (d.sbom for d in done))
    if problems:
        raise VerifyError(problems)
    _report_unused(config, done)
    loader = f"_{config.package}_loader"
    files |= frozen.copied(config.package)
    builds = [found.build for found in done]
    for name, text in frozen_files(config, toolchain, builds, version).items():
        path = builds[0].output_dir.parent / "loader" / name
        files[f"{loader}/{name}"] = _written(path, text)
    platform = _platform(toolchain, max(found.floor for found in done))
    sboms = tuple(found.sbom for found in done)
    return Package(files, f"{builds[0].abi}-{platform}", sboms)


def one_module(module: str, paths: Iterable[str]) -> None:
    """Refuse a table whose module name a Python file of the wheel has already.

    The loader binds the native under that name; the file would be hidden, or hide it.
    """
    path = module.replace(".", "/")
    for name in paths:
        if Path(name).as_posix() in (f"{path}.py", f"{path}/__init__.py"):
            raise ConfigError(
                Problem(
                    f"two modules of one name: `{module}` is the file `{name}` too",
                    "give the native a name of its own in `[tool.rtvariants] module`",
                )
            )


def supported(target: str) -> None:
    """Refuse a target whose artifacts this version can't read back and tag honestly."""
    if not target.endswith(("-linux-gnu", "-linux-musl")):
        raise EnvironmentProblem(
            f"target that can't be verified: `{target}`",
            "this version reads back and tags ELF files: `x86_64-unknown-linux-gnu`, "
            "`aarch64-unknown-linux-gnu`, and the same with `musl`",
        )


def frozen_files(
    config: Config, toolchain: Toolchain, builds: Sequence[Build], version: str
) -> dict[str, str]:
    """Return the loader's files that hold what the table says of these builds."""
    machine, system = toolchain.machine, toolchain.system
    whole = tables.of(config, machine, system, builds[0].abi, version)
    built = {build.runtime for build in builds}
    kept = tuple(runtime for runtime in whole.runtimes if runtime.name in built)
    return frozen.files([tables.changed(whole, runtimes=kept)])


def _platform(toolchain: Toolchain, floor: tuple[int, int]) -> str:
    """Return the platform part of the wheel's tag; `floor` is the glibc that the natives need."""
    if toolchain.libc == "musl":
        # musl has no versions of symbols: the rule `musl` sees to it that 1.2.2 has them all.
        return f"musllinux_1_2_{toolchain.machine}"
    return f"manylinux_{floor[0]}_{floor[1]}_{toolchain.machine}"


@dataclass(frozen=True)
class Checked:
    """One artifact after its check: the files for the wheel, and what is wrong with it.

    `floor` is the glibc that it needs; `allowed` are the reasons of entries that it made use of.
    """

    build: Build
    native: Path
    stamp: Path
    sbom: Path
    floor: tuple[int, int]
    problems: list[Problem]
    allowed: tuple[str, ...] = ()


def _report_unused(config: Config, done: Sequence[Checked]) -> None:
    """Say which entries of the table allow nothing in this build: their reason may be gone."""
    used = {reason for found in done for reason in found.allowed}
    for i, entry in enumerate(config.allow_instructions):
        if entry.reason not in used and len(done) == len(config.runtimes):
            place = f"tool.rtvariants.allow-instructions[{i}]"
            sys.stderr.write(
                f"warning: {place}: no function here needs it: `{entry.crate}`, `{entry.symbol}`\n"
                "hint: remove it, unless a build for another machine needs it\n"
            )


def check(artifact: Artifact, private_paths: Sequence[Path], graph: Graph) -> Checked:
    """Verify and strip one artifact, or take what an equal earlier run left."""
    folder = artifact.build.output_dir
    native, stamp, note = folder / "native.so", folder / stamps.FILE_NAME, folder / "checked.json"
    name = sboms.file_name(artifact.build.env["RTVARIANTS_PACKAGE"], artifact.build.runtime)
    bill = folder / name
    key = _key(artifact, private_paths)
    if all(path.is_file() for path in (note, native, stamp, bill)):
        kept = json.loads(note.read_text(encoding="utf-8"))
        if kept["key"] == key and kept["native"] == _identity(native):
            floor = (kept["floor"][0], kept["floor"][1])
            return Checked(artifact.build, native, stamp, bill, floor, [], tuple(kept["allowed"]))
    note.unlink(missing_ok=True)
    # A warm build does without these, in a fresh environment that has them not even compiled.
    from . import verify
    from .audit import audit

    _strip(artifact.path, native, artifact.build)
    try:
        file = binary.read(artifact.path)
        sections, archives = binary.code(artifact.path), _archives(artifact)
        audited = audit(sections, artifact.build.level, artifact.build.allow, archives)
    except ValueError as error:
        raise VerifyError(Problem(str(error), rule="target")) from error
    native_file = verify.Native(artifact, file, native.read_bytes(), tuple(private_paths), audited)
    problems = verify.check(native_file)
    floor = binary.glibc(file)
    allowed = [(entry.reason, count) for entry, count in audited.allowed.items()]
    if not problems:
        text = stamps.with_commit(file.section(".rtvariants") or b"", artifact.build.commit)
        native.write_bytes(stamps.with_commit(native.read_bytes(), artifact.build.commit))
        stamp.write_bytes(text.rstrip(b"\0"))
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
            bill.write_text(sboms.text(artifact, graph, facts), encoding="utf-8")
            problems += leaks(bill, private_paths)
    reasons = tuple(reason for reason, _ in allowed)
    if not problems:
        done = {"key": key, "floor": floor, "native": _identity(native), "allowed": reasons}
        note.write_text(json.dumps(done), encoding="utf-8")
    return Checked(artifact.build, native, stamp, bill, floor, problems, reasons)


def leaks(bill: Path, private_paths: Sequence[Path]) -> Iterator[Problem]:
    """Yield a violation for each path of the build machine in a bill of materials."""
    said = bill.read_text(encoding="utf-8")
    for path in private_paths:
        if len(path.parts) > 2 and str(path) in said:
            what = f"path of the build machine in the bill of materials: `{path}`"
            yield Problem(what, rule="build-paths")


def _archives(artifact: Artifact) -> list[tuple[str, Path]]:
    """Return the static libraries of C code that build scripts made, each with its crate."""
    return [
        (unit.crate, path)
        for unit in artifact.units
        if unit.folder is not None
        for path in sorted(unit.folder.rglob("*.a"))
    ]


def _identity(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


@cache
def _own_code() -> str:
    code = hashlib.sha256()
    for source in sorted(_HERE.rglob("*.py")):
        code.update(source.read_bytes())
    return code.hexdigest()


def _key(artifact: Artifact, private_paths: Sequence[Path]) -> str:
    """Name everything that the outcome of a check depends on, this package's code included."""
    facts = [
        _identity(artifact.path),
        artifact.features,
        artifact.pyo3_features,
        repr(artifact.units),
        repr(artifact.build),
        [str(p) for p in private_paths],
        _own_code(),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _strip(source: Path, target: Path, build: Build) -> None:
    """Write a copy without local symbols; cargo's own file stays as it is."""
    triple = build.target
    machine = triple.split("-", 1)[0]
    tools = (
        os.environ.get("STRIP"),
        build.strip,
        f"{machine}-linux-gnu-strip",
        "llvm-strip",
        "strip",
    )
    said = "none found"
    temporary = target.with_name(target.name + ".new")
    for tool in tools:
        if not tool or not shutil.which(tool):
            continue
        argv = [tool, "--strip-unneeded", "-o", str(temporary), str(source)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            os.replace(temporary, target)
            return
        said = done.stderr.strip()
    temporary.unlink(missing_ok=True)
    raise EnvironmentProblem(
        f"no `strip` that can read `{source.name}` for `{triple}`: {said}",
        "install the Debian package `binutils` (for another machine `binutils-aarch64-linux-gnu`), "
        "or name the tool in `STRIP`",
    )


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path
