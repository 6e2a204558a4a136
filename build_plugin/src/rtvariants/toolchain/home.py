"""The folders of the user: their home, which a container's user may not have, and cargo's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from rtvariants.errors import MachineError


def home() -> Path | None:
    """Return the user's home; `None` where the system knows none for this user."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def require_home(instead: str) -> Path:
    """Return the user's home; raises `MachineError`, which names the variable to set instead."""
    found = home()
    if found is None:
        hint = f"set `{instead}`, or `HOME`"
        raise MachineError("this user has no home folder, and `HOME` is not set", hint)
    return found


def cargo_home(environ: Mapping[str, str]) -> Path:
    """Return cargo's own folder; raises `MachineError` where nothing says which one it is."""
    named = environ.get("CARGO_HOME")
    return Path.cwd() / named if named else require_home("CARGO_HOME") / ".cargo"


def cache_home(environ: Mapping[str, str], instead: str) -> Path:
    """Return the folder for caches; raises `MachineError`, which names the variable for ours."""
    named = environ.get("XDG_CACHE_HOME", "")
    # The standard ignores a relative one.
    return Path(named) if os.path.isabs(named) else require_home(instead) / ".cache"
