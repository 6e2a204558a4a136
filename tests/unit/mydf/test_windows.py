"""Operators over rows: dtypes, null rules, groups, and errors."""

import datetime as dt
import math

import pytest

import mydf as md
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    ColumnNotFoundError,
    DTypeError,
    IntegerOverflowError,
)

FRAME = md.DataFrame({"k": ["x", "y", "x", None, "x"], "a": [3, 5, None, 1, 2]})
A = md.col("a")
NAN = math.nan


def result(expr, frame=FRAME):
    return frame.select(result=expr)["result"]


@pytest.mark.parametrize(
    ("expr", "dtype", "values"),
    [
        (A.shift(), md.Int64, [None, 3, 5, None, 1]),
        (A.shift(-2, fill_value=0), md.Int64, [None, 1, 2, 0, 0]),
        (A.shift(9), md.Int64, [None] * 5),
        (A.shift(1, fill_value=A.max()), md.Int64, [5, 3, 5, None, 1]),
        (A.diff(), md.Int64, [None, 2, None, None, 1]),
        (A.cast(md.UInt8).diff(-1), md.Int16, [-2, None, None, -1, None]),
        (A.cum_sum(), md.Int64, [3, 8, None, 9, 11]),
        (A.cast(md.Float32).cum_sum(reverse=True), md.Float32, [11, 8, None, 3, 2]),
        (A.cast(md.UInt16).cum_sum(), md.UInt64, [3, 8, None, 9, 11]),
        ((A > 2).cum_sum(), md.Int64, [1, 2, None, 2, 2]),
        (A.cum_count(), md.Int64, [1, 2, 2, 3, 4]),
        (md.col("k").cum_max(), md.String, ["x", "y", "y", None, "y"]),
        (A.rank(), md.Float64, [3.0, 4.0, None, 1.0, 2.0]),
        (A.rank("dense", descending=True), md.Int64, [2, 1, None, 4, 3]),
        (A.rolling_sum(2, min_samples=1), md.Int64, [3, 8, 5, 1, 3]),
        (A.rolling_mean(2), md.Float64, [None, 4.0, None, None, 1.5]),
        (A.cast(md.Int8).rolling_max(3, min_samples=1), md.Int8, [3, 5, 5, 5, 2]),
        (A.rolling_std(2), md.Float64, [None, math.sqrt(2), None, None, math.sqrt(0.5)]),
        (A.arg_sort(), md.Int64, [2, 3, 4, 0, 1]),
        (A.sort(descending=True, nulls_last=True), md.Int64, [5, 3, 2, 1, None]),
        (md.col("k").is_duplicated(), md.Bool, [True, False, True, False, True]),
        (md.col("k").is_last_distinct(), md.Bool, [False, True, False, True, True]),
        (A.sum().over("k"), md.Int64, [5, 5, 5, 1, 5]),
        (md.len().over("k"), md.Int64, [3, 1, 3, 1, 3]),
        ((A - A.first()).over("k"), md.Int64, [0, 0, None, 0, -1]),
        (A.cum_sum().over("k", order_by="a"), md.Int64, [5, 5, None, 1, 2]),
        (A.last().over("k", order_by="a", nulls_last=False), md.Int64, [3, 5, 3, 1, 3]),
        (A.shift().over(order_by=A, descending=True), md.Int64, [5, None, None, 2, 3]),
        (A.sum().over(A > 2) + 0, md.Int64, [8, 8, 0, 3, 3]),
    ],
)
def test_values_and_dtypes(expr, dtype, values):
    found = result(expr)
    assert found.dtype == dtype
    assert found.to_list() == values


def test_no_number_loses_to_nan():
    frame = md.DataFrame({"a": [NAN, 2.0, NAN, 1.0, None]})
    found = {
        "cum_max": [None, 2.0, 2.0, 2.0, None], "cum_min": [None, 2.0, 2.0, 1.0, None],
        "rank": [3.5, 2.0, 3.5, 1.0, None],
    }  # fmt: skip
    for name, values in found.items():
        cells = result(getattr(A, name)(), frame).to_list()
        assert [None if cell is None or math.isnan(cell) else cell for cell in cells] == values, (
            name
        )
    assert result(A.rolling_sum(2, min_samples=1), frame).to_list()[4] == 1.0


