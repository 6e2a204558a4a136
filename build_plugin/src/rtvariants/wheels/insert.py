"""Inserts runtimes into a wheel of another build tool, and removes what they replace."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rtvariants.archives.wheel import Wheel, tag_lines
from rtvariants.shim import pyinstaller

from .layout import Package


def insert(
    wheel: Wheel, files: Mapping[str, bytes], tag: str, keep: Callable[[str], bool]
) -> Wheel:
    """Return the wheel with `files` and another tag, without the members that `keep` rejects.

    A file replaces the member of its name.
    """
    kept = {name: data for name, data in wheel.files.items() if keep(name)}
    return retagged(replace(wheel, files={**kept, **files}), tag)


def retagged(wheel: Wheel, tag: str) -> Wheel:
    """Return a wheel of extension modules under another tag, which they must be able to keep."""
    place = f"{wheel.dist_info}/WHEEL"
    files = {**wheel.files, place: _wheel(wheel.files[place], tag)}
    return replace(wheel, tag=tag, files=files).sealed()


def entry_points(wheel: Wheel, loader: str) -> dict[str, bytes]:
    """Return the wheel's entry points and the one of PyInstaller's hook."""
    text = pyinstaller.entered(wheel.metadata("entry_points.txt"), loader)
    return {f"{wheel.dist_info}/entry_points.txt": text.encode()}


def added(wheel: Wheel, made: Package, loader: str) -> dict[str, bytes]:
    """Return what the runtimes add to a wheel: their files, their SBOMs and PyInstaller's hook.

    At the place of the extension module, a file of the wheel's own stays.
    """
    places = {name: path for name, path in made.places.items() if name not in wheel.files}
    files = {name: path.read_bytes() for name, path in (made.files | places).items()}
    files |= {f"{wheel.dist_info}/sboms/{path.name}": path.read_bytes() for path in made.sboms}
    return files | entry_points(wheel, loader)


def top_level(wheel: Wheel, project: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the list of top-level names, for a build tool that does not know `import-names`."""
    names = [*project.get("import-names", []), *project.get("import-namespaces", [])]
    tops = sorted({re.split(r"[.;\s]", name)[0] for name in names})
    text = "".join(f"{top}\n" for top in tops)
    return {f"{wheel.dist_info}/top_level.txt": text.encode()} if tops else {}


def _wheel(data: bytes, tag: str) -> bytes:
    """Return the file `WHEEL` for a wheel of extension modules, with a line for each single tag."""
    lines = [
        line
        for line in data.decode().splitlines()
        if line.strip() and not line.startswith(("Tag:", "Root-Is-Purelib:"))
    ]
    return "\n".join([*lines, "Root-Is-Purelib: false", *tag_lines(tag), ""]).encode()
