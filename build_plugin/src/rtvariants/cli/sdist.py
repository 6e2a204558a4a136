"""Write the sdist with the project's own backend; `--vendor` adds the crates."""

from __future__ import annotations

import argparse
from pathlib import Path

from rtvariants.config import load
from rtvariants.config.overrides import variable_of
from rtvariants.native import sizes
from rtvariants.project import frontend

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants sdist`."""
    shared.folder(parser)
    parser.add_argument(
        "--out", default="dist", metavar="DIR", help="output folder (default: dist)"
    )
    parser.add_argument(
        "--vendor", action="store_true",
        help="add the crates, so that a build needs no registry",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Write the file and print its name and size."""
    root = Path(options.project).resolve()
    load.read(root)  # problems are reported here instead of in a backend's traceback
    out = Path(options.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    path = frontend.sdist(root, out, {variable_of("vendor"): "1"} if options.vendor else {})
    print(f"{path}  {sizes.shown(path.stat().st_size)}")
    return 0
