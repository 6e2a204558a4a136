"""Methods of frames that are made of others."""

import datetime as dt
import math

import pyarrow as pa
import pytest

import mydf as md
from mydf import col
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    CastError,
    ColumnNotFoundError,
    DTypeError,
    DuplicateColumnError,
    LengthMismatchError,
    RowNotFoundError,
)

DAY = dt.date(2024, 1, 1)
FRAME = md.DataFrame(
    {
        "k": ["b", "a", None, "b", "a"],
        "x": [1, None, 3, 4, 5],
        "y": [0.5, math.nan, None, 1.0, 2.0],
        "d": [DAY, None, DAY, DAY, DAY],
        "t": [True, False, None, True, True],
    }
)
NOTHING = md.DataFrame()


def test_statistics_of_each_column():
    found = FRAME.describe().to_dict()
    assert found["statistic"] == [
        "count",
        "null_count",
        "mean",
        "std",
        "min",
        "25%",
        "50%",
        "75%",
        "max",
    ]
    assert found["x"][:3] == [4.0, 1.0, 3.25]
    assert found["x"][4:] == [1.0, 2.5, 3.5, 4.25, 5.0]
    assert found["k"] == ["4", "1", None, None, "a", None, None, None, "b"]
    assert found["d"][4] == "2024-01-01"
    assert found["t"][:3] == [4.0, 1.0, 0.75]
    empty = FRAME.clear().describe(percentiles=[]).to_dict()
    assert empty["x"] == [0.0, 0.0, None, None, None, None]
    # Two infinities have no difference.
    assert md.DataFrame({"a": [math.inf, math.inf]}).describe()["a"][5] == math.inf
    for wrong in (lambda: FRAME.describe([2]), lambda: FRAME.describe("x"), NOTHING.describe):
        with pytest.raises((ArgumentError, ArgumentTypeError)) as caught:
            wrong()
        assert caught.value.hint


def test_one_row_for_all():
    numbers = FRAME.select("x", "t")
    assert FRAME.null_count().rows() == [(1, 1, 1, 1, 1)]
    assert numbers.sum().rows() == [(13, 3)]
    assert numbers.count().rows() == [(4, 4)]
    assert FRAME.select("x", "y").max().rows() == [(5, 2.0)]
    assert FRAME.select("k", "d").min().rows() == [("a", DAY)]
    assert FRAME.select("x").mean().rows() == [(3.25,)]
    assert NOTHING.null_count().shape == (0, 0)
    with pytest.raises(DTypeError, match="`k`"):
        FRAME.sum()


def test_values_and_rows():
    assert FRAME.item(0, "k") == "b"
    assert FRAME.item(-1, 1) == 5
    assert FRAME.select(col("x").max()).item() == 5
    assert FRAME.row(1)[:2] == ("a", None)
    assert FRAME.row(-1, named=True)["x"] == 5
    assert FRAME.select("k", "x").rows(named=True) == FRAME.select("k", "x").to_dicts()
    long = md.DataFrame({"a": list(range(10_000))})
    assert list(long.iter_rows()) == long.rows()
    assert next(iter(long.iter_rows(named=True))) == {"a": 0}
    for wrong, error in [
        (FRAME.item, ArgumentError),
        (lambda: FRAME.item(0), ArgumentError),
        (lambda: FRAME.item(9, "k"), RowNotFoundError),
        (lambda: FRAME.item(0, 9), RowNotFoundError),
        (lambda: FRAME.item(0, "nope"), ColumnNotFoundError),
        (lambda: FRAME.row(5), RowNotFoundError),
        (lambda: NOTHING.row(0), RowNotFoundError),
        (lambda: FRAME.row("a"), ArgumentTypeError),
    ]:
        with pytest.raises(error):
            wrong()


