"""Frames from numpy's arrays and Python's values, with answers by hand."""
# ruff: noqa: DTZ001 - datetimes without zone on purpose

import datetime as dt
import enum
import fractions
import sys
import zoneinfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.dtypes import StringDType

import mydf as md

UTC = dt.timezone.utc
DAY = dt.date(2020, 1, 1)
NOON = dt.datetime(2020, 1, 1, 12)


def values(data, dtype=None):
    return md.Series("a", data, dtype).to_list()


def dtype(data):
    return md.Series("a", data).dtype


@pytest.mark.parametrize(
    "dtype", ["?", "i1", "u2", ">i4", "i8", "u8", "f2", "f4", ">f8", "U3", ">U3", "O"]
)
def test_masked_values_are_null(dtype):
    plain = np.array([1, 2, 3]).astype(dtype)
    expected = [plain[0].item() if hasattr(plain[0], "item") else plain[0], None]
    for masked in (
        np.ma.array(plain, mask=[0, 1, 0])[:2],
        np.ma.array(plain, mask=[0, 1, 0], hard_mask=True, fill_value=plain[2])[:2],
        np.ma.array(plain[::-1], mask=[0, 1, 0])[::-1][:2],
    ):
        assert values(masked) == expected
    assert None not in values(np.ma.array(plain))


def test_masked_datetimes_and_single_masked_values_are_null():
    masked = np.ma.array(["2020-01-01", "2020-01-02"], mask=[1, 0], dtype="M8[ns]")
    assert values(masked) == [None, dt.datetime(2020, 1, 2)]
    assert values([1, np.ma.masked, np.ma.array([3])[0]]) == [1, None, 3]
    beyond = np.ma.array(np.array([2**62, 1]).view("M8[s]"), mask=[1, 0])
    assert values(beyond) == [None, dt.datetime(1970, 1, 1, 0, 0, 1)]


def test_datetimes_outside_the_years_of_python_stay_datetimes():
    far = np.array(["12024-01-01"], "M8[D]"), np.array(["-0044-03-15T00:00"], "M8[us]")
    assert [dtype(array) for array in far] == [md.Date, md.Datetime()]
    assert [dtype(list(array)) for array in far] == [md.Date, md.Datetime()]
    assert values(md.Series("a", far[1]).cast(str)) == ["-0044-03-15T00:00:00"]


def test_missing_texts_of_numpy_are_null():
    for missing in (None, np.nan, pd.NA):
        assert values(np.array(["a", missing], StringDType(na_object=missing))) == ["a", None]
    assert values(np.array(["a", "b\0c"], StringDType())) == ["a", "b\0c"]


@pytest.mark.parametrize(
    ("array", "name", "hint"),
    [
        (np.array([1], "m8[M]"), "timedelta64", "astype('timedelta64[s]')"),
        (np.array([1j]), "complex128", "array.real"),
        (np.array([b"a"]), "S1", "decode"),
        (np.array([1], np.longdouble), "float128", "astype('float64')"),
        (np.array([(1, 2.0)], "i4,f4"), "f0", "array.dtype.names"),
        (np.array([b"ab"], "V2"), "V2", "astype"),
        (np.array([5]).view("M8"), "datetime64", "convert"),
    ],
)
def test_arrays_without_a_dtype_are_refused_by_name(array, name, hint):
    for data in (array, np.ma.array(array)):
        with pytest.raises(md.errors.UnsupportedTypeError) as error:
            values(data)
        assert name in error.value.fact
        assert hint in error.value.hint


@pytest.mark.parametrize("array", [np.array(1), np.ones((2, 2)), np.ma.ones((2, 2)), np.float64(1)])
def test_arrays_without_one_dimension_are_refused(array):
    with pytest.raises(md.errors.ArgumentTypeError, match=r"an array of \d dimensions"):
        values(array)


def test_an_array_is_refused_as_a_frame_with_the_way_to_name_its_columns():
    for array, hint in (
        (np.ones((2, 2)), "array[:, 0]"),
        (np.array([(1, 2.0)], "i4,f4"), "array[name]"),
        (np.rec.array([(1, 2.0)]), "array[name]"),
    ):
        with pytest.raises(md.errors.ArgumentTypeError) as error:
            md.DataFrame(array)
        assert hint in error.value.hint


class Coarse(enum.Enum):
    A = 1


class Overridden(int):
    """Methods that lie about the value."""

    def __float__(self):
        return 9.0

    def __index__(self):
        return 7

    def __eq__(self, other):
        return True

    __hash__ = None


