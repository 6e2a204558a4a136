"""What natives say of themselves and what their bytes show, without loading anything.

A native may lie by itself, in a wheel, or in an installed package; beside it may lie its stamp and
its bill of materials, which are compared with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from rtvariants.archives import members
from rtvariants.errors import RtvariantsError
from rtvariants.native import binary
from rtvariants.native import stamp as stamps
from rtvariants.native.disassembly import uses
from rtvariants.native.model import Binary
from rtvariants.targets import levels
from rtvariants.verify import audit as audits
from rtvariants.verify import sbom
from rtvariants.verify.sbom import Sbom

_SUFFIXES = (".so", ".pyd", ".dylib", ".dll")

#: Where the outcome of an audit comes from: the SBOM if there is one, the bytes in any case, or
#: nowhere, which is quick.
Audit = Literal["recorded", "again", "none"]


@dataclass(frozen=True)
class Report:
    """One native. `stamp` is empty where it has none; `violations` are what contradicts itself.

    `audit` is one sentence a line: recorded in the SBOM of these very bytes, or found
    now.
    """

    file: str
    machine: str
    stamp: Mapping[str, str]
    glibc: str
    init: tuple[str, ...]
    libraries: tuple[str, ...]
    static_tls: bool
    size: int
    sha256: str
    audit: tuple[str, ...] = ()
    recorded: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, int] = field(default_factory=dict)
    violations: tuple[str, ...] = ()


def inspect(thing: str, search: Sequence[str], *, audit: Audit = "recorded") -> tuple[Report, ...]:
    """Return a report of each native of a file, a wheel, a folder, or an installed package.

    `search` are the folders that packages are installed in. Raises `RtvariantsError` where there is
    no native.
    """
    path = Path(thing)
    # Unlike pathlib, these two answer for a name that no file can have.
    is_folder = os.path.isdir(thing)
    if os.path.isfile(thing):
        # In an installed package, the SBOM is two folders above.
        if path.suffix != ".whl" and not zipfile.is_zipfile(path):
            return (_report(path, thing, _sboms(path.parent.parent), audit=audit),)
        with tempfile.TemporaryDirectory(prefix="rtvariants-") as folder:
            _unpack(members.read(path), Path(folder))
            return _folder(Path(folder), thing, "*", audit=audit)
    package = thing.replace("-", "_")
    places = [
        *([(path, "*")] if is_folder else []),
        *((Path(p), f"_{package}_*") for p in search if package.isidentifier()),
    ]
    for place, pattern in places:
        if any(_natives(place, pattern)):
            return _folder(place, thing, pattern, audit=audit)
    if is_folder:
        raise RtvariantsError(f"no native with a stamp in `{thing}`", _NONE)
    raise RtvariantsError(
        f"nothing to inspect: `{thing}` is no file, no folder and no installed package with "
        "runtimes",
        "name a native, a wheel, or the package that is imported, in the environment that has it",
    )


_NONE = (
    "name a folder that runtimes are installed in, or the wheel of a runtime; a base package has "
    "none, nor has what other tools build"
)


def _unpack(files: Mapping[str, bytes], folder: Path) -> None:
    """Write what is looked at: the files of top-level packages, and the SBOMs."""
    for name, data in files.items():
        parts = name.split("/")
        if len(parts) == 2 or (len(parts) == 3 and name.endswith(sbom.SUFFIX)):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _folder(folder: Path, thing: str, pattern: str, *, audit: Audit) -> tuple[Report, ...]:
    sboms = _sboms(folder)
    found = tuple(
        _report(path, path.relative_to(folder).as_posix(), sboms, audit=audit)
        for path in _natives(folder, pattern)
    )
    for path in _unstamped(folder, pattern):
        report = _report(path, path.relative_to(folder).as_posix(), sboms, audit=audit)
        violation = "no stamp beside it: the loader does not take it"
        found += (replace(report, violations=(*report.violations, violation)),)
    if not found:
        raise RtvariantsError(f"no native with a stamp in `{thing}`", _NONE)
    return found


def _natives(folder: Path, pattern: str) -> Iterator[Path]:
    for stamp in sorted(folder.glob(f"{pattern}/{stamps.FILE_NAME}")):
        yield from sorted(p for p in stamp.parent.iterdir() if p.suffix in _SUFFIXES)
    if (folder / stamps.FILE_NAME).is_file():  # The folder of one runtime.
        yield from sorted(p for p in folder.iterdir() if p.suffix in _SUFFIXES)


def _unstamped(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield the natives in packages of runtimes, by their names, that have lost their stamps."""
    named = [pattern]
    if pattern == "*":
        named = [f"{p.name.removesuffix('loader')}*" for p in sorted(folder.glob("_*_loader"))]
    for package in (p for name in named for p in sorted(folder.glob(name)) if p.is_dir()):
        if not (package / stamps.FILE_NAME).is_file():
            yield from sorted(p for p in package.iterdir() if p.suffix in _SUFFIXES)


