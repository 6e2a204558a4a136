"""`[tool.rtvariants.pgo]`: builds that are optimized with a profile of the package at work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .fields import setting
from .kinds import Choice, Number, Text, Texts

#: A relative folder inside the project.
_FOLDER = r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[^\\:]+"


@dataclass(frozen=True, kw_only=True)
class PgoConfig:
    """Profile-guided optimization: rustc learns from a run which code is used, and how often.

    A table with `command` or `profiles` turns it on, for every runtime and every build except
    editable ones.
    """

    command: str = setting(Text(empty=True), default="", override="pgo")
    """The command that does typical work with the package, such as `python benches/train.py`. The
    system's shell runs it in the project's folder, once for each runtime, with instrumented
    modules. `python` is the interpreter of the build; it imports the package from a temporary
    folder. With the backend `rtvariants.backends.maturin`, the default is `pgo-command` of
    `[tool.maturin]`, if `MATURIN_PGO` is set or this table has `profiles`."""

    profiles: str = setting(
        Text(_FOLDER, "not a folder inside the project", "such as `pgo`", empty=True), default=""
    )
    """The folder of stored profiles, relative to pyproject.toml. `rtvariants pgo` writes them:
    `<target>/<runtime>.profdata` and a note next to it. Builds with a stored profile are
    reproducible, and need neither the command nor `llvm-profdata`."""

    mode: str = setting(
        Choice("auto", "stored", "run", "off", what="mode"), default="auto", override="pgo-mode"
    )
    """`auto`: use the stored profile of a runtime if it fits this compiler; otherwise run the
    command. `stored`: use stored profiles only, and refuse a build without one. `run`: run the
    command also where there is a stored profile. `off`: build without profiles. A release builds
    as with `stored`, unless pyproject.toml says `run` or `off`."""

    requires: tuple[str, ...] = setting(Texts(), default=[])
    """What the command needs in addition to the package's own dependencies, such as `pytest`. What
    the build's environment lacks is installed into a temporary folder."""

    timeout: int = setting(Number(), default=3600)
    """The seconds after which the command is stopped, and the build fails. 0 means never."""

    @cached_property
    def on(self) -> bool:
        """Return whether builds use profiles."""
        return self.mode != "off" and bool(self.command or self.profiles)
