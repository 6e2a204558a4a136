"""What natives say of themselves and what their bytes show, without loading anything.

A native may lie by itself, in a wheel, or in an installed package; beside it may lie its stamp and
its bill of materials, which are compared with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from rtvariants.archives import wheel
from rtvariants.errors import RtvariantsError
from rtvariants.native import binary
from rtvariants.native import stamp as stamps
from rtvariants.native.disassembly import uses
from rtvariants.targets import levels
from rtvariants.verify import audit as audits

_SUFFIXES = (".so", ".pyd", ".dylib", ".dll")
_PROPERTY = "rtvariants:"

#: Where the outcome of an audit comes from: the bill of materials if there is one, the bytes in any
#: case, or nowhere, which is quick.
Audit = Literal["recorded", "again", "none"]


@dataclass(frozen=True)
class Report:
    """One native. `stamp` is empty where it has none; `violations` are what contradicts itself.

    `audit` is one sentence a line: recorded in the bill of materials of these very bytes, or found
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
        # In an installed package, the bill of materials lies two folders above.
        if path.suffix != ".whl" and not zipfile.is_zipfile(path):
            return (_report(path, thing, _bills(path.parent.parent), audit=audit),)
        with tempfile.TemporaryDirectory(prefix="rtvariants-") as folder:
            _unpack(wheel.members(path), Path(folder))
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
    """Write what is looked at: the files of top-level packages, and the bills of materials."""
    for name, data in files.items():
        parts = name.split("/")
        if len(parts) == 2 or (len(parts) == 3 and name.endswith(".cdx.json")):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _folder(folder: Path, thing: str, pattern: str, *, audit: Audit) -> tuple[Report, ...]:
    bills = _bills(folder)
    found = tuple(
        _report(path, path.relative_to(folder).as_posix(), bills, audit=audit)
        for path in _natives(folder, pattern)
    )
    for path in _unstamped(folder, pattern):
        report = _report(path, path.relative_to(folder).as_posix(), bills, audit=audit)
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


def _bills(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Return, by package and runtime, what each bill of materials says of its native."""
    found = {}
    for path in sorted(folder.glob("*.dist-info/sboms/*.cdx.json")):
        with contextlib.suppress(ValueError, KeyError, TypeError, OSError):
            native: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["metadata"][
                "component"
            ]
            said: dict[str, str] = {}
            for each in native["properties"]:
                key = str(each["name"]).removeprefix(_PROPERTY)
                said[key] = "\n".join(filter(None, [said.get(key, ""), str(each["value"])]))
            said["sha256"] = native["hashes"][0]["content"]
            found[native["name"], said["runtime"]] = said
    return found


def _report(
    path: Path,
    name: str,
    bills: Mapping[tuple[str, str], Mapping[str, str]],
    *,
    audit: Audit,
) -> Report:
    try:
        file = binary.read(path)
    except ValueError as error:
        said = str(error).replace(f"{path}: ", "")
        hint = "name a native, a wheel, a folder, or an installed package"
        raise RtvariantsError(f"no native that can be read: `{name}`: {said}", hint) from error
    data = path.read_bytes()
    stamp, violations = _stamp(path, file)
    bill = bills.get((stamp.get("package", ""), stamp.get("runtime", "")), {})
    digest = hashlib.sha256(data).hexdigest()
    if bill and bill["sha256"] != digest:
        violations += ("its bill of materials is of other bytes",)
        bill = {}
    major, minor = binary.glibc(file)
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
        audit=_outcome(path, stamp, bill, audit),
        recorded=bill,
        sections=binary.sizes(path),
        violations=violations,
    )


def _stamp(path: Path, file: binary.Binary) -> tuple[dict[str, str], tuple[str, ...]]:
    section = (file.section(".rtvariants") or b"").rstrip(b"\0")
    if not section:
        return {}, ("it has no stamp",)
    try:
        facts = stamps.parse(section)
    except stamps.StampError as error:
        return {}, (f"its stamp can't be read: {error}",)
    beside = path.parent / stamps.FILE_NAME
    if beside.is_file() and beside.read_bytes() != section:
        return facts, ("the stamp beside it differs from the one in it",)
    return facts, ()


def _outcome(
    path: Path, stamp: Mapping[str, str], bill: Mapping[str, str], audit: Audit
) -> tuple[str, ...]:
    if audit == "none":
        return ()
    return _recorded(bill) if bill and audit == "recorded" else _found(path, stamp)


def _recorded(bill: Mapping[str, str]) -> tuple[str, ...]:
    allowed = bill.get("instructions-allowed", "").splitlines()
    but = ", but in functions that ask the CPU first" if allowed else ""
    head = f"recorded at the build: no instruction above `{bill.get('level', '')}`{but}"
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
