"""What a first build needs at its end is looked for at its beginning: a linker, and `strip`.

A linker for another target is used last, after all crates are compiled, and `strip` after it. So
cargo links an empty module first, with the flags and variables of the build. For this machine
itself, the first build script that is linked shows the same within seconds.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from rtvariants.compile import diagnosis
from rtvariants.compile.build import Build
from rtvariants.compile.environment import environment
from rtvariants.errors import BuildError
from rtvariants.toolchain import msvc
from rtvariants.toolchain.probe import Toolchain

from . import strip

_MANIFEST = """\
[package]
name = "empty"
version = "0.0.0"
edition = "2021"
[lib]
path = "lib.rs"
crate-type = ["cdylib"]
[workspace]
"""


def require(build: Build, toolchain: Toolchain) -> None:
    """Refuse a build that would only fail at its end.

    Raises `MachineError` without `strip`, and `BuildError` where nothing can be linked.
    """
    if not msvc.is_target(build.contract.target) and not strip.found(build):
        raise strip.absent(build)
    # A nightly compiler may be set to build the standard library first.
    if build.contract.target != toolchain.host and not re.search("nightly|dev", toolchain.release):
        _link(build)


def _link(build: Build) -> None:
    folder = build.sharing.target_dir.parents[1] / "empty"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(_MANIFEST, encoding="utf-8")
    (folder / "lib.rs").write_text("", encoding="utf-8")
    cargo, triple = build.command.argv[0], build.contract.target
    argv = [cargo, "build", "--release", "--lib", "--target", triple, "--manifest-path"]
    target = folder / "target"
    env = {"CARGO_TARGET_DIR": str(target), "CARGO_BUILD_BUILD_DIR": str(target)}
    command = replace(build.command, env={**build.command.env, **env})
    done = subprocess.run(
        [*argv, str(folder / "Cargo.toml")], cwd=command.cwd, capture_output=True, check=False,
        env=environment(command, os.environ, os.environ.get("PATH", "")),
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        what, hint = diagnosis.of_cargo(done.stderr, done.returncode, build)
        raise BuildError(build.runtime, what, hint, done.stderr)
    made = sorted(Path(target, triple, "release").glob("*empty.*"))
    library = next((p for p in made if p.suffix in (".so", ".dylib", ".dll")), None)
    if library:
        strip.strip(library, folder / "stripped", build)
    shutil.rmtree(folder)
