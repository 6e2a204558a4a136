"""Frames and columns as values of Python and of other libraries."""

from __future__ import annotations

from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mydf._native import core


def lists(frame: core.Frame) -> dict[str, list[Any]]:
    """Return the columns as lists of Python values, by name."""
    return {column.name(): column.to_list() for column in frame.columns()}


def tuples(frame: core.Frame) -> list[tuple[Any, ...]]:
    """Return the rows as tuples of Python values."""
    return list(zip(*lists(frame).values(), strict=True))


def dicts(frame: core.Frame) -> list[dict[str, Any]]:
    """Return the rows as dicts of Python values."""
    names = frame.names()
    return [dict(zip(names, row, strict=True)) for row in tuples(frame)]


def matrix(frame: core.Frame) -> Any:
    """Return a numpy array of two dimensions."""
    import numpy as np

    columns = [vector(column) for column in frame.columns()]
    return np.stack(columns, axis=1) if columns else np.empty((0, 0))


def vector(column: core.Series) -> Any:
    """Return a numpy array of one dimension."""
    import numpy as np

    found = column.to_bytes()
    if found is not None:
        dtype, data = found
        return np.frombuffer(data, dtype=dtype)
    array = np.empty(column.height(), dtype=object)
    array[:] = column.to_list()
    return array


def as_array(made: Any, what: str, dtype: Any, copy: bool | None) -> Any:
    """Return what numpy's protocol `__array__` asks for, given a new array."""
    if copy is False:
        fact = f"numpy array of a {what}: `copy=False` is not possible"
        raise ArgumentTypeError(fact, hint="leave out `copy`", what="copy")
    return made if dtype is None else made.astype(dtype)
