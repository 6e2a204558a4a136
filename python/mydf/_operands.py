"""What methods accept as expressions, turned into expressions of the core."""

from __future__ import annotations

import sys

from mydf import _arguments, _construct, _pandas
from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, NoReturn

# Options of other libraries that this one does not have, and what it does instead. They must not
# become the names of columns without notice.
_OPTIONS = {
    "maintain_order": "rows and groups always keep their order",
    "as_index": "keys are always columns",
    "dropna": "null is a key like any other; use `drop_nulls` first to leave it out",
    "observed": "there are no unused categories",
    "group_keys": "keys are always columns",
    "sort": "use `.sort(...)` on the result",
    "inplace": "a frame never changes; use the returned frame",
    "copy": "a frame never changes, so a copy is not needed",
    "ignore_index": "a frame has no index",
    "numeric_only": "choose the columns",
    "strict": "use `.cast(..., strict=...)` for conversions",
    "streaming": "a frame is always in memory",
    "eager": "everything is computed at once",
    "axis": "use methods of frames and expressions for columns",
    "level": "a frame has no index",
}
#: Aggregations by name.
AGGREGATIONS = (
    "sum", "mean", "median", "std", "var", "min", "max", "count", "len", "n_unique", "first",
    "last", "null_count", "any", "all",
)  # fmt: skip
# Parameters of other libraries for the expressions, which are positional here.
_POSITIONAL = ("by", "columns", "exprs", "func")


def literal(value: object) -> core.Expr:
    """Return an expression or a column unchanged, and any other value as a literal.

    A Series or a numpy array has one value for each row of the frame.
    """
    inner = getattr(value, "_core", None)
    if isinstance(inner, core.Expr):
        return inner
    if isinstance(inner, core.Series):
        return core.Expr.series(inner)
    if is_array(value):
        return core.Expr.series(_construct.series("array", value))
    if isinstance(value, (list, tuple, set, dict)) or is_column_elsewhere(value):
        fact = f"expression: a value of type `{type(value).__name__}`"
        if isinstance(inner, core.Frame):
            hint = "use one of its columns, e.g. `frame['name']`"
        elif isinstance(value, dict):
            hint = _keywords(value)
        else:
            hint = "`mydf.Series('name', values)` has one value for each row; `is_in` takes a list"
        raise ArgumentTypeError(fact, hint=hint, what="expression")
    return core.Expr.literal(value)


def _keywords(given: dict[object, object]) -> str:
    """Return the hint for a dict: its items are keyword arguments."""
    for name, verb in given.items():
        # pandas takes `agg({"x": "mean"})`.
        if verb in AGGREGATIONS:
            return f"pass expressions: `mydf.col({name!r}).{verb}()`"
    return "pass its items as keyword arguments: `**{...}`"


def column(value: object) -> core.Expr:
    """Return a text as the column of this name, and any other value as `literal` does."""
    if isinstance(value, str):
        return core.Expr.column(_arguments.encodable("column name", value))
    return literal(value)


def outputs(
    method: str, values: Iterable[object], named: Mapping[str, object] | None = None
) -> list[core.Expr]:
    """Return the results of a method such as `select`, given one by one, in lists or by name."""
    found = [column(value) for value in _flat(values)]
    for name, value in (named or {}).items():
        if isinstance(value, bool) and name in _OPTIONS:
            _refuse_option(method, name, value)
        if isinstance(value, str) and name in _POSITIONAL:
            _refuse_name(method, name, value)
        found.append(column(value).alias(_arguments.encodable("column name", name)))
    return found


def keys(
    method: str, values: Iterable[object], named: Mapping[str, object] | None = None
) -> list[core.Expr]:
    """Return the keys of a method such as `sort`, which are never plain values."""
    found = []
    for value in _flat(values):
        if not _has_rows(value):
            fact = f"{method}: key {value!r}"
            hint = "a key is the name of a column or an expression"
            raise ArgumentTypeError(fact, hint=f"{hint}; options are keywords", what="keys")
        found.append(column(value))
    for name, value in (named or {}).items():
        if not _has_rows(value):
            _refuse_option(method, name, value)
        if isinstance(value, str) and name in _POSITIONAL:
            _refuse_name(method, name, value)
        found.append(column(value).alias(_arguments.encodable("column name", name)))
    return found


def fillable(frame: core.Frame, value: object) -> list[str]:
    """Return the columns whose nulls a value can replace."""
    if not is_plain(value):
        return frame.names()
    kinds: tuple[str, ...] = ("Date",)
    if isinstance(value, bool):
        kinds = ("Bool",)
    elif isinstance(value, (int, float)):
        kinds = ("Int", "UInt", "Float")
    elif isinstance(value, str):
        kinds = ("String",)
    pairs = zip(frame.names(), frame.dtypes(), strict=True)
    return [name for name, dtype in pairs if dtype.startswith((*kinds, "Null"))]


