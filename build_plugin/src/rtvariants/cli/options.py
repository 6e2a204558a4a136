"""Options that several subcommands share; each overrides a setting of the configuration."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from rtvariants.config import load
from rtvariants.errors import RtvariantsError
from rtvariants.project import backend_check
from rtvariants.project.tree import Project
from rtvariants.toolchain import cross

FOLDER = "folder of pyproject.toml (default: the current folder)"


def folder(parser: argparse.ArgumentParser) -> None:
    """Add the folder of the project."""
    parser.add_argument("project", nargs="?", default=".", help=FOLDER)


def project(parser: argparse.ArgumentParser) -> None:
    """Add the folder of the project, and the choice of runtimes."""
    folder(parser)
    parser.add_argument(
        "--runtime",
        action="append",
        metavar="NAME",
        help="build only this runtime; may be repeated",
    )


def building(parser: argparse.ArgumentParser) -> None:
    """Add the options for how a build runs."""
    parser.add_argument("--jobs", type=int, metavar="N", help="number of compilers at once")
    parser.add_argument(
        "--frugal", action="store_true", default=None,
        help="build one runtime after the other, with one compiler at a time",
    )  # fmt: skip
    pgo(parser)
    parser.add_argument(
        "--events", metavar="FILE", help="write the progress to this file as JSON lines"
    )


def pgo(parser: argparse.ArgumentParser) -> None:
    """Add the command that makes profiles."""
    parser.add_argument(
        "--pgo", metavar="COMMAND",
        help="optimize each runtime with a profile of this command, which uses the package",
    )  # fmt: skip


def platform(parser: argparse.ArgumentParser) -> None:
    """Add the platform to build for."""
    parser.add_argument(
        "--platform", metavar="NAME",
        help="build for this platform, such as `linux-arm64`, or a Rust target; "
        "`rtvariants toolchain prepare NAME` installs what that needs",
    )  # fmt: skip


def python(parser: argparse.ArgumentParser, also: str = "") -> None:
    """Add the Pythons to build for; `also` is the rest of the help."""
    parser.add_argument(
        "--python", action="append", metavar="VERSION",
        help="build for this Python, such as `3.13`, `3.14t` or the path of a program, if the "
        f"crate is not for the stable ABI (default: the one that runs){also}",
    )  # fmt: skip


def use_platform(options: argparse.Namespace) -> None:
    """Use the platform of the options for all builds of this process and its subprocesses."""
    if options.platform:
        os.environ[cross.PLATFORM] = options.platform
    if os.environ.get(cross.PLATFORM):
        # A build with another home directory finds the same tools.
        os.environ[cross.CACHE] = str(cross.cache())
    cross.asked()


def check_backend(project: Project, *, must: bool = False) -> None:
    """Warn if the project's own backend would build no runtime; with `must`, raise an error."""
    found = backend_check.problem(project.root, project.pyproject)
    if found is None:
        return
    if must:
        raise RtvariantsError(found)
    sys.stderr.write(f"warning: {found.render()}\n")


def root(options: argparse.Namespace) -> Path:
    """Return the absolute folder of the project."""
    return Path(options.project).resolve()


def overriding(options: argparse.Namespace) -> AbstractContextManager[None]:
    """Let the options override environment and configuration wherever it is read inside."""
    names = {name: name for name in ("jobs", "frugal", "events", "pgo", "python")}
    names["runtime"] = "runtimes"
    return load.overriding(options={n: getattr(options, o, None) for o, n in names.items()})
