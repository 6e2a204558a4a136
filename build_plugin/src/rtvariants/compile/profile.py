"""What profile-guided optimization changes in a build: its flags, and what the compiler says.

A build is *instrumented* if its module counts which code runs, and *profiled* if it is optimized
with such counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rtvariants.errors import MachineError, Problem
from rtvariants.toolchain.rustflags import Ambient

#: Makes a module count what runs. LLVM_PROFILE_FILE names the file that it writes at its end.
INSTRUMENT = "-Cprofile-generate"
USE = "-Cprofile-use="
_FOREIGN = re.compile(r"profile-generate|profile-use|instrument-coverage")
# rustc's warning for a function that has changed since its counts were taken, and cargo's count.
_TOTAL = re.compile(r"generated \d+ warnings?")
_DISCARDED = re.compile(r"function control flow change detected \(hash mismatch\) (\S+) Hash = ")


@dataclass(frozen=True)
class Profile:
    """The profile of one runtime; `hot` are the functions that ran most, with their counts."""

    path: Path
    digest: str
    hot: tuple[tuple[str, int], ...] = ()

    @property
    def flag(self) -> str:
        """Return rustc's flag."""
        return f"{USE}{self.path}"


def discarded(log: str) -> frozenset[str]:
    """Return the functions in the output of a build whose counts the compiler did not use.

    >>> sorted(discarded("warning: a: function control flow change detected (hash mismatch) "
    ...                  "_R1f Hash = 9 up to 2 count discarded"))
    ['_R1f']
    """
    return frozenset(_DISCARDED.findall(log))


def without_discarded(warnings: Iterable[str]) -> list[str]:
    """Return warnings without those that `discarded` reads, and without a count of them all."""
    found = list(warnings)
    rest = [each for each in found if not _DISCARDED.search(each)]
    return rest if len(rest) == len(found) else [each for each in rest if not _TOTAL.search(each)]


def refuse_foreign(ambient: Ambient) -> None:
    """Refuse flags of the machine that use profiles too: rustc takes the last of two."""
    found = [flag for flag in ambient.flags if _FOREIGN.search(flag)]
    if found:
        what = f"{ambient.source} holds `{' '.join(found)}`, and `[tool.rtvariants.pgo]` sets it"
        raise MachineError(Problem(what, "remove one of the two", rule="ambient-flags"))