class Shout(str):
    __slots__ = ()

    def __str__(self):
        return "no"


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (fractions.Fraction(1, 3), "float(value)"),
        (np.longdouble(1), "float(value)"),
        (1j, "value.real"),
        (np.array([1]), "nested"),
        (Coarse.A, "member.value"),
        (pa.scalar(1), "value.as_py()"),
        (object(), "str(value)"),
        (pd.Period("2020-01"), "str(value)"),
    ],
)
def test_values_without_a_dtype_are_refused_with_the_row(value, hint):
    with pytest.raises(
        md.errors.MixedTypeError, match="row 1: no dtype for a value of type"
    ) as error:
        values([None, value])
    assert hint in error.value.hint
    if hint == "nested":
        # In an expression, a list is refused with another hint, and an array is a column.
        return
    with pytest.raises(md.errors.ArgumentError, match="literal: no dtype") as error:
        md.lit(value)
    assert hint in error.value.hint


def test_values_of_subclasses_are_read_without_their_methods():
    assert values([Overridden(3)]) == [3]
    assert values([Overridden(3), 0.5]) == [3.0, 0.5]
    assert values([Shout("yes")]) == ["yes"]


def test_missing_values_of_pandas_are_null():
    assert values([1, pd.NA]) == [1, None]
    assert values([pd.NaT, pd.Timestamp(NOON)]) == [None, NOON]
    for dtype in ("Int64", "UInt8", "Float64", "boolean"):
        assert values(pd.array([1, None], dtype=dtype)) == [1, None]
    for array in (pd.array(["a", None]), pd.Categorical(["a", None]), pd.Index(["a", None])):
        assert values(array) == ["a", None]
    assert values(pd.DatetimeIndex([NOON, None], tz="Asia/Tokyo"))[1] is None


def test_integers_that_no_dtype_holds_are_refused_with_the_row():
    for number in (10**5000, -(10**5000), 2**64):
        check_refused(number)


def check_refused(number):
    for data in ([None, number], [-1, number], [0.5, number + 1]):
        with pytest.raises(md.errors.MixedTypeError, match="row 1"):
            values(data)


def test_text_without_utf8_is_refused_with_the_row():
    with pytest.raises(md.errors.MixedTypeError, match=r"row 1: '\\ud800' has no UTF-8 form"):
        values(["a", "\ud800"])
    for build in (lambda: md.Series("\ud800", [1]), lambda: md.DataFrame({"\ud800": [1]})):
        with pytest.raises(md.errors.ArgumentError, match="surrogates not allowed"):
            build()


class Undecided(dt.tzinfo):
    def utcoffset(self, _when):
        return None


class OnMars(dt.tzinfo):
    key = "Mars/Base"

    def utcoffset(self, _when):
        return dt.timedelta(hours=2)


def test_zones_of_python():
    assert dtype([NOON.replace(tzinfo=Undecided())]) == md.Datetime()
    assert dtype([NOON.replace(tzinfo=OnMars())]) == md.Datetime("+02:00")
    assert dtype([NOON.replace(tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo"))]) == md.Datetime(
        "Asia/Tokyo"
    )
    for offset in (dt.timedelta(seconds=30), dt.timedelta(hours=5, minutes=53, seconds=28)):
        with pytest.raises(md.errors.MixedTypeError, match="not of whole minutes"):
            values([NOON.replace(tzinfo=dt.timezone(offset))])


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        ([NOON, NOON.replace(tzinfo=UTC)], "value.replace(tzinfo"),
        ([NOON.replace(tzinfo=UTC), NOON.replace(tzinfo=OnMars())], "astimezone"),
        ([DAY, NOON], "combine"),
        ([True, 1], "int(value)"),
        (["a", float("nan")], "None for a missing value"),
    ],
)
def test_mixed_lists_are_refused_with_advice(data, hint):
    with pytest.raises(md.errors.MixedTypeError, match="row 1") as error:
        values(data)
    assert hint in error.value.hint


KEPT = [
    (2.0, md.Int64), (-0.0, md.Int8), (300, md.Int16), (2**53, md.Float64), (2**63, md.Float64),
    (0.1, md.Float32), (float("inf"), md.Float32), (float("nan"), md.Float32), (1, md.Bool),
    (True, md.UInt8), (dt.datetime(2020, 1, 1), md.Date), (DAY, md.Datetime), ("1", md.Int8),
]  # fmt: skip
LOST = [
    (1.5, md.Int64), (float("nan"), md.Int64), (float("inf"), md.Int64), (300, md.Int8),
    (-1, md.UInt8), (2**53 + 1, md.Float64), (2**64 - 1, md.Float64), (2**24 + 1, md.Float32),
    (1e300, md.Float32), (2, md.Bool), (0.5, md.Bool), (NOON, md.Date), ("1.5", md.Int64),
    (NOON.replace(tzinfo=UTC), md.Datetime), (dt.datetime(2020, 1, 1, tzinfo=UTC), md.Datetime),
    (dt.datetime(2020, 1, 1, 3, tzinfo=UTC), md.Date),
]  # fmt: skip


