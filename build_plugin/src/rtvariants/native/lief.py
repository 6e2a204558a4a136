"""How the readers of Mach-O and PE use LIEF: imported at the first such file, and quiet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from rtvariants.errors import MachineError
from rtvariants.targets import platforms
from rtvariants.toolchain import cross

#: What builds for another system than Linux need beside, by system. On the system itself they come
#: with this package; elsewhere `get_requires_for_build_wheel` asks for them.
REQUIREMENTS = {
    "linux": (),
    "macos": ("lief>=0.17,<2",),
    "windows": ("lief>=0.17,<2", "delvewheel>=1.10,<2"),
}


def requirements(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return what a build for the system that is asked for needs beside; nothing for this one."""
    environ = os.environ if environ is None else environ
    platform = platforms.named(environ.get(cross.PLATFORM, ""))
    target = platform.target if platform else environ.get("CARGO_BUILD_TARGET", "")
    return list(REQUIREMENTS[platforms.system(target)]) if target else []


def lief() -> Any:
    """Return the library; raises `MachineError` where it is not installed."""
    try:
        found = import_module("lief")
    except ImportError as error:
        raise MachineError(
            f"Mach-O and PE files are read by `lief`, which is not to be had: {error}",
            f"pip install '{REQUIREMENTS['macos'][0]}'",
        ) from error
    # It says on stderr what it does not like in a file; the rules say it better.
    found.logging.disable()
    return found


def parsed(path: Path, kind: str) -> Any:
    """Return LIEF's view of one file of a format, `MachO` or `PE`; raises `ValueError`."""
    library = lief()
    found = getattr(library, kind).parse(str(path))
    if kind == "MachO" and found is not None:
        if len(found) != 1:
            raise ValueError(f"a file for {len(found)} machines at once: {path}")
        found = found.at(0)
    if found is None:
        raise ValueError(f"not a {kind} file: {path}")
    return found


def text(name: str | bytes) -> str:
    """Return a name as text, whatever its bytes."""
    return name if isinstance(name, str) else name.decode("utf-8", "replace")


def joined(names: list[str]) -> bytes | None:
    """Return symbol names with a NUL byte around each; `None` where there are none."""
    return b"\0" + "\0".join(names).encode() + b"\0" if names else None
