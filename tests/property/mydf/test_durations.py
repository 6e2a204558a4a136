"""Durations against Python's timedelta and against polars."""

import datetime as dt

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import mydf as md

SPANS = st.timedeltas(dt.timedelta(-9999), dt.timedelta(9999))
MOMENTS = st.datetimes(dt.datetime(1800, 1, 1), dt.datetime(2200, 1, 1))  # noqa: DTZ001
ROWS = st.lists(
    st.tuples(
        st.none() | MOMENTS, st.none() | MOMENTS, st.none() | SPANS, st.none() | SPANS,
        st.none() | st.integers(-99, 99), st.integers(0, 2),
    ),
    max_size=12,
)  # fmt: skip
NAMES = {
    "t": (md.Datetime, pl.Datetime("us")), "u": (md.Datetime, pl.Datetime("us")),
    "d": (md.Duration, pl.Duration("us")), "e": (md.Duration, pl.Duration("us")),
    "n": (md.Int64, pl.Int64), "g": (md.Int64, pl.Int64),
}  # fmt: skip


def frames(rows):
    columns = dict(zip(NAMES, zip(*rows, strict=True) if rows else [[]] * 6, strict=True))
    ours = md.DataFrame(
        {name: list(values) for name, values in columns.items()},
        schema={name: ours for name, (ours, _) in NAMES.items()},
    )
    return ours, pl.DataFrame(columns, schema={name: it for name, (_, it) in NAMES.items()})


@given(ROWS)
def test_arithmetic_equals_polars(rows):
    mine, other = frames(rows)
    for make in (
        lambda c: c("t") - c("u"),
        lambda c: c("t") + c("d"),
        lambda c: c("t") - c("d"),
        lambda c: c("d") + c("e"),
        lambda c: c("d") - c("e"),
        lambda c: c("d") * c("n"),
        lambda c: -c("d"),
        lambda c: c("d").abs(),
        lambda c: c("d") > c("e"),
        lambda c: c("d").shift(1),
        lambda c: c("t").diff(),
        lambda c: c("d").cum_sum(),
        lambda c: c("d").cum_max(),
        lambda c: c("d").dt.total_days(),
        lambda c: c("d").dt.total_minutes(),
        lambda c: c("d").dt.total_milliseconds(),
        lambda c: c("d").sum().over("g"),
        lambda c: c("d").max().over("g"),
        lambda c: c("d").rank("dense"),
    ):
        found = mine.select(x=make(md.col))["x"].to_list()
        assert found == other.select(x=make(pl.col))["x"].to_list()


@given(ROWS)
def test_groups_equal_polars(rows):
    mine, other = frames(rows)
    mine = mine.group_by("g").agg(s=md.col("d").sum(), x=md.col("d").min()).sort("g").rows()
    other = other.group_by("g").agg(s=pl.col("d").sum(), x=pl.col("d").min()).sort("g").rows()
    assert mine == other


@given(ROWS)
def test_quotients_and_means_equal_python(rows):
    mine, _ = frames(rows)
    pairs = [(row[2], row[4]) for row in rows]
    expected = [a / n if a is not None and n else None for a, n in pairs]
    assert mine.select(x=md.col("d") / md.col("n"))["x"].to_list() == expected
    expected = [a // n if a is not None and n else None for a, n in pairs]
    assert mine.select(x=md.col("d") // md.col("n"))["x"].to_list() == expected
    expected = [a * 0.3 if a is not None else None for a, _ in pairs]
    found = mine.select(x=md.col("d") * 0.3)["x"].to_list()
    assert all((a is None) == (b is None) for a, b in zip(found, expected, strict=True))
    known = zip(found, expected, strict=True)
    assert all(a is None or abs(a - b) <= dt.timedelta(microseconds=1) for a, b in known)
    spans = [row[2] for row in rows if row[2] is not None]
    mean = sum(spans, dt.timedelta()) // len(spans) if spans else None
    assert mine["d"].mean() == mean


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=9), st.sampled_from(["s", "ms", "ns", "h"])
)
def test_arrays_come_in_exactly_or_not_at_all(numbers, unit):
    factor = {"s": 10**6, "ms": 1000, "h": 3_600 * 10**6, "ns": None}[unit]
    array = np.array(numbers, f"m8[{unit}]")

    def micros(number):
        if number == -(2**63):
            return None
        return divmod(number, 1000) if factor is None else (number * factor, 0)

    made = [micros(number) for number in numbers]
    fits = all(each is None or (each[1] == 0 and -(2**63) < each[0] < 2**63) for each in made)
    try:
        found = md.Series("a", array).cast(md.Int64).to_list()
    except md.errors.CastError:
        assert not fits
    else:
        assert fits
        assert found == [None if each is None else each[0] for each in made]
