"""The rule about instructions: none above the level, but where the choice is made at run time."""

from __future__ import annotations

from collections.abc import Iterator

from .audit import Finding
from .native import Native

# A crate that was compiled for another level has hundreds; the first tell what happened.
_SHOWN = 6


def instructions(native: Native) -> Iterator[tuple[str, str]]:
    """Name each function with an instruction above the level, and its crate."""
    level = native.contract.level
    found = native.audit.above
    for finding in found[:_SHOWN]:
        owner = f"crate `{finding.crate}`" if finding.crate else "an unknown crate"
        through = f" through `{finding.through}`" if finding.through else ""
        needs = "`, `".join(finding.features)
        yield (
            (
                f"function `{finding.symbol}` of {owner} needs `{needs}`, which level `{level}` "
                f"does not have: `{finding.text}`{through}"
            ),
            _hint(finding),
        )
    if len(found) > _SHOWN:
        crates = sorted({finding.crate or "unknown" for finding in found[_SHOWN:]})
        yield f"and {len(found) - _SHOWN} more functions, of crates `{'`, `'.join(crates)}`", ""


def _hint(finding: Finding) -> str:
    crate = finding.crate or "*"
    return (
        "compile it for the level; where the code itself asks the CPU before it runs this, add to "
        f'`[tool.rtvariants] allow-instructions`: {{ crate = "{crate}", '
        f'symbol = "{finding.symbol}", reason = "…" }}'
    )
