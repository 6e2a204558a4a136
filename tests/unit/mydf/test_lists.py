"""Columns of lists: in and out, their functions, explode and implode, and what is refused."""

import datetime as dt
import pickle

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import mydf
from mydf import col
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    CastError,
    ColumnNotFoundError,
    DTypeError,
    MixedTypeError,
    MydfError,
    UnsupportedTypeError,
)

ITEMS = [[1, 2, None], [], None, [7]]
WORDS = [["ink", "pen"], [None, "pen"], [], None]
FRAME = mydf.DataFrame({"id": [1, 2, 3, 4], "a": ITEMS, "w": WORDS})


def values(expr, frame=FRAME):
    return next(iter(frame.select(expr).to_dict().values()))


def test_lists_come_in_and_go_out(tmp_path):
    assert FRAME.schema == {
        "id": mydf.Int64, "a": mydf.List(mydf.Int64), "w": mydf.List(mydf.String),
    }  # fmt: skip
    assert FRAME.to_dict()["a"] == ITEMS
    assert FRAME.rows()[0] == (1, [1, 2, None], ["ink", "pen"])
    for back in (
        mydf.DataFrame(FRAME.to_arrow()),
        mydf.DataFrame(FRAME.to_polars()),
        mydf.DataFrame(FRAME.to_arrow(views=True)),
        pickle.loads(pickle.dumps(FRAME)),
    ):
        assert back.equals(FRAME)
        assert back.schema == FRAME.schema
    FRAME.write_parquet(tmp_path / "a.parquet")
    assert mydf.read_parquet(tmp_path / "a.parquet").equals(FRAME)
    assert pl.read_parquet(tmp_path / "a.parquet")["a"].to_list() == ITEMS
    assert pa.table(FRAME.to_arrow()).schema.field("w").type == pa.large_list(pa.large_string())
    assert FRAME.to_polars().schema["a"] == pl.List(pl.Int64)


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.int32()),
        pa.large_list(pa.int64()),
        pa.list_(pa.list_(pa.string())),
        pa.list_(pa.timestamp("s", "UTC")),
        pa.list_(pa.dictionary(pa.int8(), pa.string())),
        pa.list_(pa.duration("ms")),
    ],
)
def test_each_form_of_lists_of_arrow(kind):
    inner = kind.value_type
    samples = {
        "int32": [1, None], "int64": [2**40], "timestamp[s, tz=UTC]": [dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)],  # noqa: E501
        "duration[ms]": [dt.timedelta(1)],
    }.get(str(inner), [["x", None], []] if pa.types.is_list(inner) else ["x", None])  # fmt: skip
    data = [samples, None, [], samples * 2]
    array = pa.array(data, kind)
    assert mydf.Series("a", array).to_list() == data
    # A slice begins in the middle of the items.
    assert mydf.Series("a", array[3:]).to_list() == data[3:]
    assert mydf.Series("a", pa.chunked_array([array, array[:1]])).to_list() == [*data, data[0]]


def test_fixed_lists_become_lists():
    array = pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int16(), 2))
    assert mydf.Series("a", array).to_list() == [[1, 2], None, [3, 4]]
    assert mydf.Series("a", array[2:]).to_list() == [[3, 4]]
    assert mydf.Series("a", array).dtype == mydf.List(mydf.Int16)


def test_a_table_shows_items():
    text = str(FRAME)
    assert "[1, 2, null]" in text
    assert '["ink", "pen"]' in text
    long = mydf.DataFrame({"a": [list(range(100))]})
    assert "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, " in str(long)