def test_samples_are_rows_of_the_frame_and_depend_on_the_seed():
    long = md.DataFrame({"a": list(range(1000))})
    one = long.sample(100, seed=1)["a"].to_list()
    assert one == long.sample(100, seed=1)["a"].to_list() == sorted(set(one))
    assert one != long.sample(100, seed=2)["a"].to_list()
    assert sorted(long.sample(fraction=1, shuffle=True)["a"].to_list()) == list(range(1000))
    assert long.sample(fraction=1, shuffle=True, seed=1)["a"].to_list() != list(range(1000))
    repeated = long.sample(3000, with_replacement=True, seed=3)["a"].to_list()
    assert len(set(repeated)) < 1000
    assert max(repeated) > 900
    assert long.sample(0).height == NOTHING.sample(0).height == 0
    for wrong in (
        lambda: long.sample(1001),
        lambda: long.sample(-1),
        lambda: long.sample(1, fraction=0.5),
        lambda: long.sample(fraction=math.nan),
        lambda: long.clear().sample(1, with_replacement=True),
        lambda: long.sample(1.5),
        lambda: long.sample(1, seed="x"),
    ):
        with pytest.raises((ArgumentError, ArgumentTypeError)) as caught:
            wrong()
        assert caught.value.hint


def test_nulls_and_nan_are_filled_where_the_dtype_fits():
    assert FRAME.fill_null(0).null_count().rows() == [(1, 0, 0, 1, 1)]
    assert FRAME.fill_null(0)["x"].dtype == md.Int64
    assert FRAME.fill_null(0.5)["x"].dtype == md.Float64
    assert FRAME.fill_null("z")["k"].to_list() == ["b", "a", "z", "b", "a"]
    assert FRAME.fill_null(False)["t"].null_count == 0
    assert FRAME.fill_null(DAY)["d"].null_count == 0
    assert FRAME.select("x").fill_null(col("x").max())["x"].to_list() == [1, 5, 3, 4, 5]
    assert FRAME.fill_nan(None)["y"].null_count == 2
    assert FRAME.fill_nan(0)["y"].to_list() == [0.5, 0.0, None, 1.0, 2.0]
    assert FRAME.drop_nulls().height == 3
    for wrong in (None, {"x": 0}, [1]):
        with pytest.raises(md.MydfError):
            FRAME.fill_null(wrong)


def test_columns_and_rows_are_added():
    other = md.DataFrame({"z": [1, 2, 3, 4, 5]})
    assert FRAME.hstack(other).columns[-1] == "z"
    assert FRAME.hstack([other["z"]]).width == 6
    assert FRAME.vstack(FRAME).height == 10
    assert FRAME.clear(2).rows() == [(None,) * 5] * 2
    for wrong, error in [
        (lambda: FRAME.hstack(FRAME), DuplicateColumnError),
        (lambda: FRAME.hstack(other.head(1)), LengthMismatchError),
        (lambda: FRAME.hstack(["z"]), ArgumentTypeError),
        (lambda: FRAME.vstack(other), ColumnNotFoundError),
        (lambda: FRAME.vstack({"z": 1}), ArgumentTypeError),
    ]:
        with pytest.raises(error):
            wrong()


def test_frames_with_other_columns_and_dtypes_are_joined():
    one = md.DataFrame({"a": [1], "b": ["x"]})
    two = md.DataFrame({"b": ["y"], "c": [0.5]})
    three = md.DataFrame({"a": [1.5]})
    assert md.concat([one, two], how="diagonal").rows() == [(1, "x", None), (None, "y", 0.5)]
    assert md.concat([one, two, three], how="diagonal_relaxed").schema == {
        "a": md.Float64,
        "b": md.String,
        "c": md.Float64,
    }
    mixed = md.concat([one.select("a"), three], how="vertical_relaxed")
    assert mixed.to_dict() == {"a": [1.0, 1.5]}
    small = md.DataFrame({"a": [1]}, schema={"a": md.Int8})
    assert md.concat([small, one.select("a")], how="vertical_relaxed")["a"].dtype == md.Int64
    assert md.concat([NOTHING, two], how="diagonal").rows() == [("y", 0.5)]
    assert md.concat([NOTHING, NOTHING], how="diagonal_relaxed").shape == (0, 0)
    assert md.concat([one.clear(), two], how="diagonal").height == 1
    for frames, how, error in [
        ([one, three], "diagonal", DTypeError),
        ([one, md.DataFrame({"a": ["x"]})], "diagonal_relaxed", DTypeError),
        ([md.DataFrame({"a": [2**53 + 1]}), three], "vertical_relaxed", CastError),
        ([], "diagonal", ArgumentError),
        ([one, two], "vertical_relaxed", ColumnNotFoundError),
        ([one], "outer", ArgumentError),
    ]:
        with pytest.raises(error):
            md.concat(frames, how=how)


