"""Columns of categories: in, out, and through every operator."""

import pickle

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mydf as md

TEXTS = ["b", None, "a", "b", "ä" * 20, "", None, "a"]


def column(values=TEXTS, name="x"):
    return md.Series(name, values, dtype=md.String).cast(md.Categorical)


def frame(values=TEXTS, **others):
    return md.DataFrame({"x": column(values), **others})


ARRAYS = {
    "int8 string": pa.array(TEXTS).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string())),
    "int64 large": pa.array(TEXTS)
    .dictionary_encode()
    .cast(pa.dictionary(pa.int64(), pa.large_string())),
    "uint16": pa.array(TEXTS).dictionary_encode().cast(pa.dictionary(pa.uint16(), pa.string())),
    "equal entries": pa.DictionaryArray.from_arrays(
        pa.array([1, None, 0, 3, 2, 4, None, 0]), pa.array(["a", "b", "ä" * 20, "b", ""])
    ),
    "a null entry": pa.DictionaryArray.from_arrays(
        pa.array([1, 4, 0, 1, 2, 3, None, 0]), pa.array(["a", "b", "ä" * 20, "", None])
    ),
    "chunks": pa.chunked_array(
        [pa.array(TEXTS[:3]).dictionary_encode(), pa.array(TEXTS[3:]).dictionary_encode()]
    ),
    "slice": pa.array(["z", *TEXTS]).dictionary_encode().slice(1),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_dictionaries_of_text_are_categories(name):
    series = md.Series("x", ARRAYS[name])
    assert series.dtype == md.Categorical
    assert series.to_list() == TEXTS
    assert series.cast(md.String).to_list() == TEXTS
    # Equal categories have equal codes.
    assert series.n_unique() == 5


@pytest.mark.parametrize(
    "array",
    [
        pa.array([], pa.dictionary(pa.int32(), pa.string())),
        pa.array([None]).cast(pa.string()).dictionary_encode(),
    ],
    ids=["empty", "nulls"],
)
def test_columns_without_categories(array):
    series = md.Series("x", array)
    assert (series.dtype, series.to_list()) == (md.Categorical, array.to_pylist())
    made = md.DataFrame({"x": series})
    assert made.sort("x").group_by("x").agg(md.len()).height == len(array)
    assert made.to_arrow()["x"].to_pylist() == array.to_pylist()
    assert made.join(made, on="x").height == 0


def test_dictionaries_of_others_are_their_values():
    assert md.Series("x", pa.array([3, None, 3]).dictionary_encode()).dtype == md.Int64
    nested = pa.array([["a"], None, ["a", "b"]], pa.list_(pa.dictionary(pa.int8(), pa.string())))
    assert md.Series("x", nested).dtype == md.List(md.String)


def test_cast():
    texts = md.Series("x", TEXTS)
    made = texts.cast(md.Categorical)
    assert made.dtype == md.Categorical
    assert made.cast(md.String).equals(texts)
    assert md.Series("x", ["1", None]).cast(md.Categorical).cast(md.Int64).to_list() == [1, None]
    assert md.Series("x", TEXTS, dtype=md.Categorical).equals(made)
    assert made.equals(md.Series("x", TEXTS[::-1]).cast(md.Categorical).reverse())
    with pytest.raises(md.errors.DTypeError, match="cast to Categorical"):
        md.Series("x", [1]).cast(md.Categorical)
    with pytest.raises(md.errors.CastError, match=r"hint|row 0"):
        md.Series("x", ["a"]).cast(md.Categorical).cast(md.Int64)
    with pytest.raises(md.errors.MydfError, match="categories"):
        md.List(md.Categorical)


def test_pandas():
    data = pd.DataFrame({"x": pd.Categorical(TEXTS), "y": range(8)})
    made = md.DataFrame(data)
    assert made.schema["x"] == md.Categorical
    back = made.to_pandas()
    assert isinstance(back["x"].dtype, pd.CategoricalDtype)
    assert [None if pd.isna(v) else v for v in back["x"]] == TEXTS
    unused = md.DataFrame(pd.DataFrame({"x": pd.Categorical(["a"], categories=["b", "a"])}))
    assert list(unused.to_pandas()["x"].cat.categories) == ["b", "a"]
    numbers = md.DataFrame(pd.DataFrame({"x": pd.Categorical([3, 4])}))
    assert numbers.schema["x"] == md.Int64


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["b", "a", "ä" * 20, ""])])
def test_polars(dtype):
    data = pl.DataFrame({"x": pl.Series(TEXTS, dtype=dtype)})
    made = md.DataFrame(data)
    assert (made.schema["x"], made["x"].to_list()) == (md.Categorical, TEXTS)
    back = made.to_polars()
    assert back["x"].dtype == pl.Categorical
    assert back["x"].to_list() == TEXTS
    assert made["x"].to_polars().to_list() == TEXTS


