"""The crate that holds the module, as `cargo metadata` describes it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.config.model import Config, RuntimeConfig
from rtvariants.config.overrides import variable_of
from rtvariants.errors import MachineError, Problem
from rtvariants.targets import platforms
from rtvariants.targets.abi import Abi
from rtvariants.targets.allocators import ALLOCATORS

from . import metadata, resolution, stand_in
from .commands import run
from .home import cargo_home
from .interpreter import Interpreter
from .metadata import Graph
from .resolution import Resolution

#: The folder of an sdist that carries its crates.
VENDOR = "vendor"
#: The crates that know which Python they are compiled for, and tell all crates that use them.
_PYO3 = ("pyo3-ffi", "pyo3", "pyo3-build-config")
#: The oldest Python with a stable ABI that does not need the GIL (PEP 803).
_ABI3T = (3, 15)


@dataclass(frozen=True)
class Crate:
    """What cargo says about the crate that holds the module.

    `cdylib` is unset where its manifest has a plain library. `abi` is such as `cp310-abi3`,
    `suffix` what the name of the module ends with, and `resolved` what each runtime is compiled
    from, by its name: all are empty until `resolve` has asked for them. `python` is the version of
    Python that the ABI depends on, such as `3.14t`, and empty where cargo features alone decide it.
    `locked` is a digest of what settles its dependencies, empty where nothing does; `own` are the
    names of the crates that come from no registry, itself among them. `by_level` is set where a
    dependency is only for CPUs with some feature. `target_directory` is cargo's own,
    `build_directory` its folder for all but the results.
    """

    name: str
    lib: str
    manifest: Path
    workspace: Path
    package_id: str
    rust_version: str
    features: frozenset[str]
    outside: tuple[Path, ...]
    cdylib: bool = True
    abi: str = ""
    suffix: str = ""
    python: str = ""
    resolved: Mapping[str, Resolution] = field(default_factory=dict)
    graph: Graph = field(default_factory=Graph)
    locked: str = ""
    own: tuple[str, ...] = ()
    by_level: bool = False
    target_directory: Path = Path()
    build_directory: Path = Path()


def features_of(runtime: RuntimeConfig, system: str) -> tuple[str, ...]:
    """Return the cargo features that a runtime is built with, that of its allocator among them."""
    feature = ALLOCATORS[runtime.allocators[system]].feature
    return (*runtime.features, *((feature,) if feature else ()))


def read(cargo: str, config: Config, target: str, host: str = "") -> Crate:
    """Return what cargo says about the project's crate; raises `MachineError`.

    The packages are those of all runtimes, and of build scripts and macros, which run on `host`.
    """
    manifest = config.crate / "Cargo.toml"
    locked = any((p / "Cargo.lock").is_file() for p in (config.crate, *config.crate.parents))
    argv = [cargo, "metadata", "--format-version=1", "--manifest-path", str(manifest)]
    known = _package(json.loads(run([*argv, "--no-deps"], config.root)), manifest)["features"]
    system = platforms.system(target)
    asked = {
        f: None for r in config.wanted for f in features_of(r, system) if "/" in f or f in known
    }
    argv += resolution.arguments(tuple(asked))
    for platform in dict.fromkeys((target, host or target)):
        argv += ["--filter-platform", platform]
    try:
        data = json.loads(run([*argv, *(["--locked"] if locked else [])], config.root))
    except MachineError as error:
        if "because --locked was passed" in str(error) or "needs to be updated but" in str(error):
            raise MachineError(
                f"Cargo.lock does not fit {os.path.relpath(manifest, config.root)}",
                "run `cargo update --workspace` and keep the changed Cargo.lock",
            ) from error
        raise
    workspace = Path(data["workspace_root"])
    package = _package(data, manifest)
    library = stand_in.library(package)
    if library is None:
        kinds = ", ".join(f"`{k}`" for t in package["targets"] for k in t["kind"]) or "nothing"
        raise MachineError(
            f"no library in crate `{package['name']}`, which has {kinds}",
            "name the crate of the PyO3 module: it has a `src/lib.rs`, or `path` in `[lib]`",
        )
    return Crate(
        name=package["name"],
        lib=library["name"],
        cdylib="cdylib" in library["crate_types"],
        manifest=manifest,
        workspace=workspace,
        package_id=package["id"],
        rust_version=package["rust_version"] or "",
        features=frozenset(package["features"]),
        outside=_outside(data["packages"], workspace),
        graph=metadata.read(data, _lock(workspace / "Cargo.lock")),
        locked=_locked(workspace),
        own=tuple(sorted(p["name"] for p in data["packages"] if p["source"] is None)),
        by_level=any(
            "target_feature" in (d["target"] or "")
            for p in data["packages"]
            for d in p["dependencies"]
        ),
        target_directory=Path(data["target_directory"]),
        # An older cargo has no such folder.
        build_directory=Path(data.get("build_directory", data["target_directory"])),
    )


def _package(data: dict[str, Any], manifest: Path) -> dict[str, Any]:
    found: dict[str, Any] = next(
        p for p in data["packages"] if Path(p["manifest_path"]) == manifest
    )
    return found


def resolve(
    cargo: str,
    crate: Crate,
    config: Config,
    target: str,
    *,
    env: Callable[[str], Mapping[str, str]],
    python: Interpreter,
) -> Crate:
    """Ask cargo what each runtime is compiled from, and for which Python.

    `env` returns what cargo's environment has in the build of a level: the flags of its compiler.
    `python` is the one to build for where the crate does not decide it. Raises `MachineError`
    where runtimes are for different Pythons. A runtime with a feature that the crate lacks is left
    out: the plan reports it.
    """
    system, machine = platforms.system(target), target.split("-", maxsplit=1)[0]
    any_level = config.runtimes[0].levels[machine]
    asked: dict[tuple[str, ...], Future[Resolution]] = {}
    runtimes: dict[str, Future[Resolution]] = {}
    with ThreadPoolExecutor() as pool:
        for runtime in config.wanted:
            features = features_of(runtime, system)
            if any("/" not in f and f not in crate.features for f in features):
                continue
            options = ["--package", crate.package_id, "--target", target]
            options += resolution.arguments(features, default=runtime.default_features)
            options += ["--locked"] if crate.locked else []
            made = env(runtime.levels[machine] if crate.by_level else any_level)
            key = (*options, *map("=".join, made.items()))
            if key not in asked:
                asked[key] = pool.submit(
                    resolution.ask, cargo, crate.manifest, config.root, options, made
                )
            runtimes[runtime.name] = asked[key]
    resolved = {name: future.result() for name, future in runtimes.items()}
    abi, by_python = _abi(resolved, crate, python)
    return replace(
        crate,
        resolved=resolved,
        abi=abi.tag,
        suffix=abi.suffix(target),
        python=python.shown if by_python else "",
    )


def _lock(path: Path) -> dict[str, Any]:
    return toml.read(path) if path.is_file() else {}


def _locked(workspace: Path) -> str:
    """Return a digest of what settles versions and profiles; empty without a Cargo.lock."""
    files = [workspace / "Cargo.lock", workspace / "Cargo.toml"]
    if not all(file.is_file() for file in files):
        return ""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _outside(packages: list[dict[str, Any]], workspace: Path) -> tuple[Path, ...]:
    """Return the folders of crates that cargo names by their whole path, except in its own home.

    Those are crates outside of the workspace, and the folder of crates that came with an sdist, or
    that cargo's configuration names in the place of a registry.
    """
    found = set()
    home = cargo_home(os.environ)
    for package in packages:
        folder = Path(package["manifest_path"]).parent
        if package["source"] is None and not folder.is_relative_to(workspace):
            found.add(folder)
        elif package["source"] is not None and not folder.is_relative_to(home):
            found.add(folder.parent)
    return tuple(sorted(found))


def _abi(resolved: Mapping[str, Resolution], crate: Crate, python: Interpreter) -> tuple[Abi, bool]:
    """Return the one ABI of all runtimes, and whether it depends on the Python.

    Raises `MachineError` with what is wrong in each.
    """
    said = {name: _abi_of(each, crate, name, python) for name, each in resolved.items()}
    found = {name: abi for name, abi in said.items() if not isinstance(abi, Problem)}
    problems = [problem for problem in said.values() if isinstance(problem, Problem)]
    if len(set(found.values())) > 1:
        each = ", ".join(f"`{name}` for `{abi.tag}`" for name, (abi, _) in found.items())
        hint = (
            "turn on the same `abi3-py3…` feature of pyo3 in each, such as in its line in "
            "Cargo.toml: one wheel has one tag"
        )
        problems.append(Problem(f"runtimes for different versions of Python: {each}", hint))
    if problems:
        raise MachineError(problems)
    return next(iter(found.values()), (python.abi, True))


def _abi_of(
    resolved: Resolution, crate: Crate, runtime: str, python: Interpreter
) -> tuple[Abi, bool] | Problem:
    """Read a runtime's ABI from the features of pyo3 that cargo resolved.

    The build script of pyo3-ffi decides for all crates above it; old versions have only pyo3. A
    crate without either calls Python's C API itself, perhaps all of it.
    """
    features = resolved.features("pyo3-ffi")
    features = resolved.features("pyo3") if features is None else features
    if features is not None:
        return abi_of(features, python)
    optional = [
        name
        for name in sorted(crate.features)
        if {"dep:pyo3", "dep:pyo3-ffi"}
        & {f for _, f in crate.graph.asked(crate.package_id, [name])}
    ]
    if optional:
        what = f"no pyo3 among the dependencies of `{crate.name}`: it is optional there"
        hint = f'add `features = ["{optional[0]}"]` to the runtime'
        return Problem(what, hint, f"runtime `{runtime}`")
    return python.abi, True


def abi_of(features: Collection[str], python: Interpreter) -> tuple[Abi, bool]:
    """Return the ABI that pyo3 chooses by its features and a Python, and whether that decides.

    The lowest version of a stable ABI wins. Without one, a module is for that Python alone, and
    for a free-threaded Python without a stable ABI of its own too.
    """
    minor = python.version[1]
    oldest = {
        name: min((int(m[1]) for f in features if (m := re.fullmatch(rf"{name}-py3(\d+)", f))),
                  default=minor)
        for name in ("abi3", "abi3t")
        if name in features or any(f.startswith(f"{name}-py") for f in features)
    }  # fmt: skip
    if "abi3t" in oldest and python.version >= _ABI3T:
        return Abi(oldest["abi3t"], stable=True, free_threaded=True), True
    if "abi3" in oldest and not python.free_threaded:
        by_python = not any(f.startswith("abi3-py") for f in features)
        return Abi(oldest["abi3"], stable=True), by_python
    return python.abi, True


def require_python(crate: Crate, python: Interpreter) -> None:
    """Refuse a Python that is older than pyo3 supports; raises `MachineError`.

    pyo3-ffi's build script refuses it too, after the crates before it are compiled.
    """
    for package in crate.graph.packages.values():
        oldest = package.oldest_python if package.name == "pyo3-ffi" else ""
        numbers = re.fullmatch(r"(\d+)\.(\d+)", oldest)
        if numbers and python.version < (int(numbers[1]), int(numbers[2])):
            raise MachineError(
                f"Python {python.shown} is too old for pyo3 {package.version}: it needs Python "
                f"{oldest} or newer",
                f"name another one: `--python {oldest}` or `{variable_of('python')}`; or use an "
                "older pyo3",
            )


def of_python(crate: Crate) -> frozenset[str]:
    """Return the names of the crates that are compiled differently for another Python."""
    return crate.graph.above(_PYO3) | set(crate.own)
