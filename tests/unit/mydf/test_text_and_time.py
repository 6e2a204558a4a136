"""Functions of text and of time: rules, wrong arguments, and errors with the value and its row."""

import datetime as dt
import zoneinfo

import pytest

import mydf
from mydf import col
from mydf.errors import ArgumentError, ArgumentTypeError, CastError, DTypeError

BERLIN = "Europe/Berlin"
FRAME = mydf.DataFrame(
    {
        "s": ["31.05.2024", "31.06.2024", None], "d": [dt.date(2024, 1, 31), None, None],
        "t": [dt.datetime(2024, 3, 31, 2, 30), dt.datetime(2024, 10, 27, 2, 30), None],  # noqa: DTZ001
        "i": [1, 2, 3], "n": [None, None, None],
    }
)  # fmt: skip


def values(expr):
    return next(iter(FRAME.select(expr).to_dict().values()))


def test_dtypes():
    expected = {
        "extract": (col("s").str.extract("(.)"), mydf.String),
        "find": (col("n").str.find("a"), mydf.Int64),
        "date": (col("n").str.to_date("%F"), mydf.Date),
        "zoned": (col("n").str.to_datetime("%F %T%z"), mydf.Datetime("UTC")),
        "naive": (col("n").str.to_datetime("%F %T"), mydf.Datetime()),
        "truncate": (col("d").dt.truncate("1mo"), mydf.Date),
        "converted": (
            col("t").dt.replace_time_zone("UTC").dt.convert_time_zone(BERLIN),
            mydf.Datetime(BERLIN),
        ),
        "nulls": (col("n").dt.strftime("%F"), mydf.String),
        "quarter": (col("d").dt.quarter(), mydf.Int32),
    }
    found = FRAME.select(**{name: expr for name, (expr, _) in expected.items()}).schema
    assert found == {name: dtype for name, (_, dtype) in expected.items()}


@pytest.mark.parametrize("rows", [3, 300_000])
def test_a_text_that_can_not_be_read_is_an_error_with_its_row(rows):
    frame = mydf.DataFrame({"s": ["31.05.2024"] * (rows - 1) + ["31.06.2024"]})
    with pytest.raises(CastError) as caught:
        frame.select(col("s").str.to_date("%d.%m.%Y"))
    error = caught.value
    assert error.fact == (
        f"text of `s`: `31.06.2024` at row {rows - 1} is not a date in the format `%d.%m.%Y`"
    )
    assert error.hint == "`strict=False` makes such texts null"
    assert (error.what, error.value, error.row) == ("s", "31.06.2024", rows - 1)
    found = frame.select(col("s").str.to_date("%d.%m.%Y", strict=False)).to_dict()["s"]
    assert found[-2:] == [dt.date(2024, 5, 31), None]


def test_reading():
    assert values(col("s").str.to_date("%d.%m.%Y", strict=False)) == [
        dt.date(2024, 5, 31), None, None,
    ]  # fmt: skip
    read = mydf.Series("a", ["2024-05-31 12:00+0200"]).str.to_datetime("%Y-%m-%d %H:%M%z")
    assert read.to_list() == [dt.datetime(2024, 5, 31, 10, tzinfo=dt.timezone.utc)]
    with pytest.raises(CastError, match="not a date in the format"):
        mydf.Series("a", ["2024-05-31 12:00"]).str.to_date("%F %H:%M")
    with pytest.raises(CastError, match="not an integer in base 2"):
        mydf.Series("a", ["10", "12"]).str.to_integer(2)


