"""Joins by expressions: their values become columns, which the result leaves out."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def join(
    left: core.Frame,
    right: core.Frame,
    keys: tuple[Sequence[str | core.Expr], Sequence[str | core.Expr]],
    how: str,
    suffix: str,
) -> core.Frame:
    """Return the join of two frames, whose keys are names of columns or expressions."""
    known = {*left.names(), *right.names()}
    left, left_names = _with_keys(left, keys[0], "left", known)
    right, right_names = _with_keys(right, keys[1], "right", known)
    if len(left_names) != len(right_names):
        fact = f"keys of a join: {len(left_names)} on the left, {len(right_names)} on the right"
        raise ArgumentError(fact, hint="pass the same number on both sides", what="on")
    found = left.join(right, left_names, right_names, how, suffix)
    kept = [name for name in found.names() if name in known or name.removesuffix(suffix) in known]
    return found.select([core.Expr.column(name) for name in kept])


def _with_keys(
    frame: core.Frame, keys: Sequence[str | core.Expr], side: str, known: set[str]
) -> tuple[core.Frame, list[str]]:
    """Return the frame with the values of expressions, and the names of all keys."""
    names: list[str] = []
    made: list[core.Expr] = []
    for key in keys:
        if isinstance(key, str):
            names.append(key)
            continue
        for each in frame.expand([key]):
            name = f"{side} key {len(names)}"
            while any(name in other for other in known):
                name += "_"
            names.append(name)
            made.append(each.alias(name))
    return frame.with_columns(made), names
