"""Small commands that answer a question: cargo, rustc, git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from rtvariants.errors import MachineError


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
        command = " ".join(argv[:3])
        raise MachineError(f"`{command}` failed with exit code {done.returncode}:\n{said}")
    return done.stdout
