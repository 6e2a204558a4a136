"""Settings that a project states elsewhere already: for the build tool that it had before.

`[tool.rtvariants]` may then be as short as its runtimes. What it says itself wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from rtvariants.errors import ConfigError

from . import pyproject, toml, tool_maturin, tool_setuptools_rust

_MANIFEST = "Cargo.toml"
# Where maturin looks for the crate, if nothing names it.
_PLACES = (".", "rust")


def filled(table: Mapping[str, Any], data: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Return the table with the crate, the modules and the variable that it leaves out.

    `data` is the project's pyproject.toml. What can't be derived stays out, and is reported.
    """
    tools = data.get("tool", {})
    rust = tool_setuptools_rust.filled(tools, table.get("module"))
    # maturin needs no table: it calls everything as the crate.
    settings = tools.get("maturin", {} if pyproject.backend(data) == tool_maturin.BACKEND else None)
    found = _of_maturin(settings, root) or rust
    found |= {k: v for k, v in table.items() if k in ("crate", "module")}
    crate = found.get("crate") or next((p for p in _PLACES if (root / p / _MANIFEST).is_file()), "")
    made = {"crate": crate, "module": found.get("module", ""), "modules": found.get("modules")}
    module = made["module"]
    if isinstance(module, str) and module:
        space = table.get("namespace", "")
        above = space.count(".") + 1 if isinstance(space, str) and space else 0
        made["env"] = variable(".".join(module.split(".")[: above + 1]))
    return {**{key: value for key, value in made.items() if value}, **table}


def variable(package: str) -> str:
    """Return the override variable of a package.

    >>> variable("acme._x")
    'ACME_X_RUNTIME'
    """
    words = (part.strip("_") for part in package.upper().split("."))
    return "_".join([*words, "RUNTIME"])


def _of_maturin(settings: Any, root: Path) -> dict[str, Any]:
    """Return what `[tool.maturin]` says, by maturin's own rules (its guide, 1.16)."""
    if not isinstance(settings, Mapping):
        return {}
    manifest = settings.get("manifest-path")
    crate = PurePosixPath(manifest).parent.as_posix() if isinstance(manifest, str) else ""
    crate = crate or next((p for p in _PLACES if (root / p / _MANIFEST).is_file()), "")
    # Without a name, the module is called as the library, in a package of that name.
    module = settings.get("module-name") or _library(root / crate / _MANIFEST)
    if isinstance(module, str) and module and "." not in module:
        module = f"{module}.{module}"
    return {"crate": crate, "module": module}


def _library(manifest: Path) -> str:
    """Return the name of a crate's library, as cargo calls its file."""
    try:
        data = toml.read(manifest)
    except ConfigError:
        return ""  # A missing crate is reported where it is read.
    named = data.get("lib", {}).get("name") or data.get("package", {}).get("name", "")
    return re.sub("-", "_", str(named))
