"""What a result is, in a few numbers that every engine must give."""

from __future__ import annotations

import math
from typing import Any

#: Up to this many rows without an order are sorted by their keys before they are compared.
SMALL = 1_000_000


def of(result: Any, ordered: bool) -> dict[str, Any]:
    """Return a digest of a result: an Arrow table, or a number."""
    import polars as pl

    if isinstance(result, (int, float)) or not hasattr(result, "column_names"):
        return {"rows": 1, "columns": [float(result)]}
    frame: Any = pl.from_arrow(result)
    if frame.shape == (1, 1):
        return {"rows": 1, "columns": [float(frame.item())]}
    frame = frame.select(widest(frame, name) for name in frame.columns)
    if not ordered:
        # Columns come in any order too, and so do rows.
        frame = frame.select(sorted(frame.columns))
        if frame.height <= SMALL:
            frame = frame.sort(frame.columns)
    place = pl.int_range(1, frame.height + 1, dtype=pl.UInt64)
    weight = place if ordered or frame.height <= SMALL else pl.lit(1, dtype=pl.UInt64)
    return {
        "rows": frame.height,
        "columns": [column(frame, name, weight) for name in frame.columns],
    }


def widest(frame: Any, name: str) -> Any:
    """Return a column in the widest dtype of its kind: engines differ in the width of a sum."""
    import polars as pl

    dtype = frame.schema[name]
    if dtype.is_integer():
        return pl.col(name).cast(pl.Int64)
    if dtype.is_decimal():
        return pl.col(name).cast(pl.Int64)
    if dtype.is_float():
        # pandas has no null in integers, so they become floats, and null becomes NaN.
        values = frame[name].cast(pl.Float64).fill_nan(None)
        whole = (values == values.floor()).all() and (values.abs() < 2**53).all()
        return values.cast(pl.Int64) if whole else values
    return pl.col(name).cast(pl.String)


def column(frame: Any, name: str, weight: Any) -> float | int:
    """Return one number for a column: of its bits where it is exact, of its values where not."""
    import polars as pl

    values = pl.col(name)
    if frame.schema[name].is_float():
        # Sums of floats differ in their last digits.
        return float(frame.select((values * (weight % 1009)).sum()).item() or 0.0)
    mixed = frame.select(values.hash(7) % (1 << 20) * (weight % 1009)).to_series()
    return int(mixed.sum() or 0)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two digests are of equal results."""
    return (
        one["rows"] == other["rows"]
        and len(one["columns"]) == len(other["columns"])
        and all(
            math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
            for a, b in zip(one["columns"], other["columns"], strict=True)
        )
    )
