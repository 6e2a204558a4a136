"""Frames and columns as values of Python and of other libraries."""

from __future__ import annotations

from mydf.errors import ArgumentError, ArgumentTypeError, MissingPackageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mydf._native import core


def library(name: str) -> Any:
    """Return another library; raises `MissingPackageError` if it is not installed."""
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        hint = f"run `pip install {name}`"
        raise MissingPackageError(f"`{name}` is not installed", hint=hint, name=name) from None


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


def pandas(frame: core.Frame, table: Any) -> Any:
    """Return a `pandas.DataFrame`, given the frame as a `pyarrow.Table`.

    Raises:
        ArgumentError: If pandas can't express a date or datetime.
    """
    try:
        found = table.to_pandas()
    except (ValueError, OverflowError, NotImplementedError) as error:
        fact = f"frame as a pandas.DataFrame: {error}"
        hint = "take such values out with `filter`, or cast the column to `mydf.Int64`"
        raise ArgumentError(fact, hint=hint, what="frame") from None
    for place, column in enumerate(frame.columns()):
        wide = column.dtype() in ("Int64", "UInt64")
        if wide and column.null_count() and column.to_bytes() is None:
            import pandas as pd

            # Floats, which pandas uses for nulls among integers, have no such numbers.
            values = pd.array(column.to_list(), dtype=column.dtype())
            found.isetitem(place, values)
    return found


def matrix(frame: core.Frame) -> Any:
    """Return a numpy array of two dimensions."""
    np = library("numpy")
    columns = [vector(column) for column in frame.columns()]
    if not columns:
        return np.empty((0, 0))
    # Between other kinds numpy has no common dtype, and text would take all values.
    if {each.dtype.kind for each in columns} in _COMMON:
        common = np.result_type(*columns)
        if all(_survives(each, common) for each in columns):
            return np.stack(columns, axis=1)
    return np.stack([_objects(column) for column in frame.columns()], axis=1)


# Kinds of numpy's dtypes that have a common one: numbers with truth values, datetimes.
_COMMON = [{"M"}, {"m"}] + [
    {kind for kind, wanted in zip("biuf", f"{bits:04b}", strict=True) if wanted == "1"}
    for bits in range(1, 16)
]


def _survives(values: Any, dtype: Any) -> bool:
    """Return whether a wider dtype of numpy holds the values of a column exactly."""
    if values.dtype == dtype or not len(values):
        return True
    if values.dtype.kind in "iu" and dtype.kind == "f":
        return bool(values.min() >= -(2**53) and values.max() <= 2**53)
    if values.dtype.kind == "M":
        return _same_moments(values, values.astype(dtype))
    return True


def _same_moments(before: Any, after: Any) -> bool:
    """Return whether datetimes did not overflow in a finer unit."""
    import numpy as np

    return bool(((after.astype(before.dtype) == before) | np.isnat(before)).all())


def vector(column: core.Series) -> Any:
    """Return a numpy array of one dimension."""
    import numpy as np

    found = column.to_bytes()
    if found is None:
        return _objects(column)
    dtype, data = found
    return np.frombuffer(data, dtype=dtype)


def _objects(column: core.Series) -> Any:
    import numpy as np

    array = np.empty(column.height(), dtype=object)
    array[:] = column.to_list()
    return array


def as_array(made: Any, what: str, nulls: int, dtype: Any, copy: bool | None) -> Any:
    """Return what numpy's protocol `__array__` asks for, given a new array.

    Raises:
        ArgumentTypeError: If numpy asks for no copy.
        ArgumentError: If a value does not fit the dtype, or a null has no value in it.
    """
    if copy is False:
        fact = f"numpy array of a {what}: `copy=False` is not possible"
        raise ArgumentTypeError(fact, hint="leave out `copy`", what="copy")
    return made if dtype is None else _converted(made, what, nulls, dtype)


def _converted(made: Any, what: str, nulls: int, dtype: Any) -> Any:
    import numpy as np

    wanted = np.dtype(dtype)
    fact = f"numpy array of a {what}: {made.dtype} as {wanted}"
    if nulls and wanted.kind not in "fcOMm":
        fact += f", which has no value for its {nulls} nulls"
        raise ArgumentError(fact, hint="replace them with `fill_null(...)`", what="dtype")
    if wanted.kind == "M" and _has_zone(made):
        hint = "`.cast(mydf.Datetime)` keeps the wall-clock time and drops the zone"
        raise ArgumentError(f"{fact}, which has no zone", hint=hint, what="dtype")
    try:
        fits = _fits(made, wanted)
        converted = made.astype(wanted) if fits else made
    except (TypeError, ValueError, OverflowError) as error:
        hint = "convert the columns first with `.cast(...)`"
        raise ArgumentError(f"{fact}: {error}", hint=hint, what="dtype") from None
    if not fits:
        hint = "ask for a wider dtype"
        raise ArgumentError(f"{fact}: a value does not fit", hint=hint, what="dtype")
    return converted


def _has_zone(made: Any) -> bool:
    return made.dtype.kind == "O" and any(
        getattr(value, "tzinfo", None) is not None for value in made.flat
    )


def _fits(made: Any, wanted: Any) -> bool:
    """Return whether a dtype has the range for all values of an array."""
    import numpy as np

    if made.dtype.kind == "M" and wanted.kind == "M":
        finer = np.result_type(made.dtype, wanted) == wanted
        return not finer or _same_moments(made, made.astype(wanted))
    if made.dtype.kind not in "iuf" or wanted.kind not in "iu" or not made.size:
        return True
    limits = np.iinfo(wanted)
    whole = np.trunc(made)
    # As floats, the limits of 64 bits are powers of two, and so is one more than the upper one.
    if made.dtype.kind == "f":
        return bool(((whole >= float(limits.min)) & (whole < float(limits.max + 1))).all())
    return int(made.min()) >= limits.min and int(made.max()) <= limits.max
