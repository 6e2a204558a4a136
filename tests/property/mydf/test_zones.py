"""Every time zone against Python's `zoneinfo`: wall-clock time, text and back."""
# ruff: noqa: DTZ001 - datetimes without zone on purpose

import datetime as dt
import zoneinfo

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

import mydf as md

UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
NAMES = sorted(zoneinfo.available_timezones())
YEARS = st.datetimes(dt.datetime(1800, 1, 1), dt.datetime(2300, 1, 1), timezones=st.just(UTC))
FAR = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=st.just(UTC))


def micros(moment):
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def frame(values, zone):
    return md.DataFrame({"t": values}).select(md.col("t").cast(md.Datetime(zone)))


def parts(made):
    t = md.col("t").dt
    return made.select(
        y=t.year(), mo=t.month(), d=t.day(), h=t.hour(), mi=t.minute(), s=t.second(),
        w=t.weekday(), date=t.date(), text=md.col("t").cast(str),
    ).rows()  # fmt: skip


def expected(moment):
    iso = moment.isoformat(timespec="milliseconds" if moment.microsecond % 1000 == 0 else "auto")
    if moment.microsecond == 0:
        iso = moment.isoformat()
    return (
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second,
        moment.isoweekday(), moment.date(), iso,
    )  # fmt: skip


def changes(zone, moment):
    """The moments around the changes of a zone's clock in the year after a moment."""
    step = dt.timedelta(days=11)
    for number in range(34):
        low, high = moment + number * step, moment + (number + 1) * step
        offset = low.astimezone(zone).utcoffset()
        if high.astimezone(zone).utcoffset() == offset:
            continue
        while high - low > dt.timedelta(seconds=1):
            middle = low + (high - low) / 2
            if middle.astimezone(zone).utcoffset() == offset:
                low = middle
            else:
                high = middle
        near = high.replace(microsecond=0)
        yield from (near + dt.timedelta(seconds=s) for s in (-3600, -1800, -1, 0, 1, 1799, 3600))


@settings(max_examples=150)
@given(st.sampled_from(NAMES), st.one_of(YEARS, FAR))
@example("Europe/Berlin", dt.datetime(2150, 1, 1, tzinfo=UTC))
@example("Africa/Monrovia", dt.datetime(1960, 1, 1, tzinfo=UTC))
@example("Africa/Casablanca", dt.datetime(2087, 1, 1, tzinfo=UTC))
@example("Pacific/Apia", dt.datetime(2011, 6, 1, tzinfo=UTC))
@example("Australia/Lord_Howe", dt.datetime(2499, 6, 1, tzinfo=UTC))
@example("America/Santiago", dt.datetime(2599, 6, 1, tzinfo=UTC))
@example("Antarctica/Troll", dt.datetime(9997, 1, 1, tzinfo=UTC))
def test_wall_clock_time_and_text_are_those_of_python(name, moment):
    zone = zoneinfo.ZoneInfo(name)
    moments = [moment, *changes(zone, moment)]
    local = [each.astimezone(zone) for each in moments]
    made = frame(moments, name)
    assert parts(made) == [expected(each) for each in local]
    assert made.to_dict()["t"] == local
    assert [each.utcoffset() for each in made["t"].to_list()] == [e.utcoffset() for e in local]
    back = made.select(md.col("t").cast(str).cast(md.Datetime(name)).cast(int))
    assert back.to_dict()["t"] == [micros(each) for each in moments]
    assert md.DataFrame({"t": local}).equals(made)


@settings(max_examples=100)
@given(st.sampled_from(NAMES), YEARS)
def test_a_wall_clock_time_that_is_skipped_or_repeated_has_no_instant(name, moment):
    zone = zoneinfo.ZoneInfo(name)
    naive = [
        each.astimezone(zone).replace(tzinfo=None) + dt.timedelta(minutes=shift)
        for each in (moment, *changes(zone, moment))
        for shift in (0, 30)
    ]
    found = md.DataFrame({"t": naive}).select(
        md.col("t").cast(md.Datetime(name), strict=False).cast(int)
    )
    for value, instant in zip(naive, found.to_dict()["t"], strict=True):
        first, second = (value.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        once = first.utcoffset() == second.utcoffset()
        assert instant == (micros(first.astimezone(UTC)) if once else None)


ERA = 146_097 * 86_400 * SECOND


@settings(max_examples=100)
@given(st.sampled_from(NAMES), st.integers(ERA, 2**63 - 1 - 86_400 * SECOND))
def test_the_last_rule_repeats_every_400_years_without_end(name, instant):
    # The same time of the calendar in a year that Python has.
    same = instant % ERA + 3 * ERA
    found = (
        frame([instant, same], "UTC")
        .select(md.col("t").cast(md.Datetime(name)))
        .select(md.col("t").dt.hour(), m=md.col("t").dt.minute())
    )
    local = (EPOCH + dt.timedelta(microseconds=same)).astimezone(zoneinfo.ZoneInfo(name))
    assert found.rows() == [(local.hour, local.minute)] * 2


def read(arrow):
    """The integers of the column `a`, or the error that refuses it."""
    try:
        return md.from_arrow(pa.table({"a": arrow}))["a"].cast(int).to_list()
    except md.errors.ArrowError as error:
        return error.fact


UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(list(UNITS)), st.sampled_from(NAMES))
@example(-1, "ns", "UTC")
@example(-(2**63), "ns", "UTC")
@example(2**53, "s", "UTC")
def test_arrow_timestamps_are_rounded_down_or_refused(value, unit, zone):
    since = value * SECOND // UNITS[unit]
    for arrow in (pa.timestamp(unit), pa.timestamp(unit, tz=zone)):
        array = pa.array([None, value], arrow)
        for data in (array, pa.chunked_array([array]), array.dictionary_encode()):
            if -(2**63) <= since < 2**63:
                assert read(data) == [None, since]
            else:
                assert "column `a`: row 1: " in read(data)


@given(st.integers(-(2**63), 2**63 - 1))
@example(-1)
@example(-86_400_001)
def test_arrow_dates_of_milliseconds_are_rounded_down_or_refused(value):
    array = pa.array(np.array([value], "i8"), pa.int64()).view(pa.date64())
    days = value // 86_400_000
    if -(2**31) <= days < 2**31:
        assert read(array) == [days]
    else:
        assert "column `a`: row 0: " in read(array)


@given(st.datetimes(), st.integers(0, 999))
def test_every_door_rounds_nanoseconds_down(moment, nanos):
    import pandas as pd

    if not 1700 < moment.year < 2200:
        return
    raw = (micros(moment.replace(tzinfo=UTC))) * 1000 + nanos
    scalar = np.datetime64(raw, "ns")
    texts = [f"{moment.isoformat(timespec='microseconds')}{nanos:03}"]
    doors = (
        md.Series("t", [scalar]),
        md.Series("t", np.array([scalar])),
        md.Series("t", [pd.Timestamp(raw)]),
        md.Series("t", pd.Series([pd.Timestamp(raw)])),
        md.Series("t", pa.array([raw], pa.timestamp("ns"))),
        md.Series("t", texts).cast(md.Datetime),
        md.Series("t", np.array([texts[0]], object)).cast(md.Datetime),
    )
    for found in doors:
        assert found.to_list() == [moment]
