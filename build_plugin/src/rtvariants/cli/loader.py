"""Write the loader beside natives that another tool has built.

The folder holds a package for each runtime of the table, with its native, such as
`_sample_v3/_core.abi3.so`. It gets the stamps, which are read from the natives, and the package
`_sample_loader`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rtvariants.config import load
from rtvariants.wheels import standalone_loader


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants loader`."""
    parser.add_argument("folder", help="where the packages with the natives are")
    parser.add_argument("--project", default=".", metavar="DIR", help="folder of pyproject.toml")


def run(options: argparse.Namespace) -> int:
    """Write the files and say where they are."""
    config = load.read(Path(options.project).resolve())
    folder = Path(options.folder).resolve()
    standalone_loader.write(config, folder)
    names = ", ".join(f"`{runtime.name}`" for runtime in config.runtimes)
    print(f"loader of {names}: {folder / f'_{config.package}_loader'}")
    return 0
