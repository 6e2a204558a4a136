# ruff: noqa: ARG005 - all of them have the same parameters
"""Methods that are made of others, against polars."""

import math

import pytest

import mydf
from mydf.errors import ArgumentError, ArgumentTypeError

pl = pytest.importorskip("polars")

THEIRS = pl.DataFrame(
    {
        "k": ["a", "b", "a", "b", "a"], "x": [3, None, 1, 7, 1], "y": [0.5, 2.0, None, 4.0, 8.0],
        "z": [3, 1, None, 7, 2],
    }
)  # fmt: skip
OURS = mydf.DataFrame(THEIRS)


def same(one, other):
    assert one.columns == other.columns
    for left, right in zip(one.rows(), other.rows(), strict=True):
        for ours, theirs in zip(left, right, strict=True):
            if isinstance(theirs, float) and ours is not None:
                assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
            else:
                assert ours == theirs


@pytest.mark.parametrize(
    "made",
    [
        lambda md: md.col("x").eq_missing(md.col("z")),
        lambda md: md.col("x").ne_missing(md.col("z")),
        lambda md: md.col("y").pct_change(),
        lambda md: md.col("x").pct_change(2),
        lambda md: md.col("x").interpolate(),
        lambda md: md.col("y").interpolate().over("k"),
        lambda md: md.col("x", "y").arg_min(),
        lambda md: md.col("x", "y").arg_max(),
        lambda md: md.all().has_nulls(),
        lambda md: md.col("x").dot(md.col("z")),
        lambda md: md.col("y").skew(),
        lambda md: md.col("y").kurtosis(),
        lambda md: md.col("k").replace({"a": "c"}),
        lambda md: md.col("x").replace({1: 10, None: 0}),
        lambda md: md.col("k").replace_strict({"a": 1}, default=0),
        lambda md: md.col("k").str.contains_any(["a", "c"]),
        lambda md: md.col("x").pipe(lambda column, n: column * n, 2),
        lambda md: md.all().name.replace("x", "w"),
        lambda md: md.date("x", 2, "z").alias("date"),
    ],
)
def test_an_expression_gives_what_polars_gives(made):
    same(OURS.select(made(mydf)), THEIRS.select(made(pl)))


@pytest.mark.parametrize(
    "made",
    [
        lambda f, md: f.cast({"x": md.Float64}),
        lambda f, md: f.drop_nans("y"),
        lambda f, md: f.gather_every(2, 1),
        lambda f, md: f.limit(2),
        lambda f, md: f.remove(md.col("x") > 1),
        lambda f, md: f.reverse(),
        lambda f, md: f.shift(1),
        lambda f, md: f.select("x", "y").quantile(0.5),
        lambda f, md: f.select("x", "y").var(),
        lambda f, md: f.select("x", "z").transpose(include_header=True),
        lambda f, md: f.drop_nulls().select("x", "y", "z").corr(),
        lambda f, md: f.group_by("k", maintain_order=True).quantile(0.5).select("x")
        if md is pl
        else f.select("k", "x").group_by("k").quantile(0.5).select("x"),
        lambda f, md: f.sort("x").group_by("k").map_groups(lambda rows: rows.head(1)).sort("k"),
        lambda f, md: f["x"].mode().sort().to_frame(),
        lambda f, md: f["x"].drop_nulls().top_k(2).to_frame(),
        lambda f, md: f["x"].drop_nulls().bottom_k(2).to_frame(),
        lambda f, md: f["x"].gather_every(2).to_frame(),
        lambda f, md: f["x"].zip_with(f["k"] == "a", f["z"]).to_frame(),
        lambda f, md: f.insert_column(1, f["x"].alias("w")) if md is mydf else
        f.clone().insert_column(1, f["x"].alias("w")),
    ],
)  # fmt: skip
def test_a_frame_gives_what_polars_gives(made):
    same(made(OURS, mydf), made(THEIRS, pl))


def test_numbers_are_cut_into_intervals():
    column = mydf.col("x")
    for expr, wanted in (
        (column.cut([1, 5]), ["(1, 5]", None, "(-inf, 1]", "(5, inf]", "(-inf, 1]"]),
        (column.cut([1, 5], left_closed=True), ["[1, 5)", None, "[1, 5)", "[5, inf)", "[1, 5)"]),
        (column.cut([2], labels=["low", "high"]), ["high", None, "low", "high", "low"]),
        (column.cut([]), ["(-inf, inf]", None, *["(-inf, inf]"] * 3]),
    ):
        assert OURS.select(expr).to_dict() == {"x": wanted}


def test_values_and_places():
    assert OURS.n_unique() == THEIRS.n_unique() == 5
    assert OURS.n_unique("k") == 2
    assert OURS.get_column_index("y") == 2
    assert OURS.rows_by_key("k")["b"] == THEIRS.rows_by_key("k")["b"]
    assert not OURS.is_sorted("x")
    assert OURS.sort("x").is_sorted("x")
    assert (OURS["x"] > 1).arg_true().to_list() == [0, 3]
    assert OURS["x"].sort().is_sorted()
    assert len(OURS["x"].sample(2, seed=1)) == 2
    assert OURS["k"].map_elements(str.upper).to_list() == ["A", "B", "A", "B", "A"]
    assert OURS.group_by("k").agg(mydf.col("x").arg_max()).rows() == [("a", 0), ("b", 1)]
    assert mydf.DataFrame({"a": [1.0, 1.0]}).corr().to_dict()["a"][0] != 1


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: mydf.col("x").cut([3, 1]), ArgumentError, "ascending order"),
        (lambda: mydf.col("x").cut([1], labels=["a"]), ArgumentError, "one more label"),
        (lambda: mydf.col("x").replace([1]), ArgumentTypeError, "pass a dict"),
        (lambda: mydf.col("x").replace(dict.fromkeys(range(300))), ArgumentError, "join with"),
        (lambda: mydf.col("k").str.contains_any([]), ArgumentError, "at least one"),
        (lambda: OURS.gather_every(0), ArgumentError, "1 or more"),
        (lambda: OURS.transpose(column_names=["a"]), ArgumentError, "one name for each row"),
    ],
)
def test_wrong_arguments_are_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)


def test_the_errors_of_patterns_fills_and_cross_joins_say_what_they_are_about():
    with pytest.raises(ArgumentError, match=r"unclosed group\nhint: write a backslash before"):
        OURS.filter(mydf.col("k").str.contains("("))
    with pytest.raises(ArgumentError, match="hint: match what is around it too"):
        OURS.filter(mydf.col("k").str.contains("a(?=b)"))
    with pytest.raises(mydf.errors.DTypeError, match=" in shift: "):
        OURS.select(mydf.col("x").shift(1, fill_value="?"))
    wide = mydf.DataFrame({"a": [0]}).gather([0] * 3_000_000)
    with pytest.raises(mydf.errors.MydfError) as caught:
        wide.join(wide, how="cross")
    assert "keys that occur" not in str(caught.value)