def test_long_and_wide():
    long = FRAME.select("k", "x", "y").unpivot(["x", "y"], index="k")
    assert long.shape == (10, 3)
    assert long["value"].to_list()[:5] == [1.0, None, 3.0, 4.0, 5.0]
    assert FRAME.select("x").unpivot().rows()[0] == ("x", 1)
    assert FRAME.unpivot([], index="k").schema["k"] == md.String
    assert FRAME.clear().unpivot("x", index="k").height == 0
    wide = FRAME.pivot("k", index="t", values="x", aggregate_function="sum")
    assert wide.rows() == [(True, 5, 5, None), (False, None, 0, None), (None, None, None, 3)]
    assert wide.columns == ["t", "b", "a", "null"]
    two = FRAME.pivot(["k", "t"], index="d", values=["x", "y"], aggregate_function="max")
    assert two.columns[1:4] == ["x_b_true", "x_a_false", "x_null_null"]
    assert FRAME.pivot("k", index="t", values="x", aggregate_function="len")["b"][0] == 2
    ordered = FRAME.pivot("k", values="x", index="t", aggregate_function="max", sort_columns=True)
    assert ordered.columns == ["t", "null", "a", "b"]
    whole = FRAME.pivot("k", index=[], values="x", aggregate_function="max")
    assert whole.to_dict() == {"b": [4], "a": [5], "null": [3]}
    for wrong, error in [
        (lambda: FRAME.pivot("k", index="t", values="x"), ArgumentError),
        (lambda: FRAME.pivot("k"), ArgumentError),
        (lambda: FRAME.pivot([], index="t"), ArgumentError),
        (lambda: FRAME.pivot("nope", index="t"), ColumnNotFoundError),
        (lambda: FRAME.pivot("k", index="t", aggregate_function="mode"), ArgumentError),
        (
            lambda: FRAME.with_columns(k=md.Series("k", ["null", "a", None, "b", "c"])).pivot(
                "k", index="x"
            ),
            DuplicateColumnError,
        ),
        (lambda: FRAME.unpivot(["x", "k"]), DTypeError),
        (lambda: FRAME.unpivot("nope"), ColumnNotFoundError),
        (lambda: FRAME.unpivot("x", index="k", value_name="k"), DuplicateColumnError),
        (lambda: FRAME.unpivot("x", variable_name="value"), DuplicateColumnError),
    ]:
        with pytest.raises(error):
            wrong()


def test_a_column_for_each_value():
    assert FRAME.select("k").to_dummies().to_dict() == {
        "k_a": [0, 1, 0, 0, 1],
        "k_b": [1, 0, 0, 1, 0],
        "k_null": [0, 0, 1, 0, 0],
    }
    assert FRAME.select("t").to_dummies(drop_first=True)["t_true"].dtype == md.UInt8
    assert FRAME.to_dummies("k", separator=":").columns[:3] == ["k:a", "k:b", "k:null"]
    nan = md.DataFrame({"a": [math.nan, 1.0]}).to_dummies()
    assert sorted(sum(nan.rows(), ())) == [0, 0, 1, 1]
    with pytest.raises(ColumnNotFoundError):
        FRAME.to_dummies("nope")


