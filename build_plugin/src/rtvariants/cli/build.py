"""Build the runtimes and leave them in a folder, ready to import.

The folder contains what a wheel would: the loader and one package for each runtime, all checked.
With the project's Python files the package can be imported: `PYTHONPATH=FOLDER:python python`. If
they have no file at the place of the extension module, use `rtvariants develop` instead.

With `--python 3.12,3.13` the command writes wheels: one for each Python, or one for all of them if
the crate is for the stable ABI.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rtvariants import pipeline
from rtvariants.compile import diagnosis
from rtvariants.native import sizes
from rtvariants.project import tree
from rtvariants.project import version as versions
from rtvariants.toolchain import probe
from rtvariants.wheels import importable

from . import options as shared
from . import pythons


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants build`."""
    shared.project(parser)
    shared.platform(parser)
    shared.building(parser)
    shared.python(parser, "; writes a wheel for each, with commas between several")
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="output folder (default: a folder in the target directory, or `dist` for wheels)",
    )


def run(options: argparse.Namespace) -> int:
    """Build, write the files, and print where they are."""
    root = shared.root(options)
    shared.use_platform(options)
    if options.python:
        return pythons.write(root, options)
    with shared.overriding(options):
        project = tree.read(root)
        config = project.config
        tools, crate = probe.inspect(config)
        version = versions.version(project, crate)
        shared.check_backend(project)
        out = Path(options.out).resolve() if options.out else importable.default(tools, config)
        if options.out:
            importable.refuse_other_files(out)
        made, lock = pipeline.build(project, version, out, editable=False)
    try:
        with diagnosis.of_writing(out):
            importable.write(made, out)
    finally:
        lock.release()
    for unit in config.units:
        for runtime in unit.runtimes:
            native = out / unit.runtime_package(runtime.name) / (unit.extension + crate.suffix)
            if native.is_file():
                print(f"{runtime.name}: {native}  {sizes.shown(native.stat().st_size)}")
    print(f"importable from: {out}")
    return 0
