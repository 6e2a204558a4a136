"""cargo's own configuration: cargo reads and merges its files, and is asked for the result.

Includes, the order of files and how their values are joined are cargo's affair. `cargo config get`
is an unstable command, which a stable cargo runs only with `RUSTC_BOOTSTRAP`; that variable is set
for the question alone, which starts no compiler. Variables such as `CARGO_BUILD_TARGET` come before
the files; their names follow from those of the settings.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtvariants.config import toml
from rtvariants.errors import ConfigError, MachineError

from .commands import run

_ORIGIN = re.compile(r"^(?P<set>.*)\s# (?P<origin>.+)$")
# How cargo calls the target of the machine that it runs on.
_HOST = "host-tuple"


@dataclass(frozen=True)
class CargoConfig:
    """The merged files, with the file that each value is from, and the variables around them."""

    values: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)

    def in_files(self, *keys: str) -> Any:
        """Return a value of the files; `None` where they have none."""
        value: Any = self.values
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def origin(self, *keys: str) -> str:
        """Return the file that a value is from; of a list, the one that its last part is from."""
        found = [o for at, o in self.origins.items() if at[: len(keys)] == keys]
        return found[-1] if found else "cargo's configuration"

    def string(self, *keys: str) -> str:
        """Return a setting of cargo, from its variable or the files; empty where it has none."""
        named = self.environ.get(f"CARGO_{'_'.join(keys).upper().replace('-', '_')}")
        return named if named is not None else str(self.in_files(*keys) or "")

    def program(self, *keys: str) -> str:
        """Return the program that a setting of cargo names, as cargo finds it."""
        name = self.string(*keys)
        plain = "/" not in name and os.sep not in name
        # A name alone is looked up in PATH, and a variable counts from the current folder.
        if plain or name != self.in_files(*keys):
            return name
        return self._joined(name, *keys)

    def target(self, host: str) -> str:
        """Return the target that cargo would build for; empty where that is this machine.

        Raises `MachineError` for several: a wheel is for one.
        """
        named = self.environ.get("CARGO_BUILD_TARGET")
        found = named if named is not None else self.in_files("build", "target")
        several = found if isinstance(found, list) else [found]
        if len(several) > 1:
            raise MachineError(
                f"{len(several)} targets in {self.origin('build', 'target')}: "
                f"`{'`, `'.join(map(str, several))}`",
                "a wheel is for one: name it in `CARGO_BUILD_TARGET` or by `--platform`",
            )
        target = str((several or [""])[0] or "")
        return host if target == _HOST else target

    def variables(self) -> tuple[dict[str, str], frozenset[str]]:
        """Return the variables that cargo sets for compilers and build scripts, from `[env]`.

        Second are the names of those that it sets although they are in its own environment.
        """
        found: dict[str, str] = {}
        forced = set()
        for name, value in (self.in_files("env") or {}).items():
            table = value if isinstance(value, Mapping) else {"value": value}
            if table.get("force"):
                forced.add(name)
            elif name in self.environ:
                continue
            text = str(table.get("value", ""))
            found[name] = self._joined(text, "env", name) if table.get("relative") else text
        return found, frozenset(forced)

    def path(self, *keys: str) -> Path | None:
        """Return a folder that is a setting; `None` where it is not set."""
        name = self.string(*keys)
        if not name:
            return None
        in_file = f"CARGO_{'_'.join(keys).upper().replace('-', '_')}" not in self.environ
        return Path(self._joined(name, *keys)) if in_file else Path.cwd() / name

    def _joined(self, name: str, *keys: str) -> str:
        # cargo counts from the folder that holds `.cargo`.
        return str(Path(self.origin(*keys)).parents[1] / name)


def read(cargo: str, root: Path, environ: Mapping[str, str]) -> CargoConfig:
    """Return the configuration that cargo has in a folder; raises `MachineError`."""
    argv = [cargo, "config", "get", "-Zunstable-options", "--show-origin"]
    text = run(argv, root, {**environ, "RUSTC_BOOTSTRAP": "1"})
    try:
        return CargoConfig(toml.parse(text.encode()), _origins(text), environ)
    except ConfigError as error:
        raise MachineError(f"cargo prints its configuration unreadably: {error}") from error


def target_directory(
    cargo: str | None, root: Path, workspace: Path, environ: Mapping[str, str]
) -> Path:
    """Return where cargo puts what it compiles of a workspace, if it is called in `root`."""
    named = environ.get("CARGO_TARGET_DIR")
    if named:
        return Path.cwd() / named
    found = None
    with contextlib.suppress(MachineError):  # A build reports it.
        found = read(cargo, root, environ).path("build", "target-dir") if cargo else None
    return found or workspace / "target"


def _origins(text: str) -> dict[tuple[str, ...], str]:
    r"""Return the file of each value, from the comments that cargo puts behind them.

    >>> _origins('build.target = "x" # /a/.cargo/config.toml\nenv.A = [\n    "b", # /c\n]\n')
    {('build', 'target'): '/a/.cargo/config.toml', ('env', 'A'): '/c'}
    """
    found: dict[tuple[str, ...], str] = {}
    keys: tuple[str, ...] = ()
    for line in text.splitlines():
        match = _ORIGIN.match(line)
        if not line.startswith((" ", "]", "#")):
            part = line if line.endswith("[") else match["set"] if match else ""
            try:
                keys = _keys(
                    toml.parse(f"{part}]".encode() if part.endswith("[") else part.encode())
                )
            except ConfigError:
                keys = ()
        if match and keys and not line.startswith("#"):
            found[keys] = match["origin"]
    return found


def _keys(value: Any) -> tuple[str, ...]:
    if not (isinstance(value, Mapping) and value):
        return ()
    ((key, inner),) = list(value.items())[:1]
    return (key, *_keys(inner))
