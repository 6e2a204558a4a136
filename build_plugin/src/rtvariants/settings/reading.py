"""Reads a table into its dataclass; every fault is collected, so that one run shows all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rtvariants.errors import Problem
from rtvariants.levels import near

from .sources import Overrides


class Faults:
    """Collects problems; `root` is the folder that paths of the table start from."""

    def __init__(self, root: Path = Path(), overrides: Overrides | None = None) -> None:
        self.root = root
        self.overrides = overrides or Overrides()
        self.problems: list[Problem] = []
        self._guessed: set[tuple[str, str]] = set()

    def add(self, what: str, hint: str = "", where: str = "") -> None:
        """Take note of a problem."""
        self.problems.append(Problem(what, hint, where))

    def unknown(self, table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        """Take note of each key that no setting has, with the closest that there are."""
        for key in table:
            if key not in known:
                hint = near(key, known)
                self.add(f"unknown key: `{key}`", hint, where)
                self._guessed |= {(where, k) for k in known if f"`{k}`?" in hint}

    def missing(self, key: str, hint: str, where: str) -> None:
        """Take note of a key that must be there.

        One that is there under a misspelt name is one fault, not two.
        """
        if (where, key) not in self._guessed:
            self.add(f"missing key: `{key}`", hint, where)


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
