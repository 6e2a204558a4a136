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
from rtvariants.errors import MachineError, Problem
from rtvariants.targets import platforms
from rtvariants.targets.allocators import ALLOCATORS

from . import metadata, resolution
from .commands import run
from .home import cargo_home
from .metadata import Graph
from .resolution import Resolution

#: The folder of an sdist that carries its crates.
VENDOR = "vendor"


@dataclass(frozen=True)
class Crate:
    """What cargo says about the crate that holds the module.

    `abi` is such as `cp310-abi3`, and `resolved` what each runtime is compiled from, by its name:
    both are empty until `resolve` has asked for them. `locked` is a digest of what settles its
    dependencies, empty where nothing does; `own` are the names of the crates that come from no
    registry, itself among them. `by_level` is set where a dependency is only for CPUs with some
    feature. `target_directory` is cargo's own, `build_directory` its folder for
    all but the results.
    """

    name: str
    lib: str
    manifest: Path
    workspace: Path
    package_id: str
    rust_version: str
    features: frozenset[str]
    outside: tuple[Path, ...]
    abi: str = ""
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
    libs = [t for t in package["targets"] if "cdylib" in t["crate_types"]]
    if not libs:
        raise MachineError(
            f"no cdylib in crate `{package['name']}`",
            'add `crate-type = ["cdylib"]` to `[lib]` of its Cargo.toml',
        )
    return Crate(
        name=package["name"],
        lib=libs[0]["name"],
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
    cargo: str, crate: Crate, config: Config, target: str, env: Callable[[str], Mapping[str, str]]
) -> Crate:
    """Ask cargo what each runtime is compiled from, and for which Python.

    `env` returns what cargo's environment has in the build of a level: the flags of its compiler.
    Raises `MachineError` where runtimes are for different Pythons, or not for the stable ABI. A
    runtime with a feature that the crate lacks is left out: the plan reports it.
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
    return replace(crate, resolved=resolved, abi=_abi(resolved, crate))


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


def _abi(resolved: Mapping[str, Resolution], crate: Crate) -> str:
    """Return the one ABI tag of all runtimes; raises `MachineError` with what is wrong in each."""
    said = {name: _abi_of(each, crate, name) for name, each in resolved.items()}
    found = {name: abi for name, abi in said.items() if isinstance(abi, str)}
    problems = [problem for problem in said.values() if isinstance(problem, Problem)]
    if len(set(found.values())) > 1:
        each = ", ".join(f"`{name}` for `{abi}`" for name, abi in found.items())
        hint = (
            "turn on the same `abi3-py3…` feature of pyo3 in each, such as in its line in "
            "Cargo.toml: one wheel has one tag"
        )
        problems.append(Problem(f"runtimes for different versions of Python: {each}", hint))
    if problems:
        raise MachineError(problems)
    return next(iter(found.values()), "")


def _abi_of(resolved: Resolution, crate: Crate, runtime: str) -> str | Problem:
    """Read a runtime's Python and ABI tag from the features of pyo3 that cargo resolved.

    The build script of pyo3-ffi decides for all crates above it; old versions have only pyo3.
    """
    where = f"runtime `{runtime}`"
    features = resolved.features("pyo3-ffi")
    features = resolved.features("pyo3") if features is None else features
    if features is not None:
        try:
            return abi_of(features)
        except MachineError as error:
            return replace(error.problems[0], where=where)
    optional = [
        name
        for name in sorted(crate.features)
        if {"dep:pyo3", "dep:pyo3-ffi"}
        & {f for _, f in crate.graph.asked(crate.package_id, [name])}
    ]
    if optional:
        what = f"no pyo3 among the dependencies of `{crate.name}`: it is optional there"
        return Problem(what, f'add `features = ["{optional[0]}"]` to the runtime', where)
    return Problem(
        f"no pyo3 among the dependencies of `{crate.name}`",
        "name the crate that holds the PyO3 module in `[tool.rtvariants] crate`, or add to it: "
        'pyo3 = { version = "…", features = ["abi3-py310"] }',
        where,
    )


def abi_of(features: Collection[str]) -> str:
    """Return `cp310-abi3` for pyo3's feature `abi3-py310`; the lowest version wins, as in pyo3.

    >>> abi_of(["abi3", "abi3-py310", "abi3-py311"])
    'cp310-abi3'
    """
    minors = [int(m.group(1)) for f in features if (m := re.fullmatch(r"abi3-py3(\d+)", f))]
    if minors:
        return f"cp3{min(minors)}-abi3"
    if "abi3" in features:
        what = "pyo3 with `abi3` and no version: the oldest Python that the wheel is for is unknown"
    elif any(f.startswith("abi3t") for f in features):
        what = "pyo3 with `abi3t` alone: wheels for that stable ABI can't be built yet"
    else:
        what = "pyo3 without a stable ABI: no `abi3-py3…` feature is on"
    raise MachineError(
        what,
        'write `pyo3 = { version = "…", features = ["abi3-py310"] }`; one wheel then serves '
        "every later Python",
    )
