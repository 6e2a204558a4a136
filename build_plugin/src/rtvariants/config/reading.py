"""Reads a table into its dataclass; all problems are collected, so that one run shows them."""

from __future__ import annotations

from typing import Any

from .faults import Faults


def read_table(cls: type[Any], table: Any, where: str, faults: Faults, **more: Any) -> Any:
    """Return `cls` made from a table; `more` are fields that are no settings.

    Faults go to `faults`; what is wrong has a harmless value in the result.
    """
    from .fields import settings_of

    if not isinstance(table, dict):
        faults.add(f"not a table: {table!r}", "", where)
        return cls(**more, **{s.name: s.kind.nothing() for s in settings_of(cls)})
    settings = settings_of(cls)
    faults.unknown(table, tuple(s.key for s in settings), where)
    values = {}
    for each in settings:
        place = f"{where}.{each.key}"
        # What stands in the table is read in any case: its faults are the file's.
        if each.key in table:
            value = each.kind.read(table[each.key], place, faults)
        elif each.required:
            faults.missing(each.key, each.kind.missing, where)
            value = each.kind.nothing()
        else:
            value = each.kind.read(each.default, place, faults)
        over = faults.overrides.take(each.override)
        if over is not None:
            value = each.kind.read_text(over.value, over.name, faults)
        values[each.name] = value
    return cls(**more, **values)
