"""Build the runtimes and leave them in a folder, ready to import.

The folder holds what a wheel would: the loader and one package a runtime, each checked. With the
project's Python files it makes the package importable: `PYTHONPATH=FOLDER:python python`.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from rtvariants import pipeline
from rtvariants.compile import diagnosis
from rtvariants.config import model
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.files import replacing_folder
from rtvariants.native import sizes, stamp
from rtvariants.project import tree
from rtvariants.project import version as versions
from rtvariants.targets import platforms
from rtvariants.toolchain import probe
from rtvariants.wheels import layout

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants build`."""
    shared.project(parser)
    shared.platform(parser)
    shared.building(parser)
    parser.add_argument(
        "--out", metavar="DIR", help="where the files go; else a folder in the target directory"
    )


def run(options: argparse.Namespace) -> int:
    """Build, lay the files out, and say where they are."""
    root = shared.root(options)
    shared.built_for(options)
    with shared.taken(options):
        project = tree.read(root)
        config = project.config
        tools, crate = probe.inspect(config)
        version = versions.version(project, crate)
        shared.routed(project)
        out = Path(options.out).resolve() if options.out else usual(tools, config)
        if options.out:
            own(out)
        made, lock = pipeline.build(project, version, out, editable=False)
    try:
        with diagnosis.of_writing(out):
            lay_out(made, out)
    finally:
        lock.release()
    for runtime in config.runtimes:
        native = (
            out
            / config.runtime_package(runtime.name)
            / (config.extension + platforms.SYSTEMS[tools.system].suffix)
        )
        if native.is_file():
            print(f"{runtime.name}: {native}  {sizes.shown(native.stat().st_size)}")
    print(f"importable from: {out}")
    return 0


def usual(tools: probe.Toolchain, config: model.Config) -> Path:
    """Return the folder where nobody names one; projects may share a target directory."""
    return tools.target_base / "rtvariants" / tools.target / "tree" / config.package


def own(out: Path) -> None:
    """Refuse a file, and a folder with anything in it that an earlier run did not put there."""
    if out.exists() and not out.is_dir():
        raise RtvariantsError(Problem(f"not a folder: {out}", "name a new one for `--out`"))
    there = sorted(out.iterdir()) if out.is_dir() else []
    if others := [f"`{path.name}`" for path in there if not _ours(path)]:
        names = ", ".join(others[:3])
        raise RtvariantsError(
            Problem(f"folder with other files in it: {out} ({names})", "name a new one for `--out`")
        )


def _ours(path: Path) -> bool:
    """Tell whether this is a runtime's package or the loader's; their names may have changed."""
    loader = path.name.startswith("_") and path.name.endswith("_loader")
    return (loader and (path / "table.py").is_file()) or (path / stamp.FILE_NAME).is_file()


def lay_out(made: layout.Package, out: Path) -> None:
    """Make `out` hold these files and no others, in one step: it is never half written."""
    with replacing_folder(out) as new:
        for name, source in made.files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, path)