@pytest.mark.parametrize(("value", "dtype"), KEPT)
def test_a_dtype_holds_the_whole_value(value, dtype):
    assert values([None, value], dtype)[0] is None
    assert md.DataFrame([{"a": value}], schema={"a": dtype}).shape == (1, 1)
    assert md.lit(value, dtype) is not None


@pytest.mark.parametrize(("value", "dtype"), LOST)
def test_a_dtype_that_would_lose_part_of_a_value_is_refused_with_the_row(value, dtype):
    with pytest.raises(md.errors.CastError, match="row 1") as error:
        values([None, value], dtype)
    assert error.value.row == 1
    assert error.value.hint
    frame = md.DataFrame({"a": [value]})
    for build in (
        lambda: md.DataFrame([{"a": value}], schema={"a": dtype}),
        lambda: md.DataFrame(frame, schema={"a": dtype}),
        lambda: md.lit(value, dtype),
    ):
        with pytest.raises(md.errors.CastError, match="row 0"):
            build()


def test_numpy_gets_objects_where_its_own_dtypes_would_lose_something():
    def kind(**columns):
        return md.DataFrame(columns).to_numpy().dtype.str

    big = 2**53 + 1
    assert kind(a=[NOON], b=[1]) == kind(a=[DAY], b=["x"]) == kind(a=["x"], b=[True]) == "|O"
    assert kind(a=[big], b=[0.5]) == kind(a=[big], b=[2**64 - 1]) == "|O"
    assert kind(a=[1], b=[0.5]) == "<f8"
    assert kind(a=[1, None], b=[1, 2]) == "<f8"
    assert kind(a=[DAY], b=[NOON]) == "<M8[us]"
    found = md.Series("a", [big, None]).to_numpy()
    assert found.tolist() == [big, None]
    assert md.DataFrame({"a": [big], "b": [0.5]}).to_numpy().tolist() == [[big, 0.5]]


@pytest.mark.parametrize(
    ("data", "dtype", "problem"),
    [
        ([1, None], "int64", "1 nulls"), ([300], "int8", "does not fit"), ([-1], "u1", "does not"),
        ([float("nan")], int, "does not fit"), ([1e300], "i8", "does not fit"),
        ([None, "a"], "U5", "nulls"), ([None, True], bool, "nulls"), (["a"], float, "float"),
        (np.array(["5000-01-01"], "M8[us]"), "M8[ns]", "does not fit"),
        ([NOON, None], "i8", "nulls"), ([NOON.replace(tzinfo=UTC)], "M8[us]", "no zone"),
    ],
)  # fmt: skip
def test_numpy_asks_for_a_dtype_that_does_not_hold_the_values(data, dtype, problem):
    for made in (md.Series("a", data), md.DataFrame({"a": data})):
        with pytest.raises(md.errors.ArgumentError, match=problem):
            np.asarray(made, dtype=dtype)


def test_numpy_asks_for_a_dtype_that_holds_the_values():
    assert np.asarray(md.Series("a", [1.5]), dtype=int).tolist() == [1]
    assert np.asarray(md.Series("a", [1, None]), dtype="f4").tolist()[0] == 1.0
    assert np.asarray(md.Series("a", [2**63 - 1]), dtype="u8").tolist() == [2**63 - 1]
    assert np.asarray(md.Series("a", [NOON]), dtype="M8[ns]").dtype == "M8[ns]"
    assert np.asarray(md.Series("a", [NOON]), dtype="M8[D]").tolist() == [DAY]
    assert np.asarray(md.Series("a", [1]), dtype=object).tolist() == [1]


def test_arrays_do_not_share_memory_with_the_frame():
    source = np.array([1, 2])
    frame = md.DataFrame({"a": source})
    source[0] = 9
    for array in (frame["a"].to_numpy(), frame.to_numpy(), np.asarray(frame["a"])):
        array[0] = 7
    assert frame.to_dict() == {"a": [1, 2]}


def from_zone(name):
    return md.from_arrow(pa.table({"t": pa.array([0], pa.timestamp("us", tz=name))}))


def test_a_zone_of_arrow_has_one_spelling_or_is_refused():
    spelled = {"Z": "UTC", "utc": "UTC", "+0100": "+01:00", "-03": "-03:00", "-00:00": "+00:00"}
    for name, right in {**spelled, "Etc/UTC": "Etc/UTC", "Asia/Tokyo": "Asia/Tokyo"}.items():
        assert from_zone(name).schema["t"] == md.Datetime(right)
        assert from_zone(name).to_dict()["t"] == [dt.datetime(1970, 1, 1, tzinfo=UTC)]
    for name in ("Mars/Base", "asia/tokyo", "+25:00", "+01:00:30", "../UTC", "/etc/localtime"):
        with pytest.raises(md.errors.ArrowError, match="column `t`: time zone") as error:
            from_zone(name)
        assert error.value.hint


