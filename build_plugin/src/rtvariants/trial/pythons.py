"""The Pythons of this machine that wheels are tried with."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.tags import parse_tag, platform_tags

from rtvariants.errors import MachineError
from rtvariants.targets.abi import Abi
from rtvariants.toolchain import interpreter, interpreters
from rtvariants.toolchain.interpreter import Interpreter

from .sets import WheelSet


def is_for_this_machine(each: WheelSet) -> bool:
    """Return whether Pythons of this machine load the wheels, if they are of the right version."""
    here = set(platform_tags())
    return any(tag.platform in here for tag in parse_tag(each.wheels[-1].tag))


def fitting(abi: Abi, names: Sequence[str]) -> list[Interpreter]:
    """Return the Pythons that load modules of an ABI: those of `names` that do, or one.

    Without names it is this one, or else another one of this machine. Raises `MachineError` for a
    name that is not here.
    """
    if names:
        found = [interpreters.find(name) for name in names]
        return [python for python in found if _loads(abi, python)]
    if _loads(abi, interpreter.this()):
        return [interpreter.this()]
    versions = interpreters.installed() if abi.stable else [abi.version]
    for version in versions:
        try:
            python = interpreters.find(version)
        except MachineError:
            continue
        if _loads(abi, python):
            return [python]
    return []


def _loads(abi: Abi, python: Interpreter) -> bool:
    usual = python.implementation == "cpython" and python.bits == 64 and not python.traced
    return usual and abi.serves(python.abi)
