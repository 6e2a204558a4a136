"""Violations of all runtimes by functions above a level, or above the baseline: one for each crate.

One report names every crate with one entry that allows all that was found in it, so a second build
with these entries passes.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rtvariants.errors import Problem

from .audit import Audit, FunctionAbove

#: The rules whose violations this module words.
RULES = ("instructions", "constructors")


@dataclass(frozen=True)
class Found:
    """What the audit of one runtime found, and the level of that runtime."""

    runtime: str
    level: str
    audit: Audit


@dataclass(frozen=True)
class AboveProblem(Problem):
    """What a crate has above a level; `cure` avoids it, and `entry` allows it.

    The entry is one of `allow-instructions`, as an inline table of TOML.
    """

    cure: str = ""
    entry: str = ""


@dataclass(frozen=True)
class _Crate:
    """The functions of one crate, each with the runtime that has it."""

    functions: tuple[tuple[Found, FunctionAbove], ...]

    @property
    def first(self) -> FunctionAbove:
        return self.functions[0][1]

    @property
    def owner(self) -> str:
        return f"crate `{self.first.crate}`" if self.first.crate else "an unknown crate"

    @property
    def needs(self) -> str:
        return "`, `".join(self.first.features)

    @property
    def more(self) -> str:
        # Instances of one generic function have one name.
        others = len({function.symbol for _, function in self.functions}) - 1
        return f", and so do {others} more of its functions" if others else ""

    @property
    def where(self) -> str:
        names = list(dict.fromkeys(found.runtime for found, _ in self.functions))
        return f"runtime{'s' if len(names) > 1 else ''} `{'`, `'.join(names)}`"

    @property
    def entry(self) -> str:
        """The entry of `allow-instructions` for all the functions, as an inline table of TOML."""
        functions = [function for _, function in self.functions]
        features = sorted({feature for each in functions for feature in each.features})
        entry = {
            "crate": json.dumps(self.first.crate or "*"),
            "symbol": json.dumps(pattern([function.symbol for function in functions])),
            "features": json.dumps(features),
            "reason": '"…"',
        }
        return "{ " + ", ".join(f"{key} = {value}" for key, value in entry.items()) + " }"


def merged(problems: Iterable[Problem], found: Sequence[Found]) -> list[Problem]:
    """Return the problems of all runtimes, with one of both rules for each crate.

    `problems` may have those of each runtime, which these replace.
    """
    others = [problem for problem in problems if problem.rule not in RULES]
    return [*others, *instructions(found), *constructors(found)]


def instructions(found: Sequence[Found]) -> list[Problem]:
    """Return the violations of the rule `instructions`, each crate once."""
    return [*map(_instructions, _crates([(each, each.audit.above) for each in found]))]


def constructors(found: Sequence[Found]) -> list[Problem]:
    """Return the violations of the rule `constructors`, each crate once."""
    return [*map(_constructors, _crates([(each, each.audit.early) for each in found]))]


def _instructions(crate: _Crate) -> Problem:
    found, function = crate.functions[0]
    through = f" through `{function.through}`" if function.through else ""
    what = (
        f"function `{function.symbol}` of {crate.owner} needs `{crate.needs}`, which level "
        f"`{found.level}` does not have: `{function.text}`{through}{crate.more}"
    )
    return _problem(crate, what, "compile it for the level", "instructions")


def _constructors(crate: _Crate) -> Problem:
    function = crate.first
    what = (
        f"function `{function.symbol}` of {crate.owner} runs while the file is loaded or unloaded, "
        f"whatever the guard says, and needs `{crate.needs}`: `{function.text}`{crate.more}"
    )
    rust = "::" in function.symbol
    cure = (
        "call it from the module's init function"
        if rust
        else '`c-code = "baseline"` in `[tool.rtvariants]` compiles all C and C++ code for the '
        "baseline"
    )
    return _problem(crate, what, cure, "constructors")


def _problem(crate: _Crate, what: str, cure: str, rule: str) -> AboveProblem:
    hint = (
        f"{cure}; if the code checks the CPU before it runs this, add to "
        f"`[tool.rtvariants] allow-instructions`: {crate.entry}"
    )
    return AboveProblem(what, hint, crate.where, rule, cure, crate.entry)


def _crates(found: Iterable[tuple[Found, Sequence[FunctionAbove]]]) -> Iterator[_Crate]:
    """Yield the crates of functions, in the order in which they were found."""
    crates: dict[tuple[str, str], list[tuple[Found, FunctionAbove]]] = {}
    for each, functions in found:
        for function in functions:
            # An entry needs a crate or a symbol, so functions of no known crate go by their names.
            group = "" if function.crate else _family(function.symbol)
            name = function.crate.replace("-", "_")
            crates.setdefault((name, group), []).append((each, function))
    yield from (_Crate(tuple(functions)) for functions in crates.values())


def _family(symbol: str) -> str:
    """Return the part of a C function's name that a library gives to all of its functions.

    >>> _family("ZSTD_compress"), _family("_sum"), _family("crc32")
    ('ZSTD_', '_sum', 'crc32')
    """
    found = re.match(r"_*[^\W_]+_(?=\w)", symbol)
    return found[0] if found else symbol


def pattern(symbols: Sequence[str]) -> str:
    """Return a pattern for all symbols: their common path, as far as it is one.

    >>> pattern(["a::b::f", "a::b::g"]), pattern(["a::f"]), pattern(["sum_avx2", "sum_sse"])
    ('a::b::*', 'a::f', 'sum_*')
    """
    if len(set(symbols)) == 1:
        return symbols[0]
    # What the first and the last have in common, all between them have too.
    first, last = min(symbols), max(symbols)
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    start = "".join(letter for letter, _ in same)
    end = max(start.rfind(mark) + len(mark) for mark in ("::", "_"))
    return start[: end if end > 1 else 0] + "*"
