"""A clean environment for a set of wheels, and processes in it.

Nothing of the caller's settings reaches it: no variables or files of pip, uv or Python, a home of
its own, and no network, since installers get no index and every proxy leads nowhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rtvariants.archives.wheel import Wheel
from rtvariants.errors import MachineError, Problem, RtvariantsError

_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
_NOWHERE = "http://127.0.0.1:9"


def clean(home: Path, **more: str) -> dict[str, str]:
    """Return the variables of a process in the environment."""
    env = {key: os.environ[key] for key in _KEPT if key in os.environ}
    env |= {"HOME": str(home), "USERPROFILE": str(home), "PIP_CONFIG_FILE": os.devnull}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "UV_NO_CONFIG": "1"}
    for scheme in ("http", "https", "all"):
        env |= {f"{scheme}_proxy": _NOWHERE, f"{scheme.upper()}_PROXY": _NOWHERE}
    return env | more


def install(wheels: Sequence[Wheel], folder: Path, links: Sequence[Path]) -> Path:
    """Make an environment below `folder` and install wheels; returns its interpreter.

    Without `links` nothing is installed but the wheels; with them, all that they require comes
    from these folders. Raises `MachineError` where no environment can be made, and
    `RtvariantsError` with pip's last words where pip fails.
    """
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    made = _ran([sys.executable, "-I", "-m", "venv", str(folder / "env")], home)
    if made.returncode:
        raise MachineError(
            f"no environment can be made: {_last(made.stdout)}",
            "Python's `venv` and `ensurepip` are needed; on Debian `apt-get install python3-venv`",
        )
    scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    written = [str(plain(wheel).write(folder / "wheels")) for wheel in wheels]
    argv = [str(python), "-I", "-m", "pip", "install", "--no-index", "--no-cache-dir", "-q"]
    argv += ["--disable-pip-version-check", *([] if links else ["--no-deps"])]
    argv += [word for link in links for word in ("--find-links", str(link.resolve()))]
    done = _ran([*argv, *written], home)
    if done.returncode:
        hint = "`pip install` of the wheels in a fresh environment shows all that it says"
        if "No matching distribution" in done.stdout:
            hint = "name a folder that has what is missing with `--find-links`"
        problem = Problem(f"pip can't install it: {_last(done.stdout)}", hint, wheels[0].filename)
        raise RtvariantsError(problem)
    return python


def plain(wheel: Wheel) -> Wheel:
    """Return a variant wheel under the name that installers without variants take."""
    return Wheel(wheel.name, wheel.version, wheel.tag, wheel.files, build=wheel.build)


def unpack(wheels: Sequence[Wheel], folder: Path) -> Path:
    """Put the files of wheels into a folder, for an interpreter that this machine can't install to.

    The names have been checked when the wheels were read.
    """
    site = folder / "site"
    for wheel in wheels:
        path = plain(wheel).write(folder / "wheels")
        with zipfile.ZipFile(path) as archive:
            archive.extractall(site)
    return site


def run(
    command: Sequence[str], code: str, home: Path, env: Mapping[str, str], seconds: float
) -> tuple[int, str]:
    """Run a program with an interpreter; returns its exit status and all that it said.

    The status is 124 where it did not end in time, as `timeout` says it.
    """
    try:
        done = subprocess.run(
            [*command, "-c", code], env=clean(home, **env), cwd=home, timeout=seconds,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 124, f"did not end within {seconds:.0f} s"
    except OSError as error:
        return 127, f"`{command[0]}`: {error.strerror}"
    return done.returncode, done.stdout


def _ran(argv: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, env=clean(home), cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )  # fmt: skip


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing said"
