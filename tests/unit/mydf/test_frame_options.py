"""Arguments that mean something else than they seem to, and windows of rows."""

import datetime as dt
import pickle

import numpy as np
import pytest

import mydf as md
from mydf import errors

FRAME = md.DataFrame({"a": [1, 1, 2, None], "b": ["x", "y", "x", "z"]})
ONE = md.DataFrame({"a": [1, 2, 3, 4, 5]})


@pytest.mark.parametrize(
    "use",
    [
        lambda: FRAME.group_by("a", maintain_order=True),
        lambda: FRAME.group_by("a", as_index=False),
        lambda: FRAME.group_by("a", dropna=False),
        lambda: FRAME.group_by("a", level=0),
        lambda: FRAME.group_by("a", x=None),
        lambda: FRAME.group_by("a", True),
        lambda: FRAME.group_by(1),
        lambda: FRAME.group_by(by="a"),
        lambda: FRAME.group_by("a").agg(md.len(), maintain_order=True),
        lambda: FRAME.group_by("a").agg({"b": "max"}),
        lambda: FRAME.select("a", strict=False),
        lambda: FRAME.select(columns="a"),
        lambda: FRAME.select(columns=["a"]),
        lambda: FRAME.with_columns(inplace=True),
        lambda: FRAME.with_columns({"c": 1}),
        lambda: FRAME.sort("a", True),
        lambda: FRAME.sort("a", None),
        lambda: FRAME.sort(1),
        lambda: FRAME.sort("a", descending="yes"),
        lambda: FRAME.sort("a", descending="y"),
        lambda: FRAME.sort("a", descending=1),
        lambda: FRAME.sort("a", descending=[1]),
        lambda: FRAME.sort("a", nulls_last=None),
        lambda: FRAME.drop({"a": 1}),
        lambda: FRAME.drop(0),
        lambda: FRAME.drop(None),
        lambda: FRAME.drop(md.col("a")),
        lambda: FRAME.drop(FRAME["a"]),
        lambda: FRAME.drop("a", strict="no"),
        lambda: FRAME.drop(b"a"),
        lambda: FRAME.drop_nulls({"a": 1}),
        lambda: FRAME.drop_nulls(md.col("a")),
        lambda: FRAME.drop_nulls(["a", 1]),
        lambda: FRAME.unique({"a": 1}),
        lambda: FRAME.unique(True),
        lambda: FRAME.unique("a", keep=False),
        lambda: FRAME.unique("a", keep="all"),
        lambda: FRAME.rename("a"),
        lambda: FRAME.rename(["x", "y"]),
        lambda: FRAME.rename({"a": 1}),
        lambda: FRAME.rename(str.upper),
        lambda: FRAME.rename({"a": "x"}, strict=1),
        lambda: FRAME.join(ONE, on={"a": "a"}),
        lambda: FRAME.join(ONE, left_on={"a", "b"}, right_on=["a", "a"]),
        lambda: FRAME.join(ONE, on=ONE),
        lambda: FRAME.join(ONE, on=0),
        lambda: FRAME.join(ONE, on="a", how="outer"),
        lambda: FRAME.join(ONE, on="a", how=True),
        lambda: FRAME.join(ONE, on="a", suffix=None),
        lambda: FRAME.head(True),
        lambda: FRAME.head(1.0),
        lambda: FRAME.head("1"),
        lambda: FRAME.tail(None),
        lambda: FRAME.slice(True),
        lambda: FRAME.slice(0.5),
        lambda: FRAME.slice(0, True),
        lambda: FRAME.slice(0, -1),
        lambda: FRAME[True:],
        lambda: FRAME[0.5:],
        lambda: FRAME[::-1],
        lambda: FRAME[::2],
        lambda: FRAME[0],
        lambda: FRAME["a"][True],
        lambda: FRAME["a"][1.0],
        lambda: FRAME["a"]["x"],
        lambda: FRAME["a"][[True, False]],
        lambda: FRAME["a"][FRAME["a"] == 1],
        lambda: FRAME["a"][::-1],
        lambda: FRAME["a"].head(True),
        lambda: FRAME["a"].tail(1.5),
        lambda: FRAME["a"].cast(md.Int8, strict="no"),
        lambda: FRAME["a"].rename(1),
        lambda: FRAME["a"].equals([1]),
        lambda: md.col("a").cast(md.Int8, strict="no"),
        lambda: md.col("a").alias(1),
        lambda: md.col("a").is_between(1, 2, closed=True),
        lambda: md.col("a").str.contains("x", literal="yes"),
        lambda: md.col("a").str.contains(md.col("b")),
        lambda: md.col("a").str.starts_with(["x", "y"]),
        lambda: md.col("a").str.ends_with(None),
        lambda: md.concat(FRAME),
        lambda: md.concat({"x": FRAME}),
        lambda: md.concat([FRAME], how=True),
        lambda: md.when(None),
        lambda: FRAME.group_by("a").len(name=1),
    ],
)
def test_what_is_not_an_option_is_refused(use):
    with pytest.raises(errors.MydfError) as caught:
        use()
    assert isinstance(caught.value, (errors.ArgumentError, errors.ArgumentTypeError))
    assert caught.value.hint


