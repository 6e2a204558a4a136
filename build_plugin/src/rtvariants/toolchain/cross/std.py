"""The standard library for a target that Debian does not build it for, built from its sources.

cargo's `-Zbuild-std` builds it once, for an empty crate. The result goes into the compiler's own
folder, like that of any other target, so packages are built with stable features only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from rtvariants.errors import MachineError
from rtvariants.files import replacing_folder

# The empty workspace is its own: the cache folder may be inside another one.
_MANIFEST = """\
[workspace]

[package]
name = "empty"
version = "0.0.0"
edition = "2021"

[profile.release]
debug = 0
strip = "none"
"""


def build(rustc: Path, target: str, env: Mapping[str, str], work: Path) -> None:
    """Build the library from the sources below the compiler's folder; put it next to the others.

    `env` leads cargo to the linker and C compiler of the target. Raises `MachineError`.
    """
    sources = _asked(rustc, "sysroot") / "lib/rustlib/src/rust/library"
    if not (sources / "Cargo.lock").is_file():
        raise MachineError(f"no sources of Rust's standard library: {sources}")
    shutil.rmtree(work, ignore_errors=True)
    (work / "src").mkdir(parents=True)
    (work / "src" / "lib.rs").touch()
    (work / "Cargo.toml").write_text(_MANIFEST, encoding="utf-8")
    argv = ["cargo", "build", "--release", "--offline", "--target", target]
    argv += ["-Zbuild-std=std,panic_unwind"]
    # The crates that it depends on come with its sources.
    argv += ["--config", 'source.crates-io.replace-with="vendored"']
    argv += ["--config", f'source.vendored.directory="{sources / "vendor"}"']
    variables = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("CARGO_BUILD_", "CARGO_ENCODED", "RUST"))
    }
    variables |= {
        **env,
        "RUSTC": str(rustc),
        "RUSTC_BOOTSTRAP": "1",
        # Debian has the sources behind a link: cargo names some files by it, and some behind it.
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(
            f"--remap-path-prefix={path.parent}=/rustc" for path in (sources, sources.resolve())
        ),
        "CARGO_TARGET_DIR": str(work / "target"),
        "CARGO_BUILD_BUILD_DIR": str(work / "target"),
        # What wraps a compiler for the user's builds has no part in this one.
        "RUSTC_WRAPPER": "",
        "RUSTC_WORKSPACE_WRAPPER": "",
    }
    done = subprocess.run(
        argv, cwd=work, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise MachineError(
            f"the standard library for `{target}` can't be built:\n{done.stdout.strip()[-2000:]}"
        )
    made = work / "target" / target / "release" / "deps"
    place = _asked(rustc, "sysroot") / "lib" / "rustlib" / target / "lib"
    with replacing_folder(place) as new:
        for path in sorted(made.iterdir()):
            if path.suffix in (".rlib", ".rmeta") and not path.name.startswith("libempty-"):
                shutil.copyfile(path, new / path.name)
    shutil.rmtree(work)


def _asked(rustc: Path, what: str) -> Path:
    done = subprocess.run(
        [str(rustc), "--print", what], check=False, capture_output=True,
        encoding="utf-8", errors="surrogateescape",
    )  # fmt: skip
    if done.returncode:
        raise MachineError(f"`{rustc}` does not run: {done.stderr.strip()}")
    return Path(done.stdout.strip())