@pytest.mark.parametrize(
    ("expr", "expected", "dtype"),
    [
        (col("a").list.len(), [3, 0, None, 1], "Int64"),
        (col("a").list.sum(), [3, 0, None, 7], "Int64"),
        (col("a").list.min(), [1, None, None, 7], "Int64"),
        (col("a").list.max(), [2, None, None, 7], "Int64"),
        (col("a").list.mean(), [1.5, None, None, 7.0], "Float64"),
        (col("a").list.n_unique(), [3, 0, None, 1], "Int64"),
        (col("a").list.first(), [1, None, None, 7], "Int64"),
        (col("a").list.last(), [None, None, None, 7], "Int64"),
        (col("a").list.get(-1, null_on_oob=True), [None, None, None, 7], "Int64"),
        (col("a").list.contains(7), [False, False, None, True], "Bool"),
        (col("w").list.contains("ink"), [True, False, False, None], "Bool"),
        (col("a").list.contains(col("id")), [True, False, None, False], "Bool"),
        (col("w").list.join("+"), ["ink+pen", "pen", "", None], "String"),
        (col("w").list.min(), ["ink", "pen", None, None], "String"),
        (col("w").list.len().sum(), [4], "Int64"),
        (mydf.lit("a,b").str.split(","), [["a", "b"]], "List(String)"),
        (mydf.lit("a,b").str.split(""), [["a", ",", "b"]], "List(String)"),
        (mydf.lit("a,b").str.split(";").list.first(), ["a,b"], "String"),
        (
            col("a").cast(mydf.List(mydf.Float64)),
            [[1.0, 2.0, None], [], None, [7.0]],
            "List(Float64)",
        ),
        (col("a").list.sort(), [[None, 1, 2], [], None, [7]], "List(Int64)"),
        (
            col("a").list.sort(descending=True, nulls_last=True),
            [[2, 1, None], [], None, [7]],
            "List(Int64)",
        ),
        (col("w").list.sort(), [["ink", "pen"], [None, "pen"], [], None], "List(String)"),
        (col("a").list.unique(), ITEMS, "List(Int64)"),
        (col("w").list.reverse(), [["pen", "ink"], ["pen", None], [], None], "List(String)"),
        (col("a").list.drop_nulls(), [[1, 2], [], None, [7]], "List(Int64)"),
        (col("a").list.head(1), [[1], [], None, [7]], "List(Int64)"),
        (col("a").list.tail(1), [[None], [], None, [7]], "List(Int64)"),
        (col("a").list.slice(-2, 1), [[2], [], None, []], "List(Int64)"),
        (col("a").list.arg_min(), [0, None, None, 0], "Int64"),
        (col("w").list.arg_max(), [1, 1, None, None], "Int64"),
        (col("a").list.median(), [1.5, None, None, 7.0], "Float64"),
        (col("a").list.var(), [0.5, None, None, None], "Float64"),
        (col("a").list.std().is_null(), [False, True, True, True], "Bool"),
        (mydf.lit("b,a").str.split(",").list.sort(), [["a", "b"]], "List(String)"),
        (mydf.lit(None).list.sort(), [None], "Null"),
        (col("a").shift(1), [None, *ITEMS[:3]], "List(Int64)"),
        (col("a").first(), [ITEMS[0]], "List(Int64)"),
        (
            mydf.when(col("id") < 3).then(col("a")).otherwise(None),
            [*ITEMS[:2], None, None],
            "List(Int64)",
        ),
        (col("a").is_null(), [False, False, True, False], "Bool"),
        (col("id").implode(), [[1, 2, 3, 4]], "List(Int64)"),
        (col("a").implode(), [ITEMS], "List(List(Int64))"),
        (col("a").count(), [3], "Int64"),
    ],
)
def test_functions(expr, expected, dtype):
    assert values(expr) == expected
    assert str(next(iter(FRAME.select(expr).schema.values()))) == dtype