def test_a_hint_names_what_the_library_does_instead():
    with pytest.raises(errors.ArgumentTypeError) as caught:
        FRAME.group_by("a", maintain_order=True)
    assert str(caught.value) == (
        "group_by: `maintain_order=True` is not an option\n"
        "hint: rows and groups always keep their order; "
        "`maintain_order=mydf.lit(True)` makes a column of this name"
    )


def test_what_is_meant_as_a_column_stays_one():
    constant = FRAME.with_columns(flag=True, n=1, level=2, kind="b", strict=md.lit(True))
    assert constant.columns == ["a", "b", "flag", "n", "level", "kind", "strict"]
    assert constant["kind"].to_list() == FRAME["b"].to_list()
    assert FRAME.group_by(key="a", sort=md.col("b")).agg(md.len()).columns == ["key", "sort", "len"]
    assert FRAME.group_by(md.lit(1).alias("one")).len().to_dict() == {"one": [1], "len": [4]}
    assert FRAME.group_by(["a", "b"]).len().height == 4
    assert FRAME.select(columns=md.col("a")).columns == ["columns"]


def test_names_come_one_by_one_and_in_every_kind_of_list():
    for names in (["b"], ("b",), {"b"}, iter(["b"]), np.array(["b"]), {"b": 1}.keys()):
        assert FRAME.drop(names).columns == ["a"]
    assert FRAME.unique(subset="b").height == FRAME.unique(subset=("b",)).height == 3
    assert FRAME.drop_nulls("a").height == FRAME.drop_nulls(["a"]).height == 3
    assert FRAME.drop_nulls([]).height == 4
    assert FRAME.sort("a", "b", descending=(True, False))["a"].to_list() == [None, 2, 1, 1]


def test_windows_of_rows_are_those_of_python_and_of_a_moving_window():
    rows = ONE["a"].to_list()
    for start in range(-12, 13):
        assert ONE.slice(start).to_dict()["a"] == rows[start:]
        for length in range(8):
            first = start if start >= 0 else len(rows) + start
            inside = [rows[i] for i in range(first, first + length) if 0 <= i < len(rows)]
            assert ONE.slice(start, length).to_dict()["a"] == inside
        for stop in [None, *range(-12, 13)]:
            assert ONE[start:stop].to_dict()["a"] == rows[start:stop]
            assert ONE["a"][start:stop].to_list() == rows[start:stop]
    for n in range(-8, 9):
        first, last = rows[:n], rows[-n:] if n else []
        assert ONE.head(n).to_dict()["a"] == ONE["a"].head(n).to_list() == first
        assert ONE.tail(n).to_dict()["a"] == ONE["a"].tail(n).to_list() == last
    assert ONE.slice(np.int64(-2), np.uint8(1)).to_dict()["a"] == [4]
    assert ONE.slice(2**70).height == ONE.slice(-(2**70), 3).height == 0
    assert ONE.head(2**70).height == ONE.slice(0, 2**70).height == 5
    empty = ONE.head(0)
    assert empty.slice(-3, 2).height == empty.head(-1).height == empty.tail(-1).height == 0


