"""Frames and columns of pandas, which pyarrow converts column by column.

pandas' own Arrow interface converts a whole frame: an error does not name the column in a form that
we could show, an object column of dates and datetimes loses the times, and rows that were filtered
bring their numbers along as a column.
"""

from __future__ import annotations

import sys

from mydf._native import core
from mydf.errors import (
    ArgumentTypeError,
    DuplicateColumnError,
    MydfError,
    UnsupportedTypeError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def is_frame(data: object) -> bool:
    """Return whether an object is a frame or a Series of pandas, without importing pandas."""
    pandas: Any = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, (pandas.DataFrame, pandas.Series))


def is_column(data: object) -> bool:
    """Return whether an object is a Series, an index or an array of pandas."""
    pandas: Any = sys.modules.get("pandas")
    return pandas is not None and isinstance(
        data, (pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray)
    )


def frame(data: Any) -> core.Frame:
    """Return the frame of a frame or Series, with its index if that is more than row numbers."""
    if data.ndim == 1:
        data = data.to_frame("" if data.name is None else data.name)
    columns: dict[str, Any] = {}
    for name, values in _columns(data):
        if name in columns:
            raise DuplicateColumnError(
                f"duplicate column: `{name}`",
                hint="rename one of them in pandas, or drop the index with "
                "`.reset_index(drop=True)`",
                name=name,
            )
        columns[name] = values
    return core.Frame([column(name, values) for name, values in columns.items()])


def _columns(data: Any) -> Iterator[tuple[str, Any]]:
    for number, label in enumerate(data.columns):
        yield _name(label, f"column {number}"), data.iloc[:, number]
    index = data.index
    if all(name is None for name in index.names):
        if not len(index) or (index.nlevels == 1 and index.dtype.kind in "iu"):
            return
        # The names that `reset_index` gives.
        names = ["index"] if index.nlevels == 1 else [f"level_{i}" for i in range(index.nlevels)]
    else:
        names = [
            f"level_{i}" if name is None else _name(name, "the index")
            for i, name in enumerate(index.names)
        ]
    for number, name in enumerate(names):
        yield name, index.get_level_values(number)


def _name(label: Any, place: str) -> str:
    # A missing name is NaN.
    if isinstance(label, tuple) or label is None or str(label) == "nan":
        fact = f"name of {place} of a pandas frame: {label!r}"
        hint = "give each column one name, e.g. `df.columns = ['_'.join(c) for c in df.columns]`"
        raise ArgumentTypeError(fact, hint=hint, what="name")
    return str(label)


def _are_objects(categories: Any) -> bool:
    """Return whether categories are Python objects other than text."""
    return categories.dtype == object and not all(isinstance(each, str) for each in categories)


def column(name: str, values: Any) -> core.Series:
    """Return a column of a Series, an index or an array; what pandas calls missing is null."""
    import pyarrow as pa

    pd: Any = sys.modules["pandas"]
    if isinstance(values, pd.MultiIndex):
        values = values.to_flat_index()
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    dtype = series.dtype
    if isinstance(dtype, pd.SparseDtype):
        series = series.sparse.to_dense()
    elif isinstance(dtype, pd.CategoricalDtype) and _are_objects(dtype.categories):
        series = series.astype(object)
    if series.dtype == object:
        missing = series.isna()
        pairs = zip(series.tolist(), missing.tolist(), strict=True)
        from mydf import _numpy

        return _numpy.listed(name, [None if no else value for value, no in pairs])
    try:
        return core.Series.from_arrow(name, pa.Array.from_pandas(series))
    except MydfError:
        raise
    except (ValueError, TypeError, NotImplementedError, OverflowError) as error:
        raise UnsupportedTypeError(
            f"unsupported pandas dtype of column `{name}`: {dtype}",
            hint="convert it first, e.g. with `.astype(str)`, or leave the column out",
            column=name,
            arrow_type=str(dtype),
        ) from error
