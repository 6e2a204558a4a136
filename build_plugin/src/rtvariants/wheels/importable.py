"""A folder with the loader and a package for each runtime, as in a wheel, ready to import."""

from __future__ import annotations

import shutil
from pathlib import Path

from rtvariants.config.model import Config
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.files import replacing_folder
from rtvariants.native import stamp
from rtvariants.toolchain.probe import Toolchain

from .layout import Package


def default(tools: Toolchain, config: Config) -> Path:
    """Return the folder in the target directory, which several projects may share."""
    return tools.target_base / "rtvariants" / tools.target / "tree" / config.package


def refuse_other_files(out: Path) -> None:
    """Refuse a file, and a folder with anything in it that an earlier run did not put there."""
    if out.exists() and not out.is_dir():
        raise RtvariantsError(Problem(f"not a folder: {out}", "choose a new one for `--out`"))
    there = sorted(out.iterdir()) if out.is_dir() else []
    if others := [f"`{path.name}`" for path in there if not _is_ours(path)]:
        what = f"folder with other files in it: {out} ({', '.join(others[:3])})"
        raise RtvariantsError(Problem(what, "choose a new one for `--out`"))


def _is_ours(path: Path) -> bool:
    """Return whether this is a package of a runtime or of the loader, whatever its name."""
    loader = path.name.startswith("_") and path.name.endswith("_loader")
    return (loader and (path / "table.py").is_file()) or (path / stamp.FILE_NAME).is_file()


def write(made: Package, out: Path) -> None:
    """Make `out` contain these files and no others, in one step."""
    with replacing_folder(out) as new:
        for name, source in made.files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, path)
