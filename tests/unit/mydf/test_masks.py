"""Comparisons of Series, and masks wherever a condition is accepted."""

import datetime as dt
import math
import operator as o

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import mydf as md
from mydf import errors

FRAME = md.DataFrame({"a": [1, 2, 3, None], "b": [2.0, 2.0, math.nan, 1.0]})
ints, floats = FRAME["a"], FRAME["b"]


def kept(*predicates, **equal):
    return FRAME.filter(*predicates, **equal).to_dict()["a"]


def test_a_comparison_of_a_series_is_a_mask():
    assert (ints == 2).to_list() == [False, True, False, None]
    assert (ints != 2).to_list() == [True, False, True, None]
    assert (ints < 2).to_list() == [True, False, False, None]
    assert (ints <= 2).to_list() == [True, True, False, None]
    assert (ints > 2).to_list() == [False, False, True, None]
    assert (ints >= 2).to_list() == [False, True, True, None]
    assert (ints > 2).to_list() == (ints > 2).to_list()
    assert (ints == 2).dtype == md.Bool
    assert (ints == 2).name == "a"


def test_a_comparison_of_two_series_goes_row_by_row():
    assert (ints == floats).to_list() == [False, True, False, None]
    assert (ints < floats).to_list() == [True, False, True, None]
    with pytest.raises(errors.LengthMismatchError, match="2 rows, expected 4"):
        ints == md.Series("c", [1, 2])  # noqa: B015 - the comparison is what fails


def test_a_comparison_of_a_series_has_the_rules_of_expressions():
    nan, large = math.nan, md.Series("f", [2.0**53, math.nan, -0.0])
    assert (large == 2**53 + 1).to_list() == [False, False, False]
    assert (large == nan).to_list() == [False, True, False]
    assert (large == 0).to_list() == [False, False, True]
    days = md.Series("d", [dt.date(2024, 1, 1), None])
    assert (days == "2024-01-01").to_list() == [True, None]
    assert (ints == None).to_list() == [None] * 4  # noqa: E711 - null is what is compared
    with pytest.raises(errors.DTypeError):
        ints == "x"  # noqa: B015 - the comparison is what fails
    assert (md.Series("e", []) == 1).to_list() == []


def test_masks_combine_with_and_or_xor_and_not():
    one, two = ints > 1, floats > 1.5
    assert (one & two).to_list() == [False, True, True, False]
    assert (one | two).to_list() == [True, True, True, None]
    assert (one ^ two).to_list() == [True, False, False, None]
    assert (~one).to_list() == [True, False, False, None]
    assert (True & one).to_list() == [False, True, True, None]


def test_arithmetic_of_series_is_that_of_expressions():
    frame = md.DataFrame({"x": [7, -7, None, 0], "y": [2, 3, 1, 0]})
    x, y = frame["x"], frame["y"]
    for op in (o.add, o.sub, o.mul, o.truediv, o.floordiv, o.mod):
        for one, two, expr in (
            (x, y, op(md.col("x"), md.col("y"))),
            (x, 2, op(md.col("x"), 2)),
            (2, x, op(2, md.col("x"))),
            (np.array([1, 2, 3, 4]), x, op(md.lit(np.array([1, 2, 3, 4])), md.col("x"))),
        ):
            assert op(one, two).equals(frame.select(expr.alias("e"))["e"])
    assert (-x).to_list() == [-7, 7, None, 0]
    assert abs(x).to_list() == [7, 7, None, 0]
    assert (x + 1).name == "x"
    assert frame.filter(x > y * 2).to_dict() == {"x": [7], "y": [2]}
    with pytest.raises(errors.IntegerOverflowError):
        x * 2**62


def test_the_methods_of_series_that_make_masks():
    assert ints.is_null().to_list() == [False, False, False, True]
    assert ints.is_not_null().to_list() == [True, True, True, False]
    assert ints.is_in([1, 5]).to_list() == [True, False, False, None]
    assert ints.is_between(2, 3).to_list() == [False, True, True, None]


@pytest.mark.parametrize(
    "truth",
    [
        lambda: bool(ints == 2),
        lambda: 1 < ints < 3,
        lambda: ints > 1 and ints < 3,
        lambda: ints > 1 or ints < 3,
        lambda: not ints,
        lambda: bool(FRAME),
        lambda: 1 < md.col("a") < 3,
        lambda: md.col("a") in [md.col("b"), 1],
        lambda: 1 in md.col("a"),
        lambda: md.lit(1) and md.lit(2),
        lambda: md.DataFrame() == FRAME,
        lambda: ints in FRAME,
        lambda: md.col("a") in FRAME,
        lambda: md.DataFrame() != FRAME,
    ],
)
def test_a_column_has_no_single_truth(truth):
    with pytest.raises(errors.ArgumentTypeError) as caught:
        truth()
    assert caught.value.hint


