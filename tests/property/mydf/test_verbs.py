"""Methods of frames against those of polars, over frames with nulls, NaN and no rows."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

import mydf as md

KINDS = {
    "k": st.none() | st.sampled_from(["a", "b", ""]),
    "i": st.none() | st.integers(-2, 2),
    "f": st.none() | st.sampled_from([0.5, -0.0, 0.0, float("nan"), float("inf")]),
    "t": st.none() | st.booleans(),
}
SCHEMA = {"k": str, "i": int, "f": float, "t": bool}


@st.composite
def frames(draw):
    rows = draw(st.integers(0, 6))
    data = {
        name: draw(st.lists(kind, min_size=rows, max_size=rows)) for name, kind in KINDS.items()
    }
    return md.DataFrame(data, SCHEMA), pl.DataFrame(data, SCHEMA)


def same(mine, theirs):
    if isinstance(theirs, pl.DataFrame):
        assert mine.columns == theirs.columns
        theirs = theirs.rows()
        mine = mine.rows()
    # -0.0 and 0.0 are equal keys, of which each library shows another.
    assert repr(mine).replace("-0.0", "0.0") == repr(theirs).replace("-0.0", "0.0")


@settings(max_examples=40)
@given(frames(), st.sampled_from(["k", "i", "f", "t"]), st.integers(1, 3))
def test_groups(pair, key, n):
    mine, theirs = pair
    parts = theirs.partition_by(key, maintain_order=True) if theirs.height else []
    found = mine.partition_by(key)
    assert len(found) == len(parts)
    for one, two in zip(found, parts, strict=True):
        same(one, two)
    groups = theirs.group_by(key, maintain_order=True)
    same(mine.group_by(key).head(n), groups.head(n))
    same(mine.group_by(key).tail(n), groups.tail(n))
    others = [name for name in ("i", "f") if name != key]
    wanted = theirs.select(key, *others).group_by(key, maintain_order=True)
    same(mine.select(key, *others).group_by(key).max(), wanted.max())


@settings(max_examples=40)
@given(frames(), st.sampled_from(["k", "i", "t"]), st.sampled_from(["max", "first", "len"]))
def test_pivot(pair, index, how):
    mine, theirs = pair
    on = "t" if index == "k" else "k"
    found = mine.pivot(on, index=index, values="f", aggregate_function=how)
    if not theirs.height:
        assert found.shape == (0, 1)
        return
    wanted = theirs.pivot(on, index=index, values="f", aggregate_function=how, maintain_order=True)
    assert found.columns == wanted.columns
    if how == "len":
        # A cell without rows is null here.
        found = (
            found.fill_null(0) if index != "i" else found.with_columns(md.exclude("i").fill_null(0))
        )
    same(found, wanted)


@settings(max_examples=40)
@given(frames())
def test_shapes(pair):
    mine, theirs = pair
    same(mine.unpivot(["i", "f"], index="k"), theirs.unpivot(["i", "f"], index="k"))
    same(mine.null_count(), theirs.null_count())
    same(mine.fill_null(7), theirs.fill_null(7))
    same(mine.fill_nan(None), theirs.fill_nan(None))
    same(mine.drop_nulls("f"), theirs.drop_nulls("f"))
    same(mine.clear(2), theirs.clear(2))
    one, two = mine.select("k", "i"), mine.select("f", i="f")
    ours = md.concat([one, two], how="diagonal_relaxed")
    upper, lower = theirs.select("k", "i"), theirs.select("f", i="f")
    same(ours, pl.concat([upper, lower], how="diagonal_relaxed"))
    dummies = mine.select("k").to_dummies()
    assert all(sum(row) == 1 for row in dummies.rows())


@settings(max_examples=40)
@given(frames())
def test_statistics(pair):
    mine, theirs = pair
    rows = ["count", "null_count", "mean", "std", "min", "max"]
    found = mine.select("i").describe()
    wanted = theirs.select("i").describe()
    found = found.filter(md.col("statistic").is_in(rows))
    wanted = wanted.filter(pl.col("statistic").is_in(rows))
    for one, two in zip(found["i"].to_list(), wanted["i"].to_list(), strict=True):
        assert one == two or abs(one - two) < 1e-12


@settings(max_examples=40)
@given(frames(), frames(), st.sampled_from(["inner", "left", "semi", "anti"]))
def test_joins_by_expressions(left, right, how):
    mine = left[0].join(right[0], on=md.col("i") * 2, how=how)
    theirs = (
        left[1]
        .with_columns(key=pl.col("i") * 2)
        .join(
            right[1].with_columns(key=pl.col("i") * 2),
            on="key",
            how=how,
            maintain_order="left_right",
        )
        .drop("key")
    )
    same(mine, theirs)
