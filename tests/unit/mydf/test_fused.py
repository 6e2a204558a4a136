"""An aggregation that goes through the rows together with its expression gives the same value."""

import datetime as dt
import math

import numpy as np
import pytest

import mydf as md
from mydf import errors

# Long enough for many pieces, and not a multiple of one.
ROWS = 200_003
OPS = ["sum", "mean", "min", "max", "count", "null_count"]


def frame() -> md.DataFrame:
    random = np.random.default_rng(5)
    numbers = random.normal(0, 1e6, ROWS)
    some = md.DataFrame({
        "f": numbers,
        "n": np.where(random.random(ROWS) < 0.3, np.nan, numbers),
        "i": random.integers(-(2**40), 2**40, ROWS),
        "u": random.integers(0, 256, ROWS).astype(np.uint8),
        "days": random.integers(0, 20_000, ROWS).astype(np.int32),
    })  # fmt: skip
    gaps = md.when(md.col("u") > 9).then(md.col("f")).otherwise(None)
    return some.with_columns(
        gaps=gaps,
        none=md.lit(None, dtype=md.Float64),
        small=md.col("f").cast(md.Float32),
        day=md.col("days").cast(md.Date),
    )


FRAME = frame()
EXPRS = {
    "floats": md.col("f") * 3 + md.col("n").fill_nan(0.1),
    "with NaN": md.col("n") * 3,
    "with nulls": md.col("gaps") + 1,
    "only nulls": md.col("none") + 1,
    "small floats": md.col("small") * md.col("small"),
    "integers": md.col("i") * 3,
    "mixed integers": md.col("i") + md.col("u"),
    "infinite in parts": md.when(md.col("u") == 3).then(math.inf).otherwise(md.col("f")),
    "no meaning": md.when(md.col("u") > 3).then(math.inf).otherwise(-math.inf),
    "beyond the range in parts": md.when(md.col("days") > 10_000).then(1e308).otherwise(-1e308),
}


@pytest.mark.parametrize("name", EXPRS)
@pytest.mark.parametrize("op", OPS)
def test_the_value_is_that_of_the_column(name: str, op: str) -> None:
    together = FRAME.select(x=getattr(EXPRS[name], op)())["x"]
    column = FRAME.select(x=EXPRS[name])
    apart = column.select(x=getattr(md.col("x"), op)())["x"]
    assert together.dtype == apart.dtype
    one, other = together.item(), apart.item()
    both_nan = isinstance(one, float) and math.isnan(one) and math.isnan(other)
    assert both_nan or one == other, (one, other)


@pytest.mark.parametrize("op", ["any", "all", "sum", "mean", "min", "max", "count"])
def test_truths(op: str) -> None:
    for limit in (-1, 3, 300):
        expr = md.col("u") > limit
        apart = getattr(FRAME.select(x=expr)["x"], op)()
        assert FRAME.select(x=getattr(expr, op)())["x"].item() == apart, limit


def test_dates() -> None:
    expr = md.when(md.col("u") > 9).then(md.col("day")).otherwise(None)
    days = FRAME.select(x=expr)["x"].to_list()
    wanted = [day for day in days if day is not None]
    found = FRAME.select(least=expr.min(), most=expr.max(), values=expr.count()).row(0)
    assert found == (min(wanted), max(wanted), len(wanted))
    assert isinstance(found[0], dt.date)


def test_a_sum_out_of_range_names_the_expression() -> None:
    with pytest.raises(errors.IntegerOverflowError, match=r'sum of .*col\("i"\)'):
        FRAME.select((md.col("i").abs() + 2**62).sum())


def test_an_error_in_a_piece_has_its_row() -> None:
    texts = FRAME.select(x=md.col("u").cast(md.String)).with_row_index()
    bad = md.when(md.col("index") == 150_000).then(md.lit("x")).otherwise(md.col("x"))
    with pytest.raises(errors.CastError, match=r"150.?000"):
        texts.select(bad.cast(md.Int64).sum())