def test_duckdb():
    data = frame(n=range(8))
    assert data.schema["x"] == md.Categorical
    query = "select x::varchar as x from data group by all order by x nulls first"
    found = md.DataFrame(duckdb.sql(query))
    assert found["x"].cast(md.String).to_list() == [None, "", "a", "b", "ä" * 20]
    made = md.DataFrame(duckdb.sql("select 'a'::enum('b', 'a') as x"))
    assert (made.schema["x"], made["x"].to_list()) == (md.Categorical, ["a"])


def test_arrow():
    data = frame()
    assert data.to_arrow()["x"].type == pa.dictionary(pa.int32(), pa.large_string())
    assert data.to_arrow(views=True)["x"].type == pa.dictionary(pa.int32(), pa.string_view())
    assert data.to_arrow()["x"].to_pylist() == TEXTS
    assert data["x"].to_arrow().to_pylist() == TEXTS
    text = pa.table(data, schema=pa.schema([("x", pa.string())]))
    assert text["x"].to_pylist() == TEXTS
    small = pa.table(data, schema=pa.schema([("x", pa.dictionary(pa.int8(), pa.string()))]))
    assert small["x"].to_pylist() == TEXTS


@pytest.mark.parametrize("form", ["parquet", "ipc", "ipc_stream"])
def test_files(tmp_path, form):
    data = frame(y=column(["q", "p", None, "q", "q", "p", "p", "r"]), n=range(8))
    path = tmp_path / "f"
    getattr(data, f"write_{form}")(path)
    found = getattr(md, f"read_{form}")(path)
    assert found.schema == data.schema
    assert found.equals(data)
    one = getattr(md, f"read_{form}")(path, columns=["y"])
    assert one["y"].to_list() == data["y"].to_list()


def test_parquet_in_row_groups(tmp_path):
    data = frame(TEXTS * 50)
    pq.write_table(data.to_arrow(), tmp_path / "f", row_group_size=7)
    assert md.read_parquet(tmp_path / "f").equals(data)
    assert pl.read_parquet(tmp_path / "f")["x"].to_list() == TEXTS * 50
    lazy = md.scan_parquet(tmp_path / "f")
    assert lazy.collect().equals(data)
    assert lazy.filter(md.col("x") == "b").collect()["x"].to_list() == ["b"] * 100
    counts = lazy.group_by("x").agg(md.len().alias("n")).sort("x").collect()
    assert counts["n"].to_list() == [100, 50, 100, 100, 50]
    assert counts.schema["x"] == md.Categorical


def test_ipc_batches(tmp_path):
    data = frame(TEXTS * 50)
    for form in ("ipc", "ipc_stream"):
        getattr(data, f"write_{form}")(tmp_path / form, record_batch_size=9)
        assert getattr(md, f"read_{form}")(tmp_path / form).equals(data)


def test_text_files(tmp_path):
    data = frame(["a", None, 'q"'])
    data.write_csv(tmp_path / "c")
    data.write_ndjson(tmp_path / "j")
    assert md.read_csv(tmp_path / "c")["x"].to_list() == ["a", None, 'q"']
    assert md.read_ndjson(tmp_path / "j")["x"].to_list() == ["a", None, 'q"']
    made = md.read_ndjson(tmp_path / "j", schema_overrides={"x": md.Categorical})
    assert made.schema["x"] == md.Categorical
    with pytest.raises(md.errors.MydfError, match="Categorical") as caught:
        md.read_csv(tmp_path / "c", schema_overrides={"x": md.Categorical})
    assert "cast(mydf.Categorical)" in str(caught.value)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol):
    data = frame()
    for part in (data, data.slice(2, 3), data.head(0)):
        again = pickle.loads(pickle.dumps(part, protocol))
        assert again.equals(part)
        assert again.schema == part.schema
    assert pickle.loads(pickle.dumps(md.Categorical)) == md.Categorical


def test_display():
    text = str(frame(["a", None]))
    assert "cat" in text
    assert "a" in text


def texts(expr, data):
    """The same expression of text."""
    return data.with_columns(md.col("x").cast(md.String)).select(expr.alias("r"))["r"].to_list()


X = md.col("x")
EXPRS = {
    "==": X == "b",
    "mirrored": md.lit("b") > X,
    "!=": X != "zz",
    "<": X < "b",
    "columns": X.shift(1) < X,
    "text column": X.cast(md.String) == X,
    "between": X.is_between(md.lit("a"), md.lit("b")),
    "is_in": X.is_in(["a", "q"]),
    "is_in null": X.is_in(["a", None]),
    "is_null": X.is_null(),
    "fill_null": X.fill_null("new"),
    "fill_null column": X.fill_null(X.shift(1)),
    "when": md.when(X == "a").then(X).otherwise(md.lit("other")),
    "when null": md.when(X == "a").then(X),
    "when columns": md.when(X == "a").then(X.shift(1)).otherwise(X.shift(-1)),
    "shift": X.shift(1),
    "shift fill": X.shift(2, fill_value="f"),
    "forward": X.forward_fill(),
    "reverse": X.reverse(),
    "sort": X.sort(),
    "sort down": X.sort(descending=True, nulls_last=True),
    "arg_sort": X.arg_sort(),
    "rank": X.rank("dense"),
    "cum_max": X.cum_max(),
    "is_unique": X.is_unique(),
    "is_first_distinct": X.is_first_distinct(),
    "min": X.min(),
    "max": X.max(),
    "first": X.first(),
    "last": X.last(),
    "n_unique": X.n_unique(),
    "count": X.count(),
    "over": X.max().over("k"),
    "over category": md.col("n").sum().over("x"),
    "implode": X.implode(),
    "upper": X.str.to_uppercase(),
    "contains": X.str.contains("a"),
    "starts": X.str.starts_with("b"),
    "len": X.str.len_chars(),
    "replace": X.str.replace("a", "c"),
    "split": X.str.split("a"),
    "coalesce": md.coalesce(X, md.lit("z")),
    "max_horizontal": md.max_horizontal(X, X.shift(1)),
    "concat_str": md.concat_str(X, md.lit("!")),
}


