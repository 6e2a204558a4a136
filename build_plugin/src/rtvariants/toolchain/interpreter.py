"""Pythons by their own account, and whether one can load what is about to be compiled.

`pip install` of a source installs it into the Python that builds it, and pip compares the tags of
files that it downloads, but not of a wheel that it has built itself.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rtvariants.errors import MachineError, Problem
from rtvariants.targets.abi import Abi

from . import python_facts

_FACTS = Path(python_facts.__file__)
# What the tags of a machine end with, on any system.
_MACHINES = {"x86_64": ("x86_64", "amd64"), "aarch64": ("aarch64", "arm64")}
_NAMES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy"}
_SECONDS = 120.0


@dataclass(frozen=True)
class Interpreter:
    """One Python.

    `executable` is that of the installation itself, also for a virtual environment of it, and
    `library` its shared library, if it has one. `suffix` is what the names of modules for this
    version alone end with, `suffixes` are all that it looks for. `platform` is as
    in the tags of wheels, `bits` is the width of its pointers.
    """

    executable: str
    library: str
    implementation: str
    version: tuple[int, int]
    free_threaded: bool
    bits: int
    suffix: str
    suffixes: tuple[str, ...]
    platform: str
    libc: str
    traced: bool

    @property
    def abi(self) -> Abi:
        """Return the ABI of modules for this version alone."""
        return Abi(self.version[1], free_threaded=self.free_threaded)

    @property
    def shown(self) -> str:
        """Return the version as a person writes it, such as `3.11`, `3.14t` or `PyPy 3.10`."""
        name = "{}.{}".format(*self.version) + ("t" if self.free_threaded else "")
        return name if self.implementation == "cpython" else f"{self._name} {name}"

    @property
    def _name(self) -> str:
        return _NAMES.get(self.implementation, self.implementation)

    def require_cpython(self) -> None:
        """Refuse other Pythons; raises `MachineError`."""
        if self.implementation != "cpython":
            raise MachineError(
                f"runtimes are built for CPython, and this Python is {self.shown}",
                f"run the build with CPython; for {self._name}, build the package with its own "
                "backend, without `[tool.rtvariants]`",
            )


@cache
def this() -> Interpreter:
    """Return the Python of this process."""
    return _of(python_facts.facts())


def ask(executable: str) -> Interpreter:
    """Return what another Python says about itself; raises `MachineError` where it says nothing."""
    try:
        done = subprocess.run(
            [executable, "-I", str(_FACTS)], stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", errors="replace", check=False, timeout=_SECONDS,
        )  # fmt: skip
        return _of(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        reason = f"it does not answer within {_SECONDS:.0f} s"
    except OSError as error:
        reason = error.strerror or str(error)
    except (ValueError, TypeError, KeyError):
        said = done.stderr.strip().splitlines()
        reason = said[-1] if said else f"exit status {done.returncode}"
    hint = "repair it, or name another one"
    raise MachineError(f"Python that does not start: {executable}: {reason}", hint)


def _of(facts: dict[str, Any]) -> Interpreter:
    major, minor = facts.pop("version")
    return Interpreter(version=(major, minor), suffixes=tuple(facts.pop("suffixes")), **facts)


@dataclass(frozen=True)
class BuiltFor:
    """What a wheel is for: a Rust target with its machine and C library, an ABI, a suffix.

    Extension modules have names that end with `suffix`.
    """

    target: str
    machine: str
    libc: str
    abi: Abi
    suffix: str


def require(wheel: BuiltFor, python: Interpreter) -> None:
    """Refuse a Python that can't load what is about to be compiled; raises `MachineError`."""
    python.require_cpython()
    problem = refusal(wheel, python)
    if problem:
        raise MachineError(problem)


def refusal(wheel: BuiltFor, python: Interpreter) -> Problem | None:
    """Return why a CPython can't load a wheel; `None` if it can."""
    of_python = _of_python(wheel, python)
    if of_python:
        return of_python
    libc = {"gnu": "musl", "musl": "glibc"}.get(wheel.libc)
    fits = python.platform.endswith(_MACHINES.get(wheel.machine, (wheel.machine,)))
    if fits and python.bits == 64 and not (libc and python.libc == libc):
        return None
    what = f"this Python is for `{python.platform}`, the build for `{wheel.target}`"
    if python.bits != 64:
        what += f" (this process has {python.bits} bits)"
    elif wheel.libc and fits:
        what += f" ({python.libc} in this process)"
    hint = (
        "run the build with a Python for that target; to build for another platform, name it: "
        "`RTVARIANTS_PLATFORM`"
    )
    return Problem(what, hint)


def _of_python(wheel: BuiltFor, python: Interpreter) -> Problem | None:
    """Name what in a Python the ABI does not fit."""
    version, abi = "{}.{}".format(*python.version), wheel.abi
    hint = f"use {abi.shown}"
    wheels = f"wheels of the {'stable ABI' if abi.stable else 'ABI'} (`{abi.tag}`)"
    if python.free_threaded and not abi.free_threaded:
        return Problem(f"this Python {version} is free-threaded and can't load {wheels}", hint)
    if abi.stable and abi.minor > python.version[1]:
        what = f"Python {version} is too old for {wheels}"
        return Problem(what, f"{hint}, or lower the `abi3-py3…` feature of pyo3")
    if not abi.stable and abi != python.abi:
        return Problem(f"this Python {python.shown} can't load {wheels}", hint)
    if wheel.suffix not in python.suffixes or python.traced:
        what = f"this debug build of Python {version} can't load {wheels}"
        return Problem(f"{what}: it looks for no `{wheel.suffix}`", "use a release build of Python")
    return None
