"""Whether the Python that builds a wheel can load it: `pip install` of a source installs it there.

pip compares the tags of files that it downloads, but not of a wheel that it has built itself.
"""

from __future__ import annotations

import platform
import re
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from typing import TYPE_CHECKING

from rtvariants.errors import MachineError, Problem

if TYPE_CHECKING:
    from packaging.tags import Tag

# What the tags of a machine end with, on any system.
_MACHINES = {"x86_64": ("x86_64", "amd64"), "aarch64": ("aarch64", "arm64")}
_LIBRARIES = {"gnu": "musllinux", "musl": "manylinux"}


@dataclass(frozen=True)
class BuiltFor:
    """What a wheel is for: a Rust target with its machine and C library, an ABI, a suffix.

    `abi` is such as `cp310-abi3`; extension modules have names that end with `suffix`.
    """

    target: str
    machine: str
    libc: str
    abi: str
    suffix: str


def require(wheel: BuiltFor) -> None:
    """Refuse to run in a Python that can't load what is about to be compiled.

    Raises `MachineError`.
    """
    from packaging.tags import sys_tags

    problem = refusal(wheel, sys_tags(), EXTENSION_SUFFIXES)
    if problem:
        raise MachineError(problem)


def refusal(wheel: BuiltFor, tags: Iterable[Tag], suffixes: Iterable[str]) -> Problem | None:
    """Return why a Python with these tags and suffixes can't load a wheel; `None` if it can."""
    wanted = tuple(wheel.abi.split("-"))
    same = [tag for tag in tags if (tag.interpreter, tag.abi) == wanted]
    loaded = wheel.suffix in suffixes and not hasattr(sys, "getobjects")
    if not same or not loaded:
        return _of_python(wheel)
    libc = _LIBRARIES.get(wheel.libc, "none")
    ends = _MACHINES.get(wheel.machine, (wheel.machine,))
    fits = any(tag.platform.endswith(ends) for tag in same)
    if not fits or any(tag.platform.startswith(libc) for tag in same):
        what = f"this Python is for `{sysconfig.get_platform()}`, the build for `{wheel.target}`"
        if wheel.libc and fits:
            what += f" ({'musl' if libc == 'musllinux' else 'glibc'} in this process)"
        hint = (
            "run the build with a Python for that target; to build for another platform, name it: "
            "`RTVARIANTS_PLATFORM`"
        )
        return Problem(what, hint)
    return None


def _of_python(wheel: BuiltFor) -> Problem:
    """Name what in this Python the stable ABI does not fit."""
    version = "{}.{}".format(*sys.version_info[:2])
    name = platform.python_implementation()
    oldest = re.sub(r"cp(\d)(\d+)-abi3", r"\1.\2", wheel.abi)
    hint = f"use CPython {oldest} or newer, with the GIL"
    wheels = f"wheels of the stable ABI (`{wheel.abi}`)"
    if name != "CPython":
        return Problem(f"{name} can't load {wheels}", hint)
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return Problem(f"this Python {version} is free-threaded and can't load {wheels}", hint)
    if tuple(map(int, oldest.split("."))) > sys.version_info[:2]:
        what = f"Python {version} is too old for {wheels}"
        return Problem(what, f"{hint}, or lower the `abi3-py3…` feature of pyo3")
    what = f"this debug build of Python {version} can't load {wheels}"
    return Problem(f"{what}: it looks for no `{wheel.suffix}`", "use a release build of Python")
