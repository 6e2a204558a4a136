"""The operations of frames on small data with answers by hand, and their errors."""

import datetime as dt
import io
import pickle
import sys
from types import SimpleNamespace

import pytest

import mydf as md

ROWS = {"k": ["a", "b", "a", None], "x": [1, 2, 3, 4], "y": [1.5, None, 2.5, 0.5]}


def frame():
    return md.DataFrame(ROWS)


def test_a_frame_returns_its_data():
    assert frame().to_dict() == ROWS
    assert frame().shape == (4, 3)
    assert frame().columns == ["k", "x", "y"]


def test_select_filter_and_with_columns():
    found = frame().filter(md.col("x") > 1).select("k", (md.col("x") * 2).alias("twice"))
    assert found.to_dict() == {"k": ["b", "a", None], "twice": [4, 6, 8]}
    found = frame().with_columns(z=md.col("y").fill_null(0.0) + md.col("x"))
    assert found["z"].to_list() == [2.5, 2.0, 5.5, 4.5]


def test_sort_by_several_keys():
    found = frame().sort("k", "x", descending=[False, True], nulls_last=True)
    assert found["x"].to_list() == [3, 1, 2, 4]


def test_group_by_keeps_the_order_of_first_rows():
    found = (
        frame()
        .group_by("k")
        .agg(
            md.col("x").sum(),
            md.col("y").mean().alias("mean"),
            md.col("x").min().alias("min"),
            md.col("x").max().alias("max"),
            md.col("y").count().alias("count"),
            md.col("y").n_unique().alias("n_unique"),
            md.col("x").first().alias("first"),
            md.col("x").last().alias("last"),
        )
    )
    assert found.to_dict() == {
        "k": ["a", "b", None], "x": [4, 2, 4], "mean": [2.0, None, 0.5], "min": [1, 2, 4],
        "max": [3, 2, 4], "count": [2, 0, 1], "n_unique": [2, 1, 1], "first": [1, 2, 4],
        "last": [3, 2, 4],
    }  # fmt: skip


def test_joins_match_no_null_keys():
    right = md.DataFrame({"k": ["a", None], "v": [10, 20]})
    assert frame().join(right, on="k", how="inner").to_dict()["v"] == [10, 10]
    assert frame().join(right, on="k", how="left").to_dict()["v"] == [10, None, 10, None]


def test_a_right_join_has_the_keys_and_the_order_of_the_other_frame():
    right = md.DataFrame({"k": ["c", "b", None], "x": [10, 20, 30]})
    found = md.DataFrame({"x": [1, 2], "k": ["a", "b"]}).join(right, on="k", how="right")
    assert found.to_dict() == {
        "x": [None, 2, None], "k": ["c", "b", None], "x_right": [10, 20, 30],
    }  # fmt: skip


def test_a_full_join_has_the_keys_of_both_frames():
    right = md.DataFrame({"k": ["c", "b", None]})
    found = md.DataFrame({"k": ["a", "b", None]}).join(right, on="k", how="full")
    assert found.rows() == [("a", None), ("b", "b"), (None, None), (None, "c"), (None, None)]
    assert found.columns == ["k", "k_right"]


def test_a_cross_join_has_no_keys():
    left, right = md.DataFrame({"a": [1, 2]}), md.DataFrame({"a": ["x", "y"]})
    found = left.join(right, how="cross")
    assert found.to_dict() == {"a": [1, 1, 2, 2], "a_right": ["x", "y", "x", "y"]}
    with pytest.raises(md.errors.ArgumentError, match="keys of a cross join: it has none"):
        left.join(right, on="a", how="cross")


def test_unique_concat_head_tail_slice():
    assert frame().unique(subset="k")["x"].to_list() == [1, 2, 4]
    assert md.concat([frame(), frame()]).height == 8
    assert frame().head(1)["x"].to_list() == [1]
    assert frame().tail(1)["x"].to_list() == [4]
    assert frame().slice(1, 2)["x"].to_list() == [2, 3]


def test_text_expressions():
    texts = md.DataFrame({"s": ["Apple", None, "pear"]})
    col = md.col("s").str
    found = texts.select(
        c=col.contains("pp"), s=col.starts_with("p"), l=col.to_lowercase(), u=col.to_uppercase(),
        n=col.len_chars(),
    )  # fmt: skip
    assert found.to_dict() == {
        "c": [True, None, False], "s": [False, None, True], "l": ["apple", None, "pear"],
        "u": ["APPLE", None, "PEAR"], "n": [5, None, 4],
    }  # fmt: skip


def test_dates_and_datetimes_round_trip():
    days = [dt.date(2013, 1, 1), None]
    # Deliberately without a time zone.
    times = [dt.datetime(2013, 1, 1, 5, 30), None]  # noqa: DTZ001
    found = md.DataFrame({"d": days, "t": times})
    assert found.to_dict() == {"d": days, "t": times}
    assert found.dtypes == [md.Date, md.Datetime()]


def test_text_and_html_show_shape_names_and_null():
    assert "shape: (4, 3)" in repr(frame())
    assert "null" in repr(frame())
    assert "&lt;b&gt;" in md.DataFrame({"h": ["<b>"]})._repr_html_()


