"""Generated arrays of numpy against numpy's own values, and exact integer arithmetic."""
# ruff: noqa: DTZ001 - datetimes without zone on purpose

import datetime as dt
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import mydf as md

EPOCH = np.datetime64("1970-01-01", "us")
# Attoseconds in each unit, except years and months, whose lengths differ.
SIZES = {
    "W": 7 * 86_400 * 10**18, "D": 86_400 * 10**18, "h": 3_600 * 10**18, "m": 60 * 10**18,
    "s": 10**18, "ms": 10**15, "us": 10**12, "ns": 10**9, "ps": 10**6, "fs": 10**3, "as": 1,
}  # fmt: skip
RAW = st.one_of(
    st.integers(-1_000_000, 1_000_000),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.integers(-(2**33), 2**33),
)
COUNTS = st.sampled_from([1, 1, 1, 3, 7, 25, 1000, 999_983])


def expected(raw, unit, count):
    """The dtype and integer of mydf, from Python's integers."""
    since = raw * count * SIZES[unit]
    if unit in ("W", "D"):
        return md.Date, since // SIZES["D"], 31
    return md.Datetime(), since // SIZES["us"], 63


def refused(data, dtype=None):
    """The column, or the error that refuses it."""
    try:
        return md.Series("a", data, dtype)
    except (md.errors.CastError, md.errors.MixedTypeError) as error:
        return error


def integers(column, dtype):
    return column.cast(md.Int32 if dtype == md.Date else md.Int64).to_list()


@given(RAW, st.sampled_from(sorted(SIZES)), COUNTS, st.booleans())
def test_datetimes_of_every_unit_are_rounded_down_or_refused(raw, unit, count, swapped):
    dtype, since, bits = expected(raw, unit, count)
    array = np.array([0, raw, -(2**63)], "i8").view(f"M8[{count}{unit}]")
    if swapped:
        array = array.astype(array.dtype.newbyteorder(">"))
    for data in (array, list(array)):
        found = refused(data)
        if -(2**bits) <= since < 2**bits:
            assert found.dtype == dtype
            assert integers(found, dtype) == [0, since, None]
        else:
            assert found.row == 1


@given(st.integers(-6_100_000, 6_100_000), st.sampled_from(["Y", "M"]))
def test_years_and_months_are_their_first_days(raw, unit):
    array = np.array([raw], "i8").view(f"M8[{unit}]")
    days = int(array.astype("M8[D]").astype("i8")[0])
    for data in (array, list(array)):
        found = refused(data)
        if -(2**31) <= days < 2**31:
            assert integers(found, md.Date) == [days]
        else:
            assert found.row == 0


NUMBERS = st.sampled_from(["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"])


@given(NUMBERS, st.lists(st.tuples(st.integers(0, 127), st.booleans()), max_size=20), st.data())
def test_arrays_of_numbers_in_every_layout(dtype, cells, data):
    plain = np.array([cell[0] for cell in cells], dtype)
    mask = np.array([cell[1] for cell in cells], bool)
    order = data.draw(st.sampled_from(["=", ">", "<"]))
    step = data.draw(st.sampled_from([1, -1, 2, -3]))
    array = plain.astype(plain.dtype.newbyteorder(order))
    array.flags.writeable = data.draw(st.booleans())
    assert md.Series("a", array[::step]).to_list() == array[::step].tolist()
    masked = np.ma.array(array, mask=mask)[::step]
    assert md.Series("a", masked).to_list() == masked.tolist()
    back = md.Series("a", array).to_numpy()
    assert back.tolist() == array.tolist()


MOMENTS = st.one_of(
    st.datetimes(),
    st.datetimes(dt.datetime(1960, 1, 1), dt.datetime(1980, 1, 1)),
)


@given(st.lists(st.one_of(st.none(), MOMENTS), min_size=1))
def test_lists_arrays_and_objects_of_datetimes_agree(moments):
    if not any(moments):
        return
    scalars = np.array([None if each is None else np.datetime64(each, "us") for each in moments])
    array = np.array([each or "NaT" for each in moments], "M8[us]")
    for data in (moments, array, scalars, list(array)):
        found = md.Series("a", data)
        assert found.to_list() == moments
        back = found.to_numpy()
        assert back.dtype == "M8[us]"
        assert ((back == array) | np.isnat(array)).all()


VALUES = {
    md.Int64: st.integers(-(2**63), 2**63 - 1), md.UInt64: st.integers(0, 2**64 - 1),
    md.Int8: st.integers(-128, 127), md.Float64: st.floats(), md.Float32: st.floats(width=32),
    md.Bool: st.booleans(), md.Date: st.dates(), md.Datetime(): st.datetimes(),
}  # fmt: skip


@given(st.data(), st.sampled_from(list(VALUES)), st.sampled_from(list(VALUES)))
def test_a_matrix_has_the_values_of_the_frame(data, one, two):
    cells = [
        st.lists(st.one_of(st.none(), VALUES[dtype]), min_size=3, max_size=3)
        for dtype in (one, two)
    ]
    first, second = data.draw(st.tuples(*cells))
    frame = md.DataFrame({"a": first, "b": second}, schema={"a": one, "b": two})
    rows = zip(frame["a"].to_list(), frame["b"].to_list(), strict=True)
    for found, wanted in zip(frame.to_numpy().tolist(), rows, strict=True):
        for value, right in zip(found, wanted, strict=True):
            assert same(value, right)


def same(value, right):
    if right is None or right != right:  # noqa: PLR0124 - NaN
        return value is None or math.isnan(value)
    if type(right) is dt.date and type(value) is dt.datetime:
        return value == dt.datetime.combine(right, dt.time())
    return value == right


EXACT = st.sampled_from([md.Int8, md.UInt16, md.Int64, md.UInt64, md.Float32, md.Float64, md.Bool])
SOME = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**64 - 1), st.integers(-300, 300),
    st.floats(), st.floats(width=32), st.integers(-300, 300).map(float),
    st.integers(0, 70).map(lambda bits: 2.0**bits), st.integers(0, 63).map(lambda bits: 2**bits),
)  # fmt: skip


RANGES = {
    md.Int8: (-128, 127), md.UInt16: (0, 2**16 - 1), md.Int64: (-(2**63), 2**63 - 1),
    md.UInt64: (0, 2**64 - 1), md.Bool: (0, 1),
}  # fmt: skip


def holds(dtype, number):
    """Whether a dtype has this number, or its nearest Float32."""
    if not dtype.is_float:
        low, high = RANGES[dtype]
        return math.isfinite(number) and low <= number <= high and number == int(number)
    if isinstance(number, int):
        kind = np.float32 if dtype == md.Float32 else np.float64
        return int(kind(number)) == number
    return dtype == md.Float64 or not math.isfinite(number) or abs(number) < 3.4028235677973366e38


@given(SOME, EXACT)
def test_a_given_dtype_holds_the_number_or_is_refused(number, dtype):
    found = refused([number], dtype)
    if holds(dtype, number):
        nearest = float(np.float32(number)) if dtype == md.Float32 else number
        assert same(found.to_list()[0], nearest)
    else:
        assert found.row == 0
