"""How large what is built is and may be: code by crate, and the limits of the table.

The linker leaves no trace of crates in a stripped native. Its bill of materials has therefore the
bytes of code of each crate, measured before the symbols go: what to cut shows from the wheel alone.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rtvariants.config.model import Config
from rtvariants.errors import Problem, VerifyError

from .binary import Code

#: The property of a bill of materials that has the bytes of code of one crate: `serde 1234`.
PROPERTY = "code-bytes"
#: What no symbol says the crate of: code of the linker, and of C libraries that are no crate's.
OTHER = "(other)"
_TOLD = 5


def crates(
    sections: Sequence[Code], archives: Sequence[tuple[str, Path]] = ()
) -> list[tuple[str, int]]:
    """Return the bytes of code by the crate that wrote it, the largest first.

    A generic function counts for the crate that wrote it, not for the one that asked for it.
    `archives` are static libraries of C code, each with the crate that built it.
    """
    # Only where something was compiled: a warm build does without.
    from . import demangle

    owners = {name: crate for crate, path in archives for name in _names(path)}
    found: Counter[str] = Counter()
    known: dict[str, str] = {}
    for section in sections:
        for mark, data in section.pieces():
            if mark.name not in known:
                crate = demangle.read(mark.name).crate or owners.get(mark.name.encode(), "")
                known[mark.name] = crate or OTHER
            found[known[mark.name]] += len(data)
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))


def recorded(bill: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return what `crates` returned when a native was built, from its bill of materials."""
    pairs = (line.rsplit(" ", 1) for line in bill.get(PROPERTY, "").splitlines())
    return [(crate, int(number)) for crate, number in pairs]


def shown(size: float) -> str:
    """Return a number of bytes as a person reads it.

    >>> shown(66_100_000), shown(8_400), shown(12)
    ('66.1 MB', '8.4 kB', '12 B')
    """
    for unit, base in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= base:
            return f"{size / base:.1f} {unit}"
    return f"{size:.0f} B"


def within(config: Config, natives: Iterable[Path], bills: Iterable[Path]) -> Iterator[Problem]:
    """Yield a violation where the natives of a platform take more than the table allows."""
    most = config.sizes.installed
    size = sum(path.stat().st_size for path in natives)
    if most and size > most:
        yield Problem(
            f"natives of {shown(size)} together, {shown(size - most)} more than the "
            f"{shown(most)} of `tool.rtvariants.sizes.installed`",
            _hint(path.read_text(encoding="utf-8") for path in bills),
            rule="size",
        )


def keep(wheel: Path, config: Config) -> Path:
    """Return a wheel that is not too large.

    Raises `VerifyError` for one that is, and removes it: nobody shall upload it by mistake.
    """
    most = config.sizes.wheel
    size = wheel.stat().st_size
    if not most or size <= most:
        return wheel
    with zipfile.ZipFile(wheel) as archive:
        bills = [name for name in archive.namelist() if name.endswith(".cdx.json")]
        hint = _hint(archive.read(name).decode(errors="replace") for name in bills)
    wheel.unlink()
    raise VerifyError(
        Problem(
            f"{shown(size)}, {shown(size - most)} more than the {shown(most)} of "
            "`tool.rtvariants.sizes.wheel`",
            hint,
            wheel.name,
            "size",
        )
    )


def _hint(bills: Iterable[str]) -> str:
    total: Counter[str] = Counter()
    for text in bills:
        for each in _properties(text):
            if each.get("name") == f"rtvariants:{PROPERTY}":
                crate, number = each["value"].rsplit(" ", 1)
                total[crate] += int(number)
    if not total:
        return "no bill of materials tells what it is made of; pack less, or raise the limit"
    most = ", ".join(f"{crate} {shown(size)}" for crate, size in total.most_common(_TOLD))
    return (
        f"most code: {most}; turn off cargo features that nobody needs, or raise the limit. "
        "`rtvariants size` shows it of a wheel that is within its limit"
    )


def _properties(text: str) -> list[dict[str, str]]:
    """Return what a bill of materials says of a native; nothing for a bill of anything else."""
    try:
        found: list[dict[str, str]] = json.loads(text)["metadata"]["component"]["properties"]
    except (ValueError, KeyError, TypeError):
        return []
    return found or []


def _names(archive: Path) -> set[bytes]:
    """Return every word of a static library that may be a symbol, its own and those it asks for.

    Behind a zero byte, or behind the name of a section of its own, such as `.text.`.
    """
    words = re.findall(rb"[\w$@]+(?=\0)", archive.read_bytes())
    return {word for word in words if len(word) > 2}
