"""Collects every problem of a configuration, so that one run shows all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rtvariants.errors import Problem, near

from .overrides import Overrides


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