@pytest.mark.parametrize("value", [ints, ints == 2, FRAME, md.col("a")])
def test_what_compares_by_rows_is_no_key(value):
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)


def test_in_compares_values():
    assert 2 in ints
    assert 2.0 in ints
    assert 5 not in ints
    assert None in ints
    assert None not in floats
    nan = math.nan
    assert nan in floats
    assert 2**53 + 1 not in md.Series("f", [2.0**53])


def test_filter_accepts_masks_of_every_form():
    bools = [True, False, True, None]
    assert kept(md.Series("m", bools)) == [1, 3]
    assert kept(bools) == [1, 3]
    assert kept(tuple(bools)) == [1, 3]
    assert kept(np.array([True, False, True, False])) == [1, 3]
    assert kept([np.True_, np.False_, np.True_, np.False_]) == [1, 3]
    assert kept(ints == 2) == [2]
    assert kept(ints != 2) == [1, 3]
    assert kept([md.col("a") > 1, md.col("a") < 3]) == [2]
    assert kept([ints > 1, md.col("a") < 3]) == [2]
    assert kept(p for p in [md.col("a") > 1, ints < 3]) == [2]
    assert kept() == [1, 2, 3, None]
    assert kept(True) == [1, 2, 3, None]
    assert kept(md.lit(None)) == []
    assert kept(b=2) == [1, 2]
    assert kept(b=ints) == [2]


def test_every_predicate_sees_the_whole_frame():
    mask, mean = md.Series("m", [False, True, True, False]), md.col("b") < md.col("a").sum()
    assert kept(mask, mask) == [2, 3]
    assert kept(mask, mean) == kept(mean, mask) == kept(mean & mask) == [2]
    first = md.col("a") == md.col("a").min()
    assert kept(ints > 1, first) == kept(first, ints > 1) == []
    assert kept(ints > 1, md.len() == 4) == [2, 3]
    assert kept([True, True, False, False], [False, True, True, True]) == [2]


@pytest.mark.parametrize(
    ("predicate", "error"),
    [
        (md.Series("m", [True]), errors.LengthMismatchError),
        ([True], errors.LengthMismatchError),
        ([], errors.LengthMismatchError),
        (np.array([True]), errors.LengthMismatchError),
        (np.ones((4, 1), bool), errors.ArgumentTypeError),
        (np.array([0, 2, 1, 1]), errors.DTypeError),
        (md.Series("m", [1, 0, 1, 0]), errors.DTypeError),
        ([1, 0, 1, 0], errors.ArgumentTypeError),
        ([True, md.col("a") > 1], errors.ArgumentTypeError),
        ([[True, True, True, True]], errors.ArgumentTypeError),
        (None, errors.ArgumentTypeError),
        (FRAME, errors.ArgumentTypeError),
        ({"a": 1}, errors.ArgumentTypeError),
        (1, errors.DTypeError),
    ],
)
def test_filter_refuses_what_is_not_a_condition(predicate, error):
    with pytest.raises(error):
        FRAME.filter(predicate)
    with pytest.raises(error):
        FRAME.filter(md.col("a") > 1, predicate)


def test_a_series_is_a_column_in_every_expression():
    mask = ints > 1
    choice = md.when(mask).then(ints).otherwise(md.lit(0)).alias("c")
    assert FRAME.select(choice).to_dict() == {"c": [0, 2, 3, 0]}
    found = FRAME.with_columns(mask.rename("m"), n=ints, big=floats > 1.5, twice=md.col("a") + ints)
    assert found.columns == ["a", "b", "m", "n", "big", "twice"]
    assert found["twice"].to_list() == [2, 4, 6, None]
    assert FRAME.select(md.col("a").fill_null(floats)).to_dict() == {"a": [1.0, 2.0, 3.0, 1.0]}
    assert FRAME.select(m=md.lit(ints).max()).to_dict() == {"m": [3]}
    assert FRAME.filter(md.col("b") == ints).to_dict()["a"] == [2]
    assert FRAME.group_by(mask.rename("big")).agg(md.len()).to_dict() == {
        "big": [False, True, None], "len": [1, 2, 1],
    }  # fmt: skip
    assert FRAME.group_by("b").agg((md.col("a") * ints).sum())["a"].to_list() == [5, 9, 0]
    assert FRAME.sort(floats, descending=True).to_dict()["a"] == [3, 1, 2, None]
    assert FRAME.select(md.when(np.array([True, False] * 2)).then(1))["literal"].to_list() == [
        1, None, 1, None,
    ]  # fmt: skip


