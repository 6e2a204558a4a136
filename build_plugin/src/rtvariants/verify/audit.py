"""The audit: no instruction above a runtime's level, except in functions chosen at run time.

`native.disassembly` finds the functions; this module names them, finds their crate, and sets aside
those that an entry of a list allows. An entry says which code makes the choice at run time. An
entry of the configuration that allows nothing in any runtime is reported, so that the list does not
outlive its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from rtvariants.config.model import AllowConfig
from rtvariants.native import demangle
from rtvariants.native.disassembly import Use, callers, uses
from rtvariants.native.model import Code
from rtvariants.native.owners import Owners
from rtvariants.native.reach import reached
from rtvariants.targets import levels

from .known import KNOWN


@dataclass(frozen=True)
class FunctionAbove:
    """A function that needs `features` (rustc's names) which the level does not have.

    `text` is the first such instruction; where it is in an intrinsic that the function calls,
    `through` names that one.
    """

    symbol: str
    crate: str
    features: tuple[str, ...]
    text: str
    through: str = ""


@dataclass(frozen=True)
class Audit:
    """The outcome for one file: what no entry allows, and how many functions each entry allowed.

    `early` are functions above the baseline that run while the file is loaded, before the guard,
    or while it is unloaded, which happens although the guard has refused.
    """

    above: tuple[FunctionAbove, ...] = ()
    allowed: dict[AllowConfig, int] = field(default_factory=dict)
    early: tuple[FunctionAbove, ...] = ()


def audit(
    sections: Sequence[Code],
    level: str,
    entries: Sequence[AllowConfig] = (),
    archives: Sequence[tuple[str, Path]] = (),
    target: str = "",
) -> Audit:
    """Audit the code of one file, which still has its symbols, against a level.

    `archives` are static libraries of C code, each with the crate that built it. `target` is the
    Rust target, whose CPUs may all have more than the level says. Raises `ValueError` for a machine
    without a disassembler.
    """
    of = levels.level(level)
    owners = Owners(archives)
    own: list[FunctionAbove] = []
    borrowed: list[tuple[int, FunctionAbove]] = []
    for use in uses(sections, of.features | levels.always(target)):
        function = _function(use, of.machine, owners)
        if function.crate in _BORROWED:
            borrowed.append((use.start, function))
        else:
            own.append(function)
    if borrowed:
        called = _Callers(sections, owners)
        own += [f for start, function in borrowed for f in called.instead(start, function)]
    return _sorted_out(own, (*entries, *KNOWN))


# The standard library's intrinsics are functions of one instruction, and its generic functions are
# compiled with whatever closure they get. Inlined or not, they are right where their callers are.
_BORROWED = ("core", "alloc", "std")


def _sorted_out(functions: Sequence[FunctionAbove], entries: Sequence[AllowConfig]) -> Audit:
    above = []
    allowed: dict[AllowConfig, int] = {}
    for function in functions:
        entry = next((entry for entry in entries if covers(entry, function)), None)
        if entry is None:
            above.append(function)
        else:
            allowed[entry] = allowed.get(entry, 0) + 1
    return Audit(tuple(above), allowed)


def early(
    sections: Sequence[Code],
    starts: Sequence[int],
    entries: Sequence[AllowConfig] = (),
    archives: Sequence[tuple[str, Path]] = (),
    target: str = "",
) -> tuple[FunctionAbove, ...]:
    """Return the functions above the baseline that run while a file is loaded or unloaded.

    `starts` are the addresses where that begins; what is called from there through a pointer is
    not seen. A function that an entry allows checks the CPU itself. In a file that does not name
    its functions, where one of them ends is unknown, and nothing is returned.
    """
    if not starts or not sections or not all(section.named for section in sections):
        return ()
    machine = sections[0].machine
    baseline = levels.level(levels.BASELINES[machine]).features | levels.always(target)
    owners = Owners(archives)
    found = [_function(use, machine, owners) for use in uses(reached(sections, starts), baseline)]
    return _sorted_out(found, (*entries, *KNOWN)).above


def covers(entry: AllowConfig, function: FunctionAbove) -> bool:
    """Return whether an entry allows all that a function needs.

    Names of crates are the same with `-` and with `_`.
    """
    named = fnmatchcase(_crate(function.crate), _crate(entry.crate))
    # `[` has no meaning of its own: it is part of a path, such as `<[u8] as sample::Sum>::sum`.
    if not named or not fnmatchcase(function.symbol, entry.symbol.replace("[", "[[]")):
        return False
    return not entry.features or set(function.features) <= set(entry.features)


def _crate(name: str) -> str:
    return name.replace("-", "_")


class _Callers:
    """Finds what calls functions of the standard library, through others of the library."""

    def __init__(self, sections: Sequence[Code], owners: Owners) -> None:
        self._called = callers(sections)
        self._names = {mark.address: mark.name for s in sections for mark in s.marks}
        self._owners = owners

    def instead(self, start: int, function: FunctionAbove) -> Iterator[FunctionAbove]:
        """Yield the callers of a function instead of it; itself where no caller is seen."""
        seen = {start}
        waiting = [start]
        while waiting:
            found = self._called.get(waiting.pop(), set()) - seen
            seen |= found
            for caller in found:
                name = self._names.get(caller, "")
                symbol = demangle.read(name)
                crate = symbol.crate or self._owners.of(name)
                if crate in _BORROWED:
                    waiting.append(caller)
                else:
                    yield replace(
                        function, symbol=symbol.name, crate=crate, through=function.symbol
                    )
        if len(seen) == 1:
            yield function


def _function(use: Use, machine: str, owners: Owners) -> FunctionAbove:
    symbol = demangle.read(use.symbol)
    features = sorted(levels.rustc_name(feature, machine) for feature in use.features)
    return FunctionAbove(
        symbol.name, symbol.crate or owners.of(use.symbol), tuple(features), use.text
    )
