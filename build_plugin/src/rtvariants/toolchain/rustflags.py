"""The compiler flags that a build machine already sets, merged or refused.

cargo takes flags from one source only: an environment variable silently switches off those of the
configuration files. The plugin sets such a variable, so it must read the other sources itself.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.errors import ConfigError, MachineError, Problem

# These decide what a CPU must have. Only the configuration of the runtimes may do that.
_REFUSED = ("target-cpu", "target-feature", "target_cpu", "target_feature")
_SEPARATOR = "\x1f"
# How the C library is linked is called a feature too, and is no feature of a CPU.
_LINKING = re.compile(r"\x1f(?:-C\x1f?|--codegen[=\x1f])target-feature=[+-]crt-static(?=\x1f)")


@dataclass(frozen=True)
class Ambient:
    """Flags from outside the configuration, and where cargo would have read them from."""

    flags: tuple[str, ...] = ()
    source: str = ""


def variable(target: str, what: str) -> str:
    """Return the variable of cargo that sets one thing for a target.

    >>> variable("x86_64-unknown-linux-gnu", "LINKER")
    'CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER'
    """
    return f"CARGO_TARGET_{target.upper().replace('-', '_')}_{what}"


def ambient(environ: Mapping[str, str], root: Path, target: str) -> Ambient:
    """Return the flags that cargo would use on its own, from the one source that it would use.

    Raises `MachineError` for flags that choose a CPU, and for flags that can't be read.
    """
    for found in _sources(environ, root, target):
        if found.flags:
            _refuse(found)
            return found
    return Ambient()


def _sources(environ: Mapping[str, str], root: Path, target: str) -> Iterator[Ambient]:
    """Yield the sources in cargo's own order; the first that has flags is the only one used."""
    encoded = environ.get("CARGO_ENCODED_RUSTFLAGS")
    if encoded is not None:
        yield Ambient(tuple(filter(None, encoded.split(_SEPARATOR))), "CARGO_ENCODED_RUSTFLAGS")
    plain = environ.get("RUSTFLAGS")
    if plain is not None:
        yield Ambient(tuple(plain.split()), "RUSTFLAGS")
    files = list(_config_files(environ, root))
    name = variable(target, "RUSTFLAGS")
    for_target = _joined(files, ("target", target, "rustflags"))
    for path, data in files:
        for key, table in data.get("target", {}).items():
            if key.startswith("cfg(") and isinstance(table, dict) and table.get("rustflags"):
                raise MachineError(
                    f"rustflags that can't be merged: `[target.'{key}']` in {path}",
                    f"move them to `[target.{target}]` or `[build]`",
                )
    extra = tuple(environ.get(name, "").split())
    yield Ambient(for_target.flags + extra, for_target.source or name)
    if environ.get("CARGO_BUILD_RUSTFLAGS"):
        yield Ambient(tuple(environ["CARGO_BUILD_RUSTFLAGS"].split()), "CARGO_BUILD_RUSTFLAGS")
    yield _joined(files, ("build", "rustflags"))


def linker(environ: Mapping[str, str], root: Path, target: str, flags: tuple[str, ...]) -> str:
    """Return the linker that the user has chosen for a target; empty where rustc takes its own.

    `flags` are those that `ambient` has found.
    """
    pattern = r"(?:^|\x1f)(?:-C\x1f?|--codegen[=\x1f])linker=([^\x1f]+)"
    by_flag = re.findall(pattern, _SEPARATOR.join(flags))
    named = environ.get(variable(target, "LINKER"), "")
    if by_flag or named:
        return str(by_flag[-1]) if by_flag else named
    tables = (data.get("target", {}).get(target, {}) for _, data in _config_files(environ, root))
    found = [table.get("linker", "") for table in tables if isinstance(table, dict)]
    return next((str(name) for name in reversed(found) if name), "")


def _config_files(environ: Mapping[str, str], root: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield cargo's configuration files, the farthest first, since the nearest flags come last."""
    home = Path(environ["CARGO_HOME"]) if environ.get("CARGO_HOME") else Path.home() / ".cargo"
    folders = [
        home,
        *(f / ".cargo" for f in reversed((root, *root.parents)) if f / ".cargo" != home),
    ]
    for folder in folders:
        for name in ("config", "config.toml"):
            path = folder / name
            if path.is_file():
                try:
                    yield path, toml.read(path)
                except ConfigError as error:
                    said = f"unreadable file: {path}: {error.__cause__}"
                    raise MachineError(said) from error
                break


def _joined(files: list[tuple[Path, dict[str, Any]]], keys: tuple[str, ...]) -> Ambient:
    flags: tuple[str, ...] = ()
    source = ""
    for path, data in files:
        value: Any = data
        for key in keys:
            value = value.get(key, {}) if isinstance(value, dict) else {}
        if isinstance(value, (str, list)) and value:
            flags += tuple(value.split()) if isinstance(value, str) else tuple(map(str, value))
            source = f"`[{'.'.join(keys[:-1])}]` of {path}"
    return Ambient(flags, source)


def _refuse(found: Ambient) -> None:
    flags = _LINKING.sub("", _SEPARATOR.join(("", *found.flags, ""))).split(_SEPARATOR)
    bad = [flag for flag in flags if any(name in flag for name in _REFUSED)]
    if bad:
        raise MachineError(
            Problem(
                f"CPU chosen outside the configuration: {found.source} holds `{' '.join(bad)}`",
                "unset it for this build; the level of each runtime is set in `[tool.rtvariants]`",
                rule="ambient-flags",
            )
        )


def merge_c(ambient_flags: str, ours: tuple[str, ...], source: str) -> str:
    """Return C flags with ours after the ambient ones; refuses ambient ones that choose a CPU."""
    words = shlex.split(ambient_flags)
    bad = [
        w
        for w in words
        if w.startswith(("-march", "-mcpu", "-mavx", "-msse", "-mfma", "-mbmi", "/arch:", "-arch:"))
    ]
    if bad:
        raise MachineError(
            Problem(
                f"CPU chosen outside the configuration: {source} holds `{' '.join(bad)}`",
                "unset it for this build; C code is compiled for the level of each runtime",
                rule="ambient-flags",
            )
        )
    return " ".join([*words, *ours])
