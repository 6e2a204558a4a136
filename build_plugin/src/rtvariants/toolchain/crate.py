"""The crate that holds the module, as `cargo metadata` describes it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.config.model import Config
from rtvariants.errors import MachineError

from . import metadata
from .commands import run
from .metadata import Graph

#: The folder of an sdist that carries its crates.
VENDOR = "vendor"


@dataclass(frozen=True)
class Crate:
    """What cargo says about the crate that holds the module; `abi` is such as `cp310-abi3`.

    `locked` is a digest of what settles its dependencies, empty where nothing does; `own` are
    the names of the crates that come from no registry, itself among them. `target_directory` is
    cargo's own.
    """

    name: str
    lib: str
    manifest: Path
    workspace: Path
    package_id: str
    rust_version: str
    features: frozenset[str]
    abi: str
    outside: tuple[Path, ...]
    graph: Graph = field(default_factory=Graph)
    locked: str = ""
    own: tuple[str, ...] = ()
    target_directory: Path = Path()


def read(cargo: str, config: Config, target: str) -> Crate:
    """Return what cargo says about the project's crate; raises `MachineError`."""
    manifest = config.crate / "Cargo.toml"
    argv = [cargo, "metadata", "--format-version=1", "--manifest-path", str(manifest)]
    argv += ["--filter-platform", target]
    locked = any((p / "Cargo.lock").is_file() for p in (config.crate, *config.crate.parents))
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
    package = next(p for p in data["packages"] if Path(p["manifest_path"]) == manifest)
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
        abi=_abi(data, package["id"]),
        outside=_outside(data["packages"], workspace, config.root),
        graph=metadata.read(data, _lock(workspace / "Cargo.lock")),
        locked=_locked(workspace),
        own=tuple(sorted(p["name"] for p in data["packages"] if p["source"] is None)),
        target_directory=Path(data["target_directory"]),
    )


def _lock(path: Path) -> dict[str, Any]:
    return toml.read(path) if path.is_file() else {}


def _locked(workspace: Path) -> str:
    """Return a digest of what settles versions and profiles; empty without a Cargo.lock."""
    files = [workspace / "Cargo.lock", workspace / "Cargo.toml"]
    if not all(file.is_file() for file in files):
        return ""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _outside(packages: list[dict[str, Any]], workspace: Path, root: Path) -> tuple[Path, ...]:
    """Return the folders of crates that cargo names by their whole path, except in its own home.

    Those are crates outside of the workspace, and the folder of crates that came with an sdist.
    """
    found = set()
    for package in packages:
        folder = Path(package["manifest_path"]).parent
        if package["source"] is None and not folder.is_relative_to(workspace):
            found.add(folder)
        elif package["source"] is not None and folder.parent == root / VENDOR:
            found.add(folder.parent)
    return tuple(sorted(found))


def _abi(data: dict[str, Any], package_id: str) -> str:
    """Read the wheel's Python and ABI tag from the features of pyo3 that cargo resolved."""
    names = {p["id"]: p["name"] for p in data["packages"]}
    for node in data["resolve"]["nodes"]:
        if names[node["id"]] == "pyo3":
            return abi_of(node["features"])
    raise MachineError(
        f"no pyo3 among the dependencies of `{names[package_id]}`",
        "name the crate that holds the PyO3 module in `[tool.rtvariants] crate`, or add to it: "
        'pyo3 = { version = "…", features = ["abi3-py310"] }',
    )


def abi_of(features: list[str]) -> str:
    """Return `cp310-abi3` for pyo3's feature `abi3-py310`; the lowest version wins, as in pyo3.

    >>> abi_of(["abi3", "abi3-py310", "abi3-py311"])
    'cp310-abi3'
    """
    minors = [int(m.group(1)) for f in features if (m := re.fullmatch(r"abi3-py3(\d+)", f))]
    if not minors:
        raise MachineError(
            "pyo3 without a stable ABI: no `abi3-py3…` feature is on",
            'write `pyo3 = { version = "…", features = ["abi3-py310"] }`; one wheel then serves '
            "every later Python",
        )
    return f"cp3{min(minors)}-abi3"
