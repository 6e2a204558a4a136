"""Frames in short: statistics, samples, and the first values of each column."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def describe(frame: core.Frame, percentiles: Sequence[float]) -> core.Frame:
    """Return statistics of each column, as Float64 or as text."""
    shares = _shares(percentiles)
    middle = [f"{share * 100:g}%" for share in shares]
    rows = ["count", "null_count", "mean", "std", "min", *middle, "max"]
    if not frame.width():
        fact = "describe: the frame has no columns"
        raise ArgumentError(fact, hint="pass a frame with columns", what="frame")
    made = [core.Series.from_values("statistic", rows)]
    for column in frame.columns():
        name, dtype = column.name(), column.dtype()
        if name == "statistic":
            hint = "rename the column first"
            raise ArgumentError("describe: a column named `statistic`", hint=hint, what="frame")
        if dtype == "Bool" or dtype.startswith(("Int", "UInt", "Float")):
            values = _numbers(column, shares)
            made.append(core.Series.from_values(name, values).cast("Float64", True))
        else:
            made.append(core.Series.from_values(name, _texts(column, len(shares))))
    return core.Frame(made)


def _shares(percentiles: Sequence[float]) -> list[float]:
    if isinstance(percentiles, str) or not hasattr(percentiles, "__iter__"):
        fact = f"percentiles: a value of type `{type(percentiles).__name__}`"
        raise ArgumentTypeError(fact, hint="pass a list, e.g. `[0.25, 0.75]`", what="percentiles")
    for share in percentiles:
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1:
            hint = "use numbers from 0 to 1"
            raise ArgumentError(f"percentiles: {share!r}", hint=hint, what="percentiles")
    return sorted(set(percentiles))


def _only(column: core.Series, op: str) -> Any:
    return column.agg(op).to_list()[0]


def _numbers(column: core.Series, shares: list[float]) -> list[float | None]:
    floats = column.cast("Float64", True)
    ends = [_only(floats, "min"), _only(floats, "max")]
    spread = [_only(floats, "mean"), _only(floats, "std")]
    counts = [float(_only(column, "count")), float(column.null_count())]
    return [*counts, *spread, ends[0], *_quantiles(floats, shares), ends[1]]


def _quantiles(floats: core.Series, shares: list[float]) -> list[float | None]:
    """Return quantiles, between two values in proportion to the distance."""
    column = core.Expr.column(floats.name())
    found = [column.quantile(share, "linear").alias(str(at)) for at, share in enumerate(shares)]
    frame = core.Frame([floats]).select(found)
    return [value for each in frame.columns() for value in each.to_list()]


def _texts(column: core.Series, shares: int) -> list[str | None]:
    ends: list[str | None] = [None, None]
    if not column.dtype().startswith(("Null", "List", "Binary")):
        ends = [column.agg(op).cast("String", True).to_list()[0] for op in ("min", "max")]
    counts = [str(_only(column, "count")), str(column.null_count())]
    return [*counts, None, None, ends[0], *[None] * shares, ends[1]]


def sampled(
    frame: core.Frame, rows: int, seed: int | None, *, repeated: bool, shuffled: bool
) -> core.Frame:
    """Return random rows of a frame."""
    from random import Random

    height = frame.height()
    if not repeated and rows > height:
        fact = f"sample: {rows} rows of {height}"
        hint = "pass a smaller `n`, or `with_replacement=True`"
        raise ArgumentError(fact, hint=hint, what="n")
    if not height and rows:
        hint = "there is nothing to choose from"
        raise ArgumentError(f"sample: {rows} rows of a frame without rows", hint=hint, what="n")
    random = Random(seed)
    if repeated:
        drawn = core.Series.from_bytes("", "UInt64", random.randbytes(8 * rows), None)
        if rows:
            number = core.Expr.column("").binary("%", core.Expr.literal(height))
            drawn = core.Frame([drawn]).select([number]).columns()[0]
    else:
        # Each row gets a random number; those with the smallest ones are chosen.
        drawn = core.Series.from_bytes("", "UInt64", random.randbytes(8 * height), None)
        drawn = drawn.arg_sort(False, False).slice(0, rows)
    drawn = drawn.cast("Int64", True)
    return frame.gather(drawn if shuffled else drawn.sort(False, False))


def correlations(frame: core.Frame) -> core.Frame:
    """Return Pearson's correlation of each pair of columns."""
    names = frame.names()
    columns = [core.Expr.column(name) for name in names]
    rows = frame.filter([column.unary("is_not_null") for column in columns])
    floats = [column.cast("Float64", True) for column in columns]
    centred = rows.select([column.binary("-", column.agg("mean")) for column in floats])
    made = []
    for name in names:
        products = [core.Expr.column(name).binary("*", column).agg("sum") for column in columns]
        named = [each.alias(str(at)) for at, each in enumerate(products)]
        made.append([column.to_list()[0] for column in centred.select(named).columns()])
    spreads = [row[at] for at, row in enumerate(made)]
    found = []
    for name, row, spread in zip(names, made, spreads, strict=True):
        values = [_pearson(total, spread, other) for total, other in zip(row, spreads, strict=True)]
        found.append(core.Series.from_values(name, values).cast("Float64", True))
    return core.Frame(found)


def _pearson(total: float, left: float, right: float) -> float:
    spread = (left * right) ** 0.5
    # The rounding of a root must not make a correlation larger than 1.
    return max(-1.0, min(1.0, total / spread)) if spread else float("nan")


def glimpse(frame: core.Frame, items: int) -> str:
    """Return one line for each column: its name, dtype and first values."""
    lines = [f"Rows: {frame.height()}", f"Columns: {frame.width()}"]
    names, dtypes = frame.names(), frame.dtypes()
    wide = max(map(len, names), default=0)
    broad = max(map(len, dtypes), default=0)
    for name, dtype, column in zip(names, dtypes, frame.columns(), strict=True):
        values = ", ".join(_shown(value) for value in column.slice(0, items).to_list())
        lines.append(f"$ {name:<{wide}} {f'<{dtype}>':<{broad + 2}} {values}".rstrip())
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    return "null" if value is None else repr(value) if isinstance(value, str) else str(value)
