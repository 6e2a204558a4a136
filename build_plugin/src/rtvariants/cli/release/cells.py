"""The cells of a release's build: what each makes, by which command, and where it can be made."""

from __future__ import annotations

from dataclasses import dataclass

from rtvariants.errors import Problem, RtvariantsError, near
from rtvariants.release import workflow
from rtvariants.release.declaration import Declaration
from rtvariants.targets import platforms
from rtvariants.targets.platforms import Platform
from rtvariants.toolchain import cross


@dataclass(frozen=True)
class Cell:
    """One platform and one runtime; `command` builds it, here as on any other machine."""

    platform: Platform
    runtime: str

    @property
    def name(self) -> str:
        """Return the cell's name: unique, and fit for files and artifacts."""
        return f"{self.platform.name}-{self.runtime}"

    @property
    def command(self) -> str:
        """Return the command line that builds the cell."""
        return workflow.build_command(self.platform.name, self.runtime)


def cells(declaration: Declaration) -> tuple[Cell, ...]:
    """Return every cell of a release."""
    return tuple(Cell(p, r) for p in declaration.platforms for r in declaration.runtimes)


def chosen(declaration: Declaration, names: list[str], *, all_local: bool) -> tuple[Platform, ...]:
    """Return the platforms to build: those that are named, else what this machine makes.

    Without `all_local` that is the machine's own platform.
    """
    declared = {each.name: each for each in declaration.platforms}
    for name in names:
        if name not in declared:
            hint = near(name, tuple(declared))
            raise RtvariantsError(f"undeclared platform: `{name}`", hint)
    if names:
        return tuple(declared[name] for name in dict.fromkeys(names))
    if all_local:
        return tuple(p for p in declared.values() if not why_not(p))
    host = platforms.host()
    if host not in declared:
        raise RtvariantsError(
            Problem(
                f"this machine's platform is not declared: `{host}`",
                "name one that this machine can make: `--platform NAME`, or `--all-local`",
                "tool.rtvariants.release.platforms",
            )
        )
    return (declared[host],)


def why_not(platform: Platform) -> str:
    """Return why this machine can't make a platform; empty where it can.

    The plugin must be able to read the target's files back, and the compiler to make them.
    """
    from rtvariants.wheels import layout

    try:
        layout.supported(platform.target)
    except RtvariantsError as error:
        return error.problems[0].what
    if platform.name == platforms.host():
        return ""
    if cross.prepared(platform) or cross.has_target("rustc", platform.target):
        return ""
    return f"`rtvariants toolchain prepare {platform.name}` has not been run"
