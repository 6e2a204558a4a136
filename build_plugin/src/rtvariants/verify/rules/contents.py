"""Rules about the bytes of a file: its instructions, and paths in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from rtvariants.verify.audit import FunctionAbove

from .model import BuiltFile, Violation

# A crate that was compiled for another level has hundreds; the first few show what happened.
_SHOWN = 6


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
    """Name each function with an instruction above the level, and its crate."""
    level = file.contract.level
    found = file.audit.above
    for function in found[:_SHOWN]:
        owner = f"crate `{function.crate}`" if function.crate else "an unknown crate"
        through = f" through `{function.through}`" if function.through else ""
        needs = "`, `".join(function.features)
        yield (
            (
                f"function `{function.symbol}` of {owner} needs `{needs}`, which level `{level}` "
                f"does not have: `{function.text}`{through}"
            ),
            _hint(function),
        )
    if len(found) > _SHOWN:
        crates = sorted({function.crate or "unknown" for function in found[_SHOWN:]})
        yield f"and {len(found) - _SHOWN} more functions, of crates `{'`, `'.join(crates)}`", ""


def _hint(function: FunctionAbove) -> str:
    crate = function.crate or "*"
    return (
        "compile it for the level; if the code checks the CPU before it runs this, add to "
        f'`[tool.rtvariants] allow-instructions`: {{ crate = "{crate}", '
        f'symbol = "{function.symbol}", reason = "…" }}'
    )
