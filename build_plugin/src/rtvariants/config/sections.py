"""Kinds of settings that are tables themselves: one section, or a list of them."""

from __future__ import annotations

from typing import Any

from .kinds import Kind
from .problems import Problems
from .reading import read_table
from .schema import table_schema


class Section(Kind):
    """A table inside the table, made into a dataclass of settings.

    An `optional` one is `None` if the table is absent; give it `default=None`.
    """

    words = "table"

    def __init__(self, cls: type[Any], *, optional: bool = False) -> None:
        self.cls = cls
        self.optional = optional

    def read(self, value: Any, where: str, problems: Problems) -> Any:
        """Return the dataclass."""
        if value is None and self.optional:
            return None
        return read_table(self.cls, value, where, problems)

    def nothing(self) -> Any:
        """Return the dataclass with its settings' defaults."""
        return None if self.optional else read_table(self.cls, {}, "", Problems())

    def schema(self) -> dict[str, Any]:
        """Return an object with the section's settings."""
        return table_schema(self.cls)


class Sections(Kind):
    """A list of tables, at least one unless `least` is 0; `name` is its full name.

    If `short` names a key, an entry may also be a text: the value of that key alone.
    """

    empty = "not a list of tables with entries"

    def __init__(self, cls: type[Any], name: str, least: int = 1, short: str = "") -> None:
        self.cls = cls
        self.least = least
        self.short = short
        self.words = "list of names or tables" if short else "list of tables"
        self.missing = f"add at least one `[[{name}]]`"

    def read(self, value: Any, where: str, problems: Problems) -> tuple[Any, ...]:
        """Return the dataclasses."""
        if not isinstance(value, list) or len(value) < self.least:
            problems.add(self.empty, self.missing, where)
            return ()
        tables = [{self.short: e} if self.short and isinstance(e, str) else e for e in value]
        return tuple(
            read_table(self.cls, table, f"{where}[{i}]", problems) for i, table in enumerate(tables)
        )

    def nothing(self) -> tuple[Any, ...]:
        """Return no tables."""
        return ()

    def schema(self) -> dict[str, Any]:
        """Return an array of objects."""
        table = table_schema(self.cls)
        one = table["properties"][self.short] if self.short else {}
        item = {"oneOf": [one, table]} if self.short else table
        return {"type": "array", "minItems": self.least, "items": item}
