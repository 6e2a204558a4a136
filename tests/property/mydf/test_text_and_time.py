"""Functions of text and of time against Python's own and against polars."""

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

import mydf as md

TEXTS = st.lists(st.none() | st.text("aB-ßé1 ", max_size=8), max_size=12)
ZONE = "Europe/Berlin"
MOMENTS = st.lists(
    st.none() | st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2037, 1, 1)),  # noqa: DTZ001
    max_size=12,
)
DAYS = st.lists(st.none() | st.dates(dt.date(1, 2, 1), dt.date(9998, 1, 1)), max_size=12)


def ours(values, dtype, expr):
    return md.Series("a", values, dtype=dtype).to_frame().select(expr).to_dict()["a"]


def theirs(values, dtype, expr):
    return pl.DataFrame({"a": values}, schema={"a": dtype}).select(expr)["a"].to_list()


def mapped(function, values):
    return [None if value is None else function(value) for value in values]


def check(values, mine, other, make):
    assert ours(values, mine, make(md.col("a"))) == theirs(values, other, make(pl.col("a")))


@given(TEXTS, st.integers(-9, 9), st.none() | st.integers(0, 9))
def test_parts_of_text(texts, offset, length):
    for make in (
        lambda a: a.str.slice(offset, length),
        lambda a: a.str.head(abs(offset)),
        lambda a: a.str.tail(abs(offset)),
        lambda a: a.str.strip_chars("a-"),
        lambda a: a.str.strip_chars_start("a-"),
        lambda a: a.str.strip_chars_end(),
        lambda a: a.str.strip_prefix("a"),
        lambda a: a.str.strip_suffix("ß"),
        lambda a: a.str.zfill(abs(offset)),
        lambda a: a.str.pad_start(abs(offset), "é"),
        lambda a: a.str.pad_end(abs(offset)),
    ):
        check(texts, md.String, pl.String, make)
    reversed_texts = mapped(lambda text: text[::-1], texts)
    assert ours(texts, md.String, md.col("a").str.reverse()) == reversed_texts


@given(TEXTS)
def test_patterns(texts):
    for make in (
        lambda a: a.str.extract("([a-z]+)-", 1),
        lambda a: a.str.extract("[0-9]", 0),
        lambda a: a.str.replace("([aB])1", "${1}x"),
        lambda a: a.str.replace_all("[a-z]", "<$0>"),
        lambda a: a.str.replace_all("-", "$1", literal=True),
        lambda a: a.str.count_matches("a+"),
        lambda a: a.str.count_matches("a-", literal=True),
    ):
        check(texts, md.String, pl.String, make)
    places = mapped(lambda text: text.find("B") if "B" in text else None, texts)
    assert ours(texts, md.String, md.col("a").str.find("B", literal=True)) == places


@given(TEXTS, st.integers(-4, 4))
def test_split_part(texts, place):
    def part(text):
        parts = text.split("-")
        return parts[place] if -len(parts) <= place < len(parts) else None

    assert ours(texts, md.String, md.col("a").str.split_part("-", place)) == mapped(part, texts)


@given(DAYS)
def test_parts_of_days(days):
    for make in (
        lambda a: a.dt.quarter(), lambda a: a.dt.ordinal_day(), lambda a: a.dt.week(),
        lambda a: a.dt.iso_year(), lambda a: a.dt.month_start(), lambda a: a.dt.month_end(),
        lambda a: a.dt.truncate("1w"), lambda a: a.dt.truncate("1mo"),
        lambda a: a.dt.truncate("1q"), lambda a: a.dt.truncate("1y"),
        lambda a: a.dt.offset_by("1mo"), lambda a: a.dt.offset_by("-3d"),
        lambda a: a.dt.offset_by("1w1d"),
    ):  # fmt: skip
        check(days, md.Date, pl.Date, make)
    written = mapped(lambda day: f"{day.year:04}{day:-%m-%d %j %a %B}", days)
    assert ours(days, md.Date, md.col("a").dt.strftime("%Y-%m-%d %j %a %B")) == written


@given(MOMENTS)
def test_parts_of_moments(moments):
    for make in (
        lambda a: a.dt.truncate("15m"), lambda a: a.dt.truncate("6h"),
        lambda a: a.dt.truncate("1d"), lambda a: a.dt.truncate("1mo"),
        lambda a: a.dt.offset_by("1mo2h"), lambda a: a.dt.month_end(),
        lambda a: a.dt.microsecond(), lambda a: a.dt.millisecond(), lambda a: a.dt.week(),
        lambda a: a.dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE),
        lambda a: a.dt.replace_time_zone(ZONE, ambiguous="earliest", non_existent="null"),
        lambda a: a.dt.replace_time_zone(ZONE, ambiguous="latest", non_existent="null"),
        lambda a: a.dt.replace_time_zone(ZONE, ambiguous="null", non_existent="null"),
        lambda a: a.dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE).dt.truncate("1d"),
        lambda a: a.dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE).dt.truncate("1h"),
    ):  # fmt: skip
        check(moments, md.Datetime(), pl.Datetime("us"), make)


@given(MOMENTS)
@settings(max_examples=50)
def test_what_is_written_is_read(moments):
    text = "%d.%m.%Y %H:%M:%S.%f"
    written = ours(moments, md.Datetime(), md.col("a").dt.strftime(text))
    assert written == mapped(lambda moment: moment.strftime(text), moments)
    assert ours(written, md.String, md.col("a").str.to_datetime(text)) == moments


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=9), st.integers(2, 36))
def test_integers_in_any_base(values, base):
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"

    def written(value):
        text, rest = "", abs(value)
        while rest or not text:
            text, rest = digits[rest % base] + text, rest // base
        return f" {'-' if value < 0 else ''}{text}"

    texts = mapped(written, values)
    assert ours(texts, md.String, md.col("a").str.to_integer(base)) == values
