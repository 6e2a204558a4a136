"""Install wheels into a clean environment and run each runtime, on old CPUs too.

Each wheel is checked first, and only one that breaks no rule is installed. Then each of its
runtimes is forced: what is loaded must be what the wheel says, and the code of `test.run` in the
configuration must succeed. With qemu-user the same is repeated on the oldest CPU of the runtime's
level, and on one below it, where the runtime must refuse to load and say why. What the wheel
requires is installed by pip, with the caller's settings for it.
"""

from __future__ import annotations

import argparse
import functools
from pathlib import Path

from rtvariants.config import load
from rtvariants.trial import runner
from rtvariants.trial.dependencies import Needs


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants test`."""
    parser.add_argument("wheels", nargs="+", metavar="WHEEL", type=Path, help="a wheel file")
    parser.add_argument(
        "--project", metavar="DIR", type=Path,
        help="folder of the pyproject.toml that has `test.run` (default: the current folder, "
        "if it has one)",
    )  # fmt: skip
    parser.add_argument("--run", metavar="CODE", help="Python code to run instead of `test.run`")
    parser.add_argument(
        "--with", action="append", default=[], metavar="PACKAGE", dest="more",
        help="install this package too, as pip takes it, such as numpy; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--find-links", action="append", default=[], metavar="DIR", type=Path,
        help="folder with wheels of the packages that it needs, as for pip",
    )  # fmt: skip
    parser.add_argument(
        "--no-index", action="store_true",
        help="install packages from the folders of --find-links only (default: from the index "
        "that pip uses too)",
    )  # fmt: skip
    parser.add_argument(
        "--no-deps", action="store_true", help="do not install what the wheels require"
    )
    parser.add_argument(
        "--python", action="append", default=[], metavar="VERSION or PLATFORM=COMMAND",
        help="run with this Python of the machine, such as `3.12` (default: this one, or one that "
        "fits); or the interpreter for wheels of another platform, by a part of their tag: "
        "'aarch64=qemu-aarch64 -L ROOT ROOT/usr/bin/python3' (default: the one that `rtvariants "
        "toolchain prepare` installed)",
    )  # fmt: skip
    parser.add_argument("--no-emulation", action="store_true", help="do not emulate old CPUs")
    parser.add_argument(
        "--strict", action="store_true", help="fail if a wheel cannot be run on this machine"
    )


def run(options: argparse.Namespace) -> int:
    """Check, install and run; returns 1 if a run fails or nothing ran."""
    pythons, interpreters = runner.given(options.python)
    request = runner.Request(
        code=options.run if options.run is not None else _code(options.project),
        needs=Needs(
            more=tuple(options.more),
            links=tuple(options.find_links),
            index=not options.no_index,
            wanted=not options.no_deps,
        ),
        pythons=pythons,
        interpreters=interpreters,
        emulation=not options.no_emulation,
        strict=options.strict,
    )
    tally = runner.run(options.wheels, request, functools.partial(print, flush=True))
    print(f"{tally.ran} runs, {tally.failed} failed")
    return 0 if tally.passed else 1


def _code(project: Path | None) -> str:
    """Return `test.run` of the project; empty without a project."""
    if project is None and not Path("pyproject.toml").is_file():
        return ""
    return load.read((project or Path()).resolve()).test.run