def test_clock_changes_have_a_rule():
    there = col("t").dt
    with pytest.raises(ArgumentError) as caught:
        FRAME.select(there.replace_time_zone(BERLIN))
    assert "row 0 leads to a wall-clock time that the clock skips" in caught.value.fact
    with pytest.raises(ArgumentError) as caught:
        FRAME.select(there.replace_time_zone(BERLIN, non_existent="null"))
    assert "row 1 is a wall-clock time that the clock shows twice" in caught.value.fact
    assert "earliest" in caught.value.hint
    zone = zoneinfo.ZoneInfo(BERLIN)
    late = values(there.replace_time_zone(BERLIN, ambiguous="latest", non_existent="null"))
    assert late == [None, dt.datetime(2024, 10, 27, 2, 30, tzinfo=zone, fold=1), None]
    assert late[1].utcoffset() == dt.timedelta(hours=1)
    moved = mydf.Series("a", [dt.datetime(2024, 3, 30, 2, 30, tzinfo=zone)])
    with pytest.raises(ArgumentError, match="clock skips"):
        moved.dt.offset_by("1d")
    assert moved.dt.offset_by("24h").dt.strftime("%H:%M%z").to_list() == ["03:30+0200"]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: col("i").str.slice(0), DTypeError),
        (col("i").dt.week, DTypeError),
        (lambda: col("s").dt.truncate("1d"), DTypeError),
        (lambda: col("d").dt.truncate("1h"), DTypeError),
        (lambda: col("d").dt.offset_by("1h"), DTypeError),
        (lambda: col("d").dt.convert_time_zone("UTC"), DTypeError),
        (lambda: col("t").dt.convert_time_zone("UTC"), ArgumentError),
        (lambda: col("t").dt.replace_time_zone("Mars"), ArgumentError),
        (lambda: col("d").dt.offset_by("9999999999d"), ArgumentError),
        (lambda: col("s").str.extract("("), ArgumentError),
        (lambda: col("s").str.extract("(a)", 2), ArgumentError),
        (lambda: col("s").str.replace("(", ""), ArgumentError),
    ],
)
def test_wrong_dtypes_and_values(make, error):
    with pytest.raises(error):
        FRAME.select(make())


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: col("s").str.extract("a", -1), ArgumentError),
        (lambda: col("s").str.replace("(a)", r"\1"), ArgumentError),
        (lambda: col("s").str.replace("a", None), ArgumentTypeError),
        (lambda: col("s").str.slice(0, -1), ArgumentError),
        (lambda: col("s").str.slice("a"), ArgumentTypeError),
        (lambda: col("s").str.split_part("", 0), ArgumentError),
        (lambda: col("s").str.split_part("a", 2**40), ArgumentError),
        (lambda: col("s").str.pad_start(3, "ab"), ArgumentError),
        (lambda: col("s").str.pad_end(3, ""), ArgumentError),
        (lambda: col("s").str.zfill(-1), ArgumentError),
        (lambda: col("s").str.to_integer(1), ArgumentError),
        (lambda: col("s").str.to_date("%H"), ArgumentError),
        (lambda: col("s").str.to_date("%K"), ArgumentError),
        (lambda: col("s").str.to_datetime("date"), ArgumentError),
        (lambda: col("s").str.strip_chars(1), ArgumentTypeError),
        (lambda: col("t").dt.truncate("1 hour"), ArgumentError),
        (lambda: col("t").dt.truncate("0h"), ArgumentError),
        (lambda: col("t").dt.truncate("-1h"), ArgumentError),
        (lambda: col("t").dt.offset_by(""), ArgumentError),
        (lambda: col("t").dt.offset_by(3), ArgumentTypeError),
        (lambda: col("t").dt.strftime("%"), ArgumentError),
        (lambda: col("t").dt.replace_time_zone("UTC", ambiguous="first"), ArgumentError),
        (lambda: col("t").dt.replace_time_zone("UTC", non_existent="shift"), ArgumentError),
    ],
)
def test_wrong_arguments(make, error):
    with pytest.raises(error) as caught:
        make()
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        'col("s").str.extract("(a)", 1)', 'col("s").str.replace("a", "b", literal=True)',
        'col("s").str.slice(-3, 2)', 'col("s").str.slice(1)', 'col("s").str.pad_end(3, "x")',
        'col("s").str.strip_chars("ab")', 'col("s").str.strip_chars_start()',
        'col("s").str.to_date("%d.%m.%Y", strict=False)', 'col("s").str.to_integer(16)',
        'col("t").dt.truncate("1h")', 'col("t").dt.replace_time_zone(None)',
        'col("t").dt.replace_time_zone("UTC", ambiguous="latest", non_existent="null")',
        'col("t").dt.month_end()', 'col("s").str.split_part("-", -1)',
        'col("s").str.count_matches("a")', 'col("s").str.to_titlecase()',
    ],
)  # fmt: skip
def test_the_text_makes_the_expression_again(text):
    assert repr(eval(text, {"col": col})) == text
