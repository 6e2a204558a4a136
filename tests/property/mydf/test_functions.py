"""Functions that work row by row, against Python's own and against polars."""

import math

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

import mydf as md

FLOATS = st.lists(st.none() | st.floats(), max_size=20)
SMALL = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=20)
INTS = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=20)
SHORT = st.lists(st.none() | st.integers(-40, 40), max_size=20)
SAME = ("floor", "ceil", "sign", "is_nan", "is_not_nan", "is_finite", "is_infinite")


def ours(values, dtype, expr):
    frame = md.DataFrame({"a": md.Series("a", values, dtype=dtype)})
    return frame.select(expr).to_dict()["a"]


def equal(left, right):
    """Return whether two lists are equal, with NaN and the sign of zero."""
    return [repr(each) for each in left] == [repr(each) for each in right]


def mapped(function, values):
    return [None if value is None else function(value) for value in values]


@given(FLOATS, st.integers(0, 30))
@example([2.675, 0.5, 1.5, -0.5, 1e22, 5e-324, 0.285, 1.005, 123456789.125], 2)
@example([2.5, 3.5, -2.5, 4503599627370495.5], 0)
def test_round_is_that_of_python(values, decimals):
    wanted = mapped(lambda value: round(value, decimals), values)
    assert equal(ours(values, md.Float64, md.col("a").round(decimals)), wanted)


@given(FLOATS)
def test_functions_of_floats_are_those_of_polars(values):
    frame = pl.DataFrame({"a": values}, schema={"a": pl.Float64})
    for name in SAME:
        wanted = frame.select(getattr(pl.col("a"), name)())["a"].to_list()
        found = ours(values, md.Float64, getattr(md.col("a"), name)())
        assert equal(found, wanted) or (name == "sign" and found == wanted), name
        narrow = frame.with_columns(pl.col("a").cast(pl.Float32))
        wanted = narrow.select(getattr(pl.col("a"), name)())["a"].to_list()
        found = ours(narrow["a"].to_list(), md.Float32, getattr(md.col("a"), name)())
        assert equal(found, wanted) or (name == "sign" and found == wanted), name


@given(SMALL)
def test_roots_and_logarithms_are_those_of_polars(values):
    frame = pl.DataFrame({"a": values}, schema={"a": pl.Float64})
    for name in ("sqrt", "exp", "log", "log10", "log1p"):
        wanted = frame.select(getattr(pl.col("a"), name)())["a"].to_list()
        for mine, theirs in zip(
            ours(values, md.Float64, getattr(md.col("a"), name)()), wanted, strict=True
        ):
            if theirs is None or math.isnan(theirs):
                assert repr(mine) == repr(theirs)
            else:
                assert mine == theirs or math.isclose(mine, theirs, rel_tol=1e-15)


@given(INTS)
def test_whole_numbers_stay(values):
    for name in ("round", "floor", "ceil"):
        assert ours(values, md.Int64, getattr(md.col("a"), name)()) == values
    signs = mapped(lambda value: (value > 0) - (value < 0), values)
    assert ours(values, md.Int64, md.col("a").sign()) == signs
    assert ours(values, md.Int64, md.col("a").is_finite()) == mapped(lambda _: True, values)


@given(SHORT, st.integers(0, 40))
def test_powers_of_integers_are_exact_or_an_error(values, exponent):
    wanted = mapped(lambda value: value**exponent, values)
    if all(each is None or -(2**63) <= each < 2**63 for each in wanted):
        assert ours(values, md.Int64, md.col("a") ** exponent) == wanted
    else:
        try:
            ours(values, md.Int64, md.col("a") ** exponent)
        except md.errors.IntegerOverflowError:
            return
        raise AssertionError(wanted)


@given(SHORT, st.none() | st.integers(-50, 50), st.none() | st.integers(-50, 50))
def test_clip(values, lower, upper):
    def clipped(value):
        value = value if lower is None else max(value, lower)
        return value if upper is None else min(value, upper)

    found = ours(values, md.Int64, md.col("a").clip(lower, upper))
    assert found == mapped(clipped, values)


ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-9, 9),
        st.none() | st.sampled_from([-1.5, 0.25, 3.0, math.inf]),
        st.none() | st.booleans(),
        st.none() | st.text("aß-", max_size=3),
    ),
    max_size=12,
)
OURS = {"i": md.Int64, "f": md.Float64, "b": md.Bool, "s": md.String}
THEIRS = {"i": pl.Int64, "f": pl.Float64, "b": pl.Boolean, "s": pl.String}


@given(ROWS)
def test_several_columns(rows):
    data = {name: [row[place] for row in rows] for place, name in enumerate(OURS)}

    def exprs(lib):
        col = lib.col
        return [
            lib.coalesce("f", "i", lib.lit(0)).alias("coalesce"),
            lib.sum_horizontal("i", "f").alias("sum"),
            lib.sum_horizontal("i", "i").alias("sum of integers"),
            lib.mean_horizontal("i", "f").alias("mean"),
            lib.min_horizontal("i", "f").alias("min"),
            lib.max_horizontal("i", "f").alias("max"),
            lib.max_horizontal("s", lib.lit("b")).alias("max of text"),
            lib.any_horizontal("b", col("i") > 0).alias("any"),
            lib.all_horizontal("b", col("i") > 0).alias("all"),
            lib.concat_str("s", "i", separator="/").alias("concat"),
            lib.concat_str("s", "i", "s", separator="/", ignore_nulls=True).alias("concat known"),
            lib.format("{} of {}!", "i", "s").alias("format"),
            col("f").fill_nan(0.0).alias("fill_nan"),
            (2.0 ** col("i")).alias("power"),
        ]  # fmt: skip

    found = md.DataFrame(data, schema=OURS).select(*exprs(md))
    wanted = pl.DataFrame(data, schema=THEIRS).select(*exprs(pl))
    assert found.to_dict() == wanted.to_dict(as_series=False)


NUMBERS = st.none() | st.sampled_from([-1.5, 2.0, math.nan])


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=10))
def test_extremes_of_a_row_are_those_of_the_aggregations(rows):
    """NaN only if all values are NaN, and null only if there is none."""
    names = ("x", "y", "z")
    data = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    frame = md.DataFrame(data, schema=dict.fromkeys(names, md.Float64))
    for name in ("min", "max", "sum", "mean"):
        found = frame.select(getattr(md, f"{name}_horizontal")(*names)).to_dict()["x"]
        wanted = [getattr(md.Series("r", row, dtype=md.Float64), name)() for row in rows]
        assert equal(found, wanted), name
