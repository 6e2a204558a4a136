"""Columns of lists against Python and polars."""

import math

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import mydf as md

NUMBERS = st.lists(st.none() | st.lists(st.none() | st.integers(-9, 9), max_size=4), max_size=8)
TEXTS = st.lists(st.none() | st.text("aé-", max_size=5), max_size=8)


def frames(lists):
    given = {"i": list(range(len(lists))), "a": lists}
    schema = {"i": md.Int64, "a": md.List(md.Int64)}
    return md.DataFrame(given, schema=schema), pl.DataFrame(
        given, schema={"i": pl.Int64, "a": pl.List(pl.Int64)}
    )


@given(NUMBERS, st.integers(-5, 5))
def test_functions_equal_polars(lists, number):
    mine, other = frames(lists)
    assert mine["a"].to_list() == lists
    for make in (
        lambda c: c("a").list.len(),
        lambda c: c("a").list.sum(),
        lambda c: c("a").list.min(),
        lambda c: c("a").list.max(),
        lambda c: c("a").list.mean(),
        lambda c: c("a").list.first(),
        lambda c: c("a").list.last(),
        lambda c: c("a").list.get(number, null_on_oob=True),
        lambda c: c("a").list.contains(number),
        lambda c: c("a").shift(1),
        lambda c: c("a").is_null(),
    ):
        found = mine.select(x=make(md.col))["x"].to_list()
        assert found == other.select(x=make(pl.col))["x"].to_list()


@given(NUMBERS, st.data())
def test_rows_move_as_in_polars(lists, data):
    mine, other = frames(lists)
    assert mine.explode("a").rows() == other.explode("a").rows()
    assert mine.sort("i", descending=True).rows() == other.sort("i", descending=True).rows()
    kept = data.draw(st.lists(st.booleans(), min_size=len(lists), max_size=len(lists)))
    rows = [row for row, keep in zip(mine.rows(), kept, strict=True) if keep]
    mask = md.Series("k", kept, dtype=md.Bool)
    assert mine.filter(mask).rows() == rows
    assert md.concat([mine, mine.filter(mask)]).rows() == mine.rows() + rows
    assert md.DataFrame(other).rows() == mine.to_polars().rows() == mine.rows()
    start = data.draw(st.integers(0, 8))
    assert mine.slice(start).explode("a").rows() == other.slice(start).explode("a").rows()


@given(NUMBERS)
def test_imploded_groups_explode_to_their_rows(lists):
    keys = [len(each or []) for each in lists]
    frame = md.DataFrame({"k": keys, "v": list(range(len(keys)))}, schema={"k": md.Int64})
    grouped = frame.group_by("k").agg(md.col("v").implode())
    assert sorted(grouped.explode("v").rows()) == sorted(frame.rows())
    expected = {key: [v for v, each in enumerate(keys) if each == key] for key in keys}
    assert dict(grouped.rows()) == expected


@given(TEXTS, st.text("aé-", min_size=1, max_size=2))
def test_parts_of_texts_equal_python(texts, separator):
    frame = md.DataFrame({"a": texts}, schema={"a": md.String})
    parts = frame.select(md.col("a").str.split(separator))["a"].to_list()
    assert parts == [None if text is None else text.split(separator) for text in texts]
    assert frame.select(md.col("a").str.split(separator).list.join(separator)).rows() == [
        (text,) for text in texts
    ]


@given(NUMBERS, st.integers(-5, 5), st.none() | st.integers(0, 5), st.booleans(), st.booleans())
def test_rearranged_lists_equal_polars(lists, offset, length, descending, nulls_last):
    mine, other = frames(lists)
    for make in (
        lambda c: c("a").list.sort(descending=descending, nulls_last=nulls_last),
        lambda c: c("a").list.unique(maintain_order=True),
        lambda c: c("a").list.reverse(),
        lambda c: c("a").list.drop_nulls(),
        lambda c: c("a").list.head(length or 0),
        lambda c: c("a").list.tail(length or 0),
        lambda c: c("a").list.slice(offset, length),
        lambda c: c("a").list.arg_min(),
        lambda c: c("a").list.arg_max(),
        lambda c: c("a").list.median(),
    ):
        found = mine.select(x=make(md.col))["x"].to_list()
        assert found == other.select(x=make(pl.col))["x"].to_list()


ITEMS = st.lists(
    st.none()
    | st.lists(st.none() | st.sampled_from([0.0, -0.0, 1.5, -2.0, float("nan")]), max_size=6),
    max_size=8,
)


@given(ITEMS, st.integers(0, 8), st.integers(0, 8))
def test_rearranged_floats_equal_python(lists, start, rows):
    series = md.Series("a", lists, dtype=md.List(md.Float64)).slice(start, rows)
    lists = lists[start : start + rows]
    names = ("sort", "unique", "arg_min", "arg_max", "reverse")
    for name in names:
        found = getattr(series.list, name)().to_list()
        for items, own in zip(lists, found, strict=True):
            assert repr(own) == repr(None if items is None else naive(name, items)), name


def naive(name, items):
    """Return what a list becomes: null first, NaN equal to itself and largest."""
    keys = [(0, 0.0) if x is None else (2, 0.0) if math.isnan(x) else (1, x) for x in items]
    places = range(len(items))
    if name == "sort":
        return [items[at] for at in sorted(places, key=lambda at: keys[at])]
    if name == "unique":
        return [items[at] for at in places if keys[at] not in keys[:at]]
    if name == "reverse":
        return items[::-1]
    known = [at for at in places if keys[at][0] == 1]
    known = known or [at for at in places if items[at] is not None]
    best = min if name == "arg_min" else max
    return best(known, key=lambda at: keys[at], default=None)


@given(st.lists(st.none() | st.lists(st.none() | st.booleans(), max_size=4), max_size=8))
def test_truth_of_lists_equals_polars(lists):
    mine = md.Series("a", lists, dtype=md.List(md.Bool))
    other = pl.Series("a", lists, dtype=pl.List(pl.Boolean))
    assert mine.list.any().to_list() == other.list.any().to_list()
    assert mine.list.all().to_list() == other.list.all().to_list()
