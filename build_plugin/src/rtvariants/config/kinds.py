"""Kinds of settings: how a value is read, its JSON schema, and its name in the reference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rtvariants.errors import near

from .problems import Problems

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off", "")


class Kind:
    """A kind of value. `words` is its name in the reference, `missing` the hint for its absence."""

    words = "any value"
    missing = ""

    def read(self, value: Any, where: str, problems: Problems) -> Any:
        """Return what the program works with; for a wrong value, that is `nothing()`."""
        raise NotImplementedError

    def read_text(self, text: str | Sequence[str], where: str, problems: Problems) -> Any:
        """Read a value that is given as text, in a variable or by `-C`."""
        if not isinstance(text, str):
            problems.add("given more than once", "give it once", where)
            text = text[-1]
        return self.read(self.of_text(text), where, problems)

    def of_text(self, text: str) -> Any:
        """Return the value that a text would be in pyproject.toml."""
        return text

    def quoted(self, value: Any) -> str:
        """Return the hint for a value that only its quotes make wrong; else the empty text."""
        meant = self.of_text(value) if isinstance(value, str) else value
        return (
            "" if isinstance(meant, str) or meant is value else f"write it without quotes: {meant}"
        )

    def absent(self, key: str, where: str, problems: Problems) -> None:
        """Add the problem that a required key is missing."""
        problems.missing(key, self.missing, where)

    def nothing(self) -> Any:
        """Return a harmless value in place of a wrong one."""
        return None

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {}


class Text(Kind):
    """A text, of a pattern if one is given; `empty` says whether it may be empty.

    `what` and `hint` are the message for a text that does not match.
    """

    words = "text"

    def __init__(
        self, pattern: str = "", what: str = "not usable", hint: str = "", *, empty: bool = False
    ) -> None:
        self.pattern = pattern
        self.what = what
        self.hint = hint
        self.empty = empty

    def read(self, value: Any, where: str, problems: Problems) -> str:
        """Return the text."""
        if self.empty and value == "":
            return ""
        if not isinstance(value, str) or not value:
            hint = "write it in quotes" if isinstance(value, (int, float)) else ""
            problems.add(f"not a text: {value!r}", hint, where)
            return ""
        if self.pattern and not re.fullmatch(self.pattern, value):
            problems.add(f"{self.what}: `{value}`", self.hint_for(value), where)
        return value

    def hint_for(self, value: str) -> str:
        """Return the hint for a text that does not match."""
        del value
        return self.hint

    def nothing(self) -> str:
        """Return the empty text."""
        return ""

    def schema(self) -> dict[str, Any]:
        """Return a string with its pattern."""
        if self.empty:
            return {
                "type": "string",
                **({"pattern": f"^({self.pattern})?$"} if self.pattern else {}),
            }
        made: dict[str, Any] = {"type": "string", "minLength": 1}
        return {**made, "pattern": f"^{self.pattern}$"} if self.pattern else made


class Choice(Kind):
    """One of a few values; the first one replaces a wrong value."""

    def __init__(self, *values: Any, what: str = "value") -> None:
        self.values = values
        self.what = what
        *others, last = (f"`{v}`" for v in values)
        self.words = f"{', '.join(others)} or {last}"

    def read(self, value: Any, where: str, problems: Problems) -> Any:
        """Return the value."""
        # `True == 1`: the type counts too.
        if not any(value == v and type(value) is type(v) for v in self.values):
            texts = tuple(v for v in self.values if isinstance(v, str))
            guess = near(value, texts) if isinstance(value, str) else ""
            hint = guess if guess.startswith("did") else f"use {self.words}"
            hint = self.quoted(value) or hint
            problems.add(f"unknown {self.what}: {_shown(value)}", hint, where)
            return self.nothing()
        return value

    def of_text(self, text: str) -> Any:
        """Return the value with this spelling."""
        return next((v for v in self.values if str(v) == text), text)

    def nothing(self) -> Any:
        """Return the first value."""
        return self.values[0]

    def schema(self) -> dict[str, Any]:
        """Return the list of values."""
        return {"enum": list(self.values)}


class Flag(Kind):
    """Yes or no; as a text `1`, `true`, `yes`, `on`, or `0`, `false`, `no`, `off`."""

    words = "boolean"

    def read(self, value: Any, where: str, problems: Problems) -> bool:
        """Return the boolean."""
        if not isinstance(value, bool):
            hint = self.quoted(value).lower() or "use `true` or `false`"
            problems.add(f"neither true nor false: {_shown(value)}", hint, where)
            return False
        return value

    def of_text(self, text: str) -> Any:
        """Return the boolean with this spelling."""
        word = text.lower()
        return True if word in _TRUE else False if word in _FALSE else text

    def nothing(self) -> bool:
        """Return false."""
        return False

    def schema(self) -> dict[str, Any]:
        """Return a boolean."""
        return {"type": "boolean"}


class Number(Kind):
    """A whole number, not below `minimum`; `what` is the message for any other value."""

    words = "whole number"

    def __init__(self, minimum: int = 0, what: str = "") -> None:
        self.minimum = minimum
        self.what = what or f"not a whole number of at least {minimum}"

    def read(self, value: Any, where: str, problems: Problems) -> int:
        """Return the number."""
        if isinstance(value, bool) or not isinstance(value, int) or value < self.minimum:
            problems.add(f"{self.what}: {_shown(value)}", self.quoted(value), where)
            return self.minimum
        return value

    def of_text(self, text: str) -> Any:
        """Return the number with this spelling."""
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else text

    def nothing(self) -> int:
        """Return the smallest number."""
        return self.minimum

    def schema(self) -> dict[str, Any]:
        """Return an integer with its minimum."""
        return {"type": "integer", "minimum": self.minimum}


class Texts(Kind):
    """A list of texts; in a variable or by `-C`, words with `,` or spaces between them."""

    words = "list of texts"

    def __init__(self, item: Text | None = None, what: str = "texts") -> None:
        self.item = item or Text()
        self.what = what

    def read(self, value: Any, where: str, problems: Problems) -> tuple[str, ...]:
        """Return the texts."""
        if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            hint = f'write it as a list: ["{value}"]' if isinstance(value, str) else ""
            problems.add(f"not a list of {self.what}: {value!r}", hint, where)
            return ()
        return tuple(self.item.read(v, f"{where}[{i}]", problems) for i, v in enumerate(value))

    def read_text(
        self, text: str | Sequence[str], where: str, problems: Problems
    ) -> tuple[str, ...]:
        """Return the texts of one or of several options."""
        joined = text if isinstance(text, str) else ",".join(text)
        return self.read([w for w in re.split(r"[,\s]+", joined) if w], where, problems)

    def nothing(self) -> tuple[str, ...]:
        """Return no texts."""
        return ()

    def schema(self) -> dict[str, Any]:
        """Return an array of strings."""
        return {"type": "array", "items": self.item.schema()}


def _shown(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str) else repr(value)
