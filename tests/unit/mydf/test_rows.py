"""Methods of a frame about its rows: their numbers, the first ones in an order, equal ones."""

import math

import pytest

import mydf as md
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    ColumnNotFoundError,
    DuplicateColumnError,
    IntegerOverflowError,
)

FRAME = md.DataFrame({"k": ["x", None, "x", "y"], "a": [2, 1, 2, None]})


def test_rows_are_numbered():
    found = FRAME.with_row_index("n", offset=-1)
    assert found.schema == {"n": md.Int64, **FRAME.schema}
    assert found["n"].to_list() == [-1, 0, 1, 2]
    assert FRAME.head(0).with_row_index().schema == {"index": md.Int64, **FRAME.schema}
    assert md.DataFrame().with_row_index().schema == {"index": md.Int64}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: FRAME.with_row_index("a"), DuplicateColumnError),
        (lambda: FRAME.with_row_index(1), ArgumentTypeError),
        (lambda: FRAME.with_row_index(offset=2**63 - 2), IntegerOverflowError),
        (lambda: FRAME.top_k(-1, by="a"), ArgumentError),
        (lambda: FRAME.top_k(1.5, by="a"), ArgumentTypeError),
        (lambda: FRAME.top_k(1, by="z"), ColumnNotFoundError),
        (lambda: FRAME.top_k(1, by=["a", "k"], reverse=[True]), ArgumentError),
        (lambda: FRAME.bottom_k(1, by=3), ArgumentTypeError),
    ],
)
def test_wrong_arguments_are_errors(call, error):
    with pytest.raises(error, match="hint:"):
        call()


def test_nulls_are_last_at_both_ends():
    assert FRAME.top_k(9, by="a")["a"].to_list() == [2, 2, 1, None]
    assert FRAME.bottom_k(9, by="a")["a"].to_list() == [1, 2, 2, None]
    assert FRAME.top_k(0, by="a").height == 0
    assert FRAME.top_k(2, by=["k", "a"], reverse=[True, False])["k"].to_list() == ["x", "x"]
    assert FRAME.bottom_k(1, by=-md.col("a"))["a"].to_list() == [2]


@pytest.mark.parametrize("k", [1, 7, 300, 2000])
def test_the_first_rows_are_those_of_a_sort(k):
    rows = 3000
    frame = md.DataFrame(
        {
            "a": [row * 7_919 % 101 if row % 13 else None for row in range(rows)],
            "f": [math.nan if row % 17 == 3 else row * 31 % 977 / 7 for row in range(rows)],
            "s": [str(row * 53 % 499) * (row % 5) for row in range(rows)],
            "n": list(range(rows)),
        }
    )
    for by in ("a", "f", "s", ["s", "a"], ["a", "f", "s"]):
        for method, descending in (("top_k", True), ("bottom_k", False)):
            wanted = frame.sort(by, descending=descending, nulls_last=True).head(k)
            assert getattr(frame, method)(k, by=by).equals(wanted), (by, method)


def test_equal_rows_are_found():
    assert FRAME.is_duplicated().to_list() == [True, False, True, False]
    assert FRAME.is_unique().to_list() == [False, True, False, True]
    assert md.DataFrame().is_unique().to_list() == []
    assert FRAME.head(0).is_duplicated().dtype == md.Bool
    nulls = md.DataFrame({"a": [None, None], "b": [math.nan, math.nan]})
    assert nulls.is_duplicated().to_list() == [True, True]