@pytest.mark.parametrize(
    ("encoding", "top", "cut"),
    [
        ("ascii", "+---", "x."), ("cp1252", "+---", "x…"),
        ("cp437", "┌───", "x."), ("utf-8", "┌───", "x…"),
    ],
)  # fmt: skip
def test_a_frame_can_be_printed_if_the_output_cannot_encode_lines(monkeypatch, encoding, top, cut):
    output = io.TextIOWrapper(io.BytesIO(), encoding, newline="\n")
    long = md.DataFrame({"t": ["x" * 100]})
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", output)
        print(long, long["t"], sep="\n", flush=True)
    frame, series = output.buffer.getvalue().decode(encoding).split("shape")[1:]
    for shown in (frame, series):
        assert top in shown
        assert cut in shown


def test_an_output_with_an_unknown_encoding_changes_nothing(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", SimpleNamespace(encoding="none-that-is-known"))
        shown = repr(frame())
    assert "┌───" in shown


def test_an_expression_is_shown_as_the_python_that_makes_it():
    col = md.col("s")
    assert repr(2 - col.str.strip_chars().str.len_chars()) == (
        '2 - col("s").str.strip_chars().str.len_chars()'
    )
    assert repr(md.lit(2) < md.col("x")) == 'lit(2) < col("x")'
    assert repr(-md.lit(1) + md.lit(2)) == "-lit(1) + 2"
    assert repr(col == dt.date(2024, 1, 1)) == 'col("s") == datetime.date(2024, 1, 1)'
    assert repr(md.lit(None, md.Datetime("UTC"))) == 'lit(None).cast(Datetime("UTC"))'


def test_a_pickled_frame_loads_equal():
    assert pickle.loads(pickle.dumps(frame())).to_dict() == ROWS


def test_runtime_reports_what_the_binary_states():
    found = md.runtime()
    assert found.index_bits == (64 if found.name == "rt64" else 32)
    fast = "mimalloc" if sys.platform == "win32" else "jemalloc"
    assert found.allocator == ("system" if found.name == "rtcompat" else fast)
    assert found.build["version"] == md.__version__
    assert set(found.rejected) == {"rt32", "rt64", "rtcompat"} - {found.name}


@pytest.mark.parametrize(
    ("act", "error", "text"),
    [
        (lambda f: f.select("kk"), md.errors.ColumnNotFoundError, "did you mean `k`?"),
        (lambda f: f.select("zebra"), KeyError, "the columns are: k, x, y"),
        (lambda f: f.select(md.col("k") + 1), md.errors.DTypeError, "k"),
        (
            lambda f: f.select(md.col("x").str.to_lowercase()),
            md.errors.DTypeError,
            "dtype of `x` in str.to_lowercase: Int64",
        ),
        (lambda f: f.select("x", md.col("x")), md.errors.DuplicateColumnError, "x"),
        (lambda f: f.filter(md.col("x")), md.errors.DTypeError, "Bool"),
        (
            lambda _: md.DataFrame({"a": [2**63 - 1]}).select(md.col("a") + 1),
            md.errors.IntegerOverflowError,
            "overflow",
        ),
        (lambda _: md.DataFrame({"a": [1, "x"]}), md.errors.MixedTypeError, "a"),
        (lambda _: md.DataFrame({"a": [1], "b": []}), md.errors.LengthMismatchError, "b"),
    ],
)
def test_an_error_names_its_subject(act, error, text):
    with pytest.raises(error) as caught:
        act(frame())
    assert text in str(caught.value)
    assert isinstance(caught.value, md.MydfError)


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b"a,b\n1,2\n3\n", ["line 3"]),
        (b"a,b\n1,2,3\n", ["line 2"]),
        (b'a,b\n1,"x\n', ["line 2"]),
        (b"a,b\n1,\xff\n", ["line 2", "`b`"]),
        (b"", ["<bytes>"]),
    ],
    ids=["short row", "long row", "open quote", "invalid UTF-8", "empty"],
)
def test_an_error_in_csv_names_line_and_column(data, parts):
    with pytest.raises(md.errors.CsvError) as caught:
        md.read_csv(data)
    assert all(part in str(caught.value) for part in parts)


def test_an_error_names_the_value_that_does_not_fit_its_dtype():
    with pytest.raises(md.MydfError) as caught:
        md.read_csv(b"a\n1\nx\n", schema_overrides={"a": md.Int64})
    assert "line 3" in str(caught.value)
    assert "`a`" in str(caught.value)


def test_an_error_names_the_corrupt_parquet_file(tmp_path):
    path = tmp_path / "broken.parquet"
    frame().write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(md.errors.ParquetError, match=r"broken\.parquet"):
        md.read_parquet(path)


def test_files_round_trip(tmp_path):
    frame().write_parquet(tmp_path / "f.parquet")
    assert md.read_parquet(tmp_path / "f.parquet").to_dict() == ROWS
    frame().write_csv(tmp_path / "f.csv")
    assert md.read_csv(tmp_path / "f.csv").to_dict() == ROWS


def test_a_missing_file_is_also_a_builtin_error():
    with pytest.raises(FileNotFoundError, match=r"nowhere\.csv"):
        md.read_csv("nowhere.csv")
