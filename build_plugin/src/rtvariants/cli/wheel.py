"""Make a wheel with runtimes from sources that do not know rtvariants, which stay as they are.

SOURCE is a folder, an sdist file (.tar.gz, .zip), or a requirement such as `rpds-py==0.27.0`, which
pip downloads from its index. The project's own backend makes the metadata and the Python files; the
runtimes take the place of its extension module. The `[tool.rtvariants]` table that describes this
is printed, for `--config` or for pyproject.toml.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from rtvariants.compile import diagnosis
from rtvariants.errors import ConfigError, Problem
from rtvariants.fit import make, table
from rtvariants.native import sizes

from . import options as shared

_EXAMPLES = """examples:
  rtvariants wheel rpds-py --runtime v3=x86_64_v3 --runtime base=x86_64
  rtvariants wheel orjson-3.11.4.tar.gz --config orjson.toml --output dist
  rtvariants wheel . --runtime v3=x86_64_v3 --runtime base=x86_64 --print-config
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants wheel`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    parser.add_argument("source", metavar="SOURCE", help="a folder, an sdist, or NAME[==VERSION]")
    parser.add_argument(
        "--runtime", action="append", default=[], metavar="NAME=LEVEL", dest="levels",
        help="a runtime and its CPU level, the preferred one first; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--config", metavar="FILE", type=Path,
        help="a TOML file with `[tool.rtvariants]`; what it leaves out is found out",
    )  # fmt: skip
    parser.add_argument(
        "--print-config", action="store_true", help="print the table and build nothing"
    )
    parser.add_argument(
        "--output", "-o", default="dist", metavar="DIR", type=Path,
        help="output folder (default: dist)",
    )  # fmt: skip
    shared.building(parser)


def run(options: argparse.Namespace) -> int:
    """Print the table to stderr, write the wheel, and print its path."""
    levels = named(options.levels)
    with (
        shared.overriding(options),
        make.fitted(options.source, levels, options.config) as fitting,
    ):
        text = table.text(fitting.table)
        if options.print_config:
            print(text, end="")
            return 0
        sys.stderr.write(text)
        output = options.output.resolve()
        with diagnosis.of_writing(output):
            output.mkdir(parents=True, exist_ok=True)
            path = make.wheel(fitting, output)
    print(f"{path}  {sizes.shown(path.stat().st_size)}")
    return 0


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
