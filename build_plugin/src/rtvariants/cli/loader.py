"""Write the loader for extension modules that another tool has built.

The folder contains a package for each configured runtime with its extension module, such as
`_sample_v3/_core.abi3.so`. The command adds the stamps, which it reads from the extension modules,
and the package `_sample_loader`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rtvariants.config import load
from rtvariants.wheels import standalone_loader

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants loader`."""
    parser.add_argument("folder", help="folder of the packages with the extension modules")
    parser.add_argument("--project", default=".", metavar="DIR", help=shared.FOLDER)


def run(options: argparse.Namespace) -> int:
    """Write the files and print where they are."""
    config = load.read(Path(options.project).resolve())
    folder = Path(options.folder).resolve()
    standalone_loader.write(config, folder)
    names = ", ".join(f"`{runtime.name}`" for runtime in config.runtimes)
    for unit in config.units:
        print(f"loader for {names}: {folder / unit.loader}")
    return 0