def selectors(method: str, values: Iterable[object]) -> tuple[list[str], list[str]]:
    """Return what selects columns: names, and the core's names of dtypes."""
    names: list[str] = []
    dtypes: list[str] = []
    for value in _flat(values):
        if isinstance(value, str):
            names.append(_arguments.encodable(method, value))
        elif isinstance(value, (DType, type)):
            dtypes.append(DType._to_core(value))
        else:
            fact = f"{method}: a name of type `{type(value).__name__}`"
            hint = "pass names or dtypes; `mydf.lit(...)` is for a value"
            raise ArgumentTypeError(fact, hint=hint, what=method)
    return names, dtypes


def predicates(values: Iterable[object], equal: Mapping[str, object]) -> list[core.Expr]:
    """Return the conditions of `filter`."""
    found: list[core.Expr] = []
    for value in values:
        if _is_several(value):
            found += _several(list(value))  # type: ignore[call-overload]
        else:
            found.append(condition("filter", value))
    return found + [column(name).binary("==", literal(value)) for name, value in equal.items()]


def condition(method: str, value: object) -> core.Expr:
    """Return one condition; None is most likely a mistake, although null is not true."""
    if value is None:
        fact = f"{method}: a condition that is None"
        raise ArgumentTypeError(
            fact, hint="use `mydf.lit(None)` for a condition that is never true", what="condition"
        )
    return column(value) if method == "filter" else literal(value)


def _several(members: list[Any]) -> list[core.Expr]:
    """Return a list of bools as one mask, and a list of conditions as several."""
    bools = [member is None or _is_bool(member) for member in members]
    if all(bools):
        return [core.Expr.series(_construct.series("filter", members))]
    for member, is_bool in zip(members, bools, strict=True):
        if is_bool or not _has_rows(member):
            fact = f"filter: a list with {member!r}, of type `{type(member).__name__}`"
            hint = "pass a list of one bool for each row, or a list of expressions"
            raise ArgumentTypeError(fact, hint=hint, what="filter")
    return [column(member) for member in members]


def is_column_elsewhere(value: object) -> bool:
    """Return whether a value is a column or a frame of another library."""
    return _construct.is_arrow(value) or _pandas.is_column(value)


def is_mask(value: object) -> bool:
    """Return whether a key of a frame is a condition: one bool for each row, or an expression."""
    inner = getattr(value, "_core", None)
    if isinstance(inner, core.Expr):
        return True
    if isinstance(inner, core.Series):
        return inner.dtype() == "Bool"
    if isinstance(value, list):
        return bool(value) and all(_is_bool(each) for each in value)
    return is_array(value) and value.dtype.kind == "b"  # type: ignore[attr-defined]


def row_numbers(height: int, rows: object) -> core.Series:
    """Return row numbers from a Series, an array or an iterable of ints."""
    inner = getattr(rows, "_core", None)
    if isinstance(inner, core.Series):
        return inner
    if isinstance(rows, (str, bytes)) or not hasattr(rows, "__iter__"):
        fact = f"gather: rows of type `{type(rows).__name__}`"
        hint = f"pass a Series or a list of row numbers; this has {height} rows"
        raise ArgumentTypeError(fact, hint=hint, what="rows")
    return _construct.series("rows", rows, None)


def is_array(value: object) -> bool:
    """Return whether a value is a numpy array of at least one dimension."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray) and value.ndim > 0


def _is_bool(value: object) -> bool:
    kind = type(value)
    return kind is bool or (kind.__module__ == "numpy" and kind.__name__ in ("bool", "bool_"))


def is_plain(value: object) -> bool:
    """Return whether an argument is one value, such as a number or a text."""
    inner = getattr(value, "_core", None)
    return not isinstance(inner, (core.Expr, core.Series)) and not is_array(value)


def _has_rows(value: object) -> bool:
    """Return whether an argument can be a column; a text is the name of one."""
    return isinstance(value, str) or not is_plain(value)


def _is_several(value: object) -> bool:
    return isinstance(value, (list, tuple)) or hasattr(value, "__next__")


def _flat(values: Iterable[object]) -> Iterable[Any]:
    for each in values:
        if _is_several(each):
            yield from each  # type: ignore[misc]
        else:
            yield each


def _refuse_option(method: str, name: str, value: object) -> NoReturn:
    fact = f"{method}: `{name}={value!r}` is not an option"
    instead = f"{_OPTIONS[name]}; " if name in _OPTIONS else ""
    hint = f"{instead}`{name}=mydf.lit({value!r})` makes a column of this name"
    raise ArgumentTypeError(fact, hint=hint, what=name)


def _refuse_name(method: str, name: str, value: str) -> NoReturn:
    fact = f"{method}: `{name}={value!r}` would name a column `{name}`"
    hint = f"`{method}({value!r})`, or `mydf.col({value!r}).alias({name!r})` for that name"
    raise ArgumentError(fact, hint=hint, what=name)
