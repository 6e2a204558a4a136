"""Which crate a C function comes from: the one whose static library holds its name."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

# What may be a symbol, of the library or one that it needs. It follows a zero byte, or the name of
# a section of its own, such as `.text.`, and compilers append parts such as `.constprop.0`.
_WORD = re.compile(rb"[\w$@.]{3,}(?=\0)")

# From this length on, a name is not the end of an unrelated one by chance.
_LONG = 12


def _names(word: bytes) -> Iterator[bytes]:
    """Yield a word, and what follows each dot in it.

    >>> list(_names(b".text.sum.part.0"))
    [b'.text.sum.part.0', b'text.sum.part.0', b'sum.part.0', b'part.0']
    """
    while len(word) > 2:
        yield word
        word = word.partition(b".")[2]


class Owners:
    """Finds the crates of C functions; `archives` are static libraries, each with its crate."""

    def __init__(self, archives: Sequence[tuple[str, Path]]) -> None:
        self._archives = archives

    def of(self, symbol: str) -> str:
        """Return the crate of a C function; empty where no library has it."""
        name = symbol.encode()
        return self._crates.get(name) or self._tails(name)

    def _tails(self, name: bytes) -> str:
        """Return the crate of a name that shares its bytes with the end of a longer one.

        Compilers store such names so. A short one may be the end of anything.
        """
        if len(name) < _LONG or b"." in name or not self._backwards:
            return ""
        turned = name[::-1]
        at = bisect.bisect_left(self._backwards, turned)
        found = self._backwards[at] if at < len(self._backwards) else b""
        return self._crates[found[::-1]] if found.startswith(turned) else ""

    @cached_property
    def _backwards(self) -> list[bytes]:
        return sorted(name[::-1] for name in self._crates)

    @cached_property
    def _crates(self) -> dict[bytes, str]:
        # The first library that has a name wins.
        return {
            name: crate
            for crate, path in reversed(self._archives)
            for word in _WORD.findall(path.read_bytes())
            for name in _names(word)
        }
