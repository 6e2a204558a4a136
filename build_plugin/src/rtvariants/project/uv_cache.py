"""Warns where uv would use a cached build although Rust sources have changed.

uv knows a local project by its pyproject.toml unless `[tool.uv] cache-keys` says more (uv's guide,
"Caching", dynamic metadata).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rtvariants.errors import Problem, RtvariantsError

from .tree import Project

# Files of a crate that no compiler reads; a build script may read any other.
_PROSE = (".md", ".rst")


def warn(project: Project) -> None:
    """Print a warning of what the keys of a project that uses uv leave out."""
    root, data = project.root, project.pyproject
    if (root / "PKG-INFO").is_file() or not uses_uv(root, data, os.environ):
        return
    try:
        files = project.sources.files()
    except RtvariantsError:
        return  # What is wrong with the sources is reported where it matters.
    code = [n for n in files if Path(n).suffix not in ("", *_PROSE)]
    found = problem(root, data, code)
    if found is not None:
        sys.stderr.write(f"warning: {found.render()}\n")


def uses_uv(root: Path, data: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Return whether uv builds this, or the project is set up for it."""
    isolated = any(part.startswith("builds-v") for part in Path(sys.prefix).parts)
    known = "uv" in data.get("tool", {}) or (root / "uv.lock").is_file()
    return known or isolated or "UV" in environ


def problem(root: Path, data: Mapping[str, Any], files: list[str]) -> Problem | None:
    """Return what the cache keys leave out of these files, by their path from the root on.

    Keys replace uv's own, which include pyproject.toml.
    """
    keys = data.get("tool", {}).get("uv", {}).get("cache-keys")
    where = "tool.uv.cache-keys"
    files = ["pyproject.toml", *files]
    if keys is None:
        what = "uv uses a cached build although Rust sources changed"
        return Problem(what, f"add to `[tool.uv]`: cache-keys = [{_keys(files)}]", where)
    patterns = [k.get("file") if isinstance(k, dict) else k for k in keys]
    inside = [p for p in patterns if isinstance(p, str) and p and not p.startswith(("/", "../"))]
    seen = {path.relative_to(root).as_posix() for p in inside for path in root.glob(p)}
    # Patterns do not follow links to folders: a file below one may be watched under its own name.
    left = [n for n in files if n not in seen and _own_name(root, n) not in seen]
    if not left:
        return None
    more = f", and {len(left) - 1} more" if len(left) > 1 else ""
    what = f"file that uv does not watch: `{left[0]}`{more}"
    return Problem(what, f"add to them: {_keys(left)}", where)


def _own_name(root: Path, name: str) -> str:
    """Return the path that a file has without links, from the root on where it is below it."""
    own, top = (root / name).resolve(), root.resolve()
    return own.relative_to(top).as_posix() if own.is_relative_to(top) else name


def _keys(files: list[str]) -> str:
    """Return keys that name these files: single ones at the root, all below each folder."""
    patterns: dict[str, None] = {}
    for name in files:
        top, slash, rest = name.partition("/")
        patterns[f"{top}/**/*{Path(rest).suffix}" if slash else name] = None
    return ", ".join(f'{{ file = "{pattern}" }}' for pattern in patterns)
