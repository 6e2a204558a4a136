"""Calls a project's own build backend, in this environment: it builds the wheel that users get.

So what is packed, compared or tested comes from the backend that the project has chosen.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pyproject_hooks import BackendUnavailable, BuildBackendHookCaller

from rtvariants.config import pyproject
from rtvariants.errors import Problem, RtvariantsError


def wheel(root: Path, out: Path, env: Mapping[str, str] | None = None) -> Path:
    """Build the wheel of `root` into `out`; returns its path."""
    return _asked(root, out, "build_wheel", env)


def sdist(root: Path, out: Path, env: Mapping[str, str] | None = None) -> Path:
    """Build the sdist of `root` into `out`; returns its path."""
    return _asked(root, out, "build_sdist", env)


def caller(
    root: Path, data: Mapping[str, Any], runner: Callable[..., None]
) -> BuildBackendHookCaller:
    """Return the caller of a backend's hooks; `data` is the project's pyproject.toml."""
    path = data.get("build-system", {}).get("backend-path")
    return BuildBackendHookCaller(str(root), pyproject.backend(data), path, runner=runner)


def _asked(root: Path, out: Path, hook: str, env: Mapping[str, str] | None) -> Path:
    """Call one hook of the backend.

    Raises `RtvariantsError` where it fails; its output has been shown by then.
    """
    data = pyproject.read(root)
    backend = pyproject.backend(data)
    try:
        name: str = getattr(caller(root, data, _runner(env or {})), hook)(str(out))
        return out / name
    except BackendUnavailable as error:
        last = str(error.traceback).strip().rpartition("\n")[2]
        hint = "install what the project is built with: pip install " + " ".join(
            f"'{requirement}'" for requirement in pyproject.requires(data)
        )
        raise RtvariantsError(Problem(f"no backend `{backend}`: {last}", hint)) from error
    except subprocess.CalledProcessError as error:
        hint = "see its output above; `python -m build` shows the same error"
        raise RtvariantsError(Problem(f"`{hook}` of `{backend}` failed", hint)) from error


def _runner(env: Mapping[str, str]) -> Callable[..., None]:
    def run(argv: Any, cwd: Any = None, extra_environ: Any = None) -> None:
        from os import environ

        made = {**environ, **env, **(extra_environ or {})}
        # The output of a build is for people; this command's own output may be for programs.
        with subprocess.Popen(argv, cwd=cwd, env=made, stdout=sys.stderr) as process:
            try:
                with _terminating(process):
                    code = process.wait()
            except BaseException:
                process.kill()
                raise
        if code:
            raise subprocess.CalledProcessError(code, argv)

    return run


@contextlib.contextmanager
def _terminating(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass SIGTERM on to a backend, which ends its compilers, and exit once it has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    got: list[int] = []

    def stop(number: int, _frame: object) -> None:
        got.append(number)
        process.terminate()

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
    if got:
        raise SystemExit(128 + got[0])
