"""Collects every problem of a configuration, so that one run shows all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rtvariants.errors import Problem, near

from .overrides import Overrides


class Problems:
    """Collects problems; `root` is the folder that paths in the configuration start from."""

    def __init__(self, root: Path = Path(), overrides: Overrides | None = None) -> None:
        self.root = root
        self.overrides = overrides or Overrides()
        self.found: list[Problem] = []
        self._guessed: set[tuple[str, str]] = set()

    def add(self, what: str, hint: str = "", where: str = "") -> None:
        """Add a problem."""
        self.found.append(Problem(what, hint, where))

    def unknown(self, table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        """Add a problem for each key that is not the key of a setting, with the closest ones."""
        for key in table:
            if key not in known:
                hint = near(key, known)
                self.add(f"unknown key: `{key}`", hint, where)
                meant = hint.removeprefix("did you mean") if hint.startswith("did") else ""
                self._guessed |= {(where, k) for k in known if f"`{k}`" in meant}

    def missing(self, key: str, hint: str, where: str) -> None:
        """Add a problem for a required key that is missing.

        A key that is present under a misspelt name is one problem, not two.
        """
        if (where, key) not in self._guessed:
            self.add(f"missing key: `{key}`", hint, where)

    def within(self, where: str) -> bool:
        """Return whether a part of the configuration has a problem."""
        return any(each.where.startswith(where) for each in self.found)
