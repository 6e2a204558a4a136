"""Reads a table into its dataclass, and collects all problems."""

from __future__ import annotations

from typing import Any

from .fields import settings_of
from .problems import Problems


def read_table(cls: type[Any], table: Any, where: str, problems: Problems, **more: Any) -> Any:
    """Return `cls` made from a table; `more` are the fields that are not settings.

    Problems go to `problems`; a wrong value is a harmless one in the result.
    """
    if not isinstance(table, dict):
        problems.add(f"not a table: {table!r}", "", where)
        return cls(**more, **{s.name: s.kind.nothing() for s in settings_of(cls)})
    settings = settings_of(cls)
    problems.unknown(table, tuple(s.key for s in settings), where)
    values = {}
    for each in settings:
        place = f"{where}.{each.key}"
        # The value in the table is always read: its problems are the file's.
        if each.key in table:
            value = each.kind.read(table[each.key], place, problems)
        elif each.required:
            each.kind.absent(each.key, where, problems)
            value = each.kind.nothing()
        else:
            value = each.kind.read(each.default, place, problems)
        over = problems.overrides.take(each.override)
        if over is not None:
            value = each.kind.read_text(over.value, over.name, problems)
        values[each.name] = value
    return cls(**more, **values)