def test_dates_shift_fill_and_rank():
    days = [dt.date(2024, 1, 2), None, dt.date(2024, 1, 1)]
    frame = md.DataFrame({"a": days})
    assert result(A.forward_fill(), frame).to_list() == [days[0], days[0], days[2]]
    assert result(A.backward_fill(limit=0), frame).to_list() == days
    assert result(A.rank("min"), frame).to_list() == [2, None, 1]
    assert result(A.cum_min(), frame).to_list() == [days[0], None, days[2]]


def test_aggregations_of_groups_see_the_windows_of_the_group():
    frame = FRAME.group_by("k").agg(a=A.shift(1).sum(), b=(A.forward_fill() * 2).last())
    assert frame.to_dict() == {"k": ["x", "y", None], "a": [3, 0, 0], "b": [4, 10, 2]}


def test_an_empty_frame_has_the_dtypes():
    empty = FRAME.head(0)
    for expr in (A.shift(), A.cum_sum(), A.rank(), A.rolling_mean(3), A.sum().over("k")):
        assert result(expr, empty).to_list() == []
        assert result(expr, empty).dtype == result(expr).dtype


def test_several_columns_are_several_results_and_several_keys():
    frame = md.DataFrame({"k": [1, 1], "j": [1, 2], "a": [1, 2], "b": [3, 4]})
    found = frame.select(md.col("a", "b").sum().over(md.col("k", "j")))
    assert found.to_dict() == {"a": [1, 2], "b": [3, 4]}
    assert frame.select(A.first().over(order_by=md.col("k", "j"), descending=True)).to_dict() == {
        "a": [2, 2]
    }


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (A.over, ArgumentError, "no keys"),
        (lambda: A.over(1), ArgumentTypeError, "key 1"),
        (lambda: A.over("k", descending=[True]), ArgumentError, "1 values for 0 keys"),
        (lambda: A.shift("1"), ArgumentTypeError, "pass an int"),
        (lambda: A.shift(2**70), ArgumentError, "no frame has so many rows"),
        (lambda: A.rolling_sum(0), ArgumentError, "window_size: 0"),
        (lambda: A.rolling_sum(2, min_samples=3), ArgumentError, "at most `window_size`"),
        (lambda: A.rank("first"), ArgumentError, "`dense` or `ordinal`"),
        (lambda: A.forward_fill(-1), ArgumentError, "limit: -1"),
        (lambda: result(md.col("k").cum_sum()), DTypeError, "in sum: String"),
        (lambda: result(md.col("k").shift(1, fill_value=0)), DTypeError, "common dtype"),
        (lambda: result(A.sum().over("z")), ColumnNotFoundError, "`z`"),
        (lambda: result((A.sum().over("k") - A).sum().over("k")), ArgumentError, "another `over`"),
        (lambda: FRAME.group_by("k").agg(A.sum().over("k")), ArgumentError, "inside `group_by`"),
        (lambda: FRAME.group_by("k").agg(A.shift()), ArgumentError, "`a` outside any aggregation"),
        (lambda: FRAME.group_by("k").agg(A.sum().shift()), ArgumentError, "one value for each"),
    ],
)
def test_errors_say_what_to_do(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
    assert "hint:" in str(caught.value)


def test_sums_and_differences_that_leave_their_range_are_errors():
    frame = md.DataFrame({"a": [2**63 - 1, 1, -(2**63)]})
    for expr in (A.cum_sum(), A.rolling_sum(2), A.diff()):
        with pytest.raises(IntegerOverflowError, match=r"overflow in .* of `"):
            result(expr, frame)
    assert result(A.rolling_mean(2), frame).to_list()[1] == 2.0**62


def test_a_conditional_expression_has_the_methods():
    choice = md.when(A > 1).then(A)
    assert (
        result(choice.cum_count()).to_list() == result(choice.otherwise(None).cum_count()).to_list()
    )
    assert not hasattr(choice.shift(), "otherwise")
