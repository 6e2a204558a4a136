"""Integers and floats compare by their exact values: Python's own comparisons are the oracle."""

import math
import operator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import mydf as md

RANGES = {
    md.Int8: (-(2**7), 2**7 - 1), md.Int16: (-(2**15), 2**15 - 1), md.Int32: (-(2**31), 2**31 - 1),
    md.Int64: (-(2**63), 2**63 - 1), md.UInt8: (0, 2**8 - 1), md.UInt16: (0, 2**16 - 1),
    md.UInt32: (0, 2**32 - 1), md.UInt64: (0, 2**64 - 1),
}  # fmt: skip
DTYPES = st.sampled_from([*RANGES, md.Float32, md.Float64])
OPERATORS = st.sampled_from(
    [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
)
# Numbers where floats begin to skip integers, and the ends of the integer dtypes.
EDGES = [0, 2**7, 2**8, 2**15, 2**16, 2**24, 2**31, 2**32, 2**53, 2**54, 2**62, 2**63, 2**64]
NEAR = st.builds(
    lambda edge, sign, off: sign * edge + off,
    st.sampled_from(EDGES), st.sampled_from([1, -1]), st.integers(-3, 3),
)  # fmt: skip
LITERAL_INTS = NEAR | st.sampled_from([2**70 + 1, -(2**100) - 1, 2**127 - 1, -(2**127)])
SPECIAL = [0.0, -0.0, 0.5, -1.5, math.inf, -math.inf, math.nan, 1e300, 5e-324]
FLOATS = NEAR.map(float) | st.sampled_from(SPECIAL) | st.floats()
SINGLES = st.floats(width=32) | st.sampled_from([2.0**24, 2.0**24 + 2, 2.0**53, 2.0**63, 2.0**64])


def values(dtype):
    """Return numbers that a dtype holds exactly."""
    if dtype in RANGES:
        low, high = RANGES[dtype]
        return NEAR.filter(lambda n: low <= n <= high) | st.integers(low, high)
    return SINGLES if dtype == md.Float32 else FLOATS


COLUMNS = DTYPES.flatmap(
    lambda dtype: st.tuples(st.just(dtype), st.lists(st.none() | values(dtype), max_size=6))
)
PAIRS = st.tuples(DTYPES, DTYPES).flatmap(
    lambda both: st.tuples(
        st.just(both),
        st.lists(st.tuples(*(st.none() | values(dtype) for dtype in both)), max_size=6),
    )
)


def neighbours(number, dtype):
    """Return values of a dtype at a number, where rounding would be visible."""
    if number is None or not math.isfinite(number):
        return []
    if dtype in RANGES:
        low, high = RANGES[dtype]
        return [n for n in range(int(number) - 1, int(number) + 2) if low <= n <= high]
    kind = np.float32 if dtype == md.Float32 else np.float64
    with np.errstate(over="ignore"):
        near = kind(number)
        return [float(n) for n in (np.nextafter(near, kind(-np.inf)), near,
                                   np.nextafter(near, kind(np.inf)))]  # fmt: skip


def key(number):
    """Return a number as what is compared: NaN is equal to itself and larger than all others."""
    return (1, 0) if isinstance(number, float) and math.isnan(number) else (0, number)


def expected(op, left, right):
    return None if left is None or right is None else op(key(left), key(right))


def single(number):
    """Return a float literal as it is next to Float32."""
    import struct

    try:
        return struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        return number


@given(PAIRS, OPERATORS)
def test_columns_compare_by_exact_values(pairs, op):
    (left, right), rows = pairs
    rows = rows + [(row[0], n) for row in rows for n in neighbours(row[0], right)]
    one = md.Series("l", [row[0] for row in rows], left)
    two = md.Series("r", [row[1] for row in rows], right)
    right_answers = [expected(op, *row) for row in rows]
    assert op(one, two).to_list() == right_answers
    frame = md.DataFrame({"l": one, "r": two})
    assert frame.select(op(md.col("l"), md.col("r")))["l"].to_list() == right_answers
    assert frame.filter(op(one, two)).height == sum(answer is True for answer in right_answers)


@given(COLUMNS, LITERAL_INTS | FLOATS, OPERATORS)
def test_literals_compare_by_exact_values(column, literal, op):
    dtype, cells = column
    cells = cells + neighbours(literal, dtype)
    frame = md.DataFrame({"a": md.Series("a", cells, dtype)})
    # A float literal is rounded to Float32; this is the one exception.
    number = single(literal) if dtype == md.Float32 and isinstance(literal, float) else literal
    right_answers = [expected(op, cell, number) for cell in cells]
    found = frame.select(one=op(md.col("a"), literal), two=op(literal, md.lit(md.col("a"))))
    assert found["one"].to_list() == right_answers
    turned = [expected(op, number, cell) for cell in cells]
    assert found["two"].to_list() == turned
    assert op(frame["a"], literal).to_list() == right_answers


@given(COLUMNS, st.lists(st.none() | LITERAL_INTS | FLOATS, max_size=4))
def test_members_compare_by_exact_values(column, members):
    dtype, cells = column
    cells = cells + [cell for member in members for cell in neighbours(member, dtype)]
    used = [
        single(m) if dtype == md.Float32 and isinstance(m, float) else m for m in members
    ]  # fmt: skip

    def answer(cell):
        if cell is None:
            return None
        if any(key(cell) == key(member) for member in used if member is not None):
            return True
        return None if None in used else False

    assert md.Series("a", cells, dtype).is_in(members).to_list() == [answer(c) for c in cells]


@given(
    COLUMNS, st.none() | LITERAL_INTS | FLOATS, st.none() | LITERAL_INTS | FLOATS,
    st.sampled_from(["both", "left", "right", "none"]),
)  # fmt: skip
def test_ranges_compare_by_exact_values(column, lower, upper, closed):
    dtype, cells = column
    cells = cells + neighbours(lower, dtype) + neighbours(upper, dtype)
    above = operator.ge if closed in ("both", "left") else operator.gt
    below = operator.le if closed in ("both", "right") else operator.lt
    low, high = (
        single(n) if dtype == md.Float32 and isinstance(n, float) else n for n in (lower, upper)
    )

    def answer(cell):
        bounds = expected(above, cell, low), expected(below, cell, high)
        return None if None in bounds else all(bounds)

    found = md.Series("a", cells, dtype).is_between(lower, upper, closed)
    assert found.to_list() == [answer(cell) for cell in cells]


@given(LITERAL_INTS.filter(lambda n: -(2**63) <= n < 2**64), FLOATS, OPERATORS)
def test_two_literals_compare_by_exact_values(integer, number, op):
    frame = md.DataFrame({"a": [1]})
    found = frame.select(one=op(md.lit(integer), number), two=op(md.lit(number), integer)).rows()
    assert found == [(expected(op, integer, number), expected(op, number, integer))]


@given(PAIRS, st.sampled_from(["inner", "left", "full", "semi", "anti"]))
def test_joins_match_exactly_the_equal_keys(pairs, how):
    (left, right), rows = pairs
    one, two = [row[0] for row in rows], [row[1] for row in rows]
    two += [n for here in one for n in neighbours(here, right)]
    frame = md.DataFrame({"k": md.Series("k", one, left), "n": list(range(len(one)))})
    other = md.DataFrame({"k": md.Series("k", two, right), "m": list(range(len(two)))})
    partners = [
        [m for m, there in enumerate(two) if expected(operator.eq, here, there)] for here in one
    ]
    found = frame.join(other, on="k", how=how)
    if how in ("semi", "anti"):
        kept = [n for n, each in enumerate(partners) if bool(each) == (how == "semi")]
        assert found["n"].to_list() == kept
        return
    gaps = [] if how == "inner" else [None]
    wanted = [(n, m) for n, each in enumerate(partners) for m in each or gaps]
    if how == "full":
        met = {m for each in partners for m in each}
        wanted += [(None, m) for m in range(len(two)) if m not in met]
    assert list(zip(found["n"].to_list(), found["m"].to_list(), strict=True)) == wanted


@given(
    st.lists(st.tuples(st.booleans() | st.none(), values(md.Int64) | st.none(), FLOATS),
             max_size=6)
)  # fmt: skip
def test_a_choice_of_integers_and_floats_keeps_every_value_or_fails(rows):
    frame = md.DataFrame(
        {
            "c": md.Series("c", [row[0] for row in rows], md.Bool),
            "i": md.Series("i", [row[1] for row in rows], md.Int64),
            "f": md.Series("f", [row[2] for row in rows], md.Float64),
        }
    )
    chosen = [i if c else f for c, i, f in rows]
    filled = [f if i is None else i for _, i, f in rows]
    for expr, wanted in (
        (md.when(md.col("c")).then(md.col("i")).otherwise(md.col("f")), chosen),
        (md.col("i").fill_null(md.col("f")), filled),
    ):
        fits = all(n is None or math.isnan(n) or n == float(n) for n in wanted)
        try:
            found = frame.select(x=expr)["x"].to_list()
        except md.errors.CastError:
            assert not fits
        else:
            assert fits
            assert [None if n is None else key(n) for n in found] == [
                None if n is None else key(n) for n in wanted
            ]
