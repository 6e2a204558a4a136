"""The compiler that cargo runs: which program, what wraps it, and the variables that it gets.

Everything that is asked of a compiler is asked of this one, in the way in which cargo asks it.
"""

from __future__ import annotations

import os
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
        program = self.argv[0]
        if program != "rustc" and not shutil.which(self._place(program), path=self.env.get("PATH")):
            wraps = len(self.argv) > 1
            what = "runs in the place of rustc" if wraps else "runs as rustc"
            hint = (
                "install it, or set `RUSTC_WRAPPER=` and `RUSTC_WORKSPACE_WRAPPER=` to nothing"
                if wraps
                else "correct `RUSTC`, or `rustc` in `[build]` of cargo's configuration"
            )
            raise MachineError(f"no `{program}`, which cargo {what}", hint)
        return run([*self.argv, *words], self.cwd, self.env)

    def _place(self, program: str) -> str:
        """Return where a program is that is named by a folder: it counts from ours."""
        return program if os.sep not in program else str(self.cwd / program)

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
