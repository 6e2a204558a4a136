"""Lists of all sorts of values: each comes back as it is, or the list is refused."""
# ruff: noqa: DTZ001 - datetimes without zone on purpose

import datetime as dt
import decimal
import enum
import fractions
import math
import zoneinfo

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import mydf as md


class Level(enum.IntEnum):
    LOW = 1


class Color(str, enum.Enum):
    RED = "red"


ZONES = st.sampled_from([
    dt.timezone.utc, zoneinfo.ZoneInfo("Europe/Berlin"), dt.timezone(dt.timedelta(minutes=-90)),
    dt.timezone(dt.timedelta(seconds=30)), zoneinfo.ZoneInfo("Africa/Monrovia"),
])  # fmt: skip
INTS = st.one_of(st.integers(-5, 5), st.integers(-(2**63), 2**64), st.integers())
NUMPY = st.one_of(
    st.sampled_from([np.int8, np.uint16, np.int64]).flatmap(
        lambda kind: st.integers(0, 100).map(kind)
    ),
    st.integers(2**63, 2**64 - 1).map(np.uint64),
    st.floats(width=16).map(np.float16), st.floats(width=32).map(np.float32),
    st.floats().map(np.float64), st.booleans().map(np.bool_), st.text().map(np.str_),
    st.floats(-1, 1).map(np.longdouble),
    st.integers(0, 9).map(lambda i: np.timedelta64(i * 500, "ns")),
)  # fmt: skip
MOMENTS = st.one_of(
    st.datetimes(), st.datetimes(dt.datetime(1850, 1, 1), dt.datetime(2200, 1, 1), timezones=ZONES),
    st.datetimes().map(lambda t: np.datetime64(t, "us")), st.dates().map(np.datetime64),
    st.timedeltas(), st.timedeltas(dt.timedelta(-9), dt.timedelta(9)),
    st.dates(), st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)).map(pd.Timestamp),
)  # fmt: skip
MISSING = st.sampled_from([None, pd.NA, pd.NaT, np.datetime64("NaT"), np.ma.masked])
OTHERS = st.sampled_from([
    decimal.Decimal("0.1"), fractions.Fraction(1, 3), b"a", dt.time(1), dt.timedelta(1), 1j, [1],
    (1,), {}, object(), "\ud800", np.array([1]), np.array(1), Level.LOW, Color.RED, Ellipsis,
])  # fmt: skip
# Most lists are of one sort, and some of a few.
SORTS = [INTS, st.floats(), st.booleans(), st.text(max_size=3), NUMPY, MOMENTS, MISSING, OTHERS]
LISTS = st.one_of(
    *(st.lists(st.one_of(sort, MISSING), max_size=6) for sort in SORTS),
    st.lists(st.one_of(*SORTS), max_size=4),
    st.lists(st.one_of(INTS, st.floats(), NUMPY), max_size=4),
)


def missing(value):
    return any(value is each for each in (None, pd.NA, pd.NaT, np.ma.masked)) or (
        isinstance(value, np.datetime64) and np.isnat(value)
    )


def same(given, found):
    if missing(given):
        return found is None
    if isinstance(given, np.timedelta64):
        given = given.astype("m8[us]")
    if isinstance(given, (np.datetime64, np.timedelta64)):
        given = given.item()
    if isinstance(given, dt.datetime):
        given = given.to_pydatetime() if isinstance(given, pd.Timestamp) else given
        return found == given and found.utcoffset() == given.utcoffset()
    if isinstance(given, np.ndarray) and given.ndim == 1:
        given = given.tolist()
    if isinstance(given, (list, tuple)):
        return len(found) == len(given) and all(map(same, given, found))
    if isinstance(given, (np.generic, np.ndarray)):
        given = given.item()
    if isinstance(given, (bool, str, dt.date)):
        return type(found) is not int and found == given
    return found == given or (math.isnan(given) and math.isnan(found))


@given(LISTS)
def test_values_come_back_as_they_are_or_are_refused(values):
    try:
        found = md.Series("a", values)
    except md.errors.MixedTypeError as error:
        refused = error.row
    else:
        assert all(same(*each) for each in zip(values, found.to_list(), strict=True))
        return
    assert 0 <= refused < len(values)
    # Values of one sort that mydf has are never refused.
    kinds = {type(value) for value in values if not missing(value)}
    if kinds <= {str, float} or kinds <= {dt.date}:
        assert len(kinds) > 1 or "\ud800" in values


@given(LISTS)
def test_rows_arrays_of_objects_and_columns_agree(values):
    def outcome(make):
        try:
            return make().to_dict()
        except md.errors.MydfError as error:
            return str(error)

    objects = np.empty(len(values), object)
    objects[:] = values
    column = outcome(lambda: md.DataFrame({"a": values}))
    for other in (
        lambda: md.DataFrame({"a": objects}),
        lambda: md.DataFrame({"a": iter(values)}),
        lambda: md.DataFrame({"a": tuple(values)}),
        lambda: md.DataFrame(
            [{"a": value} for value in values], schema={} if values else {"a": md.Null}
        ),
    ):
        assert repr(outcome(other)) == repr(column)