def test_rows_move_with_their_lists():
    order = FRAME.sort("id", descending=True)
    assert order["a"].to_list() == ITEMS[::-1]
    assert FRAME.filter(col("id") != 2)["a"].to_list() == [ITEMS[0], None, [7]]
    assert mydf.concat([FRAME, FRAME])["a"].to_list() == ITEMS * 2
    joined = FRAME.join(mydf.DataFrame({"id": [4, 9]}), on="id", how="right")
    assert joined["a"].to_list() == [[7], None]
    assert FRAME["a"].gather([3, 0]).to_list() == [[7], ITEMS[0]]
    assert FRAME.slice(3)["a"].to_list() == [[7]]


def test_explode_and_implode_are_opposites():
    rows = FRAME.select("id", "a").explode("a").rows()
    assert rows == [(1, 1), (1, 2), (1, None), (3, None), (4, 7)]
    frame = mydf.DataFrame({"k": ["x", "y", "x"], "v": [1, 2, None]})
    lists = frame.group_by("k").agg(col("v").implode())
    assert lists.rows() == [("x", [1, None]), ("y", [2])]
    assert lists.explode("v").rows() == [("x", 1), ("x", None), ("y", 2)]
    pairs = mydf.DataFrame({"a": [[1, 2], [3]], "b": [["x", "y"], ["z"]], "c": [0, 1]})
    assert pairs.explode("a", "b").rows() == [(1, "x", 0), (2, "y", 0), (3, "z", 1)]
    assert pairs.explode(["b"]).columns == ["a", "b", "c"]


def test_polars_agrees_on_explode():
    theirs = pl.DataFrame({"id": [1, 2, 3, 4], "a": ITEMS})
    for options in ({}, {"empty_as_null": True}, {"keep_nulls": False}):
        mine = FRAME.select("id", "a").explode("a", **options)
        assert mine.rows() == theirs.explode("a", **options).rows()


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: FRAME.explode("id"), DTypeError, "a List"),
        (lambda: FRAME.explode("x"), ColumnNotFoundError, "x"),
        (lambda: FRAME.explode("a", "w"), ArgumentError, "becomes 3 rows by `a` and 2 by `w`"),
        (lambda: values(col("a").list.get(2)), ArgumentError, "row 1 has 0 items"),
        (lambda: values(col("id").list.len()), DTypeError, "a List"),
        (lambda: values(col("w").list.sum()), DTypeError, "numeric"),
        (lambda: values(col("a").list.join("-")), DTypeError, "List of String"),
        (lambda: values(col("a").list.contains("x")), DTypeError, "comparable"),
        (lambda: values(col("id").str.split(",")), DTypeError, "String"),
        (lambda: FRAME.group_by("a").len(), DTypeError, "no lists"),
        (lambda: FRAME.sort("a"), DTypeError, "no lists"),
        (lambda: FRAME.join(FRAME, on="a"), DTypeError, "no lists"),
        (FRAME.unique, DTypeError, "no lists"),
        (lambda: values(col("a") == col("a")), DTypeError, "no lists"),
        (lambda: values(col("a").max()), DTypeError, "order"),
        (lambda: values(col("a").is_in([1])), DTypeError, "List"),
        (lambda: values(col("a").cast(mydf.String)), DTypeError, "List"),
        (lambda: values(col("w").cast(mydf.List(mydf.Int64))), CastError, "`ink`"),
        (lambda: FRAME.write_csv("x.csv"), DTypeError, "CSV"),
        (lambda: mydf.lit([1]), MydfError, "list"),
        (lambda: mydf.Series("a", [[1], 2]), MixedTypeError, "row 1: int, after"),
        (lambda: mydf.Series("a", [[1], ["x"]]), MixedTypeError, "row 1: in a list: str"),
        (lambda: mydf.Series("a", [[1], [{}]]), MixedTypeError, "row 1: in a list"),
        (lambda: mydf.Series("a", [[1], [[1]]]), MixedTypeError, "row 1"),
        (lambda: mydf.Series("a", pa.array([[{"x": 1}]])), UnsupportedTypeError, "struct"),
        (lambda: mydf.Series("a", [1], dtype=mydf.List), ArgumentTypeError, "List of what"),
        (lambda: mydf.List("x"), ArgumentTypeError, "dtype"),
    ],
)  # fmt: skip
def test_what_lists_do_not_have_is_an_error(make, error, words):
    with pytest.raises(MydfError) as found:
        make()
    assert isinstance(found.value, error), repr(found.value)
    assert words in str(found.value)
    assert "hint:" in str(found.value)