def test_an_unknown_zone_is_refused_with_the_name_that_is_meant():
    naive = md.DataFrame({"t": [NOON]})
    for name, meant in (("asia/tokyo", "Asia/Tokyo"), ("Z", "UTC"), ("utc", "UTC")):
        with pytest.raises(md.errors.ArgumentError) as error:
            naive.select(md.col("t").cast(md.Datetime(name)))
        assert error.value.hint == f"did you mean `{meant}`?"


def test_zones_work_where_python_has_no_database(monkeypatch):
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
            zoneinfo.ZoneInfo("Pacific/Chatham")
        found = from_zone("Pacific/Chatham").to_dict()["t"][0]
    finally:
        zoneinfo.reset_tzpath()
    assert found.isoformat() == "1970-01-01T12:45:00+12:45"


def test_offsets_with_seconds_survive_text():
    then = dt.datetime(1960, 1, 1, 12, tzinfo=UTC)
    frame = md.DataFrame({"t": [then]}).select(md.col("t").cast(md.Datetime("Africa/Monrovia")))
    text = frame.select(md.col("t").cast(str))
    assert text.to_dict()["t"] == ["1960-01-01T11:15:30-00:44:30"]
    assert text.select(md.col("t").cast(md.Datetime("UTC"))).to_dict()["t"] == [then]
    assert md.read_csv(frame.write_csv().encode()).to_dict()["t"] == [then]


def test_pandas_gets_nullable_integers_where_floats_would_lose_digits():
    found = md.DataFrame(
        {"a": [2**53 + 1, None], "b": [1, None], "c": [2**64 - 1, None]}
    ).to_pandas()
    assert [str(dtype) for dtype in found.dtypes] == ["Int64", "float64", "UInt64"]
    assert found["a"].tolist() == [2**53 + 1, pd.NA]
    assert md.DataFrame(found).to_dict() == {
        "a": [2**53 + 1, None], "b": [1.0, None], "c": [2**64 - 1, None],
    }  # fmt: skip


def test_far_dates_leave_as_text_or_numbers_and_are_refused_as_values_of_python():
    far = md.DataFrame({"d": np.array([-800_000, 2**31 - 1], "i4").astype("M8[D]")})
    assert far.write_csv() == "d\n-0221-09-04\n+5881580-07-11\n"
    assert "-0221-09-04" in repr(far)
    assert far["d"].to_numpy().dtype == "M8[D]"
    for convert in (far.to_dict, far.rows, far["d"].to_list, far.to_pandas):
        with pytest.raises(md.errors.ArgumentError) as error:
            convert()
        assert "filter" in error.value.hint


def test_editing_what_a_frame_returns_does_not_change_it():
    frame = md.DataFrame({"a": [1, 2], "b": [0.5, 1.5], "t": [NOON, NOON]})
    before = frame.to_dict()
    found = frame.to_pandas()
    found.loc[0, "a"] = 9
    found["b"] *= 2
    for array in (found["b"].to_numpy(), found["t"].to_numpy(), frame["b"].to_numpy()):
        if array.flags.writeable:
            array[0] = array[1]
    frame.to_dict()["a"][0] = 9
    assert frame.to_dict() == before


@pytest.mark.parametrize("data", [{"x", "y"}, frozenset([1]), bytearray(b"ab")])
def test_values_without_an_order_or_a_type_are_refused(data):
    for build in (lambda: md.Series("a", data), lambda: md.DataFrame({"a": data})):
        with pytest.raises(md.errors.ArgumentTypeError, match="values of column `a`"):
            build()


def test_text_beyond_the_range_of_a_float_is_refused():
    for text, kind in (("1e400", md.Float64), ("-1e400", md.Float64), ("1e39", md.Float32)):
        with pytest.raises(md.errors.CastError):
            values([text], kind)
        with pytest.raises(md.errors.CastError):
            md.Series("a", [text]).cast(kind)
        assert md.Series("a", [text]).cast(kind, strict=False).to_list() == [None]
    assert values(["inf", "-Infinity"], float) == [float("inf"), float("-inf")]


def test_zones_that_count_leap_seconds_are_refused():
    for name in ("right/UTC", "right/Europe/Berlin"):
        with pytest.raises(md.errors.ArgumentError, match=f"time zone: `{name}`"):
            md.Series("a", [NOON]).cast(md.Datetime(name))
        with pytest.raises(md.errors.ArrowError, match="time zone"):
            md.from_arrow(pa.table({"a": pa.array([0], pa.timestamp("us", name))}))
