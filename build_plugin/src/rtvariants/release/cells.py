"""The cells of a release's build: what each makes, by which command, and where it can be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtvariants.errors import Problem, RtvariantsError
from rtvariants.targets import platforms
from rtvariants.targets.platforms import Platform
from rtvariants.toolchain import cross
from rtvariants.toolchain.probe import require_readable

from .declaration import Declaration


@dataclass(frozen=True)
class Cell:
    """One platform, one runtime, and one of the declaration's Pythons.

    `command` builds it, here as on any other machine.
    """

    platform: Platform
    runtime: str
    python: str = ""

    @property
    def name(self) -> str:
        """Return the cell's name: unique, and usable for files and artifacts."""
        return "-".join(filter(None, [self.platform.name, self.runtime, self.python]))

    @property
    def command(self) -> str:
        """Return the command line that builds the cell."""
        return build_command(self.platform.name, self.runtime, self.python)


def build_command(platform: str, runtime: str, python: str = "") -> str:
    """Return the command line that builds one cell; workflows put their own variables there."""
    own = f" --python {python}" if python else ""
    return f"rtvariants release build --platform {platform} --runtime {runtime}{own}"


def cells(declaration: Declaration) -> tuple[Cell, ...]:
    """Return every cell of a release."""
    return tuple(
        Cell(platform, runtime, python)
        for platform in declaration.platforms
        for runtime in declaration.runtimes
        for python in declaration.pythons
    )


def chosen(
    declaration: Declaration, names: Sequence[str], *, all_local: bool
) -> tuple[Platform, ...]:
    """Return the platforms to build: those in `names`, else what this machine can build.

    Without `all_local` that is the machine's own platform.
    """
    if names:
        return declaration.only(tuple(dict.fromkeys(names))).platforms
    if all_local:
        return tuple(p for p in declaration.platforms if not missing(p))
    host = platforms.host()
    for platform in declaration.platforms:
        if platform.name == host:
            return (platform,)
    raise RtvariantsError(
        Problem(
            f"this machine's platform is not declared: `{host}`",
            "choose one that this machine can build: `--platform NAME`, or `--all-local`",
            "tool.rtvariants.release.platforms",
        )
    )


def missing(platform: Platform) -> str:
    """Return why this machine can't build for a platform; empty if it can.

    The plugin must be able to read the target's files back, and the compiler to make them.
    """
    try:
        require_readable(platform.target)
    except RtvariantsError as error:
        return error.problems[0].what
    if platform.name == platforms.host():
        return ""
    if cross.prepared(platform) or cross.has_target("rustc", platform.target):
        return ""
    return f"`rtvariants toolchain prepare {platform.name}` has not been run"
