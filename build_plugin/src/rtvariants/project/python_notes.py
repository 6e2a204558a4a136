"""What a person should know about the Pythons that a wheel is for, before it is compiled."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rtvariants.errors import MachineError, Problem
from rtvariants.targets import abi as abis
from rtvariants.toolchain import interpreter
from rtvariants.toolchain.crate import Crate
from rtvariants.toolchain.probe import Toolchain

from .tree import Project


def say(project: Project, toolchain: Toolchain, crate: Crate, *, editable: bool) -> None:
    """Warn about what surprises; raises `MachineError` for an editable build for another Python."""
    python, this = toolchain.python, interpreter.this()
    if editable and crate.python and python.abi != this.abi:
        raise MachineError(
            f"editable build for Python {python.shown} in Python {this.shown}",
            "run it with the Python that imports the package",
        )
    for problem in notes(project, toolchain, crate):
        sys.stderr.write(f"warning: {problem.render()}\n")


def notes(project: Project, toolchain: Toolchain, crate: Crate) -> Iterator[Problem]:
    """Yield what surprises: another floor than expected, and a Python that is not here."""
    abi, python = abis.required(crate.abi), toolchain.python
    if crate.python and not python.executable:
        yield Problem(
            f"no Python {python.shown} on this machine: what is built for it is checked, but "
            "can't be run here"
        )
    features = _stable(crate)
    if crate.python and abi.stable and f"{features[-1]}-py3{abi.minor}" not in features:
        yield Problem(
            f"pyo3 with `{features[-1]}` and no version: the wheel is for {abi.shown}, after the "
            "Python that builds",
            f"turn on `{features[-1]}-py3{abi.minor}` instead, or the version that you mean",
        )
    if features and not abi.stable:
        yield Problem(
            f"no stable ABI for Python {abi.version}: the wheel is for {abi.shown} alone, although "
            f"pyo3 has `{features[0]}`",
        )
    stated = str(project.pyproject.get("project", {}).get("requires-python", ""))
    if abi.stable and (oldest := _older(stated, abi.minor)) is not None:
        yield Problem(
            f"`requires-python` is `{stated}`, and the wheel is for {abi.shown}: Python "
            f"3.{oldest} finds none",
            f'write `requires-python = ">=3.{abi.minor}"`, or lower `abi3-py3…` of pyo3',
            "pyproject.toml",
        )


def _stable(crate: Crate) -> tuple[str, ...]:
    """Return PyO3's features for a stable ABI that are on, `abi3t` after `abi3`."""
    for resolved in crate.resolved.values():
        for name in ("pyo3-ffi", "pyo3"):
            found = resolved.features(name)
            if found is not None:
                plain = [f for f in ("abi3", "abi3t") if f in found]
                return (
                    *sorted(f for f in found if f.startswith("abi3") and f not in plain),
                    *plain,
                )
    return ()


def _older(stated: str, minor: int) -> int | None:
    """Return the oldest version below `minor` that a project says it supports.

    >>> _older(">=3.8", 11), _older(">=3.11", 11), _older("", 11)
    (8, None, None)
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        supported = SpecifierSet(stated)
    except InvalidSpecifier:
        return None
    if not stated:
        return None
    return next((m for m in range(minor) if supported.contains(f"3.{m}.99")), None)
