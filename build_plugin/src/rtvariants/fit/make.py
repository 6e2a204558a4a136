"""The flow: sources → a copy → the plain wheel → a table → the runtimes → the wheel with them."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtvariants.archives.wheel import Wheel
from rtvariants.config import (
    consistency,
    pyproject,
    toml,
    tool_maturin,
    tool_setuptools_rust,
    wrapped,
)
from rtvariants.config.model import TABLE, RuntimeConfig
from rtvariants.config.problems import Problems
from rtvariants.config.sections import Sections
from rtvariants.errors import ConfigError, Problem
from rtvariants.files import temporary_folder
from rtvariants.project import staging, tree
from rtvariants.toolchain.cargo_path import require_cargo

from . import allowing, source, stage
from . import asked as questions
from . import plain as plains
from . import table as tables
from .asked import Asked
from .plain import Plain

if TYPE_CHECKING:
    from rtvariants.wheels.layout import Package


@dataclass(frozen=True)
class Sources:
    """A copy of a project at `root`, below a folder for what is made of it, and the given table."""

    root: Path
    folder: Path
    cargo: str
    table: Mapping[str, Any]


@dataclass(frozen=True)
class Fitting:
    """A copy of a project, its plain wheel, and the table by which runtimes are built for it.

    `natives` are the extension modules of the plain wheel that they replace, and `asked` is what
    the backend builds the first one with.
    """

    root: Path
    plain: Plain
    natives: frozenset[str]
    asked: Asked
    table: Mapping[str, Any]


@contextlib.contextmanager
def opened(text: str, runtimes: Mapping[str, str], config: Path | None) -> Iterator[Sources]:
    """Yield a copy of the sources, which is gone after the block; `runtimes` are levels by name."""
    cargo = require_cargo()
    with temporary_folder(staging.apart()) as name:
        folder = name.resolve()
        origin = source.found(text, folder)
        data = pyproject.read(origin)
        overlay = _overlay(data, config)
        table = chosen(overlay, runtimes, config)
        root = stage.staged(origin, cargo, folder / "tree")
        if config:
            _bring_profiles(table, config, root)
        own = "pyproject.toml" if overlay and Path(text).is_dir() else ""
        with allowing.worded(overlay, str(config) if config else own):
            yield Sources(root, folder, cargo, table)


def _bring_profiles(table: Mapping[str, Any], config: Path, root: Path) -> None:
    """Copy stored profiles from the folder of the file that names them, relative to itself."""
    pgo = table.get("pgo", {})
    name = pgo.get("profiles", "") if isinstance(pgo, dict) else ""
    # Any other value is refused where the table is checked.
    if not isinstance(name, str) or not name or {"..", os.sep} & set(Path(name).parts):
        return
    folder = config.resolve().parent / name
    if folder.is_dir():
        shutil.copytree(folder, root / name, dirs_exist_ok=True)
    elif not pgo.get("command"):
        hint = f"`profiles` is relative to {config.name}; `rtvariants pgo` writes such a folder"
        raise ConfigError(Problem(f"no folder of profiles: {folder}", hint, config.name))


def fitted(sources: Sources, python: str = "") -> Fitting:
    """Let the project's own backend make a wheel, and return what is known then.

    `python` is the program that the wheel is for, by default the Python of this process.
    """
    data = pyproject.read(sources.root)
    backend = pyproject.backend(data)
    plains.require_module(sources.root)
    sys.stderr.write(f"rtvariants: {backend} makes the plain wheel\n")
    with temporary_folder(sources.folder) as folder:
        plain = plains.made(sources.root, sources.cargo, folder, python)
    found = {
        name: questions.of(plain.calls[number], plain.variables)
        for name, number in tables.natives(plain).items()
    }
    table = tables.filled(sources.table, found, plain.wheel, sources.root)
    asked = {tables.module_of(name): each for name, each in found.items()}
    first = asked.pop(table["module"])
    questions.require_alike({table["module"]: first, **asked})
    if not _states_features(sources.root):
        table = tables.complete(table, first)
    return Fitting(sources.root, plain, frozenset(found), first, table)


def _states_features(root: Path) -> bool:
    """Return whether pyproject.toml has what the backend builds a crate with, and not a program."""
    data = pyproject.read(root)
    backend = wrapped.called(root, data).partition(".")[0]
    return backend == "maturin" or bool(tool_setuptools_rust.modules(data))


def _overlay(data: Mapping[str, Any], config: Path | None) -> dict[str, Any]:
    """Return the table that is given: in a file of its own, or in pyproject.toml."""
    if config is not None:
        data = toml.read(config)
    found = data.get("tool", {}).get("rtvariants", {})
    if not isinstance(found, dict) or (config is not None and not found):
        hint = "write `[tool.rtvariants]` into it, as `--print-config` shows it"
        where = config.name if config else "pyproject.toml"
        raise ConfigError(Problem("no table `[tool.rtvariants]`", hint, where))
    return found


def chosen(
    table: Mapping[str, Any], runtimes: Mapping[str, str], config: Path | None
) -> dict[str, Any]:
    """Return the table with the runtimes of the command; raises `ConfigError` for none or both."""
    own = table.get("runtimes")
    if own and runtimes:
        where = config.name if config else "pyproject.toml"
        what = f"runtimes in two places: `--runtime`, and {where}"
        raise ConfigError(Problem(what, "leave out `--runtime`, or take the runtimes from there"))
    if not own and not runtimes:
        hint = "name them: `--runtime v3=x86_64_v3 --runtime base=x86_64`"
        raise ConfigError(Problem("no runtimes", hint))
    given = [{"name": name, "level": level} for name, level in runtimes.items()]
    problems = Problems()
    where = f"{TABLE}.runtimes"
    read = Sections(RuntimeConfig, where).read(own or given, where, problems)
    consistency.among(read, problems)
    if problems.found:  # Nothing that takes minutes has run yet.
        raise ConfigError(problems.found)
    return {**table, "runtimes": own or given}


def wheel(fitting: Fitting, output: Path) -> Path:
    """Build the runtimes and write the wheel with them; returns its path."""
    from rtvariants.errors import WheelError
    from rtvariants.pipeline import build
    from rtvariants.wheels import check, limits
    from rtvariants.wheels.insert import added, insert

    table = tables.complete(fitting.table, fitting.asked)
    data = pyproject.read(fitting.root)
    # What the backend makes of its own settings is in the table already.
    tools = {k: v for k, v in data.get("tool", {}).items() if k != "maturin"}
    pgo = {"command": tool_maturin.command(data), **table.get("pgo", {})}
    tools["rtvariants"] = {**table, "pgo": pgo}
    project = tree.of(fitting.root, {**data, "tool": tools})
    old = fitting.plain.wheel

    def inserted(made: Package, _folder: Path | None = None) -> Wheel:
        files = added(old, made, project.config.loader)
        return insert(old, files, made.tag, _keeps(fitting, old))

    with _environment(fitting.asked.environ):
        made, lock = build(project, old.version, output, editable=False, insert=inserted)
    try:
        new = inserted(made)
        if problems := check.check(new):
            raise WheelError(problems)
        return limits.keep(new.write(output), project.config)
    finally:
        lock.release()


def _keeps(fitting: Fitting, wheel: Wheel) -> Any:
    """Return what stays of the plain wheel: all but the natives and a list of its crates."""
    sboms = f"{wheel.dist_info}/sboms/"

    def keeps(name: str) -> bool:
        return name not in fitting.natives and not (
            name.startswith(sboms) and name.endswith(".cyclonedx.json")
        )

    return keeps


@contextlib.contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text
