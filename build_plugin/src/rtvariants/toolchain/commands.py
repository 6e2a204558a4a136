"""Small commands that answer a question: cargo, rustc, git."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from rtvariants.errors import MachineError, Problem


def run(argv: list[str], cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a small command and return what it printed; raises `MachineError`.

    `env` is added to the environment of this process.
    """
    made = {**os.environ, **env} if env else None
    try:
        done = subprocess.run(
            argv, cwd=cwd, env=made, capture_output=True, check=False,
            encoding="utf-8", errors="surrogateescape",
        )  # fmt: skip
    except OSError as error:
        raise MachineError(
            f"can't run `{argv[0]}`: {error.strerror}", "install Rust from https://rustup.rs"
        ) from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        if missing := missing_toolchain(said):
            raise MachineError(missing)
        command = " ".join(argv[:3])
        raise MachineError(f"`{command}` failed with exit code {done.returncode}:\n{said}")
    return done.stdout


def missing_toolchain(said: str) -> Problem | None:
    """Return what is wrong where rustup says that the toolchain of a project is not installed.

    >>> missing_toolchain("error: toolchain '1.90-x86_64' is not installed").what
    'Rust toolchain that is not installed: `1.90-x86_64`, which the project asks for'
    """
    found = re.search(r"toolchain '([^']+)' is not installed", said)
    if found is None:
        return None
    return Problem(
        f"Rust toolchain that is not installed: `{found[1]}`, which the project asks for",
        f"install it: rustup toolchain install {found[1]}; or build with another one: "
        "RUSTUP_TOOLCHAIN=stable",
    )
