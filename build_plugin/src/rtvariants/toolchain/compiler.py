"""The compiler that cargo runs: which program, what wraps it, and the variables that it gets.

Everything that is asked of a compiler is asked of this one, in the way in which cargo asks it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rtvariants.errors import MachineError

from .cargo_config import CargoConfig
from .commands import run


@dataclass(frozen=True)
class Compiler:
    """rustc with the programs that wrap it, the variables around it, and the folder to run in."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path

    @property
    def unwrapped(self) -> Compiler:
        """Return the compiler alone, without what wraps it."""
        return replace(self, argv=self.argv[-1:])

    def ask(self, *words: str) -> str:
        """Return what the compiler prints; raises `MachineError`."""
        try:
            return run([*self.argv, *words], self.cwd, self.env)
        except MachineError as error:
            if len(self.argv) == 1 or shutil.which(self.argv[0], path=self.env.get("PATH")):
                raise
            what = f"no `{self.argv[0]}`, which cargo is to run in the place of rustc"
            hint = "install it, or set `RUSTC_WRAPPER=` and `RUSTC_WORKSPACE_WRAPPER=` to nothing"
            raise MachineError(what, hint) from error

    @cached_property
    def verbose(self) -> str:
        """Return its version in full; the first line is the short form."""
        return self.ask("-vV")

    @cached_property
    def fields(self) -> dict[str, str]:
        """Return the facts of its version, such as `host` and `release`."""
        found = dict(re.findall(r"^([\w -]+): (.*)$", self.verbose, re.MULTILINE))
        if not {"host", "release"} <= found.keys():
            said = self.verbose.strip() or "nothing"
            hint = "cargo finds it by `RUSTC`, `build.rustc` in its configuration, or PATH"
            raise MachineError(f"`{' '.join(self.argv)} -vV` says no version: {said}", hint)
        return found

    def printed(self, target: str, flags: tuple[str, ...] = ()) -> str:
        """Return the folder of the toolchain, and what is true of a target, line by line."""
        return self.ask("--print", "sysroot", "--print", "cfg", "--target", target, *flags)


def of(config: CargoConfig, root: Path, prepared: str = "") -> Compiler:
    """Return the compiler that cargo would run; `prepared` is the one of another platform."""
    tool = _tool(config, "RUSTC", "rustc") or "rustc"
    wrappers = (
        _tool(config, "RUSTC_WRAPPER", "rustc-wrapper"),
        _tool(config, "RUSTC_WORKSPACE_WRAPPER", "rustc-workspace-wrapper"),
    )
    own, _ = config.variables()
    argv = (*filter(None, wrappers), prepared or tool)
    return Compiler(argv, {**config.environ, **own}, root)


def _tool(config: CargoConfig, variable: str, setting: str) -> str:
    """Return a program by its variable, which counts also where it is set to nothing."""
    named = config.environ.get(variable)
    return config.program("build", setting) if named is None else named
