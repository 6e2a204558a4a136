"""Write fat, split or variant wheels; what has been built is not built again."""

from __future__ import annotations

import argparse
from pathlib import Path

from rtvariants.compile import diagnosis
from rtvariants.files import temporary_folder
from rtvariants.native import sizes
from rtvariants.project import frontend, tree
from rtvariants.wheels.pack import KINDS, pack

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants package`."""
    shared.folder(parser)
    shared.platform(parser)
    parser.add_argument(
        "--as",
        dest="kind",
        choices=tuple(KINDS),
        help="the packaging (default: that of the configuration)",
    )
    parser.add_argument(
        "--out", default="dist", metavar="DIR", help="output folder (default: dist)"
    )
    parser.add_argument(
        "--wheel", action="append", default=[], metavar="WHEEL",
        help="a fat wheel that has been built, one for each platform (default: build it now)",
    )  # fmt: skip
    parser.add_argument(
        "--sdist", metavar="SDIST", help="an sdist that has been made (default: make it now)"
    )
    parser.add_argument("--no-sdist", action="store_true", help="write only wheels")


def run(options: argparse.Namespace) -> int:
    """Write the files and print their names, in the order for an upload to an index."""
    root = Path(options.project).resolve()
    shared.use_platform(options)
    read = tree.read(root)
    with temporary_folder() as folder:
        diagnosis.require_writable(Path(options.out))
        if not options.wheel:
            shared.check_backend(read, must=True)
        wheels = [Path(name) for name in options.wheel] or [frontend.wheel(root, folder)]
        source = Path(options.sdist) if options.sdist else None
        if source is None and not options.no_sdist:
            source = frontend.sdist(root, folder)
        for path in pack(
            options.kind or read.config.packaging, wheels, source, read.config, Path(options.out)
        ):
            print(f"{path}  {sizes.shown(path.stat().st_size)}")
    return 0
