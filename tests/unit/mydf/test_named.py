"""Functions of columns by name, operators as methods, and ranges, against polars."""

import datetime as dt
import math
import operator

import pytest

import mydf
from mydf.errors import ArgumentError, ArgumentTypeError

pl = pytest.importorskip("polars")

NAN, INF = math.nan, math.inf
DATA = {
    "x": [3.0, None, NAN, INF, -INF, 0.0, -2.5, 1e-9, 2.0, 2.0],
    "y": [3.0000000001, 1.0, NAN, INF, INF, 0.0, -2.4, 0.0, None, 2.0],
    "i": [1, 1, None, None, 2, 2, 1, 3, 3, 3],
    "j": [4, 0, 2, None, 7, 2, 5, 1, 1, 9],
    "b": [True, False, None] * 3 + [True],
    "k": list("aabbaabbab"),
}
OURS, THEIRS = mydf.DataFrame(DATA), pl.DataFrame(DATA, strict=False)
DAY, NOON = dt.date(2023, 11, 30), dt.datetime(1969, 12, 31, 12)  # noqa: DTZ001
NAMES = ("add", "sub", "mul", "truediv", "floordiv", "mod", "eq", "ne", "lt", "le", "gt", "ge")
TOTALS = ("sum", "mean", "median", "min", "max", "count", "first", "last", "n_unique", "cum_sum")


def same(made):
    ours, theirs = OURS.select(made(mydf)), THEIRS.select(made(pl))
    assert ours.columns == theirs.columns
    for left, right in zip(ours.rows(), theirs.rows(), strict=True):
        for one, other in zip(left, right, strict=True):
            if isinstance(other, float) and one is not None and not math.isnan(other):
                assert math.isclose(one, other, rel_tol=1e-13)
            else:
                assert repr(one) == repr(other)


@pytest.mark.parametrize(
    "made",
    [
        *(lambda md, name=name: getattr(md.col("i"), name)(2) for name in NAMES),
        lambda md: md.col("i").eq(md.col("j")),
        lambda md: md.col("b").and_(md.col("i") > 1, md.col("j") > 1),
        lambda md: md.col("b").or_(md.col("i") > 1, md.col("j") > 1),
        lambda md: md.col("b").xor(md.col("i") > 1),
        lambda md: md.col("b").not_(),
        lambda md: md.col("i").neg(),
        lambda md: md.col("x").degrees(),
        lambda md: md.col("i", "x").radians(),
        lambda md: md.col("x").truncate(),
        *(
            lambda md, more=more: md.col("x").is_close(md.col("y"), **more)
            for more in ({}, {"abs_tol": 0.2}, {"rel_tol": 0.1}, {"nans_equal": True})
        ),
        lambda md: md.col("i", "x", "k").rle_id(),
        lambda md: md.col("i").rle_id().over("k"),
        lambda md: md.col("i").index_of(2),
        lambda md: md.col("i").index_of(None),
        lambda md: md.col("i").index_of(9),
        lambda md: md.col("x").index_of(NAN),
        lambda md: md.col("i").entropy(),
        lambda md: md.col("i").entropy(2, normalize=False).over("k"),
        *(lambda md, name=name: getattr(md, name)("i", "j") for name in TOTALS),
        *(
            lambda md, name=name, ddof=ddof: getattr(md, name)("j", ddof)
            for name in ("std", "var")
            for ddof in (0, 1, 2, 7, 8)
        ),
        lambda md: md.col("i", "x").var(0).over("i"),
        lambda md: md.col("i", "j").std(ddof=0).over("j"),
        lambda md: md.quantile("j", 0.3, "linear"),
        lambda md: md.cov("i", "j"),
        lambda md: md.cov("i", md.col("j") * 2, ddof=0).over("k"),
        lambda md: md.corr("i", "j"),
        lambda md: md.corr("j", "j"),
        lambda md: md.fold(md.lit(1), operator.add, [md.col("i"), md.col("j")]).alias("n"),
        lambda md: md.reduce(operator.mul, [md.col("i"), md.col("j")]).alias("n"),
    ],
)
def test_an_expression_gives_what_polars_gives(made):
    same(made)


