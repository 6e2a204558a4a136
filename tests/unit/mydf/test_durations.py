"""Durations: arithmetic, aggregations, conversions, files, and what is refused."""

import datetime as dt
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import mydf
from mydf import col, lit
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    ArrowError,
    CastError,
    DTypeError,
    IntegerOverflowError,
    MixedTypeError,
    MydfError,
    UnsupportedTypeError,
)

TD = dt.timedelta
DAYS = [dt.date(2024, 2, 28), dt.date(2024, 3, 2), None]
TIMES = [dt.datetime(2024, 2, 28, 6), dt.datetime(1960, 1, 1), None]  # noqa: DTZ001
SPANS = [TD(days=1, hours=2, microseconds=7), TD(seconds=-90), None]
FRAME = mydf.DataFrame(
    {"day": DAYS, "time": TIMES, "span": SPANS, "n": [3, -2, 5], "x": [0.5, -1.5, None]}
)
LARGEST = TD(microseconds=2**63 - 1)


def values(expr, frame=FRAME):
    return next(iter(frame.select(expr).to_dict().values()))


def dtype(expr):
    return next(iter(FRAME.select(expr).schema.values()))


def each(function, *columns):
    return [None if None in row else function(*row) for row in zip(*columns, strict=True)]


def test_a_duration_comes_in_and_goes_out_as_a_timedelta():
    series = mydf.Series("a", SPANS)
    assert series.dtype == mydf.Duration
    assert series.dtype.is_temporal
    assert series.to_list() == SPANS
    assert mydf.Series("a", SPANS, dtype=TD).to_list() == SPANS
    assert pickle.loads(pickle.dumps(series)).to_list() == SPANS
    assert pickle.loads(pickle.dumps(mydf.Duration)) is mydf.Duration


def test_a_table_shows_units():
    text = str(FRAME.select("span"))
    assert "Duration" in text or "duration" in text
    assert "1d 2h 7µs" in text
    assert "-1m -30s" in text


