"""Checks of arguments that several functions take."""

from __future__ import annotations

from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def names(given: Iterable[str | Iterable[str]]) -> list[str]:
    """Return names of columns, given one by one or in lists."""
    found: list[str] = []
    for each in given:
        found += [each] if isinstance(each, str) else each
    for name in found:
        if not isinstance(name, str):
            fact = f"column name: {name!r}, of type `{type(name).__name__}`"
            raise ArgumentTypeError(fact, hint="use a str for each name", what="name")
    return found


def flags(what: str, given: bool | Sequence[bool], number: int) -> list[bool]:
    """Return one bool for each of several keys."""
    if isinstance(given, bool):
        return [given] * number
    if len(given) != number:
        fact = f"{what}: {len(given)} values for {number} keys"
        raise ArgumentError(fact, hint="pass one bool for all keys, or one for each key", what=what)
    return list(given)


def join_keys(
    on: str | Sequence[str] | None,
    left_on: str | Sequence[str] | None,
    right_on: str | Sequence[str] | None,
) -> tuple[list[str], list[str]]:
    """Return the keys of a join on the left and on the right."""
    if on is not None and left_on is None and right_on is None:
        left = right = names([on])
    elif on is None and left_on is not None and right_on is not None:
        left, right = names([left_on]), names([right_on])
    else:
        hint = "pass `on`, or both `left_on` and `right_on`"
        raise ArgumentError("keys of a join: missing or given twice", hint=hint, what="on")
    if not left or len(left) != len(right):
        fact = f"keys of a join: {len(left)} on the left, {len(right)} on the right"
        raise ArgumentError(fact, hint="pass the same number on both sides", what="on")
    return left, right
