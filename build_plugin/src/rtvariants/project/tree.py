"""The project: read once, where a build tool or the command calls, and passed down from there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rtvariants.config import load, pyproject
from rtvariants.config.model import Config
from rtvariants.errors import MachineError

from . import sources
from .sources import Sources

# Dates in gzip files have 32 bits.
_LAST_DATE = 2**32 - 1


@dataclass(frozen=True)
class Project:
    """A folder with a pyproject.toml: the whole file, and `[tool.rtvariants]` of it, checked."""

    root: Path
    pyproject: Mapping[str, Any]
    config: Config

    @cached_property
    def sources(self) -> Sources:
        """Return where the crates are; searched once, when something first asks."""
        return sources.find(self.config, self.pyproject)

    def moved(self, root: Path) -> Project:
        """Return the same project in another folder, which holds a copy of its files."""
        return of(root, self.pyproject)


def read(root: Path) -> Project:
    """Read and check the project of a folder, with what overrides its settings in this run.

    Raises `ConfigError` with every problem of the file at once.
    """
    return of(root, pyproject.read(root))


def of(root: Path, data: Mapping[str, Any]) -> Project:
    """Return the project of a folder whose pyproject.toml is read already."""
    _require_text(root)
    _require_date(os.environ)
    return Project(root, data, load.check(data, root))


def _require_text(root: Path) -> None:
    """Refuse a path that Python and cargo read differently: cargo's JSON has paths as UTF-8."""
    name = os.fsencode(root)
    if "\n" in str(root):
        raise MachineError(f"folder with a line break in its path: {str(root)!a}", "rename it")
    try:
        same = name.decode() == str(root)
    except UnicodeDecodeError:
        raise MachineError(
            f"folder whose path is not UTF-8, which cargo requires: {str(root)!a}",
            "rename it",
        ) from None
    if not same:
        raise MachineError(
            f"folder whose path Python can't read: {str(root)!a}: it expects file names in "
            f"`{sys.getfilesystemencoding()}`",
            "set `PYTHONUTF8=1`, or a UTF-8 locale such as `LC_ALL=C.UTF-8`",
        )


def _require_date(environ: Mapping[str, str]) -> None:
    """Refuse a date of archives that build tools and compilers fail at, each in its own way."""
    name = "SOURCE_DATE_EPOCH"
    value = environ.get(name)
    if value is None or (re.fullmatch("[0-9]+", value) and int(value) <= _LAST_DATE):
        return
    hint = "unset it, or set it to whole seconds: `git log -1 --format=%ct`"
    more = "; it may be in milliseconds" if re.fullmatch("[0-9]{13}", value) else ""
    raise MachineError(f"`{name}` is not a number of seconds since 1970: `{value}`{more}", hint)
