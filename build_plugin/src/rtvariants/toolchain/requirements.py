"""What a build for another system than Linux needs in addition to this package's dependencies.

On the system itself these come with this package; elsewhere `get_requires_for_build_wheel` asks
for them. A build that nobody asks before looks for them before it compiles anything.
"""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from rtvariants.config import pyproject
from rtvariants.errors import MachineError
from rtvariants.native import lief
from rtvariants.targets import platforms

from . import cargo_config, cross

#: The requirements by system.
BY_SYSTEM = {
    "linux": (),
    "macos": (lief.REQUIREMENT,),
    "windows": (lief.REQUIREMENT, "delvewheel>=1.10,<2"),
}


def requested(environ: Mapping[str, str] | None = None, cargo: str | None = None) -> list[str]:
    """Return what a build for the requested target needs; nothing where none is requested.

    With `cargo`, the target may be that of cargo's configuration in the current folder.
    """
    environ = os.environ if environ is None else environ
    platform = platforms.named(environ.get(cross.PLATFORM, ""))
    target = platform.target if platform else environ.get("CARGO_BUILD_TARGET", "")
    if not target and cargo:
        with contextlib.suppress(MachineError):  # The build reports it.
            target = cargo_config.read(cargo, Path.cwd(), environ).target("")
    return list(BY_SYSTEM.get(platforms.system(target), ())) if target else []


def missing(target: str) -> list[str]:
    """Return what a build for a target needs and this environment lacks."""
    wanted = list(BY_SYSTEM.get(platforms.system(target), ()))
    return pyproject.missing(wanted) if wanted else []


def install(requirements: list[str]) -> str:
    """Return the command that installs requirements."""
    return f"pip install {' '.join(map(shlex.quote, requirements))}"


def require(target: str) -> None:
    """Refuse a build whose files could not be read back; raises `MachineError`."""
    lacking = missing(target)
    if lacking:
        raise MachineError(
            f"verifying files of {platforms.system(target)} needs `{'`, `'.join(lacking)}`, which "
            "this environment lacks",
            install(lacking),
        )
