"""`sort`, `arg_sort` and `gather` against Python's own sort, for every dtype that Python has."""

import datetime as dt
import functools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mydf

DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
EDGES = [-(2**63), -1, 0, 1, 2**63 - 1]
LONG = "thirteen bytes and then some"
KINDS = {
    "Int64": st.sampled_from(EDGES) | st.integers(-(2**63), 2**63 - 1),
    "Int8": st.integers(-128, 127),
    "UInt64": st.integers(0, 2**64 - 1),
    "Float64": st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf]) | st.floats(),
    "Bool": st.booleans(),
    "String": st.sampled_from(["", "a", "twelve bytes", LONG, LONG + "x", "y" * 70_000])
    | st.text(st.characters(codec="utf-8"), max_size=20),
    "Date": DAYS,
}


def compare(one, other, descending, nulls_last):
    """Return how two values compare: nulls at one end, NaN above all numbers, text by its bytes."""
    if one is None or other is None:
        order = (one is not None) - (other is not None)
        return -order if nulls_last else order

    def key(value):
        if isinstance(value, str):
            return value.encode()
        return (
            (math.isnan(value), 0.0 if math.isnan(value) else value)
            if isinstance(value, float)
            else value
        )

    left, right = key(one), key(other)
    order = (left > right) - (left < right)
    return -order if descending else order


@st.composite
def keys(draw):
    """Return up to three columns as lists, with their dtypes and orders."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3))
    height = draw(st.integers(0, 30))
    columns = []
    for kind in kinds:
        # Few distinct values, so that later keys decide.
        pool = draw(st.lists(st.none() | KINDS[kind], min_size=1, max_size=6))
        columns.append(draw(st.lists(st.sampled_from(pool), min_size=height, max_size=height)))
    flags = st.lists(st.booleans(), min_size=len(kinds), max_size=len(kinds))
    return kinds, columns, draw(flags), draw(flags)


@given(keys())
def test_sorts_as_python_does(made):
    kinds, columns, descending, nulls_last = made
    rows = list(zip(*columns, strict=True))

    def order(one, other):
        each = zip(rows[one], rows[other], descending, nulls_last, strict=True)
        return next((found for pair in each if (found := compare(*pair))), 0)

    expected = sorted(range(len(rows)), key=functools.cmp_to_key(order))
    names = [f"c{number}" for number in range(len(kinds))]
    series = [
        mydf.Series(name, values, getattr(mydf, kind))
        for name, values, kind in zip(names, columns, kinds, strict=True)
    ]
    frame = mydf.DataFrame(dict(zip(names, series, strict=True)))
    options = {"descending": descending, "nulls_last": nulls_last}
    assert frame.arg_sort(names, **options).to_list() == expected
    assert frame.sort(names, **options).equals(frame.gather(expected))
    if len(kinds) == 1:
        options = {"descending": descending[0], "nulls_last": nulls_last[0]}
        assert series[0].arg_sort(**options).to_list() == expected
        # `repr` tells -0.0 from 0.0.
        wanted = [repr(columns[0][row]) for row in expected]
        assert [repr(value) for value in series[0].sort(**options).to_list()] == wanted


@given(st.data())
def test_gathers_as_a_list_does(data):
    values = data.draw(st.lists(st.none() | KINDS["String"], min_size=1, max_size=20))
    rows = st.integers(-len(values), len(values) - 1)
    numbers = data.draw(st.lists(st.none() | rows, max_size=40))
    series = mydf.Series("a", values, mydf.String)
    expected = [None if number is None else values[number] for number in numbers]
    assert series.gather(mydf.Series("n", numbers, mydf.Int64)).to_list() == expected
    with pytest.raises(mydf.errors.RowNotFoundError):
        series.gather([*numbers, len(values)])
