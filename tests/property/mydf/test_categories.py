"""Categories do what their texts do, whatever the list of categories is."""

import polars as pl
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

import mydf as md

WORDS = st.sampled_from(["", "a", "b", "B", "ab", "é", "a longer text of bytes", "10", "9"])


@st.composite
def columns(draw, rows=None):
    """A dictionary array: entries may be equal, null or without rows."""
    entries = draw(st.lists(st.none() | WORDS, max_size=6))
    size = {"min_size": rows, "max_size": rows} if rows is not None else {"max_size": 20}
    keys = st.none() | st.integers(0, len(entries) - 1) if entries else st.none()
    found = draw(st.lists(keys, **size))
    index = draw(st.sampled_from([pa.int8(), pa.uint16(), pa.int32(), pa.int64()]))
    made = pa.DictionaryArray.from_arrays(pa.array(found, index), pa.array(entries, pa.string()))
    start = draw(st.integers(0, 2)) if rows is None else 0
    made = made.slice(start)
    return made, [None if key is None else entries[key] for key in found][start:]


@given(columns())
def test_in_and_out(case):
    array, texts = case
    series = md.Series("x", array)
    assert series.dtype == md.Categorical
    assert series.to_list() == texts
    assert series.null_count == texts.count(None)
    assert series.to_arrow().to_pylist() == texts
    frame = md.DataFrame({"x": series})
    assert frame.to_polars()["x"].to_list() == texts
    assert md.DataFrame(frame.to_pandas())["x"].to_list() == texts
    assert series.equals(md.Series("x", texts, dtype=md.String).cast(md.Categorical))


@given(columns(), st.booleans(), st.booleans())
def test_rows(case, descending, nulls_last):
    array, texts = case
    frame = md.DataFrame({"x": md.Series("x", array), "n": range(len(texts))})
    text = md.DataFrame({"x": md.Series("x", texts, dtype=md.String), "n": range(len(texts))})
    known = pl.Series("x", texts, dtype=pl.String)
    order = {"descending": descending, "nulls_last": nulls_last}
    assert frame["x"].sort(**order).to_list() == known.sort(**order).to_list()
    assert frame.sort("x", **order).to_dict() == text.sort("x", **order).to_dict()
    assert frame["x"].n_unique() == len(set(texts))
    assert frame["x"].unique().to_list() == list(dict.fromkeys(texts))
    values = [each for each in texts if each is not None]
    assert frame["x"].min() == min(values, default=None)
    assert frame["x"].max() == max(values, default=None)
    groups = frame.group_by("x").agg(md.col("n").sum(), md.col("x").min().alias("m"))
    assert groups.to_dict() == {
        "x": list(dict.fromkeys(texts)),
        "n": [
            sum(n for n, each in enumerate(texts) if each == key) for key in dict.fromkeys(texts)
        ],
        "m": list(dict.fromkeys(texts)),
    }
    odd = frame.filter(md.col("n") % 2 == 1)
    assert odd["x"].to_list() == texts[1::2]
    both = md.concat([odd, frame])
    assert both["x"].to_list() == texts[1::2] + texts
    assert both["x"].n_unique() == len(set(texts))


@given(columns(rows=8), columns(rows=8), WORDS)
def test_comparisons_and_choices(one, other, word):
    frame = md.DataFrame({"x": md.Series("x", one[0]), "y": md.Series("y", other[0])})
    texts = {"x": one[1], "y": other[1]}
    text = md.DataFrame(texts, schema={"x": md.String, "y": md.String})
    x, y = md.col("x"), md.col("y")
    for expr in (
        x == y,
        x < y,
        x >= word,
        x != word,
        md.lit(word) < x,
        x.is_in([word, "a"]),
        x.fill_null(y),
        x.fill_null(word),
        md.when(x == word).then(x).otherwise(y),
        md.when(x > y).then(y),
        x.shift(1, fill_value=word),
        x.str.contains(word, literal=True),
        x.str.to_uppercase(),
        x.rank("min"),
        md.coalesce(x, y),
    ):
        assert frame.select(expr.alias("r")).to_dict() == text.select(expr.alias("r")).to_dict(), (
            expr
        )
    made = frame.select(md.when(x == word).then(x).otherwise(y).alias("r"))["r"]
    assert made.dtype == md.Categorical
    assert made.n_unique() == len(set(made.to_list()))


@given(columns(), columns())
def test_joins(one, other):
    left = md.DataFrame({"x": md.Series("x", one[0]), "n": range(len(one[1]))})
    right = md.DataFrame({"x": md.Series("x", other[0]), "m": range(len(other[1]))})
    pairs = [
        (key, n, m)
        for n, key in enumerate(one[1])
        for m, found in enumerate(other[1])
        if key is not None and key == found
    ]
    assert sorted(left.join(right, on="x").rows()) == sorted(pairs)
    texts = right.with_columns(md.col("x").cast(md.String))
    assert sorted(left.join(texts, on="x").rows()) == sorted(pairs)