def _sboms(folder: Path) -> dict[tuple[str, str], Sbom]:
    """Return what each SBOM says about its native, by package and runtime."""
    found = {}
    for path in sorted(folder.glob(f"*.dist-info/sboms/*{sbom.SUFFIX}")):
        with contextlib.suppress(ValueError, OSError):  # One of another tool.
            said = sbom.read(path.read_bytes())
            found[said.package, said.runtime] = said
    return found


def _report(
    path: Path,
    name: str,
    sboms: Mapping[tuple[str, str], Sbom],
    *,
    audit: Audit,
) -> Report:
    try:
        file = binary.read(path)
    except ValueError as error:
        what = str(error).replace(f"{path}: ", "")
        hint = "name a native, a wheel, a folder, or an installed package"
        raise RtvariantsError(f"no native that can be read: `{name}`: {what}", hint) from error
    data = path.read_bytes()
    stamp, violations = _stamp(path, file)
    said = sboms.get((stamp.get("package", ""), stamp.get("runtime", "")))
    digest = hashlib.sha256(data).hexdigest()
    recorded: dict[str, str] = {}
    if said and said.hashes == {digest}:
        recorded = {**said.properties, "sha256": digest}
    elif said:
        violations += ("its SBOM is of other bytes",)
    major, minor = file.glibc
    return Report(
        file=name,
        machine=file.machine,
        stamp=stamp,
        glibc=f"{major}.{minor}" if file.versions else "",
        init=tuple(n for n in file.exported if n.startswith("PyInit_")),
        libraries=file.libraries,
        static_tls=file.static_tls,
        size=len(data),
        sha256=digest,
        audit=_outcome(path, stamp, recorded, audit),
        recorded=recorded,
        sections=binary.sizes(path),
        violations=violations,
    )


def _stamp(path: Path, file: Binary) -> tuple[dict[str, str], tuple[str, ...]]:
    if not file.stamp:
        return {}, ("it has no stamp",)
    try:
        facts = stamps.parse(file.stamp)
    except stamps.StampError as error:
        return {}, (f"its stamp can't be read: {error}",)
    beside = path.parent / stamps.FILE_NAME
    if beside.is_file() and beside.read_bytes() != file.stamp:
        return facts, ("the stamp beside it differs from the one in it",)
    return facts, ()


def _outcome(
    path: Path, stamp: Mapping[str, str], recorded: Mapping[str, str], audit: Audit
) -> tuple[str, ...]:
    if audit == "none":
        return ()
    return _recorded(recorded) if recorded and audit == "recorded" else _found(path, stamp)


def _recorded(said: Mapping[str, str]) -> tuple[str, ...]:
    allowed = said.get("instructions-allowed", "").splitlines()
    but = ", but in functions that ask the CPU first" if allowed else ""
    head = f"recorded at the build: no instruction above `{said.get('level', '')}`{but}"
    return (head, *(f"allowed: {line}" for line in allowed))


def _found(path: Path, stamp: Mapping[str, str]) -> tuple[str, ...]:
    """Audit the bytes; without symbols, only which features they need can be told."""
    level = stamp.get("level", "")
    try:
        sections = binary.code(path)
        if not level:
            return ("not audited: no stamp names its level",)
        if not any(code.named for code in sections):
            of = levels.level(level)
            above: set[str] = set()
            for use in uses(sections, of.features | levels.always(stamp.get("target", ""))):
                above |= use.features
            names = sorted(levels.rustc_name(f, of.machine) for f in above)
            if not names:
                return (f"audited now: no instruction above `{level}`",)
            where = "in functions that can't be named, since the file is stripped"
            return (f"audited now: instructions above `{level}`, {where}: `{'`, `'.join(names)}`",)
        outcome = audits.audit(sections, level, target=stamp.get("target", ""))
    except (ValueError, RtvariantsError) as error:
        return (f"not audited: {error}",)
    return (
        f"audited now: {len(outcome.above)} functions above `{level}`",
        *(f"above: `{f.symbol}` needs `{'`, `'.join(f.features)}`" for f in outcome.above),
        *(f"allowed: {n} functions: {entry.reason}" for entry, n in outcome.allowed.items()),
    )
