"""Products, exponentially weighted means and variances against polars, pandas and Python."""

import math
from fractions import Fraction

import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import mydf as md
from mydf.errors import IntegerOverflowError

NUMBERS = st.floats(-1e3, 1e3) | st.sampled_from([0.0, -0.0, 1.0])
COLUMNS = st.lists(st.none() | NUMBERS, max_size=12)
DECAYS = st.one_of(
    st.builds(lambda x: {"alpha": x}, st.floats(0.01, 1)),
    st.builds(lambda x: {"com": x}, st.floats(0, 20)),
    st.builds(lambda x: {"span": x}, st.floats(1, 20)),
    st.builds(lambda x: {"half_life": x}, st.floats(0.1, 20)),
)


def same(left, right, scale=1.0):
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        if one is None or other is None:
            assert one is other, (left, right)
        else:
            near = math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6 * scale)
            assert near or (math.isnan(one) and math.isnan(other)), (left, right)


@pytest.mark.parametrize("method", ["ewm_mean", "ewm_var", "ewm_std"])
@given(st.data())
def test_decaying_weights_equal_polars(method, data):
    values = data.draw(st.lists(st.none() | NUMBERS | st.just(math.nan), max_size=12))
    options = data.draw(DECAYS) | {
        "adjust": data.draw(st.booleans()),
        "ignore_nulls": data.draw(st.booleans()),
        "min_samples": data.draw(st.integers(1, 4)),
    }
    # Where one value has nearly all the weight, what is left of it is rounding.
    share = options.get("alpha", 0) < 0.999 and options.get("com", 1) > 1e-3
    share = share and options.get("span", 2) > 1.001
    if method != "ewm_mean":
        options["bias"] = data.draw(st.booleans()) or not share
        # A single NaN has the variance 0 in polars, and NaN here.
        known = [value for value in values if value is not None]
        assume(not known or not math.isnan(known[0]))
    mine = getattr(md.Series("a", values, dtype=md.Float64), method)(**options)
    other = getattr(pl.Series("a", values, dtype=pl.Float64), method)(**options)
    large = 1e6 if method == "ewm_var" else 1.0
    same(mine.to_list(), other.to_list(), large if method == "ewm_var" else 1e2)


@given(COLUMNS, DECAYS, st.booleans(), st.booleans())
def test_means_equal_pandas_where_there_is_a_value(values, decay, adjust, ignore):
    mine = md.Series("a", values, dtype=md.Float64).ewm_mean(
        **decay, adjust=adjust, ignore_nulls=ignore
    )
    names = {"half_life": "halflife"}
    decay = {names.get(name, name): value for name, value in decay.items()}
    other = pd.Series(values, dtype=float).ewm(**decay, adjust=adjust, ignore_na=ignore).mean()
    expected = [None if value is None else each for value, each in zip(values, other, strict=True)]
    same(mine.to_list(), expected, 1e2)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.none() | NUMBERS), max_size=12))
def test_groups_have_their_own_weights(rows):
    data = {"k": [k for k, _ in rows], "v": [v for _, v in rows]}
    frame = md.DataFrame(data, schema={"k": md.String, "v": md.Float64})
    found = frame.select(md.col("v").ewm_mean(alpha=0.3).over("k"))["v"].to_list()
    for key in "ab":
        own = [v for k, v in rows if k == key]
        alone = md.Series("v", own, dtype=md.Float64).ewm_mean(alpha=0.3).to_list()
        assert [x for x, k in zip(found, data["k"], strict=True) if k == key] == alone


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3), max_size=8))
def test_products_of_integers_are_exact(values):
    expected = math.prod(value for value in values if value is not None)
    series = md.Series("a", values, dtype=md.Int64)
    if -(2**63) <= expected < 2**63:
        assert series.product() == expected
        frame = md.DataFrame({"k": [1] * len(values), "a": series})
        grouped = frame.group_by("k").agg(md.col("a").product())["a"].to_list()
        assert grouped == [expected] * bool(values)
    else:
        with pytest.raises(IntegerOverflowError):
            series.product()


@given(st.lists(st.none() | st.floats(1e-300, 1e300) | st.floats(-10, 10), max_size=8))
def test_products_of_floats_are_near_the_exact_ones(values):
    exact = math.prod((Fraction(value) for value in values if value is not None), start=Fraction(1))
    found = md.Series("a", values, dtype=md.Float64).product()
    try:
        expected = float(exact)
    except OverflowError:
        expected = math.inf if exact > 0 else -math.inf
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-300)


@given(st.lists(st.none() | st.booleans(), max_size=5), st.lists(st.integers(0, 9), max_size=5))
def test_dtypes_of_products_are_those_of_sums(bits, numbers):
    assert md.Series("a", bits, dtype=md.Bool).product() == math.prod(
        b for b in bits if b is not None
    )
    for dtype in (md.UInt8, md.Int8, md.UInt64, md.Float32, md.Float64):
        frame = md.DataFrame({"a": md.Series("a", numbers, dtype=dtype)})
        assert frame.product().schema == frame.sum().schema
        assert frame.product().item() == math.prod(numbers)
