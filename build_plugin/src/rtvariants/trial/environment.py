"""A clean environment for a set of wheels, and processes in it.

None of the caller's settings reach it: it has no variables or files of pip, uv or Python, its own
home, and no network, because every proxy leads nowhere. Only pip gets them, where it installs what
the wheels need (`dependencies`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rtvariants.archives.wheel import Wheel
from rtvariants.errors import MachineError, Problem, RtvariantsError

_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
# Next to an environment that has all its wheels.
_INSTALLED = "installed"
_NOWHERE = "http://127.0.0.1:9"


def clean(home: Path, **more: str) -> dict[str, str]:
    """Return the variables of a process in the environment."""
    env = {key: os.environ[key] for key in _KEPT if key in os.environ}
    env |= {"HOME": str(home), "USERPROFILE": str(home), "PIP_CONFIG_FILE": os.devnull}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "UV_NO_CONFIG": "1"}
    for scheme in ("http", "https", "all"):
        env |= {f"{scheme}_proxy": _NOWHERE, f"{scheme.upper()}_PROXY": _NOWHERE}
    return env | more


def install(wheels: Sequence[Wheel], folder: Path, python: str = sys.executable) -> Path:
    """Create an environment of a Python below `folder`, and install only wheels.

    Returns its interpreter. One that is there already has been made for another module of the same
    wheels.

    Raises `MachineError` if no environment can be created, and `RtvariantsError` with the last line
    of pip's output if pip fails.
    """
    home = folder / "home"
    scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    own = scripts / ("python.exe" if os.name == "nt" else "python")
    if (folder / _INSTALLED).exists():
        return own
    home.mkdir(parents=True, exist_ok=True)
    made = _ran([python, "-I", "-m", "venv", str(folder / "env")], home)
    if made.returncode:
        raise MachineError(
            f"can't create a virtual environment: {_last(made.stdout)}",
            "install Python's `venv` and `ensurepip`; on Debian `apt-get install python3-venv`",
        )
    written = [str(plain(wheel).write(folder / "wheels")) for wheel in wheels]
    argv = [str(own), "-I", "-m", "pip", "install", "--no-index", "--no-cache-dir", "-q"]
    done = _ran([*argv, "--disable-pip-version-check", "--no-deps", *written], home)
    if done.returncode:
        hint = "run `pip install` with the wheels in a fresh environment to see its whole output"
        problem = Problem(f"pip can't install it: {_last(done.stdout)}", hint, wheels[0].filename)
        raise RtvariantsError(problem)
    (folder / _INSTALLED).touch()
    return own


def plain(wheel: Wheel) -> Wheel:
    """Return a variant wheel under the name that installers without support of variants accept."""
    return replace(wheel, label="")


def unpack(wheels: Sequence[Wheel], folder: Path) -> Path:
    """Unpack wheels into a folder, for an interpreter that this machine can't install to.

    The names of their files were checked when the wheels were read.
    """
    site = folder / "site"
    for wheel in wheels:
        for name, data in wheel.files.items():
            path = site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return site


def run(
    command: Sequence[str], code: str, home: Path, env: Mapping[str, str], seconds: float
) -> tuple[int, str]:
    """Run a program with an interpreter; returns its exit status and output.

    The status is 124 if it did not end in time, as for the command `timeout`.
    """
    try:
        done = subprocess.run(
            [*command, "-c", code], env=clean(home, **env), cwd=home, timeout=seconds,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 124, f"did not end within {seconds:.0f} s"
    except OSError as error:
        return 127, f"`{command[0]}`: {error.strerror}"
    return done.returncode, done.stdout


def _ran(argv: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, env=clean(home), cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"
