"""Whether a `cfg(…)` table of cargo's configuration holds for a target.

cargo decides this itself and prints its decision nowhere, so the expression is read here, against
what rustc prints of the target.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'\s*("[^"]*"|(?:r#)?[^\W\d]\w*|[(),=]|$)\s*')


def holds(key: str, printed: frozenset[str]) -> bool:
    """Return whether a table named `key` holds for a target; `printed` are rustc's lines about it.

    A key that is no expression holds for nothing, as in cargo.

    >>> holds('cfg(all(unix, not(target_os = "macos")))', frozenset({"unix", 'target_os="linux"'}))
    True
    >>> holds("cfg(any())", frozenset()), holds("cfg(unix", frozenset({"unix"}))
    (False, False)
    """
    if not (key.startswith("cfg(") and key.endswith(")")):
        return False
    reader = _Reader(key[4:-1], printed)
    try:
        found = reader.expression()
        reader.take("")
    except ValueError:
        return False
    return found


class _Reader:
    """Reads one expression from the left to the right, and keeps the next token."""

    def __init__(self, text: str, printed: frozenset[str]) -> None:
        self._text, self._at, self._printed = text, 0, printed
        self.next = ""
        self._advance()

    def _advance(self) -> None:
        found = _TOKEN.match(self._text, self._at)
        self.next = found[1] if found else "?"
        self._at = found.end() if found else self._at

    def take(self, wanted: str | None = None) -> str:
        """Return the next token and go on; raises `ValueError` where it is not the wanted one."""
        token = self.next
        if token == "?" or wanted not in (None, token):
            raise ValueError(f"unexpected `{token}` in `{self._text}`")
        self._advance()
        return token

    def expression(self) -> bool:
        """Return the value of the expression that begins here."""
        word = self.take()
        if not re.match(r"\w", word):
            raise ValueError(f"unexpected `{word}` in `{self._text}`")
        if self.next == "(" and word in ("all", "any", "not"):
            inside = self._list(comma=word != "not")
            if word == "not":
                return not inside[0]
            return all(inside) if word == "all" else any(inside)
        if self.next == "=":
            self.take("=")
            value = self.take()
            if not value.startswith('"'):
                raise ValueError(f"unexpected `{value}` in `{self._text}`")
            return f"{word.removeprefix('r#')}={value}" in self._printed
        if word in ("true", "false"):
            return word == "true"
        return word.removeprefix("r#") in self._printed

    def _list(self, *, comma: bool) -> list[bool]:
        self.take("(")
        found: list[bool] = []
        while self.next != ")":
            found.append(self.expression())
            if not comma or self.next != ",":
                break
            self.take(",")
        self.take(")")
        if not comma and not found:
            raise ValueError(f"`not` without an expression in `{self._text}`")
        return found