@pytest.mark.parametrize("closed", ["both", "left", "right", "none"])
@pytest.mark.parametrize(
    ("end", "interval"),
    [
        (DAY, "1d"), (DAY + dt.timedelta(9), "3d"), (DAY - dt.timedelta(1), "1d"),
        (dt.date(2024, 5, 31), "1mo"), (dt.date(2024, 5, 30), "1mo"), (dt.date(2033, 1, 1), "1y"),
        (dt.date(2024, 12, 31), "1q"), (dt.date(2023, 12, 30), "2w"), (dt.date(2023, 12, 1), "48h"),
    ],
)  # fmt: skip
def test_dates_at_even_distances_are_those_of_polars(end, interval, closed):
    ours = mydf.date_range(DAY, end, interval, closed=closed)
    if interval == "48h":
        interval = "2d"
    theirs = pl.date_range(DAY, end, interval, closed=closed, eager=True)
    assert (ours.name, str(ours.dtype)) == ("date", "Date")
    assert ours.to_list() == theirs.to_list()


@pytest.mark.parametrize("closed", ["both", "left", "right", "none"])
@pytest.mark.parametrize(
    ("end", "interval"),
    [
        (NOON + dt.timedelta(hours=3), "45m"), (NOON + dt.timedelta(days=40), "1d"),
        (NOON + dt.timedelta(milliseconds=2), "1ms"), (NOON + dt.timedelta(days=800), "5mo"),
    ],
)  # fmt: skip
def test_datetimes_at_even_distances_are_those_of_polars(end, interval, closed):
    ours = mydf.datetime_range(NOON, end, interval, closed=closed)
    theirs = pl.datetime_range(NOON, end, interval, closed=closed, eager=True)
    assert (ours.name, str(ours.dtype)) == ("datetime", "Datetime")
    assert ours.to_list() == theirs.to_list()


def test_integers_at_even_distances_are_those_of_range():
    for words in ((5,), (2, 5), (5, -3, -2), (0, 0), (3, 1)):
        assert mydf.int_range(*words).to_list() == list(range(*words))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mydf.date_range(DAY, DAY, "1x"), "pass a number and a unit"),
        (lambda: mydf.date_range(DAY, DAY, "0d"), "not positive"),
        (lambda: mydf.date_range(DAY, DAY, "5h"), "no whole days"),
        (lambda: mydf.date_range(DAY, DAY, closed="all"), "use `both`"),
        (lambda: mydf.date_range(NOON, DAY), "`datetime_range` takes datetimes"),
        (lambda: mydf.date_range("2024-01-01", DAY), "pass a `datetime.date`"),
        (lambda: mydf.datetime_range(DAY, NOON), "pass a `datetime.datetime`"),
        (lambda: mydf.datetime_range(NOON.astimezone(dt.timezone.utc), NOON), "with a zone"),
        (lambda: mydf.int_range(0, 5, 0), "not 0"),
        (mydf.sum, "empty list"),
        (lambda: mydf.col("x").is_close(1, rel_tol=1), "below 1"),
        (lambda: mydf.col("x").is_close(1, abs_tol=-1), "pass 0 or a number above"),
        (lambda: mydf.col("x").entropy(1), "base"),
        (lambda: mydf.reduce(operator.add, []), "no expression"),
        (lambda: mydf.fold(0, lambda *_: 1, ["x"]), "return an expression"),
        (lambda: OURS.fold(lambda *_: 1), "return a Series"),
        (lambda: mydf.DataFrame().fold(operator.add), "without columns"),
        (lambda: OURS.iter_slices(0), "above 0"),
        (lambda: OURS.estimated_size("pb"), "use one of"),
    ],
)
def test_wrong_arguments_have_a_hint(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError)) as caught:
        call()
    assert words in str(caught.value)


def test_a_frame_is_its_columns_one_after_the_other():
    ours, theirs = OURS.select("i", "j"), THEIRS.select("i", "j")
    assert ours.to_series(1).to_list() == theirs.to_series(1).to_list()
    assert [c.name for c in ours.iter_columns()] == ["i", "j"]
    assert [p.rows() for p in ours.iter_slices(4)] == [p.rows() for p in theirs.iter_slices(4)]
    for name in ("sum_horizontal", "mean_horizontal", "min_horizontal", "max_horizontal"):
        assert getattr(ours, name)().to_list() == getattr(theirs, name)().to_list()
    assert ours.fold(operator.add).to_list() == theirs.fold(operator.add).to_list()
    assert ours.collect_schema() == ours.schema
    assert ours.estimated_size("kb") == ours.estimated_size() / 1024


def test_describe_has_the_quantiles_of_the_public_method():
    values = mydf.Series("x", [-INF, None, -2.5, 1.5, INF, 0.25])
    table = mydf.DataFrame({"x": values}).describe([0.1, 0.25, 0.9])
    found = dict(table.rows())
    for share in (0.1, 0.25, 0.9):
        assert found[f"{share:.0%}"] == values.quantile(share, "linear")
