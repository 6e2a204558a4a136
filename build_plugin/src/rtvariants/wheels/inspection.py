"""What `rtvariants inspect` shows: what extension modules say of themselves and what they contain.

Nothing is loaded. A module may be a file, in a wheel, or in an installed package. If its stamp file
and its SBOM are there too, they are compared with it.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rtvariants.archives import members
from rtvariants.errors import RtvariantsError
from rtvariants.files import temporary_folder
from rtvariants.native import stamp as stamps
from rtvariants.shim.place import prefix
from rtvariants.verify import sbom

from .contents import NATIVE
from .report import Audit, Report, read_sboms, report


def inspect(thing: str, search: Sequence[str], *, audit: Audit = "recorded") -> tuple[Report, ...]:
    """Return a report of each extension module in a file, a wheel, a folder or a package.

    `search` are the folders that packages are installed in. Raises `RtvariantsError` if there is no
    module.
    """
    path = Path(thing)
    # Unlike pathlib, these two do not fail for a name that no file can have.
    is_folder = os.path.isdir(thing)
    if os.path.isfile(thing):
        # In an installed package, the SBOM is two folders above.
        if path.suffix != ".whl" and not zipfile.is_zipfile(path):
            return (report(path, thing, read_sboms(path.parent.parent), audit=audit),)
        with temporary_folder() as folder:
            _unpack(members.read(path), folder)
            return _folder(folder, thing, "*", audit=audit)
    names = prefix(thing.replace("-", "_"))
    places = [
        *([(path, "*")] if is_folder else []),
        *((Path(p), f"{names}*") for p in search if names.isidentifier()),
    ]
    for place, pattern in places:
        if any(_natives(place, pattern)):
            return _folder(place, thing, pattern, audit=audit)
    if is_folder:
        raise RtvariantsError(f"no extension module with a stamp in `{thing}`", _NONE)
    raise RtvariantsError(
        f"nothing to inspect: `{thing}` is not a file, a folder or an installed package that has "
        "runtimes",
        "name an extension module, a wheel, or an import package of this environment",
    )


_NONE = (
    "name a folder with installed runtimes, or the wheel of a runtime; base packages and wheels of "
    "other tools have no stamps"
)


def _unpack(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files that are read: those of top-level packages, and the SBOMs."""
    for name, data in files.items():
        parts = name.split("/")
        if len(parts) == 2 or (len(parts) == 3 and name.endswith(sbom.SUFFIX)):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _folder(folder: Path, thing: str, pattern: str, *, audit: Audit) -> tuple[Report, ...]:
    sboms = read_sboms(folder)
    found = tuple(
        report(path, path.relative_to(folder).as_posix(), sboms, audit=audit)
        for path in _natives(folder, pattern)
    )
    for path in _unstamped(folder, pattern):
        one = report(path, path.relative_to(folder).as_posix(), sboms, audit=audit)
        violation = "no stamp file next to it: the loader does not load it"
        found += (replace(one, violations=(*one.violations, violation)),)
    if not found:
        raise RtvariantsError(f"no extension module with a stamp in `{thing}`", _NONE)
    return found


def _natives(folder: Path, pattern: str) -> Iterator[Path]:
    for stamp in sorted(folder.glob(f"{pattern}/{stamps.FILE_NAME}")):
        yield from sorted(p for p in stamp.parent.iterdir() if p.suffix in NATIVE)
    if (folder / stamps.FILE_NAME).is_file():  # The folder of one runtime.
        yield from sorted(p for p in folder.iterdir() if p.suffix in NATIVE)


def _unstamped(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield the extension modules in packages that are named as runtimes but have no stamp file."""
    named = [pattern]
    if pattern == "*":
        named = [f"{p.name.removesuffix('loader')}*" for p in sorted(folder.glob("_*_loader"))]
    for package in (p for name in named for p in sorted(folder.glob(name)) if p.is_dir()):
        if not (package / stamps.FILE_NAME).is_file():
            yield from sorted(p for p in package.iterdir() if p.suffix in NATIVE)
