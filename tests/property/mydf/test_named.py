"""Operators as methods, and small functions, against polars with any columns."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mydf as md

INTEGERS = st.none() | st.integers(-4, 4)
FLOATS = st.none() | st.sampled_from([0.0, -0.0, 1.0, -2.5, 1e300, math.inf, -math.inf, math.nan])
BITS = st.none() | st.booleans()
ROWS = st.lists(st.tuples(INTEGERS, INTEGERS, FLOATS, FLOATS, BITS, BITS), max_size=10)
NAMES = ("a", "b", "x", "y", "p", "q")
TESTED = {
    "numbers": (
        [("a", "b"), ("x", "y")],
        ("add", "sub", "mul", "truediv", "eq", "ne", "lt", "le", "gt", "ge"),
    ),
    "bits": ([("p", "q")], ("and_", "or_", "xor", "eq", "ne")),
}
CASES = [(name, *pair) for pairs, names in TESTED.values() for pair in pairs for name in names]


def frames(rows):
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    mine = [md.Int64, md.Int64, md.Float64, md.Float64, md.Bool, md.Bool]
    other = [pl.Int64, pl.Int64, pl.Float64, pl.Float64, pl.Boolean, pl.Boolean]
    data = {name: list(values) for name, values in zip(NAMES, columns, strict=True)}
    return (
        md.DataFrame(data, schema=dict(zip(NAMES, mine, strict=True))),
        pl.DataFrame(data, schema=dict(zip(NAMES, other, strict=True))),
    )


def close(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        same = one == other or repr(one) == repr(other)
        near = isinstance(one, float) and isinstance(other, float) and math.isclose(one, other)
        assert same or near, (found, expected)


@pytest.mark.parametrize(("name", "left", "right"), CASES)
@given(rows=ROWS)
def test_operators_as_methods_equal_polars(name, left, right, rows):
    mine, other = frames(rows)
    found = mine.select(z=getattr(md.col(left), name)(md.col(right)))["z"].to_list()
    expected = other.select(z=getattr(pl.col(left), name)(pl.col(right)))["z"].to_list()
    close(found, expected)
    alone = getattr(mine[left], name)(mine[right]).to_list()
    assert repr(alone) == repr(found)


@pytest.mark.parametrize("name", ["neg", "degrees", "radians", "not_", "rle_id"])
@given(rows=ROWS)
def test_functions_of_one_column_equal_polars(name, rows):
    mine, other = frames(rows)
    column = {"not_": "p", "rle_id": "a", "neg": "a"}.get(name, "x")
    found = mine.select(z=getattr(md.col(column), name)())["z"].to_list()
    close(found, other.select(z=getattr(pl.col(column), name)())["z"].to_list())


@given(ROWS, INTEGERS)
def test_places_of_values_equal_polars(rows, value):
    mine, other = frames(rows)
    assert mine["a"].index_of(value) == other["a"].index_of(value)
