"""Build the runtimes and leave them in a folder, ready to import.

The folder holds what a wheel would: the loader and one package a runtime, each checked. With the
project's Python files it makes the package importable: `PYTHONPATH=FOLDER:python python`.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from rtvariants import build, causes, config, package, plan, platforms, project, toolchain
from rtvariants.errors import Problem, RtvariantsError

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
        table = config.read(root)
        tools, crate = toolchain.inspect(table, plan.flag_sets(table))
        version = project.version(root, crate)
        folder = tools.target_base / "rtvariants" / tools.target / "tree"
        out = Path(options.out).resolve() if options.out else folder
        _own(out, table)
        made, lock = build.build(root, version, out, editable=False)
    try:
        with causes.told(out):
            lay_out(made, out)
    finally:
        lock.release()
    for runtime in table.runtimes:
        native = (
            out
            / table.runtime_package(runtime.name)
            / (table.extension + platforms.suffix(tools.system))
        )
        if native.is_file():
            print(f"{runtime.name}: {native}  {native.stat().st_size / 1e6:.2f} MB")
    print(f"importable from: {out}")
    return 0


def _own(out: Path, table: config.Config) -> None:
    """Refuse a folder with anything in it that an earlier run did not put there."""
    ours = {f"_{table.package}_loader", *(table.runtime_package(r.name) for r in table.runtimes)}
    there = {path.name for path in out.iterdir()} if out.is_dir() else set()
    if there and f"_{table.package}_loader" not in there:
        names = ", ".join(f"`{name}`" for name in sorted(there - ours)[:3])
        raise RtvariantsError(
            Problem(f"folder with other files in it: {out} ({names})", "name a new one for `--out`")
        )


def lay_out(made: package.Package, out: Path) -> None:
    """Make `out` hold these files and no others, in one step: it is never half written."""
    new, old = (out.with_name(out.name + end) for end in (".new", ".old"))
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        for name, source in made.files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, path)
        if out.exists():
            out.rename(old)
        new.rename(out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
