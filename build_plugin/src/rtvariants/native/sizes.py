"""How large an extension module is: its code by crate.

The linker leaves no trace of crates in a stripped file. Its SBOM therefore has the bytes of code
of each crate, measured before the symbols go, so that the wheel alone shows what to cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from .model import Code
from .owners import Owners

#: The property of an SBOM that has the bytes of code of one crate: `serde 1234`.
PROPERTY = "code-bytes"
#: Code whose symbols name no crate: of the linker, and of C libraries that no crate brings.
OTHER = "(other)"


def crates(
    sections: Sequence[Code], archives: Sequence[tuple[str, Path]] = ()
) -> list[tuple[str, int]]:
    """Return the bytes of code by the crate that wrote it, the largest first.

    A generic function counts for the crate that wrote it, not for the one that uses it.
    `archives` are static libraries of C code, each with the crate that built it.
    """
    # Only needed where something was compiled, not in a warm build.
    from . import demangle

    owners = Owners(archives)
    found: Counter[str] = Counter()
    known: dict[str, str] = {}
    for section in sections:
        for mark, data in section.pieces():
            if mark.name not in known:
                crate = demangle.read(mark.name).crate or owners.of(mark.name)
                known[mark.name] = crate or OTHER
            found[known[mark.name]] += len(data)
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))


def recorded(properties: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return what `crates` returned when a native was built, from the properties of its SBOM."""
    pairs = (line.rsplit(" ", 1) for line in properties.get(PROPERTY, "").splitlines())
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