def test_a_row_that_does_not_exist_is_an_index_error():
    assert (ONE["a"][0], ONE["a"][-1], ONE["a"][np.int64(1)]) == (1, 5, 2)
    for row in (5, -6, 2**70):
        with pytest.raises(errors.RowNotFoundError, match="of a Series of 5 rows") as caught:
            ONE["a"][row]
        assert isinstance(caught.value, IndexError)
        assert (caught.value.row, caught.value.rows) == (row, 5)


def test_the_class_datetime_stands_for_datetimes_without_zone():
    frame = md.DataFrame({"t": [dt.datetime(2024, 1, 1)]})  # noqa: DTZ001 - without zone on purpose
    zoned = md.Datetime("UTC")
    assert frame.schema["t"] == md.Datetime
    assert md.Datetime == frame.schema["t"]
    assert frame.schema == {"t": md.Datetime}
    assert zoned != md.Datetime
    assert md.Datetime != zoned
    assert hash(md.Datetime) == hash(md.Datetime())
    assert {md.Datetime: 1}[frame.schema["t"]] == 1
    assert {frame.schema["t"]: 1}[md.Datetime] == 1
    assert frame.schema["t"] in {md.Date, md.Datetime}
    assert md.Datetime.is_temporal
    assert not md.Datetime.is_numeric
    assert md.Datetime.zone is None
    assert pickle.loads(pickle.dumps(md.Datetime)) is md.Datetime
    assert isinstance(zoned, md.Datetime)
    assert md.Int64 != md.Datetime
    assert md.Int64 != 64
    assert md.Int64 is not None


@pytest.mark.parametrize("other", [int, float, str, bool, dt.date, dt.datetime, "Int64", "i64"])
def test_a_dtype_is_not_compared_with_a_text_or_a_python_type(other):
    for compare in (lambda: md.Int64 == other, lambda: other != md.Int64):
        with pytest.raises(errors.ArgumentTypeError, match="comparison of a dtype"):
            compare()


def test_dtypes_next_to_texts_are_keys_of_one_dict():
    both = {"Int64": 1, md.Int64: 2, int: 3}
    assert (both["Int64"], both[md.Int64], both[int]) == (1, 2, 3)


@pytest.mark.parametrize("zone", ["us", "ns", 5, True, ["UTC"]])
def test_a_datetime_takes_a_zone_and_no_unit(zone):
    with pytest.raises((errors.ArgumentError, errors.ArgumentTypeError), match="Datetime: "):
        md.Datetime(zone)


@pytest.mark.parametrize(
    "use",
    [
        md.col,
        lambda name: md.col("a").alias(name),
        md.col("a").str.contains,
        md.col("a").str.starts_with,
        lambda name: FRAME[name],
        lambda name: FRAME[[name]],
        FRAME.select,
        lambda name: FRAME.with_columns(**{name: md.lit(1)}),
        lambda name: FRAME.filter(**{name: 1}),
        FRAME.sort,
        lambda name: FRAME.group_by(**{name: "a"}),
        lambda name: FRAME.group_by("a").len(name),
        lambda name: FRAME.join(FRAME, on="a", suffix=name),
        FRAME["a"].rename,
        lambda name: md.read_csv(b"a\n1\n", schema_overrides={name: int}),
        lambda name: md.read_csv(b"a\n1\n", null_values={name: "x"}),
    ],
)
def test_a_name_without_a_utf_8_form_is_refused_everywhere(use):
    with pytest.raises(errors.ArgumentError, match="surrogates not allowed"):
        use("a\udc80")
