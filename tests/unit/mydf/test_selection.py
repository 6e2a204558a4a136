"""Several columns at once: by names, by dtype, all, without some; and their names."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mydf as md
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    ColumnNotFoundError,
    DuplicateColumnError,
    UnknownNameError,
)

FRAME = md.DataFrame({"a": [1, None], "b": [3.0, 4.0], "c": ["x", "y"], "B": [5, 6]})


@pytest.mark.parametrize(
    ("selection", "columns"),
    [
        (md.col("b", "a"), ["b", "a"]),
        (md.col(["b", "a"]), ["b", "a"]),
        (md.col(md.Int64), ["a", "B"]),
        (md.col(int, str), ["a", "c", "B"]),
        (md.col([md.Float64, md.String]), ["b", "c"]),
        (md.col(md.Date), []),
        (md.all(), ["a", "b", "c", "B"]),
        (md.all().exclude("c", "none"), ["a", "b", "B"]),
        (md.all().exclude(md.Int64).exclude("c"), ["b"]),
        (md.exclude(["a", md.String]), ["b", "B"]),
        (md.col("a", "b", "c").exclude(md.Float64), ["a", "c"]),
        (md.col("a", "b").name.prefix("x_").name.suffix("_y"), ["x_a_y", "x_b_y"]),
        (md.col("a").alias("z").name.suffix("_s"), ["z_s"]),
        (md.col("a").alias("z").name.keep(), ["a"]),
        (md.col("c", "a").name.to_uppercase(), ["C", "A"]),
        (md.col("B").name.to_lowercase(), ["b"]),
        (md.col("a", "c").name.map(lambda name: name * 2), ["aa", "cc"]),
        (md.when(md.col("a", "b") > 1).then(md.col("b", "a")), ["b", "a"]),
        ((md.col("a").name.suffix("_s") + 1).name.prefix("p_"), ["p_a_s"]),
    ],
)
def test_an_expression_stands_for_one_of_each_column(selection, columns):
    assert FRAME.select(selection).columns == columns
    # The text makes the same expression again.
    text = repr(selection)
    if "..." not in text:
        scope = {name: getattr(md, name) for name in md.__all__}
        assert repr(eval(text, scope)) == text


def test_every_method_of_frames_takes_selections():
    numbers = md.col("a", "b")
    assert FRAME.select(numbers + 1).rows() == [(2, 4.0), (None, 5.0)]
    assert FRAME.select(numbers * md.col("B", "a")).to_dict() == {"a": [5, None], "b": [3.0, None]}
    assert FRAME.with_columns(md.col(md.Int64).fill_null(0))["a"].to_list() == [1, 0]
    assert FRAME.filter(md.all().is_not_null()).height == 1
    assert FRAME.sort(md.exclude("b", "c"), descending=[True, False])["a"].to_list() == [None, 1]
    assert FRAME.group_by(md.col("c", "b")).len().columns == ["c", "b", "len"]
    assert FRAME.arg_sort(md.col("c", "b"), descending=True).to_list() == [1, 0]


def test_the_keys_of_groups_are_not_aggregated_again():
    found = FRAME.group_by("c").agg(md.all().sum().name.suffix("_sum"), n=md.len())
    assert found.columns == ["c", "a_sum", "b_sum", "B_sum", "n"]
    assert FRAME.group_by(k="c").agg(md.col(str).first()).columns == ["k", "c"]
    with pytest.raises(DuplicateColumnError):
        FRAME.group_by("c").agg(md.col("c", "a").first())


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        (lambda: FRAME.select(md.col("a", "a")), DuplicateColumnError, "alias"),
        (lambda: FRAME.select(md.all(), md.col("b")), DuplicateColumnError, "`b`"),
        (lambda: FRAME.select(1 + md.col("a", "b")), DuplicateColumnError, "`literal`"),
        (lambda: FRAME.select(md.col("a", "b").alias("q")), DuplicateColumnError, "`q`"),
        (lambda: FRAME.select(md.col("a", "nope")), ColumnNotFoundError, "`nope`"),
        (lambda: FRAME.select(md.col("a", "b") + md.all()), ArgumentError, "same number"),
        (lambda: FRAME.filter(md.col(md.Date).is_null()), ArgumentError, "selects no column"),
        (lambda: FRAME.group_by(md.col(md.Date)).len(), ArgumentError, "no keys"),
        (lambda: FRAME.sort(md.all(), descending=[True]), ArgumentError, "4 keys"),
        (lambda: FRAME.select(md.all().name.map(lambda _: 1)), ArgumentError, "not a text"),
        (lambda: FRAME.select(md.all().name.map(int)), ArgumentError, "ValueError"),
        (lambda: md.all().name.map("x"), ArgumentTypeError, "function"),
        (lambda: md.all().name.suffix(1), ArgumentTypeError, "str"),
        (lambda: md.col("a").exclude("a"), ArgumentError, "mydf.all"),
        (lambda: md.all().exclude(1), ArgumentTypeError, "names or dtypes"),
        (lambda: md.col("a", md.Int64), ArgumentTypeError, "together"),
        (lambda: md.col(dt.tzinfo), ArgumentTypeError, "not a dtype"),
        (lambda: md.col([]), ArgumentError, "empty list"),
        (lambda: md.all().name.lower, UnknownNameError, "name.to_lowercase"),
    ],
)
def test_a_wrong_selection_is_an_error_with_a_hint(wrong, error, text):
    with pytest.raises(error) as caught:
        wrong()
    assert text in str(caught.value)
    assert caught.value.hint


@given(
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from([[1, None], [0.5, 1.0], ["x", "y"]])),
    st.lists(st.sampled_from([md.Int64, md.Float64, md.String, md.Date]), min_size=1),
    st.lists(st.sampled_from("abcxyz")),
)
def test_selections_are_those_of_polars(data, dtypes, without):
    polars = pytest.importorskip("polars")
    mine, theirs = md.DataFrame(data), polars.DataFrame(data)
    wanted = [getattr(polars, repr(dtype)) for dtype in dtypes]
    assert mine.select(md.col(*dtypes)).columns == theirs.select(polars.col(*wanted)).columns
    mine = mine.select(md.exclude(*without, md.String).name.suffix("_s")) if without else mine
    if without:
        left = polars.all().exclude(without).exclude(polars.String)
        theirs = theirs.select(left.name.suffix("_s"))
    assert mine.to_dict() == theirs.to_dict(as_series=False)