def test_a_frame_without_columns_takes_the_height_of_a_series():
    bare, two = md.DataFrame(), md.Series("a", [1, 2])
    assert bare.with_columns(two, b=md.lit(two) * 2).shape == (2, 2)
    assert bare.select(two, n=1).to_dict() == {"a": [1, 2], "n": [1, 1]}
    with pytest.raises(errors.LengthMismatchError):
        bare.with_columns(two, md.Series("b", [1]))


def test_a_series_of_another_length_is_refused_everywhere():
    short = md.Series("s", [True, False])
    for use in (
        lambda: FRAME.select(short),
        lambda: FRAME.with_columns(short),
        lambda: FRAME.with_columns(x=md.col("a") + md.Series("s", [1])),
        lambda: FRAME.select(md.when(short).then(1)),
        lambda: FRAME.group_by(short).agg(md.len()),
        lambda: FRAME.group_by("a").agg(md.lit(short).count()),
        lambda: FRAME.sort(short),
    ):
        with pytest.raises(errors.LengthMismatchError):
            use()
    with pytest.raises(errors.ArgumentError, match="outside any aggregation"):
        FRAME.group_by("a").agg(ints.rename("c"))


def test_numpy_leaves_operators_to_columns():
    array = np.array([1, 2, 3, 4])
    assert (array == ints).to_list() == [True, True, True, None]
    assert (array < ints).to_list() == [False, False, False, None]
    assert FRAME.filter(array == md.col("a")).to_dict()["a"] == [1, 2, 3]
    assert FRAME.filter(np.int64(2) == md.col("a")).to_dict()["a"] == [2]
    assert FRAME.select(array + md.col("a"))["array"].to_list() == [2, 4, 6, None]
    assert np.sqrt(floats).tolist()[0] == math.sqrt(2)


@pytest.mark.parametrize("operand", [ints, md.col("a")])
def test_data_of_other_libraries_is_refused_next_to_a_column(operand):
    other = pd.Series([1, 2, 3, 4])
    for use in (lambda: operand == other, lambda: other == operand, lambda: other < operand):
        with pytest.raises(errors.ArgumentTypeError) as caught:
            use()
        assert "mydf.Series" in caught.value.hint


def test_a_list_is_no_value():
    for use in (
        lambda: md.col("a") == [1, 2, 3, 4],
        lambda: ints == [1, 2, 3, 4],
        lambda: FRAME.with_columns(x=[1, 2, 3, 4]),
        lambda: FRAME.with_columns({"x": md.col("a")}),
        lambda: FRAME.select(FRAME),
        lambda: md.lit([1]),
        lambda: md.col("a").is_in({1: 2}),
        lambda: md.col("a").is_in(1),
        lambda: md.col("a").is_in(md.col("b")),
        lambda: md.col("a").is_in(np.ones((2, 2))),
    ):
        with pytest.raises(errors.ArgumentTypeError) as caught:
            use()
        assert caught.value.hint


def test_long_frames_are_filtered_by_series_in_pieces():
    n = 300_001
    frame = md.DataFrame({"a": np.arange(n)})
    mask = md.Series("m", np.arange(n) % 3 == 0)
    assert frame.filter(mask, md.col("a") % 2 == 0).height == -(-n // 6)
    assert frame.select(((md.col("a") + frame["a"]) == 2 * md.col("a")).sum())["a"][0] == n


def test_many_predicates_need_no_deep_expression():
    wide = md.DataFrame({f"c{i}": [i, None] for i in range(1500)})
    assert wide.drop_nulls().height == 1
    assert wide.filter(*(md.col(f"c{i}") >= 0 for i in range(1500))).height == 1


def test_the_members_of_is_in_come_from_columns_of_other_libraries():
    for members in (
        pd.Series(["x", None]),
        pd.Index(["x", None]),
        pd.array(["x", None]),
        pa.array(["x", None]),
        pa.chunked_array([["x"], [None]]),
        pl.Series(["x", None]),
    ):
        assert md.Series("a", ["x", "y", None]).is_in(members).to_list() == [True, None, None]
    assert md.Series("a", [1, 2]).is_in(pd.array([1])).to_list() == [True, False]


@pytest.mark.parametrize("operand", [pd.array([1, None]), pd.Index([1, 2]), pa.array([1, 2])])
def test_an_array_of_another_library_is_refused_with_the_way_to_pass_it(operand):
    frame = md.DataFrame({"a": [1, 2]})
    for use in (
        lambda: frame.with_columns(b=operand),
        lambda: frame.filter(md.col("a").fill_null(operand) == 1),
    ):
        with pytest.raises(errors.ArgumentTypeError) as caught:
            use()
        assert "mydf.Series" in caught.value.hint
