"""Checks of arguments that several functions take."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError, RowNotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

#: The advice for the truth value of what has many rows.
TRUTH = (
    "use `&`, `|` and `~` for `and`, `or` and `not`, with parentheses around comparisons; "
    "`is_between` for `a < b < c`"
)


def names(what: str, given: Iterable[str | Iterable[str]]) -> list[str]:
    """Return names of columns, given one by one or in lists."""
    found: list[object] = []
    for each in given:
        # Neither the keys of a dict nor the rows of a column are meant as names.
        several = hasattr(each, "__iter__") and not isinstance(each, (str, bytes, dict))
        if several and not hasattr(each, "_core"):
            found += list(each)
        else:
            found.append(each)
    for name in found:
        if not isinstance(name, str):
            fact = f"{what}: {name!r}, of type `{type(name).__name__}`"
            hint = "pass the name of a column as a str, or a list of names"
            raise ArgumentTypeError(fact, hint=hint, what=what)
        encodable(what, name)
    return found  # type: ignore[return-value]


def renaming(given: Mapping[str, str]) -> Mapping[str, str]:
    """Return new names by old names."""
    if not hasattr(given, "keys") or not hasattr(given, "get"):
        fact = f"rename: a value of type `{type(given).__name__}`"
        raise ArgumentTypeError(fact, hint="pass a dict of new names by old names", what="names")
    names("rename", [*given.keys(), *given.values()])
    return given


def text(what: str, given: str) -> str:
    """Return a text."""
    if isinstance(given, str):
        return encodable(what, given)
    fact = f"{what}: {given!r}, of type `{type(given).__name__}`"
    raise ArgumentTypeError(fact, hint="pass a str", what=what)


def boolean(what: str, given: bool) -> bool:
    """Return a bool; another value that Python takes for true or false is a mistake."""
    if isinstance(given, bool):
        return given
    fact = f"{what}: {given!r}, of type `{type(given).__name__}`"
    raise ArgumentTypeError(fact, hint="pass True or False", what=what)


def integer(what: str, given: int) -> int:
    """Return an int; a bool is a mistake, although Python counts with it."""
    if hasattr(given, "__index__") and not isinstance(given, bool):
        return given.__index__()
    fact = f"{what}: {given!r}, of type `{type(given).__name__}`"
    raise ArgumentTypeError(fact, hint="pass an int", what=what)


def count(what: str, given: int) -> int:
    """Return an int of 0 or more that a machine can count to."""
    found = integer(what, given)
    if 0 <= found < 2**32:
        return found
    raise ArgumentError(f"{what}: {found}", hint="use a number from 0 on", what=what)


def number(what: str, given: float) -> float:
    """Return a float, which may be given as an int."""
    if hasattr(given, "__float__") and not isinstance(given, bool):
        return float(given)
    fact = f"{what}: {given!r}, of type `{type(given).__name__}`"
    raise ArgumentTypeError(fact, hint="pass a number", what=what)


def natural(what: str, given: int) -> int:
    """Return an int that is not negative."""
    number = integer(what, given)
    if number < 0:
        raise ArgumentError(f"{what}: {number}", hint="use 0 or more", what=what)
    return number


def row(what: str, given: int, rows: int) -> int:
    """Return the number of a row, which may count from the end."""
    number = integer("row", given)
    if not -rows <= number < rows:
        fact = f"row {number} of a {what} of {rows} rows"
        raise RowNotFoundError(fact, hint=None, row=number, rows=rows)
    return number % rows


def sample_size(n: int | None, fraction: float | None, height: int) -> int:
    """Return how many rows to choose."""
    if n is not None and fraction is not None:
        fact = "sample: both `n` and `fraction`"
        raise ArgumentError(fact, hint="pass one of them", what="n")
    if fraction is None:
        return natural("n", 1 if n is None else n)
    if isinstance(fraction, bool) or not isinstance(fraction, (int, float)):
        fact = f"fraction: {fraction!r}, of type `{type(fraction).__name__}`"
        raise ArgumentTypeError(fact, hint="pass a number, e.g. 0.1", what="fraction")
    if not 0 <= fraction < float("inf"):
        fact = f"fraction: {fraction!r}"
        raise ArgumentError(fact, hint="use a number of 0 or more", what="fraction")
    return int(height * fraction)


def choice(what: str, given: str, known: Sequence[str]) -> str:
    """Return one of several words."""
    if isinstance(given, str) and given in known:
        return given
    fact = f"{what}: `{given}` is unknown"
    words = [f"`{word}`" for word in known]
    hint = f"use {', '.join(words[:-1])} or {words[-1]}"
    raise ArgumentError(fact, hint=hint, what=what)


def flags(what: str, given: bool | Sequence[bool], number: int) -> list[bool]:
    """Return one bool for each of several keys."""
    if isinstance(given, bool):
        return [given] * number
    several: list[Any] = list(given) if isinstance(given, (list, tuple)) else [given]
    found = [boolean(what, each) for each in several]
    if len(found) != number:
        fact = f"{what}: {len(found)} values for {number} keys"
        raise ArgumentError(fact, hint="pass one bool for all keys, or one for each key", what=what)
    return found


def window(offset: int, length: int | None, height: int) -> tuple[int, int]:
    """Return the first row and the number of rows of a window, which may begin before row 0."""
    start = integer("offset", offset)
    start = start if start >= 0 else height + start
    if length is None:
        stop = height
    else:
        rows = integer("length", length)
        if rows < 0:
            fact = f"length: {rows}"
            raise ArgumentError(fact, hint="use 0 or more", what="length")
        stop = start + rows
    first, last = (min(max(row, 0), height) for row in (start, stop))
    return first, max(last - first, 0)


def sliced(key: slice, height: int) -> tuple[int, int]:
    """Return the first row and the number of rows that a slice with step 1 means."""
    bounds = [key.start, key.stop, key.step]
    parts = [None if part is None else integer("slice", part) for part in bounds]
    if parts[2] not in (None, 1):
        fact = f"slice of rows: step {parts[2]}"
        raise ArgumentTypeError(fact, hint="use step 1; `sort` changes the order", what="slice")
    start, stop, _ = slice(*parts).indices(height)
    return start, max(stop - start, 0)


def _keys(what: str, given: object) -> list[str | core.Expr]:
    """Return keys, given one by one or in a list."""
    several: Sequence[Any] = given if isinstance(given, (list, tuple)) else [given]
    found: list[str | core.Expr] = []
    for each in several:
        inner = getattr(each, "_core", None)
        if isinstance(inner, core.Expr):
            found.append(inner)
        else:
            found += names(what, [each])
    return found


def join_keys(
    how: str,
    on: object | None,
    left_on: object | None,
    right_on: object | None,
) -> tuple[list[str | core.Expr], list[str | core.Expr]]:
    """Return the keys of a join on the left and on the right: names or expressions."""
    for what, given in (("on", on), ("left_on", left_on), ("right_on", right_on)):
        # The order pairs the keys, and a set has none.
        if isinstance(given, (set, frozenset, dict)):
            fact = f"{what}: a value of type `{type(given).__name__}`"
            hint = "pass a list; `left_on` and `right_on` take different names for the two sides"
            raise ArgumentTypeError(fact, hint=hint, what=what)
    if how == "cross":
        if (on, left_on, right_on) != (None, None, None):
            hint = "leave out `on`, `left_on` and `right_on`, or pass another `how`"
            raise ArgumentError("keys of a cross join: it has none", hint=hint, what="on")
        return [], []
    if on is not None and left_on is None and right_on is None:
        left = right = _keys("on", on)
    elif on is None and left_on is not None and right_on is not None:
        left, right = _keys("left_on", left_on), _keys("right_on", right_on)
    else:
        hint = "pass `on`, or both `left_on` and `right_on`"
        raise ArgumentError("keys of a join: missing or given twice", hint=hint, what="on")
    if not left or len(left) != len(right):
        fact = f"keys of a join: {len(left)} on the left, {len(right)} on the right"
        raise ArgumentError(fact, hint="pass the same number on both sides", what="on")
    return left, right


def encodable(what: str, text: str) -> str:
    """Return a text that has a UTF-8 form, which a lone surrogate has not."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        fact = f"{what}: {text!r}: {error.reason}"
        raise ArgumentError(fact, hint="pass text that UTF-8 can encode", what=what) from None
    return text
