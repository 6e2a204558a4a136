"""The verbs of lazy frames that go through columns against those of frames, and polars."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mydf as md
from mydf import col

FLOATS = st.none() | st.sampled_from([0.0, -0.0, 1.5, -2.0, math.nan])
ROWS = st.lists(st.tuples(st.none() | st.integers(-3, 3), FLOATS), max_size=10)
VERBS = {
    "fill_null": lambda f: f.fill_null(7),
    "fill_null text": lambda f: f.fill_null("x"),
    "fill_nan": lambda f: f.fill_nan(None),
    "cast": lambda f: f.cast({"a": md.Float32}),
    "cast all": lambda f: f.cast(md.Float32),
    "drop_nans": lambda f: f.drop_nans(),
    "drop_nans of some": lambda f: f.drop_nans("a"),
    "drop_nulls": lambda f: f.drop_nulls("b"),
    "remove": lambda f: f.remove(col("a") > 0, col("b") > 0),
    "remove none": lambda f: f.remove(),
    "clear": lambda f: f.clear(),
    "reverse": lambda f: f.reverse(),
    "shift": lambda f: f.shift(2, fill_value=1),
    "limit": lambda f: f.limit(2),
    "top_k": lambda f: f.top_k(3, by=["a", "b"], reverse=[True, False]),
    "bottom_k": lambda f: f.bottom_k(2, by="b"),
    "std": lambda f: f.std(),
    "var": lambda f: f.var(),
    "quantile": lambda f: f.quantile(0.3, "linear"),
    **{
        name: lambda f, name=name: getattr(f, name)()
        for name in ("sum", "mean", "median", "min", "max", "count", "null_count")
    },
}


def made(rows):
    data = {"a": [a for a, _ in rows], "b": [b for _, b in rows]}
    return md.DataFrame(data, schema={"a": md.Int64, "b": md.Float64})


@pytest.mark.parametrize("verb", VERBS)
@given(rows=ROWS)
def test_lazy_verbs_equal_eager_ones(verb, rows):
    frame = made(rows)
    make = VERBS[verb]
    eager = make(frame.filter(col("a") != 2))
    lazy = make(frame.lazy().filter(col("a") != 2))
    assert lazy.schema == eager.schema
    found = lazy.collect()
    assert found.schema == eager.schema
    assert repr(found.rows()) == repr(eager.rows())


@given(ROWS)
def test_sums_and_fills_equal_polars(rows):
    rows = [(a, None if b is not None and math.isnan(b) else b) for a, b in rows]
    mine = made(rows).lazy()
    other = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Float64}, orient="row").lazy()
    for name in ("sum", "min", "max", "count", "null_count", "reverse", "mean", "median"):
        found = getattr(mine, name)().collect().rows()
        assert found == getattr(other, name)().collect().rows(), name
    assert mine.shift(1).collect().rows() == other.shift(1).collect().rows()
    assert mine.drop_nulls().collect().rows() == other.drop_nulls().collect().rows()


def test_what_lazy_verbs_refuse():
    lazy = md.DataFrame({"a": [1], "t": ["x"]}).lazy()
    for call, error in (
        (lambda: lazy.fill_null(None), md.errors.ArgumentError),
        (lambda: lazy.fill_null({"a": 1}), md.errors.ArgumentTypeError),
        (lambda: lazy.cast({"b": md.Int64}), md.errors.ColumnNotFoundError),
        (lambda: lazy.drop_nans("b"), md.errors.ColumnNotFoundError),
        (lazy.sum, md.errors.DTypeError),
        (lambda: lazy.top_k(-1, by="a"), md.errors.ArgumentError),
        (lambda: lazy.shift("x"), md.errors.ArgumentTypeError),
    ):
        with pytest.raises(error):
            call()
