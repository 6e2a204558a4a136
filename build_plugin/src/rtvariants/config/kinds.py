"""Kinds of settings: how a value is read, what its JSON schema is, how the docs call it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rtvariants.errors import near

if TYPE_CHECKING:
    from .faults import Faults

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off", "")


class Kind:
    """A kind of value. `words` is its name in the reference, `missing` the hint for its absence."""

    words = "any value"
    missing = ""

    def read(self, value: Any, where: str, faults: Faults) -> Any:
        """Return what the program works with; a fault is noted, and `nothing()` returned."""
        raise NotImplementedError

    def read_text(self, text: str | Sequence[str], where: str, faults: Faults) -> Any:
        """Read a value that came as text, from the environment or from `-C`."""
        if not isinstance(text, str):
            faults.add("given more than once", "give it once", where)
            text = text[-1]
        return self.read(self.of_text(text), where, faults)

    def of_text(self, text: str) -> Any:
        """Return a text as the value that would stand in the table."""
        return text

    def quoted(self, value: Any) -> str:
        """Return the hint for a value that is only wrong by its quotes; else the empty text."""
        meant = self.of_text(value) if isinstance(value, str) else value
        return (
            "" if isinstance(meant, str) or meant is value else f"write it without quotes: {meant}"
        )

    def nothing(self) -> Any:
        """Return a harmless value, for what could not be read."""
        return None

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of a value."""
        return {}


class Text(Kind):
    """A text with something in it, of a pattern if one is given.

    `what` and `hint` are the message for a text that does not match.
    """

    words = "text"

    def __init__(self, pattern: str = "", what: str = "not usable", hint: str = "") -> None:
        self.pattern = pattern
        self.what = what
        self.hint = hint

    def read(self, value: Any, where: str, faults: Faults) -> str:
        """Return the text."""
        if not isinstance(value, str) or not value:
            hint = "write it in quotes" if isinstance(value, (int, float)) else ""
            faults.add(f"not a text: {value!r}", hint, where)
            return ""
        if self.pattern and not re.fullmatch(self.pattern, value):
            faults.add(f"{self.what}: `{value}`", self.hint_for(value), where)
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
        made: dict[str, Any] = {"type": "string", "minLength": 1}
        return {**made, "pattern": f"^{self.pattern}$"} if self.pattern else made


class Choice(Kind):
    """One of a few values; the first is what stands in for a wrong one."""

    def __init__(self, *values: Any, what: str = "value") -> None:
        self.values = values
        self.what = what
        self.words = " or ".join(f"`{v}`" for v in values)

    def read(self, value: Any, where: str, faults: Faults) -> Any:
        """Return the value."""
        # `True == 1`: the type counts too.
        if not any(value == v and type(value) is type(v) for v in self.values):
            texts = tuple(v for v in self.values if isinstance(v, str))
            guess = near(value, texts) if isinstance(value, str) else ""
            hint = guess if guess.startswith("did") else f"use {self.words}"
            hint = self.quoted(value) or hint
            faults.add(f"unknown {self.what}: {_shown(value)}", hint, where)
            return self.nothing()
        return value

    def of_text(self, text: str) -> Any:
        """Return the value that is written so."""
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

    def read(self, value: Any, where: str, faults: Faults) -> bool:
        """Return the boolean."""
        if not isinstance(value, bool):
            hint = self.quoted(value).lower() or "use `true` or `false`"
            faults.add(f"neither true nor false: {_shown(value)}", hint, where)
            return False
        return value

    def of_text(self, text: str) -> Any:
        """Return the boolean that is written so."""
        word = text.lower()
        return True if word in _TRUE else False if word in _FALSE else text

    def nothing(self) -> bool:
        """Return false."""
        return False

    def schema(self) -> dict[str, Any]:
        """Return a boolean."""
        return {"type": "boolean"}