@pytest.mark.parametrize(
    ("expr", "expected", "wanted"),
    [
        (col("time") - col("time").min(), each(lambda a: a - TIMES[1], TIMES), "Duration"),
        (col("time") - dt.datetime(2024, 1, 1), None, "Duration"),  # noqa: DTZ001
        (col("day") - dt.date(2024, 2, 27), [TD(1), TD(4), None], "Duration"),
        (col("day") - "2024-02-27", [TD(1), TD(4), None], "Duration"),
        (col("time") - col("day"), [TD(hours=6), TIMES[1] - dt.datetime(2024, 3, 2), None], "Duration"),  # noqa: DTZ001, E501
        (col("time") + col("span"), each(lambda a, b: a + b, TIMES, SPANS), "Datetime"),
        (col("span") + col("time"), each(lambda a, b: a + b, TIMES, SPANS), "Datetime"),
        (col("time") - col("span"), each(lambda a, b: a - b, TIMES, SPANS), "Datetime"),
        (col("day") + TD(2), [dt.date(2024, 3, 1), dt.date(2024, 3, 4), None], "Date"),
        (TD(2) + col("day"), [dt.date(2024, 3, 1), dt.date(2024, 3, 4), None], "Date"),
        (col("day") - TD(days=-2), [dt.date(2024, 3, 1), dt.date(2024, 3, 4), None], "Date"),
        (col("span") + TD(1), each(lambda a: a + TD(1), SPANS), "Duration"),
        (col("span") - col("span"), [TD(0), TD(0), None], "Duration"),
        (col("span") * col("n"), each(lambda a, b: a * b, SPANS, [3, -2, 5]), "Duration"),
        (col("x") * col("span"), each(lambda a, b: a * b, SPANS, [0.5, -1.5, None]), "Duration"),
        (col("span") / 2, each(lambda a: a / 2, SPANS), "Duration"),
        (col("span") / -2, each(lambda a: a / -2, SPANS), "Duration"),
        (col("span") / 0.5, each(lambda a: a / 0.5, SPANS), "Duration"),
        (col("span") / 0, [None, None, None], "Duration"),
        (col("span") / 0.0, [None, None, None], "Duration"),
        (col("span") // 2, each(lambda a: a // 2, SPANS), "Duration"),
        (col("span") / TD(minutes=1), each(lambda a: a / TD(minutes=1), SPANS), "Float64"),
        (col("span") // TD(minutes=1), each(lambda a: a // TD(minutes=1), SPANS), "Int64"),
        (col("span") % TD(minutes=1), each(lambda a: a % TD(minutes=1), SPANS), "Duration"),
        (-col("span"), each(lambda a: -a, SPANS), "Duration"),
        (col("span").abs(), each(abs, SPANS), "Duration"),
        (col("span") + None, [None] * 3, "Duration"),
        (col("time") - lit(None), [None] * 3, "Datetime"),
        (col("span") > TD(0), [True, False, None], "Bool"),
        (col("span") == TD(seconds=-90), [False, True, None], "Bool"),
        (col("span").is_in([TD(seconds=-90), None]), [None, True, None], "Bool"),
        (col("span").is_between(TD(-1), TD(1)), [False, True, None], "Bool"),
        (col("span").clip(TD(0), TD(1)), [TD(1), TD(0), None], "Duration"),
        (col("span").fill_null(TD(0)), [*SPANS[:2], TD(0)], "Duration"),
        (mydf.when(col("n") > 0).then(col("span")).otherwise(TD(5)), [SPANS[0], TD(5), None], "Duration"),  # noqa: E501
        (mydf.max_horizontal("span", lit(TD(0))), [SPANS[0], TD(0), TD(0)], "Duration"),
        (mydf.sum_horizontal("span", "span"), [SPANS[0] * 2, SPANS[1] * 2, TD(0)], "Duration"),
        (mydf.coalesce("span", lit(TD(3))), [*SPANS[:2], TD(3)], "Duration"),
        (col("span").shift(1), [None, *SPANS[:2]], "Duration"),
        (col("time").diff(), [None, TIMES[1] - TIMES[0], None], "Duration"),
        (col("day").diff(), [None, TD(3), None], "Duration"),
        (col("span").diff(), [None, SPANS[1] - SPANS[0], None], "Duration"),
        (col("span").cum_sum(), [SPANS[0], SPANS[0] + SPANS[1], None], "Duration"),
        (col("span").cum_max(), [SPANS[0], SPANS[0], None], "Duration"),
        (col("span").rolling_sum(2), [None, SPANS[0] + SPANS[1], None], "Duration"),
        (col("span").rolling_min(2, min_samples=1), [SPANS[0], SPANS[1], SPANS[1]], "Duration"),
        (col("span").rank(), [2.0, 1.0, None], "Float64"),
        (col("span").sort(), [None, SPANS[1], SPANS[0]], "Duration"),
        (col("span").forward_fill(), [*SPANS[:2], SPANS[1]], "Duration"),
        (col("span").sum().over(col("n") > 0), [SPANS[0], SPANS[1], SPANS[0]], "Duration"),
        (col("span").dt.total_days(), [1, 0, None], "Int64"),
        (col("span").dt.total_hours(), [26, 0, None], "Int64"),
        (col("span").dt.total_minutes(), [1560, -1, None], "Int64"),
        (col("span").dt.total_seconds(), [93600, -90, None], "Int64"),
        (col("span").dt.total_milliseconds(), [93600000, -90000, None], "Int64"),
        (col("span").dt.total_microseconds(), [93600000007, -90000000, None], "Int64"),
        (mydf.duration(days=col("n"), hours=-1), [TD(days=n, hours=-1) for n in (3, -2, 5)], "Duration"),  # noqa: E501
        (mydf.duration(hours="x"), [TD(hours=0.5), TD(hours=-1.5), None], "Duration"),
        (mydf.duration(), [TD(0)], "Duration"),
        (col("span").cast(mydf.Int64), [93600000007, -90000000, None], "Int64"),
        (col("n").cast(mydf.Duration), [TD(microseconds=n) for n in (3, -2, 5)], "Duration"),
        (col("span").cast(mydf.String), ["P1DT2H0.000007S", "-PT1M30S", None], "String"),
        (lit("PT1H").cast(mydf.Duration), [TD(hours=1)], "Duration"),
    ],
)  # fmt: skip
def test_expressions(expr, expected, wanted):
    assert str(dtype(expr)) == wanted
    if expected is not None:
        assert values(expr) == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (col("span").sum(), SPANS[0] + SPANS[1]),
        (col("span").mean(), (SPANS[0] + SPANS[1]) // 2),
        (col("span").min(), SPANS[1]),
        (col("span").max(), SPANS[0]),
        (col("span").n_unique(), 3),
        (col("span").first(), SPANS[0]),
        (col("day").mean(), dt.datetime(2024, 2, 29, 12)),  # noqa: DTZ001
        (col("time").mean(), TIMES[1] + (TIMES[0] - TIMES[1]) // 2),
    ],
)
def test_aggregations(expr, expected):
    assert values(expr) == [expected]
    grouped = mydf.concat([FRAME, FRAME]).with_columns(g=lit(1))
    if expected != 3:
        twice = grouped.group_by("g").agg(x=expr)["x"].to_list()
        assert twice == [expected * 2 if str(expr).endswith("sum()") else expected]


def test_the_standard_deviation_is_a_duration():
    series = mydf.Series("a", [TD(seconds=1), TD(seconds=3), None])
    assert series.std() == TD(microseconds=1414214)


def test_means_of_zoned_times_keep_the_zone():
    utc = dt.timezone.utc
    series = mydf.Series(
        "a", [dt.datetime(2024, 1, 1, tzinfo=utc), dt.datetime(2024, 1, 2, tzinfo=utc)]
    )
    assert series.mean() == dt.datetime(2024, 1, 1, 12, tzinfo=utc)


def test_durations_are_keys():
    left = mydf.DataFrame({"k": [TD(1), TD(2), TD(1), None], "v": [1, 2, 3, 4]})
    right = mydf.DataFrame({"k": [TD(1), None], "w": ["a", "b"]})
    assert left.join(right, on="k").rows() == [(TD(1), 1, "a"), (TD(1), 3, "a")]
    sums = left.group_by("k").agg(col("v").sum()).rows()
    assert sums == [(TD(1), 4), (TD(2), 2), (None, 4)]
    assert left.sort("k", "v", descending=True)["v"].to_list()[:3] in ([4, 2, 3], [2, 3, 1])
    assert left.unique(subset="k").height == 3
    assert left.filter(col("k") == TD(1)).height == 2
    assert left["k"].gather([1, 0]).to_list() == [TD(2), TD(1)]
    assert mydf.concat([left, left]).height == 8


def test_files(tmp_path):
    frame = FRAME.select("span", "n")
    path = tmp_path / "a.parquet"
    frame.write_parquet(path)
    assert mydf.read_parquet(path).equals(frame)
    assert mydf.read_parquet(path).schema["span"] == mydf.Duration
    path = tmp_path / "a.csv"
    frame.write_csv(path)
    assert path.read_text().splitlines()[1] == "P1DT2H0.000007S,3"
    back = mydf.read_csv(path, schema_overrides={"span": mydf.Duration})
    assert back.equals(frame)


def test_other_libraries():
    frame = FRAME.select("span")
    assert frame.to_polars()["span"].dtype == pl.Duration("us")
    assert mydf.DataFrame(frame.to_polars()).equals(frame)
    assert frame.to_arrow().schema.field("span").type == pa.duration("us")
    assert mydf.DataFrame(frame.to_arrow()).equals(frame)
    pandas = frame.to_pandas()
    assert pandas["span"].dtype.kind == "m"
    assert mydf.DataFrame(pandas).equals(frame)
    assert mydf.DataFrame(pandas.astype({"span": "timedelta64[ns]"})).equals(frame)
    array = frame["span"].to_numpy()
    assert array.dtype == "m8[us]"
    assert mydf.Series("span", array).to_list() == SPANS
    for unit in ("s", "ms", "us", "ns"):
        column = pa.array([TD(seconds=5), None], pa.duration(unit))
        assert mydf.Series("a", column).to_list() == [TD(seconds=5), None]


@pytest.mark.parametrize("unit", ["W", "D", "h", "m", "s", "ms", "us", "ns", "ps"])
def test_arrays_of_each_unit(unit):
    array = np.array([6_000_000, "NaT"], f"m8[{unit}]")
    expected = [array[0].astype("m8[us]").astype(object), None]
    assert mydf.Series("a", array).to_list() == expected
    assert mydf.Series("a", list(array)).to_list() == expected
    assert mydf.Series("a", np.ma.array(array, mask=[True, False])).to_list() == [None, None]


def test_pandas_timedeltas_in_a_list():
    assert mydf.Series("a", [pd.Timedelta("1h"), pd.NaT]).to_list() == [TD(hours=1), None]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: mydf.Series("a", np.array([1500], "m8[ns]")), CastError, "row 0: `1500"),
        (lambda: mydf.Series("a", [np.timedelta64(1, "ns")]), MixedTypeError, "no whole number"),
        (lambda: mydf.Series("a", [pd.Timedelta(1, "ns")]), MixedTypeError, "no whole number"),
        (lambda: mydf.Series("a", pd.Series(pd.to_timedelta([1500]))), ArrowError, "1500 ns"),
        (lambda: mydf.Series("a", pa.array([1], pa.duration("ns"))), ArrowError, "row 0: 1 ns"),
        (lambda: mydf.DataFrame({"a": pa.array([2**62], pa.duration("s"))}), ArrowError, "row 0"),
        (lambda: mydf.Series("a", np.array([2**62], "m8[s]")), CastError, "into Duration"),
        (lambda: mydf.Series("a", np.array([1], "m8[M]")), UnsupportedTypeError, "fixed length"),
        (lambda: mydf.Series("a", np.array([1], "m8")), UnsupportedTypeError, "fixed length"),
        (lambda: mydf.Series("a", [TD.max]), MixedTypeError, "more than 64 bits"),
        (lambda: mydf.lit(TD.max), ArgumentError, "more than 64 bits"),
        (lambda: mydf.Series("a", [TD(1), 1]), MixedTypeError, "timedelta"),
        (lambda: mydf.Series("a", ["1h"]).cast(mydf.Duration), CastError, "`1h`"),
        (lambda: mydf.duration(days=None), ArgumentTypeError, "days"),
        (lambda: mydf.duration(days=10**9), ArgumentError, "64 bits"),
        (lambda: mydf.duration(weeks=10**12), ArgumentError, "64 bits"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(make, error, words):
    with pytest.raises(MydfError) as found:
        make()
    assert isinstance(found.value, error), repr(found.value)
    assert words in str(found.value)
    assert "hint:" in str(found.value)


@pytest.mark.parametrize(
    ("expr", "error", "words"),
    [
        (col("time") + col("time"), DTypeError, "a Duration"),
        (col("day") + 1, DTypeError, "a Duration"),
        (col("day") + TD(hours=12), ArgumentError, "whole number of days"),
        (col("span") * col("span"), DTypeError, "a number"),
        (col("span") + 1, DTypeError, "a Duration"),
        (1 / col("span"), DTypeError, "a number"),
        (col("span") // 1.5, DTypeError, "a number or a Duration"),
        (col("time") - dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc), DTypeError, "without time zone"),  # noqa: E501
        (col("span") > "1h", DTypeError, "comparable with Duration"),
        (col("span") > 1, DTypeError, "comparable with Duration"),
        (col("span").dt.hour(), DTypeError, "total_seconds"),
        (col("day").dt.total_days(), DTypeError, "Duration"),
        (col("n").dt.total_days(), DTypeError, "Duration"),
        (col("span").var(), DTypeError, "numeric"),
        (col("span").median(), DTypeError, "numeric"),
        (col("time").sum(), DTypeError, "Duration"),
        (col("time").rolling_mean(2), DTypeError, "rolling_mean"),
        (mydf.mean_horizontal("day", "day"), DTypeError, "numeric"),
        (col("span").sqrt(), DTypeError, "a number"),
        (col("span").cast(mydf.Float64), DTypeError, "total_seconds"),
        (col("span") * 1e300, IntegerOverflowError, "Duration"),
        (col("span") * float("nan"), IntegerOverflowError, "Duration"),
        (col("time") + LARGEST, IntegerOverflowError, "Datetime"),
        (col("span") + LARGEST, IntegerOverflowError, "Duration"),
        (col("span") * 2**62, IntegerOverflowError, "Duration"),
        (lit(2**31 - 9).cast(mydf.Date) + TD(9), IntegerOverflowError, "Date"),
        (-(lit(TD(microseconds=-(2**63)))), IntegerOverflowError, "Duration"),
        (lit(LARGEST).sum() + LARGEST, IntegerOverflowError, "Duration"),
        (col("day") == "tomorrow", ArgumentError, "ISO 8601 date"),
        (col("time") == "tomorrow", ArgumentError, "ISO 8601 datetime"),
    ],
)  # fmt: skip
def test_wrong_operands_and_overflow(expr, error, words):
    with pytest.raises(MydfError) as found:
        FRAME.select(expr)
    assert isinstance(found.value, error), repr(found.value)
    assert words in str(found.value)
    assert "hint:" in str(found.value)


def test_sums_that_leave_the_range_are_errors():
    series = mydf.Series("a", [LARGEST, TD(1)])
    for expr in (col("a").sum(), col("a").cum_sum(), col("a").rolling_sum(2)):
        with pytest.raises(IntegerOverflowError, match="Duration"):
            series.to_frame().select(expr)
    assert series.mean() == LARGEST // 2 + TD(hours=12)


def test_an_expression_prints_as_python_that_makes_it_again():
    for span in (TD(0), TD(days=-1, microseconds=5), TD(3, 4)):
        expr = col("a") > span
        text = str(expr)
        assert repr(span) in text
        again = eval(text, {"datetime": dt, "col": col, "lit": lit})
        assert str(again) == text
