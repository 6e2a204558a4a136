"""The compiler flags that a build machine already sets, merged or refused.

cargo takes flags from one source only: an environment variable silently switches off those of the
configuration files. The plugin sets such a variable, so it must read the other sources itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rtvariants.errors import MachineError, Problem

from . import cfg_expr
from .cargo_config import CargoConfig

# These decide what a CPU must have. Only the configuration of the runtimes may do that.
_REFUSED = ("target-cpu", "target-feature", "target_cpu", "target_feature")
_SEPARATOR = "\x1f"
# How the C library is linked is called a feature too, and is no feature of a CPU.
_LINKING = re.compile(r"\x1f(?:-C\x1f?|--codegen[=\x1f])target-feature=[+-]crt-static(?=\x1f)")

#: Returns what rustc prints about the target, with some flags (`--print cfg`).
Printed = Callable[[tuple[str, ...]], frozenset[str]]


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
    return f"CARGO_TARGET_{target.upper().replace('-', '_').replace('.', '_')}_{what}"


def ambient(config: CargoConfig, target: str, printed: Printed) -> Ambient:
    """Return the flags that cargo would use on its own, from the one source that it would use.

    Raises `MachineError` for flags that choose a CPU.
    """
    found = _by_variable(config) or _of_target(config, target, printed) or _of_build(config)
    _refuse(found)
    return found


def _by_variable(config: CargoConfig) -> Ambient | None:
    """Return the flags of a variable, which counts also where it is set to nothing."""
    encoded = config.environ.get("CARGO_ENCODED_RUSTFLAGS")
    if encoded is not None:
        flags = tuple(encoded.split(_SEPARATOR)) if encoded else ()
        return Ambient(flags, "CARGO_ENCODED_RUSTFLAGS")
    plain = config.environ.get("RUSTFLAGS")
    return None if plain is None else Ambient(_words(plain), "RUSTFLAGS")


def _of_target(config: CargoConfig, target: str, printed: Printed) -> Ambient | None:
    """Return the flags of the target's table, and of each `cfg(…)` table that holds for it."""
    name = variable(target, "RUSTFLAGS")
    own = config.in_files("target", target, "rustflags")
    extra = config.environ.get(name, "")
    found = [(_words(own), f"`[target.{target}]` of {config.origin('target', target)}")]
    found += [(_words(extra), name)]
    # cargo asks rustc with the flags that it has without these tables.
    before = (*found[0][0], *found[1][0]) or _of_build(config).flags
    for key, flags in _conditional(config, "rustflags"):
        if cfg_expr.holds(key, printed(before)):
            found.append((_words(flags), f"`[target.'{key}']` of {config.origin('target', key)}"))
    found = [(flags, source) for flags, source in found if flags]
    if not found:
        return None
    return Ambient(tuple(f for flags, _ in found for f in flags), ", ".join(s for _, s in found))


def _of_build(config: CargoConfig) -> Ambient:
    name = "CARGO_BUILD_RUSTFLAGS"
    files = _words(config.in_files("build", "rustflags"))
    extra = _words(config.environ.get(name, ""))
    sources = [f"`[build]` of {config.origin('build', 'rustflags')}"] if files else []
    return Ambient((*files, *extra), ", ".join([*sources, *([name] if extra else [])]))


def _conditional(config: CargoConfig, setting: str) -> Iterator[tuple[str, Any]]:
    """Yield a setting of each `cfg(…)` table that has it, in cargo's order."""
    for key, table in sorted((config.in_files("target") or {}).items()):
        if key.startswith("cfg(") and isinstance(table, dict) and table.get(setting):
            yield key, table[setting]


def _words(value: Any) -> tuple[str, ...]:
    """Return flags, from a list or from one text."""
    return tuple(map(str, value)) if isinstance(value, list) else tuple(str(value or "").split())


def linker(config: CargoConfig, target: str, flags: tuple[str, ...], printed: Printed) -> str:
    """Return the linker that the user has chosen for a target; empty where rustc takes its own.

    `flags` are those that `ambient` has found.
    """
    pattern = r"(?:^|\x1f)(?:-C\x1f?|--codegen[=\x1f])linker=([^\x1f]+)"
    by_flag = re.findall(pattern, _SEPARATOR.join(flags))
    if by_flag:
        return str(by_flag[-1])
    named = config.environ.get(variable(target, "LINKER"))
    named = named or config.in_files("target", target, "linker")
    if named:
        return str(named)
    tables = _conditional(config, "linker")
    return next((str(name) for key, name in tables if cfg_expr.holds(key, printed(flags))), "")


def _refuse(found: Ambient) -> None:
    flags = _LINKING.sub("", _SEPARATOR.join(("", *found.flags, ""))).split(_SEPARATOR)
    bad = [flag for flag in flags if any(name in flag for name in _REFUSED)]
    if bad:
        raise MachineError(
            Problem(
                f"CPU chosen outside the configuration: {found.source} holds `{' '.join(bad)}`",
                _hint(found.source),
                rule="ambient-flags",
            )
        )


def _hint(source: str) -> str:
    level = "the level of each runtime is set in `[tool.rtvariants]`"
    if source.startswith("`["):
        return f"build with `RUSTFLAGS=` set to nothing, which switches it off; {level}"
    return f"unset it for this build; {level}"