def test_rows_of_each_group():
    parts = FRAME.partition_by("k")
    assert [part["x"].to_list() for part in parts] == [[1, 4], [None, 5], [3]]
    assert list(FRAME.partition_by("k", as_dict=True)) == [("b",), ("a",), (None,)]
    assert FRAME.partition_by("k", include_key=False)[0].columns == ["x", "y", "d", "t"]
    seen = {key: rows.height for key, rows in FRAME.group_by("t", odd=col("x") % 2)}
    assert seen == {(True, 1): 2, (False, None): 1, (None, 1): 1, (True, 0): 1}
    groups = FRAME.select("k", "x").group_by("k")
    assert groups.head(1).rows() == [("b", 1), ("a", None), (None, 3)]
    assert groups.tail(1).rows() == [("b", 4), ("a", 5), (None, 3)]
    assert groups.head(-1).rows() == [("b", 1), ("a", None)]
    assert FRAME.group_by(odd=col("x") % 2).head(1).columns == ["odd", "k", "x", "y", "d", "t"]
    assert groups.sum().rows() == [("b", 5), ("a", 5), (None, 3)]
    assert groups.first().rows() == groups.head(1).rows()
    assert groups.max().columns == groups.n_unique().columns == ["k", "x"]
    assert list(FRAME.clear().group_by("k")) == []
    assert FRAME.clear().group_by("k").head().shape == (0, 5)
    named_len = FRAME.rename({"x": "len"})
    assert len(named_len.partition_by("k")) == 3
    with pytest.raises(ArgumentError):
        FRAME.partition_by([])


def test_keys_of_a_join_may_be_expressions():
    left = md.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    right = md.DataFrame({"a": [2, 3], "c": ["X", "Y"]})
    inner = left.join(right, left_on=col("a") + 1, right_on="a")
    assert inner.rows() == [(1, "x", "X"), (2, "y", "Y")]
    lower = left.join(right, left_on="b", right_on=col("c").str.to_lowercase())
    assert lower.to_dict() == {"a": [1, 2], "b": ["x", "y"], "a_right": [2, 3], "c": ["X", "Y"]}
    full = left.join(right, on=col("a") % 2, how="full")
    assert full.columns == ["a", "b", "a_right", "c"]
    assert left.join(right, on=[col("a") % 2, "a"], how="anti").rows() == [(1, "x")]
    assert left.join(right, on=col("a") * 2, how="semi").rows() == [(2, "y")]
    with pytest.raises(ArgumentError):
        left.join(right, left_on=md.col("a", "b"), right_on="a")
    with pytest.raises(ColumnNotFoundError):
        left.join(right, on=col("nope"))


def test_functions_over_frames():
    assert FRAME.pipe(md.DataFrame.head, 1).height == 1
    assert FRAME.map_batches(lambda frame: frame.head(2)).height == 2
    assert FRAME.map_batches(lambda table: table.slice(4), arrow=True).row(0)[0] == "a"
    for wrong in (lambda: FRAME.map_batches(len), lambda: FRAME.map_batches("x")):
        with pytest.raises(ArgumentTypeError) as caught:
            wrong()
        assert caught.value.hint
    with pytest.raises(ZeroDivisionError):
        FRAME.map_batches(lambda _: 1 / 0)


def test_show_prints_every_row_that_is_asked_for(capsys):
    long = md.DataFrame({"n": range(30)})
    assert long.show() is None
    assert "shape: (10, 1)" in capsys.readouterr().out
    long.show(None)
    shown = capsys.readouterr().out
    assert "shape: (30, 1)" in shown
    assert "…" not in shown
    NOTHING.show()
    with pytest.raises(ArgumentError, match="limit: -1"):
        long.show(-1)


def test_a_glimpse_and_completions(capsys):
    assert FRAME.glimpse(2) is None
    shown = capsys.readouterr().out
    assert shown.splitlines()[2:4] == ["$ k <String>  'b', 'a'", "$ x <Int64>   1, null"]
    assert NOTHING.glimpse(return_as_string=True) == "Rows: 0\nColumns: 0\n"
    assert FRAME._ipython_key_completions_() == FRAME.columns


def test_text_goes_to_arrow_without_views_unless_asked():
    table = FRAME.to_arrow()
    assert table.schema.field("k").type == pa.large_string()
    assert table.to_pydict()["k"] == FRAME["k"].to_list()
    assert FRAME.to_arrow(views=True).schema.field("k").type == pa.string_view()
    assert FRAME["k"].to_arrow().type == pa.large_string()
    assert NOTHING.to_arrow().num_columns == 0
    wanted = pa.schema([("k", pa.string()), *list(FRAME.to_arrow().schema)[1:]])
    assert pa.table(FRAME, schema=wanted).schema == wanted
