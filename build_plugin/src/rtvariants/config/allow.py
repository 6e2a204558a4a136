"""An entry of the list of functions that may hold instructions above a runtime's level."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rtvariants.verify.audit import Finding


@dataclass(frozen=True)
class Allow:
    """Functions that may hold instructions above the level; `crate` and `symbol` are globs.

    An empty `features` allows every one. Names of crates are the same with `-` and with `_`.
    """

    reason: str
    crate: str = "*"
    symbol: str = "*"
    features: tuple[str, ...] = ()

    def covers(self, finding: Finding) -> bool:
        """Tell whether the entry allows all that a function needs."""
        named = fnmatchcase(_crate(finding.crate), _crate(self.crate))
        if not named or not fnmatchcase(finding.symbol, self.symbol):
            return False
        return not self.features or set(finding.features) <= set(self.features)


def _crate(name: str) -> str:
    return name.replace("-", "_")
