"""Reads TOML; every file in that format is read here."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import Any

from rtvariants.errors import ConfigError, Problem

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# What is read as tables; an sdist is made without cargo and hatchling's own check.
_TABLES = {
    "Cargo.toml": ("package", "lib", "workspace", "dependencies", "target", "patch", "features"),
    "hatch.toml": ("build",),
}


def read(path: Path) -> dict[str, Any]:
    """Return a TOML file; raises `ConfigError` where it can't be read."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(Problem(f"unreadable file: {error}", where=path.name)) from error
    return parse(text, path.name)


def parse(text: bytes, where: str = "") -> dict[str, Any]:
    """Return the content of a TOML file; raises `ConfigError`, which names the file `where`.

    cargo ignores a byte order mark. Build tools read pyproject.toml with Python's reader, which
    does not.
    """
    if text.startswith(codecs.BOM_UTF8) and where == "pyproject.toml":
        what = "file that begins with a byte order mark, which build tools can't read"
        raise ConfigError(Problem(what, "save it as UTF-8 without one", where))
    try:
        data: dict[str, Any] = tomllib.loads(text.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(Problem(f"unreadable file: {error}", where=where)) from error
    except RecursionError:
        what = "unreadable file: its values are nested too deeply"
        raise ConfigError(Problem(what, where=where)) from None
    wrong = [k for k in _TABLES.get(where, ()) if not isinstance(data.get(k, {}), dict)]
    if wrong:
        raise ConfigError(
            Problem(f"not a table: `{data[k]!r}`", where=f"{where}: {k}") for k in wrong
        )
    return data