class Number(Kind):
    """A whole number, not below `minimum`."""

    words = "whole number"

    def __init__(self, minimum: int = 0) -> None:
        self.minimum = minimum

    def read(self, value: Any, where: str, faults: Faults) -> int:
        """Return the number."""
        if isinstance(value, bool) or not isinstance(value, int) or value < self.minimum:
            fact = f"not a whole number from {self.minimum} on: {_shown(value)}"
            faults.add(fact, self.quoted(value), where)
            return self.minimum
        return value

    def of_text(self, text: str) -> Any:
        """Return the number that is written so."""
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else text

    def nothing(self) -> int:
        """Return the least number."""
        return self.minimum

    def schema(self) -> dict[str, Any]:
        """Return an integer with its minimum."""
        return {"type": "integer", "minimum": self.minimum}


class Texts(Kind):
    """A list of texts; from outside the table, words with `,` or spaces between them."""

    words = "list of texts"

    def __init__(self, item: Text | None = None, what: str = "texts") -> None:
        self.item = item or Text()
        self.what = what

    def read(self, value: Any, where: str, faults: Faults) -> tuple[str, ...]:
        """Return the texts."""
        if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            hint = f'write it as a list: ["{value}"]' if isinstance(value, str) else ""
            faults.add(f"not a list of {self.what}: {value!r}", hint, where)
            return ()
        return tuple(self.item.read(v, f"{where}[{i}]", faults) for i, v in enumerate(value))

    def read_text(self, text: str | Sequence[str], where: str, faults: Faults) -> tuple[str, ...]:
        """Return the texts of one or of several options."""
        joined = text if isinstance(text, str) else ",".join(text)
        return self.read([w for w in re.split(r"[,\s]+", joined) if w], where, faults)

    def nothing(self) -> tuple[str, ...]:
        """Return no texts."""
        return ()

    def schema(self) -> dict[str, Any]:
        """Return an array of strings."""
        return {"type": "array", "items": self.item.schema()}


class Section(Kind):
    """A table inside the table, made into a dataclass of settings."""

    words = "table"

    def __init__(self, cls: type[Any]) -> None:
        self.cls = cls

    def read(self, value: Any, where: str, faults: Faults) -> Any:
        """Return the dataclass."""
        from .reading import read_table

        return read_table(self.cls, value, where, faults)

    def nothing(self) -> Any:
        """Return the dataclass with its settings' defaults."""
        from .faults import Faults
        from .reading import read_table

        return read_table(self.cls, {}, "", Faults())

    def schema(self) -> dict[str, Any]:
        """Return an object with the section's settings."""
        from .schema import table_schema

        return table_schema(self.cls)


class Sections(Kind):
    """A list of tables, at least one unless `least` is 0; `name` is how its head is written."""

    words = "list of tables"

    def __init__(self, cls: type[Any], name: str, least: int = 1) -> None:
        self.cls = cls
        self.least = least
        self.missing = f"add at least one `[[{name}]]`"

    def read(self, value: Any, where: str, faults: Faults) -> tuple[Any, ...]:
        """Return the dataclasses."""
        from .reading import read_table

        if not isinstance(value, list) or len(value) < self.least:
            faults.add("not a list of tables with entries", self.missing, where)
            return ()
        entries = enumerate(value)
        return tuple(read_table(self.cls, e, f"{where}[{i}]", faults) for i, e in entries)

    def nothing(self) -> tuple[Any, ...]:
        """Return no tables."""
        return ()

    def schema(self) -> dict[str, Any]:
        """Return an array of objects."""
        from .schema import table_schema

        return {"type": "array", "minItems": self.least, "items": table_schema(self.cls)}


class Free(Kind):
    """A table that another part of the program reads and checks."""

    words = "table"

    def read(self, value: Any, where: str, faults: Faults) -> dict[str, Any]:
        """Return the table as it is."""
        if not isinstance(value, dict):
            faults.add(f"not a table: {value!r}", "", where)
            return {}
        return dict(value)

    def nothing(self) -> dict[str, Any]:
        """Return an empty table."""
        return {}

    def schema(self) -> dict[str, Any]:
        """Return any object."""
        return {"type": "object"}


def _shown(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str) else repr(value)
