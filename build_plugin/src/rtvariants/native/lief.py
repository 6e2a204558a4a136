"""How the readers of Mach-O and PE use LIEF: imported at the first such file, and quiet."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from rtvariants.errors import MachineError

#: The versions of LIEF that the readers work with.
REQUIREMENT = "lief>=0.17,<2"


def lief() -> Any:
    """Return the library; raises `MachineError` where it is not installed."""
    try:
        found = import_module("lief")
    except ImportError as error:
        raise MachineError(
            f"reading Mach-O and PE files needs `lief`, which is not installed: {error}",
            f"pip install '{REQUIREMENT}'",
        ) from error
    # It prints what it dislikes in a file to stderr; the rules say it better.
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
