"""The options of a step: fields of a frozen dataclass, from which the command line is made.

A field's default says what kind of option it is: `False` is a switch, a tuple an option that may be
repeated, and a text an option with one value.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Facts:
    """What the command line shows of an option; `kind` reads its value."""

    help: str
    metavar: str = ""
    kind: type[str | Path] = str
    positional: bool = False


def switch(text: str) -> Any:
    """Return the field of an option without a value."""
    return field(default=False, metadata={"option": Facts(text)})


def value(text: str, metavar: str) -> Any:
    """Return the field of an option with a text as its value."""
    return field(default="", metadata={"option": Facts(text, metavar)})


def many(text: str, metavar: str, kind: type[str | Path] = str) -> Any:
    """Return the field of an option that may be repeated."""
    return field(default=(), metadata={"option": Facts(text, metavar, kind)})


def argument(text: str, *, required: bool = False) -> Any:
    """Return the field of a positional argument."""
    default = MISSING if required else ""
    return field(default=default, metadata={"option": Facts(text, positional=True)})


@dataclass(frozen=True)
class NoOptions:
    """The options of a step that has none of its own."""
