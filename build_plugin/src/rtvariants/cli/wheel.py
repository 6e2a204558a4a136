"""Build a wheel with runtimes from sources that do not know rtvariants, without changing them.

SOURCE is a folder, an sdist file (.tar.gz, .zip), or a requirement such as `rpds-py==0.27.0`, which
pip downloads from its index. The project's own backend makes the metadata and the Python files; the
runtimes take the place of its extension module. The `[tool.rtvariants]` table that describes this
is printed, for `--config` or for pyproject.toml.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from rtvariants.compile import diagnosis
from rtvariants.config import load
from rtvariants.errors import ConfigError, Problem
from rtvariants.files import write_together
from rtvariants.fit import make, table
from rtvariants.fit.make import Sources
from rtvariants.native import sizes
from rtvariants.toolchain import interpreters

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants wheel`."""
    parser.add_argument("source", metavar="SOURCE", help="a folder, an sdist, or NAME[==VERSION]")
    parser.add_argument(
        "--runtime", action="append", default=[], metavar="NAME=LEVEL", dest="levels",
        help="a runtime and its CPU level, the preferred one first; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--config", metavar="FILE", type=Path,
        help="a TOML file with `[tool.rtvariants]`; the command works out what it leaves out",
    )  # fmt: skip
    parser.add_argument(
        "--print-config", action="store_true", help="print the table and build nothing"
    )
    parser.add_argument(
        "--output", "-o", default="dist", metavar="DIR", type=Path,
        help="output folder (default: dist)",
    )  # fmt: skip
    shared.building(parser)
    shared.python(parser, "; writes a wheel for each, with commas between several")


def run(options: argparse.Namespace) -> int:
    """Print the table to stderr, write the wheels, and print their paths."""
    levels = named(options.levels)
    with (
        shared.overriding(options),
        make.opened(options.source, levels, options.config) as sources,
    ):
        # Each of them is here, before the first one is compiled for.
        pythons = {name: interpreters.find(name).executable for name in interpreters.asked()}
        if options.print_config:
            program = next(iter(pythons.values()), "")
            print(table.text(make.fitted(sources, program).table), end="")
            return 0
        output = options.output.resolve()
        diagnosis.require_writable(output)
        with diagnosis.of_writing(output):
            made = write_together(output, lambda folder: _written(sources, pythons, folder))
    for path in made:
        print(f"{path}  {sizes.shown(path.stat().st_size)}")
    return 0


def _written(sources: Sources, pythons: Mapping[str, str], folder: Path) -> list[Path]:
    """Write the wheel of each Python; one for the stable ABI serves all that come later."""
    if not pythons:
        return [_one(sources, "", folder)]
    made: dict[str, Path] = {}
    for name, program in pythons.items():
        stable = [path for path in made.values() if "-abi3-" in path.name]
        if stable:
            sys.stderr.write(f"rtvariants: {stable[0].name} is for Python {name} too\n")
            continue
        with load.overriding(options={"python": name}):
            made[name] = _one(sources, program, folder)
    return list(made.values())


def _one(sources: Sources, program: str, folder: Path) -> Path:
    fitting = make.fitted(sources, program)
    sys.stderr.write(table.text(fitting.table))
    return make.wheel(fitting, folder)


def named(words: list[str]) -> dict[str, str]:
    """Return levels by the names of runtimes; raises `ConfigError` for other words.

    >>> named(["v3=x86_64_v3", "base=x86_64"])
    {'v3': 'x86_64_v3', 'base': 'x86_64'}
    """
    found: dict[str, str] = {}
    for word in words:
        name, _, level = word.partition("=")
        if not re.fullmatch(r"[^=]+=[^=]+", word) or name in found:
            what = f"runtime named twice: `{name}`" if name in found else f"not a runtime: `{word}`"
            raise ConfigError(Problem(what, "write `--runtime NAME=LEVEL`, once for each runtime"))
        found[name] = level
    return found
