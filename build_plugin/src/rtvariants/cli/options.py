"""Options that several subcommands share; each is a setting of the table under another spelling."""

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


def project(parser: argparse.ArgumentParser) -> None:
    """Add the folder of the project, and the choice of runtimes."""
    parser.add_argument("project", nargs="?", default=".", help="folder of pyproject.toml")
    parser.add_argument(
        "--runtime", action="append", metavar="NAME", help="only this one; may be repeated"
    )


def building(parser: argparse.ArgumentParser) -> None:
    """Add how a build runs."""
    parser.add_argument("--jobs", type=int, metavar="N", help="compilers at once, in all")
    parser.add_argument(
        "--frugal", action="store_true", default=None,
        help="one runtime after the other, one compiler at a time",
    )  # fmt: skip
    parser.add_argument("--events", metavar="FILE", help="write the progress as JSON lines")


def platform(parser: argparse.ArgumentParser) -> None:
    """Add the platform that is built for."""
    parser.add_argument(
        "--platform", metavar="NAME",
        help="build for this platform, such as `linux-arm64`, or a Rust target; "
        "`rtvariants toolchain prepare NAME` gets what that needs",
    )  # fmt: skip


def built_for(options: argparse.Namespace) -> None:
    """Let the platform of the options count for all builds of this process and its children."""
    if options.platform:
        os.environ[cross.PLATFORM] = options.platform
    if os.environ.get(cross.PLATFORM):
        # A build with another home shall find the same tools.
        os.environ[cross.CACHE] = str(cross.cache())
    cross.asked()


def routed(project: Project, *, must: bool = False) -> None:
    """Tell where the project's own backend would build no runtime; `must` makes it an error."""
    found = backend_check.problem(project.root, project.pyproject)
    if found is None:
        return
    if must:
        raise RtvariantsError(found)
    sys.stderr.write(f"warning: {found.render()}\n")


def root(options: argparse.Namespace) -> Path:
    """Return the absolute folder of the project."""
    return Path(options.project).resolve()


def taken(options: argparse.Namespace) -> AbstractContextManager[None]:
    """Let the options win over environment and table for every table that is read inside."""
    names = {"runtime": "runtimes", "jobs": "jobs", "frugal": "frugal", "events": "events"}
    return load.overriding(options={n: getattr(options, o, None) for o, n in names.items()})
