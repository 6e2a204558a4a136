"""Rules about the bytes of a file: its instructions, and paths in it."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator, Sequence

from rtvariants.verify.audit import FunctionAbove

from .model import BuiltFile, Violation

# Where all was compiled for another level, the first few crates show what happened.
_SHOWN = 12


def build_paths(file: BuiltFile) -> Iterator[Violation]:
    """The file contains no path of the build machine."""
    for path in file.contract.private_paths:
        text = os.fsencode(str(path))
        # Literals follow each other in the file without a byte between them, so anything may stand
        # before a path. A folder such as /root, though, may be the middle of a harmless one. What
        # stands before is checked last: a pattern that begins with plain text is fast to find.
        alone = rb"" if len(path.parts) > 2 else rb"(?<![\w./-]%b)" % re.escape(text)
        found = re.search(re.escape(text) + alone + rb"[/\\][\x20-\x7e]{0,80}", file.shipped)
        if found:
            hint = (
                'a build script or macro puts it there: look for `env!("CARGO_MANIFEST_DIR")` and '
                "generated code"
            )
            yield f"path of the build machine in the file: `{found[0].decode()}`", hint


def instructions(file: BuiltFile) -> Iterator[Violation]:
    """Name each crate with instructions above the level once, by its first function."""
    level = file.contract.level
    crates: dict[str, list[FunctionAbove]] = {}
    for function in file.audit.above:
        # An entry needs a crate or a function.
        crates.setdefault(function.crate or function.symbol, []).append(function)
    for found in [*crates.values()][:_SHOWN]:
        function = found[0]
        owner = f"crate `{function.crate}`" if function.crate else "an unknown crate"
        through = f" through `{function.through}`" if function.through else ""
        needs = "`, `".join(function.features)
        more = f", and so do {len(found) - 1} more of its functions" if len(found) > 1 else ""
        yield (
            (
                f"function `{function.symbol}` of {owner} needs `{needs}`, which level `{level}` "
                f"does not have: `{function.text}`{through}{more}"
            ),
            _hint(found),
        )
    rest = [*crates][_SHOWN:]
    if rest:
        yield f"and functions of {len(rest)} more crates: `{'`, `'.join(sorted(rest))}`", ""


def constructors(file: BuiltFile) -> Iterator[Violation]:
    """What runs while the file is loaded is at the baseline: no guard is in front of it."""
    for function in file.audit.early[:_SHOWN]:
        owner = f"crate `{function.crate}`" if function.crate else "an unknown crate"
        what = (
            f"function `{function.symbol}` of {owner} runs while the file is loaded, before the "
            f"guard, and needs `{'`, `'.join(function.features)}`: `{function.text}`"
        )
        hint = "call it from the module's init function, or compile it for the baseline"
        yield what, hint


def _hint(found: Sequence[FunctionAbove]) -> str:
    features = sorted({feature for function in found for feature in function.features})
    entry = {
        "crate": json.dumps(found[0].crate or "*"),
        "symbol": json.dumps(_pattern([function.symbol for function in found])),
        "features": json.dumps(features),
        "reason": '"…"',
    }
    text = ", ".join(f"{key} = {value}" for key, value in entry.items())
    return (
        "compile it for the level; if the code checks the CPU before it runs this, add to "
        f"`[tool.rtvariants] allow-instructions`: {{ {text} }}"
    )


def _pattern(symbols: Sequence[str]) -> str:
    """Return a pattern for all symbols: their common path, as far as it is one.

    >>> _pattern(["a::b::f", "a::b::g"]), _pattern(["a::f"]), _pattern(["sum_avx2", "sum_sse"])
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
