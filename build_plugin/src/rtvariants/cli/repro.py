"""Build twice under different circumstances and compare, or once and compare with given files.

The two builds differ in folder, home, cargo's home, file times, umask, time zone and language. The
same sources must give the same bytes; if they don't, the differences are shown by member and
section, which points to their cause.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from rtvariants.config import load
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.files import temporary_folder
from rtvariants.wheels.reproducibility import compare, rebuild

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants repro`."""
    shared.folder(parser)
    shared.platform(parser)
    parser.add_argument(
        "--against", action="append", default=[], metavar="FILE", type=Path,
        help="a wheel or an sdist to compare with one build of the same sources",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Build, compare, and print each file's hash or its differences; returns 1 if there are any."""
    root = Path(options.project).resolve()
    shared.use_platform(options)
    load.read(root)
    for path in options.against:
        if not path.is_file():
            hint = "pass an existing wheel or sdist to `--against`"
            raise RtvariantsError(Problem(f"no file to compare with: `{path}`", hint))
    with temporary_folder() as folder:
        second = {p.name: p for p in rebuild.build(root, folder, "a-second-time")}
        first = options.against or rebuild.build(root, folder, "once")
        equal = [_same(path, second) for path in first]
    return 0 if all(equal) else 1


def _same(first: Path, second: dict[str, Path]) -> bool:
    other = second.get(first.name)
    if other is None:
        made = ", ".join(f"`{name}`" for name in second)
        raise RtvariantsError(
            Problem(
                f"nothing to compare `{first}` with; built: {made}",
                "pass files that this project builds to `--against`",
            )
        )
    found = compare.differences(first, other)
    digest = hashlib.sha256(first.read_bytes()).hexdigest()
    print(f"{'DIFFERS' if found else 'equal':8} {first.name}  sha256 {digest}")
    print(*(f"  {what}" for what in found), sep="\n", end="\n" if found else "")
    return not found
