"""Puts the crates themselves into an sdist, so that it builds without a registry.

`cargo vendor` copies everything that the lock file names: also what other operating systems, tests
and benches need. cargo needs each of them to exist, but not to be complete; crates that no runtime
is built from are kept as a manifest with empty files.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.config.model import Config
from rtvariants.errors import MachineError, Problem
from rtvariants.targets.platforms import ENVIRONMENTS
from rtvariants.toolchain.cargo_path import require_cargo
from rtvariants.toolchain.commands import run
from rtvariants.toolchain.crate import VENDOR

from .local_registries import CONFIGS
from .sources import Sources


def vendored(
    config: Config, sources: Sources, folder: Path, configs: Mapping[str, Path]
) -> dict[str, Path]:
    """Return the files of the crates, by their path in the sdist, and cargo's configuration.

    `folder` is where they are put for now, `configs` is what the sdist has of cargo's configuration
    without them. Raises `MachineError` where cargo can't get the crates,
    or where the project already replaces a source of crates.
    """
    cargo = require_cargo()
    for workspace in sources.workspaces:
        if not (workspace / "Cargo.lock").is_file():
            raise MachineError(
                f"no Cargo.lock in {workspace}: it determines which crates to include",
                "cargo generate-lockfile",
            )
    place = folder / VENDOR
    first, *others = (str(workspace / "Cargo.toml") for workspace in sources.workspaces)
    argv = [cargo, "vendor", "--locked", "--versioned-dirs", "--manifest-path", first]
    argv += [text for other in others for text in ("--sync", other)]
    said = _run([*argv, str(place)], config.root)
    needed = _needed(cargo, config)
    for crate in sorted(place.iterdir()) if place.is_dir() else ():
        if crate.name not in needed:
            _hollow(crate)
    files: dict[str, Path] = {
        path.relative_to(folder).as_posix(): path for path in place.rglob("*") if path.is_file()
    }
    # Of two files, cargo reads only the one without an extension.
    name = next((n for n in reversed(CONFIGS) if n in configs), CONFIGS[0])
    files[name] = folder / "config.toml"
    text = _config(name, configs.get(name), said.replace(str(place), VENDOR))
    files[name].write_text(text, "utf-8")
    return files


def _run(argv: list[str], cwd: Path) -> str:
    done = subprocess.run(
        argv, cwd=cwd, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False
    )
    if done.returncode:
        words = done.stderr.strip().splitlines()
        raise MachineError(
            Problem("`cargo vendor` failed:\n" + "\n".join(words[-8:]), "`cargo fetch` shows more")
        )
    return done.stdout


def _config(name: str, own: Path | None, text: str) -> str:
    """Return cargo's configuration with the sources replaced; the project's own stays."""
    if own is None:
        return text
    if "source" in toml.read(own):
        raise MachineError(
            f"`[source]` in {name} already: two replacements of one source can't be merged",
            "vendor without it, or put the crates into the sdist by hand",
        )
    return own.read_text(encoding="utf-8").rstrip() + "\n\n" + text


def _needed(cargo: str, config: Config) -> set[str]:
    """Return the crates, as `name-version`, that a runtime is built from on any system."""
    machines = sorted({machine for runtime in config.runtimes for machine in runtime.levels})
    found: set[str] = set()
    argv = [cargo, "metadata", "--format-version=1", "--locked", "--all-features"]
    for crate in dict.fromkeys(unit.crate for unit in config.units):
        manifest = crate / "Cargo.toml"
        for machine in machines:
            # An sdist is for machines of every system that a runtime could be built on.
            for system in ENVIRONMENTS:
                target = ["--filter-platform", f"{machine}-{system}"]
                said = run([*argv, "--manifest-path", str(manifest), *target], config.root)
                found |= _built(json.loads(said), manifest)
    return found


def _built(metadata: dict[str, Any], manifest: Path) -> set[str]:
    packages = {p["id"]: p for p in metadata["packages"]}
    nodes = {n["id"]: n for n in metadata["resolve"]["nodes"]}
    waiting = [p["id"] for p in packages.values() if Path(p["manifest_path"]) == manifest]
    found: set[str] = set()
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        waiting += [
            dependency["pkg"]
            for dependency in nodes[one]["deps"]
            if any(kind["kind"] in (None, "build") for kind in dependency["dep_kinds"])
        ]
    return {f"{packages[one]['name']}-{packages[one]['version']}" for one in found}


def _hollow(crate: Path) -> None:
    """Empty a crate: its manifest stays, for the resolver, and a file for each of its targets."""
    manifest = toml.read(crate / "Cargo.toml")
    checksum = json.loads((crate / ".cargo-checksum.json").read_text(encoding="utf-8"))
    for folder, _, names in os.walk(crate, topdown=False):
        for name in names:
            if Path(folder, name) != crate / "Cargo.toml":
                Path(folder, name).unlink()
        if not any(Path(folder).iterdir()):
            Path(folder).rmdir()
    targets = [manifest.get("lib", {})]
    targets += [t for key in ("bin", "bench", "example", "test") for t in manifest.get(key, [])]
    build = manifest.get("package", {}).get("build")
    paths = ["src/lib.rs", *([build] if isinstance(build, str) else [])]
    for path in {*paths, *(t["path"] for t in targets if "path" in t)}:
        file = crate / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", encoding="utf-8")
    # cargo compares only the files that are listed.
    text = json.dumps({"files": {}, "package": checksum["package"]})
    (crate / ".cargo-checksum.json").write_text(text, encoding="utf-8")
