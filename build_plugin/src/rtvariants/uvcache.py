"""Tells when uv would take a cached build although Rust sources have changed.

uv knows a local project by its pyproject.toml unless `[tool.uv] cache-keys` says more (uv's guide,
"Caching", dynamic metadata).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import pyproject, sources
from .config import Config
from .errors import Problem, RtvariantsError


def warn(table: Config) -> None:
    """Say on stderr what the keys of a project that uses uv leave out."""
    data = pyproject.read(table.root)
    if (table.root / "PKG-INFO").is_file() or not uses_uv(table.root, data, os.environ):
        return
    try:
        files = sources.find(table).files()
    except RtvariantsError:
        return  # What is wrong with the sources is told where it matters.
    found = problem(table.root, data, [n for n in files if n.endswith((".rs", ".toml", ".lock"))])
    if found is not None:
        sys.stderr.write(f"warning: {found.render()}\n")


def uses_uv(root: Path, data: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Tell whether uv builds this, or the project is made for it."""
    isolated = any(part.startswith("builds-v") for part in Path(sys.prefix).parts)
    known = "uv" in data.get("tool", {}) or (root / "uv.lock").is_file()
    return known or isolated or "UV" in environ


def problem(root: Path, data: Mapping[str, Any], files: list[str]) -> Problem | None:
    """Return what the cache keys leave out of these files, by their path from the root on."""
    keys = data.get("tool", {}).get("uv", {}).get("cache-keys")
    where = "tool.uv.cache-keys"
    if keys is None:
        return Problem("uv takes a cached build although Rust sources changed", _hint(files), where)
    patterns = [k if isinstance(k, str) else k.get("file", "") for k in keys]
    seen = {path.relative_to(root).as_posix() for p in patterns if p for path in root.glob(p)}
    left = [name for name in files if name not in seen]
    if not left:
        return None
    more = f", and {len(left) - 1} more" if len(left) > 1 else ""
    return Problem(f"file that uv does not look at: `{left[0]}`{more}", _hint(left), where)


def _hint(files: list[str]) -> str:
    """Return keys that name these files: single ones at the root, all below each folder."""
    patterns = set()
    for name in files:
        top, slash, rest = name.partition("/")
        patterns.add(f"{top}/**/*{Path(rest).suffix}" if slash else name)
    return "add " + ", ".join(f'{{ file = "{pattern}" }}' for pattern in sorted(patterns))
