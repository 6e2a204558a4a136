"""Operations on generated frames against polars."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import mydf as md

KEYS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "long text that has no room in a view"]))
INTS = st.one_of(st.none(), st.integers(-5, 5))
FLOATS = st.one_of(st.none(), st.sampled_from([-1.5, 0.0, 0.25, 3.0]))
FRAMES = st.lists(st.tuples(KEYS, INTS, FLOATS), max_size=40).map(
    lambda rows: {
        "k": [row[0] for row in rows],
        "i": [row[1] for row in rows],
        "f": [row[2] for row in rows],
    }
)
OURS = {"k": md.String, "i": md.Int64, "f": md.Float64}
THEIRS = {"k": pl.String, "i": pl.Int64, "f": pl.Float64}


def both(data):
    return md.DataFrame(data, schema=OURS), pl.DataFrame(data, schema=THEIRS)


def same(ours, theirs):
    assert ours.to_dict() == theirs.to_dict(as_series=False)


@given(FRAMES)
def test_filter(data):
    ours, theirs = both(data)
    same(
        ours.filter((md.col("i") > 0) | md.col("f").is_null()),
        theirs.filter((pl.col("i") > 0) | pl.col("f").is_null()),
    )


CONDITIONS = st.lists(st.sampled_from(["i > 0", "below the mean", "f < i", "null f"]), max_size=4)


@given(FRAMES, CONDITIONS, st.lists(st.booleans(), max_size=4))
def test_filter_by_masks_and_expressions_in_any_order(data, names, masks):
    """Each condition comes as an expression or as the Series that it gives over the whole frame."""
    ours, theirs = both(data)

    def condition(lib, name):
        i, f = lib.col("i"), lib.col("f")
        return {
            "i > 0": i > 0, "below the mean": f < f.mean(), "f < i": f < i, "null f": f.is_null(),
        }[name]  # fmt: skip

    ours_all = [condition(md, name) for name in names]
    for place, as_mask in enumerate(masks[: len(names)]):
        if as_mask:
            ours_all[place] = ours.with_columns(mask=ours_all[place])["mask"]
    wanted = [condition(pl, name) for name in names]
    same(ours.filter(*ours_all), theirs.filter(pl.all_horizontal(pl.lit(True), *wanted)))
    same(ours.filter(ours_all or True), theirs.filter(pl.all_horizontal(pl.lit(True), *wanted)))


@given(FRAMES)
def test_comparisons_of_series(data):
    ours, theirs = both(data)
    assert (ours["i"] > ours["f"]).to_list() == (theirs["i"] > theirs["f"]).to_list()
    assert (ours["k"] == "a").to_list() == (theirs["k"] == "a").to_list()
    assert (ours["i"] <= 2).to_list() == (theirs["i"] <= 2).to_list()
    assert ours["i"].is_in([1, 2]).to_list() == theirs["i"].is_in([1, 2]).to_list()


@given(FRAMES)
def test_sort_by_two_keys(data):
    ours, theirs = both(data)
    same(
        ours.sort("k", "i", descending=[True, False], nulls_last=True),
        theirs.sort("k", "i", descending=[True, False], nulls_last=True, maintain_order=True),
    )


@given(FRAMES)
def test_group_by(data):
    ours, theirs = both(data)

    def aggregations(lib):
        return [
            lib.col("i").sum().alias("sum"), lib.col("f").mean().alias("mean"),
            lib.col("i").min().alias("min"), lib.col("i").max().alias("max"),
            lib.col("k").n_unique().alias("nu"), lib.col("f").count().alias("count"),
            lib.col("f").first().alias("first"), lib.col("k").last().alias("last"),
        ]  # fmt: skip

    same(
        ours.group_by("k", "i").agg(*aggregations(md)[1:]),
        theirs.group_by("k", "i", maintain_order=True).agg(*aggregations(pl)[1:]),
    )
    same(
        ours.group_by("k").agg(*aggregations(md)[:4]),
        theirs.group_by("k", maintain_order=True).agg(*aggregations(pl)[:4]),
    )


@given(FRAMES, FRAMES)
def test_joins(left, right):
    (ours, theirs), (ours_right, theirs_right) = both(left), both(right)
    for how in ("inner", "left"):
        for on in (["k"], ["i"], ["k", "i"]):
            same(
                ours.join(ours_right, on=on, how=how),
                theirs.join(theirs_right, on=on, how=how, maintain_order="left_right"),
            )
    for how, order in (
        ("right", "right_left"),
        ("full", "left_right"),
        ("semi", "left"),
        ("anti", "left"),
    ):
        for on in (["k"], ["i"], ["k", "i"]):
            same(
                ours.join(ours_right, on=on, how=how),
                theirs.join(theirs_right, on=on, how=how, maintain_order=order),
            )
    same(ours.join(ours_right, how="cross"), theirs.join(theirs_right, how="cross"))


@given(FRAMES)
def test_unique(data):
    ours, theirs = both(data)
    same(
        ours.unique(subset=["k", "i"]),
        theirs.unique(subset=["k", "i"], keep="first", maintain_order=True),
    )


@given(FRAMES)
def test_expressions(data):
    ours, theirs = both(data)

    def exprs(lib):
        i, f, k = lib.col("i"), lib.col("f"), lib.col("k")
        return [
            (i * 2 + 1).alias("a"), (f / 2).alias("b"), (i / 2).alias("c"), (i // 2).alias("d"),
            (i % 3).alias("e"), i.fill_null(0).alias("g"), (i > f).alias("h"),
            ((i > 0) & (f > 0)).alias("j"), k.str.contains("a", literal=True).alias("l"),
            k.str.to_uppercase().alias("m"), k.str.len_chars().alias("n"),
            k.str.starts_with("long").alias("o"), f.is_null().alias("p"),
        ]  # fmt: skip

    same(ours.select(*exprs(md)), theirs.select(*exprs(pl)))


@given(FRAMES)
def test_arrow_there_and_back(data):
    ours, theirs = both(data)
    same(md.from_arrow(theirs), theirs)
    same(ours, pl.DataFrame(ours))