@pytest.mark.parametrize("rows", [1, 0, 50_000], ids=["once", "none", "many"])
@pytest.mark.parametrize("name", EXPRS)
def test_expressions_are_those_of_text(name, rows):
    values = TEXTS * rows
    data = frame(values, n=range(len(values)), k=[i % 3 for i in range(len(values))])
    expr = EXPRS[name]
    assert data.select(expr.alias("r"))["r"].to_list() == texts(expr, data)


@pytest.mark.parametrize(
    "name",
    ["fill_null", "when", "when null", "shift", "shift fill", "sort", "min", "over", "cum_max"],
)
def test_kept_dtype(name):
    data = frame(n=range(8), k=[0] * 8)
    made = data.select(EXPRS[name].alias("r"))
    assert made.schema["r"] == md.Categorical
    # Its categories are unique again.
    assert made["r"].n_unique() == len(set(made["r"].to_list()))


def test_refused():
    data = frame()
    for expr in (X + "x", X * 2, X.sum(), X.mean(), X.dt.year()):
        with pytest.raises(md.errors.DTypeError) as caught:
            data.select(expr)
        assert "Categorical" in str(caught.value)


def test_group_by_and_unique():
    data = frame(TEXTS * 1000, n=range(8000))
    text = data.with_columns(X.cast(md.String))
    for keys in (["x"], ["x", "k"]):
        one = data.with_columns((md.col("n") % 3).alias("k"))
        other = text.with_columns((md.col("n") % 3).alias("k"))
        got = one.group_by(*keys).agg(md.col("n").sum(), md.len().alias("l"))
        want = other.group_by(*keys).agg(md.col("n").sum(), md.len().alias("l"))
        assert got.schema["x"] == md.Categorical
        assert got.to_dict() == want.to_dict()
    assert data.select("x").unique().to_dict() == text.select("x").unique().to_dict()
    got = data.group_by(md.col("n") % 7).agg(X.min().alias("a"), X.max().alias("b"))
    want = text.group_by(md.col("n") % 7).agg(X.min().alias("a"), X.max().alias("b"))
    assert got.to_dict() == want.to_dict()
    assert data["x"].value_counts().to_dict() == text["x"].value_counts().to_dict()


@pytest.mark.parametrize("how", ["inner", "left", "right", "full", "semi", "anti"])
def test_join(how):
    left = frame(TEXTS, n=range(8))
    right = md.DataFrame({"x": column(["", "a", "q", None, "b"]), "m": range(5)})
    want = (
        left.with_columns(X.cast(md.String))
        .join(right.with_columns(X.cast(md.String)), on="x", how=how)
        .to_dict()
    )
    assert left.join(right, on="x", how=how).to_dict() == want
    assert left.join(right.with_columns(X.cast(md.String)), on="x", how=how).to_dict() == want
    assert left.with_columns(X.cast(md.String)).join(right, on="x", how=how).to_dict() == want


def test_concat():
    one, two = frame(["a", None, "b"]), frame(["c", "b"])
    both = md.concat([one, two, two.head(0)])
    assert both.schema["x"] == md.Categorical
    assert both["x"].to_list() == ["a", None, "b", "c", "b"]
    assert both["x"].n_unique() == 4
    with pytest.raises(md.errors.DTypeError, match="Categorical"):
        md.concat([one, two.with_columns(X.cast(md.String))])


def test_rows():
    data = frame(n=range(8))
    assert data.filter(md.col("n") > 3)["x"].to_list() == TEXTS[4:]
    assert data.sort("x", descending=True)["x"].to_list() == [
        None, None, "ä" * 20, "b", "b", "a", "a", "",
    ]  # fmt: skip
    assert data["x"].gather([2, 0]).to_list() == ["a", "b"]
    assert data.tail(2)["x"].to_list() == TEXTS[-2:]
    assert data.row(0) == ("b", 0)
    lists = data.with_columns(md.lit("a,b").str.split(",").alias("l")).explode("l")
    assert lists["x"].to_list() == [each for each in TEXTS for _ in "ab"]
    # More categories than rows.
    few = frame([str(i) for i in range(100)]).head(3)
    assert few.sort("x", descending=True)["x"].to_list() == ["2", "1", "0"]
    assert few.group_by("x").agg(md.len()).height == 3
    assert few.join(few, on="x").height == 3
    assert few["x"].max() == "2"