def test_dtypes_of_lists():
    nested = mydf.List(mydf.List(mydf.Datetime("UTC")))
    assert nested.inner.inner == mydf.Datetime("UTC")
    assert repr(nested) == "List(List(Datetime(UTC)))"
    assert pickle.loads(pickle.dumps(nested)) == nested
    assert mydf.Series("a", [], dtype=nested).dtype == nested
    assert mydf.Series("a", [(1, 2), np.array([3]).tolist()]).to_list() == [[1, 2], [3]]


@pytest.mark.parametrize(
    ("expr", "error", "text"),
    [
        (col("id").list.sort, DTypeError, "list.sort"),
        (col("a").implode().list.sort, DTypeError, "list.sort"),
        (col("a").implode().list.unique, DTypeError, "list.unique"),
        (col("a").implode().list.arg_max, DTypeError, "list.arg_max"),
        (col("a").list.any, DTypeError, "any"),
        (lambda: col("a").list.head(-1), ArgumentError, "n: -1"),
        (lambda: col("a").list.tail(True), ArgumentTypeError, "n: True"),
        (lambda: col("a").list.slice(0, -1), ArgumentError, "length: -1"),
        (lambda: col("a").list.slice(2**63), ArgumentError, "offset"),
        (lambda: col("a").list.sort(descending=1), ArgumentTypeError, "descending"),
        (lambda: col("id").ewm_mean(), ArgumentError, "none of them"),
        (lambda: col("id").ewm_mean(com=1, span=3), ArgumentError, "`com` and `span`"),
        (lambda: col("id").ewm_var(alpha=0), ArgumentError, "alpha: 0"),
        (lambda: col("id").ewm_std(span=0.5), ArgumentError, "span: 0.5"),
        (lambda: col("id").ewm_mean(half_life=float("nan")), ArgumentError, "half_life: nan"),
        (lambda: col("id").ewm_mean(com="1"), ArgumentTypeError, "com: '1'"),
        (lambda: col("id").ewm_mean(alpha=0.5, min_samples=-1), ArgumentError, "min_samples"),
        (lambda: col("w").ewm_mean(alpha=0.5), DTypeError, "ewm_mean"),
        (lambda: col("w").product(), DTypeError, "product"),
    ],
)
def test_what_new_functions_refuse(expr, error, text):
    with pytest.raises(error) as caught:
        FRAME.select(expr())
    assert text in str(caught.value)


def test_a_series_becomes_a_series_of_one_list():
    found = mydf.Series("a", [1, None]).implode()
    assert (found.name, found.dtype, found.to_list()) == ("a", mydf.List(mydf.Int64), [[1, None]])
    assert mydf.Series("a", [], dtype=mydf.String).implode().to_list() == [[]]
    assert mydf.Series("a", [[1], [2]]).first() == [1]


@pytest.mark.parametrize(
    "expr",
    [
        col("a").list.sort(descending=True, nulls_last=True),
        col("a").list.slice(-2, 1),
        col("a").list.slice(1),
        col("a").list.unique().list.arg_max(),
        col("id").product(),
        col("id").ewm_mean(half_life=3, adjust=False, ignore_nulls=True, min_samples=2),
        col("id").ewm_std(com=3, bias=True),
    ],
)
def test_new_functions_show_themselves_as_python(expr):
    assert repr(eval(repr(expr), {"col": col})) == repr(expr)
    again = pickle.loads(pickle.dumps(FRAME.lazy().select(x=expr)))
    assert again.collect().equals(FRAME.select(x=expr))
