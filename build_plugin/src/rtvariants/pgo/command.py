"""Runs the command of a project with an instrumented runtime."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtvariants.compile.build import Command
from rtvariants.compile.processes import Processes, stopped_by_sigterm
from rtvariants.config.overrides import INSTRUMENTED
from rtvariants.errors import BuildError

#: Where the modules write what they have counted: one file for each module and pool of processes,
#: so that a command with a thousand processes leaves a few files.
_PATTERN = "%4m.profraw"


@dataclass(frozen=True)
class Run:
    """One run of the command.

    `site` is the folder with the package, `more` are the folders of what it requires; `python` are
    the words that start the interpreter, `forced` the variables that choose the runtime.
    """

    runtime: str
    command: str
    cwd: Path
    site: Path
    more: tuple[Path, ...]
    python: tuple[str, ...]
    forced: Mapping[str, str]
    timeout: int

    def start(self, folder: Path) -> list[Path]:
        """Run the command to its end, and return the files that modules have written.

        Raises `BuildError` with the command's output where it fails or writes nothing.
        """
        programs, written = folder / "bin", folder / "raw"
        written.mkdir(parents=True)
        _write_programs(programs, self.python)
        env = self._environment(programs, written)
        _say(self.runtime, f"runs `{self.command}`, and counts")
        began = time.monotonic()
        code, output = _ran(shell(self.command), self.cwd, env, self.timeout)
        if code is None:
            what = f"the command did not end within {self.timeout} s"
            hint = "give it less to do, or set a larger `timeout` in `[tool.rtvariants.pgo]`"
            raise self._error(what, hint, output)
        if code:
            how = f"signal {-code}" if code < 0 else f"exit status {code}"
            raise self._error(f"the command failed with {how}: `{self.command}`", _HINT, output)
        found = sorted(path for path in written.iterdir() if path.stat().st_size)
        if not found:
            what = f"no profile: `{self.command}` has not loaded the runtime"
            raise self._error(what, _UNUSED, output)
        _say(self.runtime, f"has run the command, {time.monotonic() - began:.1f} s")
        return found

    def _error(self, what: str, hint: str, output: str) -> BuildError:
        return BuildError(self.runtime, f"runtime `{self.runtime}`: {what}", hint, output)

    def _environment(self, programs: Path, written: Path) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if k != INSTRUMENTED}
        paths = [str(self.site), *map(str, self.more), env.get("PYTHONPATH", "")]
        folders = [str(programs), str(Path(sys.executable).parent), env.get("PATH", "")]
        return env | {
            **self.forced,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "PATH": os.pathsep.join(filter(None, folders)),
            "LLVM_PROFILE_FILE": str(written / _PATTERN),
        }


_HINT = "its output is above; it runs in the folder of pyproject.toml"
_UNUSED = (
    "let it import the package and do typical work. A folder of the package in the working "
    "folder comes first for `python -c` and `python -m`: run a script instead"
)


def shell(command: str) -> tuple[str, ...]:
    """Return the words with which the system's shell runs a command."""
    return ("cmd", "/C", command) if os.name == "nt" else ("/bin/sh", "-c", command)


def _ran(
    argv: Sequence[str], cwd: Path, env: Mapping[str, str], timeout: int
) -> tuple[int | None, str]:
    """Return the exit status, `None` after the time is over, and the output.

    Whatever ends this ends all processes that the command has started.
    """
    processes = Processes()
    with stopped_by_sigterm(processes):
        process = processes.start(Command(tuple(argv), cwd), env, (), merged=True)
        assert process is not None
        try:
            output, _ = process.communicate(timeout=timeout or None)
            return process.returncode, output.decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            processes.stop()
            output, _ = process.communicate()
            return None, output.decode("utf-8", "replace")
        except BaseException:
            processes.stop()
            process.communicate()
            raise


def _write_programs(folder: Path, python: Sequence[str]) -> None:
    """Make `python` and `python3` the interpreter of the build, whatever else PATH has."""
    folder.mkdir()
    if os.name == "nt":
        return  # The interpreter's own folder is in PATH.
    for name in ("python", "python3"):
        (folder / name).write_text(f'#!/bin/sh\nexec {shlex.join(python)} "$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)


def _say(runtime: str, what: str) -> None:
    sys.stderr.write(f"rtvariants: {runtime}  {what}\n")
    sys.stderr.flush()
