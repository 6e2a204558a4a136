"""The report of one extension module: what it says of itself and what its bytes show."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rtvariants.errors import RtvariantsError
from rtvariants.native import binary
from rtvariants.native import stamp as stamps
from rtvariants.native.disassembly import uses
from rtvariants.native.model import Binary
from rtvariants.targets import levels
from rtvariants.verify import audit as audits
from rtvariants.verify import sbom
from rtvariants.verify.sbom import Sbom

#: Where the outcome of an audit comes from: the SBOM if there is one, always the bytes, or nowhere,
#: which is fast.
Audit = Literal["recorded", "again", "none"]


@dataclass(frozen=True)
class Report:
    """One extension module; `stamp` is empty if it has none.

    `audit` is the outcome of an audit, a sentence a line: recorded in the SBOM of these very bytes,
    or found now. `violations` are the contradictions between the module, its stamp and its SBOM.
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


def read_sboms(folder: Path) -> dict[tuple[str, str], Sbom]:
    """Return the SBOMs of the distributions in a folder, by package and runtime."""
    found = {}
    for path in sorted(folder.glob(f"*.dist-info/sboms/*{sbom.SUFFIX}")):
        with contextlib.suppress(ValueError, OSError):  # Another tool wrote it.
            said = sbom.read(path.read_bytes())
            found[said.package, said.runtime] = said
    return found


def report(
    path: Path,
    name: str,
    sboms: Mapping[tuple[str, str], Sbom],
    *,
    audit: Audit,
) -> Report:
    """Return the report of the extension module at a path, which the report calls `name`."""
    try:
        file = binary.read(path)
    except ValueError as error:
        what = str(error).replace(f"{path}: ", "")
        hint = "name an extension module, a wheel, a folder, or an installed package"
        raise RtvariantsError(
            f"not an extension module that can be read: `{name}`: {what}", hint
        ) from error
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
    copy = path.parent / stamps.FILE_NAME
    if copy.is_file() and copy.read_bytes() != file.stamp:
        return facts, ("the stamp file next to it differs from the stamp in it",)
    return facts, ()


def _outcome(
    path: Path, stamp: Mapping[str, str], recorded: Mapping[str, str], audit: Audit
) -> tuple[str, ...]:
    if audit == "none":
        return ()
    return _recorded(recorded) if recorded and audit == "recorded" else _found(path, stamp)


def _recorded(said: Mapping[str, str]) -> tuple[str, ...]:
    allowed = said.get("instructions-allowed", "").splitlines()
    but = ", except in functions that check the CPU first" if allowed else ""
    head = f"recorded at the build: no instruction above `{said.get('level', '')}`{but}"
    return (head, *(f"allowed: {line}" for line in allowed))


def _found(path: Path, stamp: Mapping[str, str]) -> tuple[str, ...]:
    """Audit the bytes; without symbols, only the features that they need can be found."""
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
            where = "in functions without names, because the file is stripped"
            return (f"audited now: instructions above `{level}`, {where}: `{'`, `'.join(names)}`",)
        outcome = audits.audit(sections, level, target=stamp.get("target", ""))
    except (ValueError, RtvariantsError) as error:
        return (f"not audited: {error}",)
    return (
        f"audited now: functions above `{level}`: {len(outcome.above)}",
        *(f"above: `{f.symbol}` needs `{'`, `'.join(f.features)}`" for f in outcome.above),
        *(
            f"allowed: {n} function{'s' * (n != 1)}: {entry.reason}"
            for entry, n in outcome.allowed.items()
        ),
    )
