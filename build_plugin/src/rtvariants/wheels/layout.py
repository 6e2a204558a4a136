"""From checked builds to the files of a wheel: extension modules, stamps, loader and its table."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rtvariants.compile.build import Build
from rtvariants.config.model import Config
from rtvariants.config.overrides import current
from rtvariants.errors import Problem, VerifyError
from rtvariants.files import write_text
from rtvariants.native import stamp as stamps
from rtvariants.shim import generated, place
from rtvariants.shim import table as tables
from rtvariants.targets import platforms
from rtvariants.targets.levels import BASELINES
from rtvariants.toolchain.probe import Toolchain
from rtvariants.verify.cached import Checked

_ABI = "make all crates use the same of PyO3's features `abi3-py3…`, or none of them"


@dataclass(frozen=True)
class Package:
    """Files by their path in the wheel, the wheel's tag, and what `.dist-info/sboms` holds.

    `places` are the files at the places of extension modules, for a wheel that has none there.
    """

    files: dict[str, Path]
    tag: str
    sboms: tuple[Path, ...] = ()
    places: dict[str, Path] = field(default_factory=dict)


def assemble(
    config: Config, toolchain: Toolchain, done: Sequence[Checked], version: str
) -> Package:
    """Lay out the files of one extension module, whose builds are in the configuration's order."""
    files: dict[str, Path] = {}
    for found in done:
        suffix = found.build.contract.suffix
        package = config.runtime_package(found.build.runtime)
        files[f"{package}/__init__.py"] = _written(found.build.output_dir / "__init__.py", "")
        files[f"{package}/{config.extension}{suffix}"] = found.native
        files[f"{package}/{stamps.FILE_NAME}"] = found.stamp
    loader = config.loader
    files |= generated.copied(config.package)
    builds = [found.build for found in done]
    made = builds[0].output_dir.parent
    said = {found.build.runtime: found.stamp.read_bytes() for found in done}
    for name, text in loader_files(config, toolchain, builds, version, said).items():
        files[f"{loader}/{name}"] = _written(made / loader / name, text)
    here = place.file_of(config.module)
    places = {here: _written(made / "places" / here, place.text(config.package))}
    platform = platforms.tag(toolchain.target, max(found.floor for found in done))
    sboms = tuple(found.sbom for found in done)
    return Package(files, f"{builds[0].contract.abi}-{platform}", sboms, places)


def judge(config: Config, done: Sequence[Checked]) -> None:
    """Raise `VerifyError` with every violation of every runtime of every extension module."""
    problems = _violations(done)
    if not problems and config.sizes.installed:
        from . import limits

        problems += limits.within(config, (d.native for d in done), (d.sbom for d in done))
    if problems:
        raise VerifyError(problems)
    _report_unused(config, done)


def together(parts: Sequence[Package], folder: Path) -> Package:
    """Return the wheel of several extension modules; `folder` is for copies of loaders' files.

    Raises `VerifyError` if they are for different versions of Python.
    """
    first, *others = parts
    abis = [part.tag.rpartition("-")[0] for part in parts]
    if len(set(abis)) > 1:
        shown = ", ".join(f"`{abi}`" for abi in sorted(set(abis)))
        raise VerifyError([Problem(f"extension modules for different Pythons: {shown}", _ABI)])
    if not others:
        return first
    tag = max((part.tag for part in parts), key=_floor)
    files = {name: path for part in parts for name, path in part.files.items()}
    seen: set[Path] = set()
    for name, path in files.items():
        if path in seen:
            # hatchling puts each file into the wheel once, and all loaders are of the same files.
            files[name] = _written(folder / name, path.read_text(encoding="utf-8"))
        seen.add(path)
    places = {name: path for part in parts for name, path in part.places.items()}
    return Package(files, tag, tuple(path for part in parts for path in part.sboms), places)


def _floor(tag: str) -> tuple[int, ...]:
    """Return what orders the tags of one system: the numbers in the platform."""
    return tuple(map(int, re.findall(r"\d+", tag.rpartition("-")[2])))


def _violations(done: Sequence[Checked]) -> list[Problem]:
    """Return the violations of all runtimes, with each crate that exceeds a level once."""
    problems = [problem for found in done for problem in found.problems]
    if not problems:
        return []
    from rtvariants.verify import above

    audits = [
        above.Found(found.build.runtime, found.build.contract.level, found.audit)
        for found in done
        if found.audit is not None
    ]
    return above.merged(problems, audits)


def loader_files(
    config: Config,
    toolchain: Toolchain,
    builds: Sequence[Build],
    version: str,
    stamps: Mapping[str, bytes],
) -> dict[str, str]:
    """Return the loader's files that state the facts of these builds, and their stamps."""
    machine, system = toolchain.machine, toolchain.system
    whole = tables.of(config, machine, system, builds[0].contract.abi, version)
    built = {build.runtime for build in builds}
    kept = tuple(runtime for runtime in whole.runtimes if runtime.name in built)
    return generated.files([tables.stamped(tables.changed(whole, runtimes=kept), stamps)])


def warn_of_absent(config: Config) -> None:
    """Warn about runtimes that are not in the wheel, unless a command's option left them out."""
    asked = current(os.environ).take("runtimes")
    wanted = {runtime.name for runtime in config.wanted}
    left = [f"`{r.name}`" for r in config.runtimes if r.name not in wanted]
    if left and not (asked and asked.name.startswith("--")):
        place = asked.name if asked else "tool.rtvariants.build.runtimes"
        every = all(
            any(r.select == "auto" and r.levels.get(machine) == base for r in config.wanted)
            for machine, base in BASELINES.items()
            if any(machine in r.levels for r in config.runtimes)
        )
        limit = "" if every else ": some CPUs can't import it"
        sys.stderr.write(f"warning: {place}: built without {', '.join(left)}{limit}\n")


def _report_unused(config: Config, done: Sequence[Checked]) -> None:
    """Warn about `allow-instructions` that allow nothing in this build: they may be obsolete."""
    used = {entry for found in done for entry in found.allowed}
    for i, entry in enumerate(config.allow_instructions):
        if str(entry) not in used and len(done) == len(config.runtimes) * len(config.units):
            place = f"tool.rtvariants.allow-instructions[{i}]"
            sys.stderr.write(
                f"warning: {place}: not needed in this build: `{entry.crate}`, `{entry.symbol}`\n"
                "hint: remove it, unless a build for another machine needs it\n"
            )


def _written(path: Path, text: str) -> Path:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)
    return path
