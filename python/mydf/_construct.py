"""Frames and columns from Python data and other libraries."""

from __future__ import annotations

import sys

from mydf import _arguments, _pandas
from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentTypeError, ColumnNotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from mydf.dtypes import DTypeLike

_ACCEPTED = (
    "pass a dict of columns, a list of dicts, or an object with `__arrow_c_stream__` "
    "(polars, pandas, pyarrow, duckdb)"
)


def is_arrow(data: object) -> bool:
    """Return whether an object has the Arrow PyCapsule interface."""
    # A class has the methods of its instances.
    return not isinstance(data, type) and (
        hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")
    )


def is_frame(data: object) -> bool:
    """Return whether an object is a frame of another library."""
    return is_arrow(data) or _pandas.is_frame(data)


def series(name: str, values: Any, dtype: DTypeLike | None = None) -> core.Series:
    """Return a column of values, with this dtype or an inferred one."""
    made = _series(name, values)
    return made if dtype is None else made.exact(DType._to_core(dtype))


def _series(name: str, values: Any) -> core.Series:
    if _pandas.is_column(values):
        return _pandas.column(name, values)
    if is_arrow(values):
        return core.Series.from_arrow(name, values)
    # Programs that read files don't need it.
    from mydf import _numpy

    if isinstance(values, list):
        return _numpy.listed(name, values)
    if _numpy.is_array(values):
        return _numpy.series(name, values)
    if isinstance(values, (set, frozenset)):
        fact = f"values of column `{name}`: a {type(values).__name__}, which has no order"
        raise ArgumentTypeError(fact, hint="pass a list, e.g. `sorted(values)`", what=name)
    if isinstance(values, (str, bytes, bytearray, dict)) or not hasattr(values, "__iter__"):
        fact = f"values of column `{name}`: one value of type `{type(values).__name__}`"
        raise ArgumentTypeError(fact, hint="pass a list, e.g. `[value] * rows`", what=name)
    return _numpy.listed(name, list(values))


def frame(data: Any, schema: Mapping[str, DTypeLike] | None) -> core.Frame:
    """Return the frame of `mydf.DataFrame(data, schema)`."""
    if schema is not None and not hasattr(schema, "keys"):
        from mydf._options import mistyped

        hint = 'pass a dict of dtypes by column, e.g. `{"a": mydf.Int64}`'
        raise mistyped("schema", schema, hint)
    schema = schema or {}
    if data is None:
        data = {name: [] for name in schema}
    if is_arrow(data) or _pandas.is_frame(data):
        return _cast(from_arrow(data), schema)
    from mydf import _numpy

    _numpy.check_frame(data)
    if hasattr(data, "keys") and hasattr(data, "__getitem__"):
        return _from_columns(data, schema)
    if not isinstance(data, (str, bytes)) and hasattr(data, "__iter__"):
        return _from_rows(list(data), schema)
    fact = f"DataFrame: data of type `{type(data).__name__}`"
    raise ArgumentTypeError(fact, hint=_ACCEPTED, what="data")


def from_arrow(data: Any) -> core.Frame:
    """Return the frame of an object with the Arrow PyCapsule interface."""
    if _pandas.is_frame(data):
        return _pandas.frame(data)
    pyarrow: Any = sys.modules.get("pyarrow")
    if pyarrow is not None and isinstance(data, pyarrow.RecordBatchReader):
        # A reader may be made of batches of other types than its schema announces. Arrays carry
        # no types in C's interface, so there the one would be read as the other.
        batches = [core.Frame.from_arrow(batch) for batch in data]
        return core.Frame.concat_rows([core.Frame.from_arrow(data.schema.empty_table()), *batches])
    return core.Frame.from_arrow(data)


def _from_columns(data: Mapping[str, Any], schema: Mapping[str, DTypeLike]) -> core.Frame:
    _check_names(list(data.keys()), schema)
    return core.Frame([series(name, data[name], schema.get(name)) for name in data.keys()])  # noqa: SIM118


def _from_rows(rows: Sequence[Any], schema: Mapping[str, DTypeLike]) -> core.Frame:
    names: dict[str, None] = dict.fromkeys(schema) if not rows else {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            fact = f"DataFrame: row {number} is of type `{type(row).__name__}`"
            raise ArgumentTypeError(fact, hint=_ACCEPTED, what="data")
        names |= dict.fromkeys(row)
    return _from_columns({name: [row.get(name) for row in rows] for name in names}, schema)


def _cast(frame: core.Frame, schema: Mapping[str, DTypeLike]) -> core.Frame:
    if not schema:
        return frame
    _check_names(frame.names(), schema)
    wanted = {name: DType._to_core(dtype) for name, dtype in schema.items()}
    columns = [
        column.exact(wanted[column.name()]) if column.name() in wanted else column
        for column in frame.columns()
    ]
    return core.Frame(columns)


def _check_names(names: Sequence[object], schema: Iterable[str]) -> None:
    for name in names:
        if not isinstance(name, str):
            fact = f"column name: {name!r}, of type `{type(name).__name__}`"
            raise ArgumentTypeError(fact, hint="use a str for each name", what="name")
        _arguments.encodable("column name", name)
    for name in schema:
        if name not in names:
            known = [str(each) for each in names]
            raise ColumnNotFoundError(
                f"column not found: `{name}`, which is in the schema",
                hint=f"the columns are: {', '.join(known)}",
                name=name,
                available=known,
            )
