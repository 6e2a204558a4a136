"""A Series has the methods of expressions, and some of its own."""

import datetime as dt
import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from series_stub import PLACE, VALUES, stub

import mydf as md
from mydf._delegated import ONLY_EXPR, OPERATORS, members
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    DTypeError,
    DuplicateColumnError,
    LengthMismatchError,
    RowNotFoundError,
    UnknownNameError,
)

NUMBERS = md.Series("n", [3, None, 1, 3])
COLUMNS = (
    NUMBERS,
    md.Series("f", [0.5, None, float("nan"), 2.0]),
    md.Series("s", ["b", None, "a", "é"]),
    md.Series("t", [True, None, False, True]),
    md.Series("d", [dt.date(2024, 1, 31), None, dt.date(1969, 12, 31), dt.date(2024, 2, 29)]),
)
EXPR = {name: known for name, known in members(md.Expr).items() if name not in ONLY_EXPR}


def test_a_series_has_every_method_of_expressions():
    public = {name for name in EXPR if not name.startswith("_") or name in OPERATORS}
    assert not [name for name in public if not hasattr(md.Series, name)]
    assert not [name for name in public if name not in dir(NUMBERS)]
    # This is how a method that is added to `Expr` later appears.
    assert md.Series.abs.__wrapped__ is md.Expr.abs
    assert md.Series.is_in.__doc__ == md.Expr.is_in.__doc__
    assert str(inspect.signature(md.Series.is_in)) == str(inspect.signature(md.Expr.is_in))


def test_the_stub_is_what_its_tool_writes():
    assert PLACE.read_text() == stub(), "run `python tests/support/series_stub.py`"


def evaluated(series, expr):
    try:
        return series.to_frame().select(expr).to_dict()[series.name]
    except md.MydfError as error:
        return type(error), str(error)


@pytest.mark.parametrize(
    "name",
    # What a Series defines itself has tests of its own.
    [
        n
        for n, known in EXPR.items()
        if callable(known) and n[0] != "_" and n not in vars(md.Series)
    ],
)
def test_a_method_gives_what_the_expression_gives(name):
    required = [
        p
        for p in list(inspect.signature(EXPR[name]).parameters.values())[1:]
        if p.default is p.empty and p.kind is not p.VAR_KEYWORD
    ]
    # Those of `ewm_` take one of four.
    if required or name.startswith("ewm_"):
        pytest.skip("it takes arguments")
    ran = False
    for series in COLUMNS:
        expected = evaluated(series, getattr(md.col(series.name), name)())
        if isinstance(expected, tuple):
            with pytest.raises(expected[0]) as caught:
                getattr(series, name)()
            assert str(caught.value) == expected[1]
            continue
        found = getattr(series, name)()
        ran = True
        assert isinstance(found, md.Series) == (name not in VALUES)
        values = found.to_list() if isinstance(found, md.Series) else [found]
        assert repr(values) == repr(expected)
    assert ran


def test_methods_with_arguments_and_namespaces():
    assert NUMBERS.fill_null(0).to_list() == [3, 0, 1, 3]
    assert NUMBERS.alias("m").name == "m"
    assert NUMBERS.is_between(1, 2).to_list() == [False, None, True, False]
    assert NUMBERS.cast(str).str.len_chars().to_list() == [1, None, 1, 1]
    assert COLUMNS[2].str.contains("a|b").to_list() == [True, None, True, False]
    assert COLUMNS[4].dt.year().to_list() == [2024, None, 1969, 2024]
    assert "to_uppercase" in dir(COLUMNS[2].str)
    assert "case" in COLUMNS[2].str.to_uppercase.__doc__
    with pytest.raises(DTypeError, match="`n`"):
        NUMBERS.str.to_uppercase()
    with pytest.raises(UnknownNameError, match="starts_with"):
        _ = COLUMNS[2].str.startswith
    with pytest.raises(UnknownNameError, match="hint: use"):
        _ = NUMBERS.isin


def test_operators_with_values_series_and_expressions():
    other = md.Series("o", [1, 1, None, 2])
    assert (NUMBERS + other).to_list() == [4, None, None, 5]
    assert (10 - NUMBERS).to_list() == [7, None, 9, 7]
    assert (10 - NUMBERS).name == "n"
    assert (-NUMBERS).to_list() == [-3, None, -1, -3]
    assert (~(NUMBERS > 1)).to_list() == [False, None, True, False]
    assert ((NUMBERS > 1) & (other > 1)).to_list() == [False, False, False, True]
    assert (True ^ (NUMBERS > 1)).to_list() == [False, None, True, False]
    # With an expression, it is an expression over the frame that has as many rows.
    assert other.to_frame().select(NUMBERS * md.col("o")).to_dict() == {"n": [3, None, None, 6]}
    with pytest.raises(LengthMismatchError):
        NUMBERS + md.Series("o", [1])
    assert 3 in NUMBERS
    assert None in NUMBERS
    assert 2 not in NUMBERS


def test_rows_of_a_series():
    assert NUMBERS.filter(NUMBERS > 1).to_list() == [3, 3]
    assert NUMBERS.filter([True, False, True, False]).to_list() == [3, 1]
    assert NUMBERS.unique().to_list() == [3, None, 1]
    assert NUMBERS.drop_nulls().to_list() == [3, 1, 3]
    assert NUMBERS.slice(1, 2).to_list() == [None, 1]
    assert NUMBERS.value_counts(sort=True).rows() == [(3, 2), (None, 1), (1, 1)]
    shares = NUMBERS.value_counts(name="share", normalize=True)
    assert shares.to_dict() == {"n": [3, None, 1], "share": [0.5, 0.25, 0.25]}
    assert NUMBERS.item(-1) == 3
    assert NUMBERS[:1].item() == 3
    assert NUMBERS.to_frame("m").columns == ["m"]
    assert not NUMBERS.is_empty()
    assert NUMBERS[:0].is_empty()
    for wrong, error in [
        (NUMBERS.item, ArgumentError),
        (lambda: NUMBERS.item(4), RowNotFoundError),
        (lambda: NUMBERS.filter(NUMBERS), DTypeError),
        (lambda: NUMBERS.filter([True]), LengthMismatchError),
        (lambda: NUMBERS.filter(None), ArgumentTypeError),
        (lambda: NUMBERS.value_counts(name="n"), DuplicateColumnError),
        (lambda: NUMBERS.value_counts(sort=1), ArgumentTypeError),
    ]:
        with pytest.raises(error) as caught:
            wrong()
        assert isinstance(caught.value, md.MydfError)


def test_an_empty_series_and_one_without_a_name():
    empty = md.Series("", [], md.Int64)
    assert (empty.sum(), empty.mean(), empty.min(), empty.len()) == (0, None, None, 0)
    assert (empty + 1).to_list() == []
    assert empty.value_counts().rows() == []
    assert empty.unique().dtype == md.Int64
    assert pickle.loads(pickle.dumps(empty)).equals(empty)


def test_a_series_goes_to_other_libraries():
    for library, value in (("pyarrow", "to_arrow"), ("polars", "to_polars")):
        pytest.importorskip(library)
        made = getattr(NUMBERS, value)()
        assert list(made.to_pylist() if library == "pyarrow" else made) == [3, None, 1, 3]
    pytest.importorskip("pandas")
    assert NUMBERS.to_pandas().name == "n"


def test_numbers_without_nulls_go_through_dlpack():
    numpy = pytest.importorskip("numpy")
    assert numpy.from_dlpack(NUMBERS.fill_null(0)).tolist() == [3, 0, 1, 3]
    assert numpy.from_dlpack(md.Series("a", [0.5])).dtype == numpy.float64
    for series, error in ((NUMBERS, ArgumentError), (COLUMNS[2], ArgumentTypeError)):
        with pytest.raises(error) as caught:
            numpy.from_dlpack(series)
        assert caught.value.hint


VALUE_LISTS = st.one_of(
    st.lists(st.none() | st.integers(-3, 3)),
    st.lists(st.none() | st.floats(width=32)),
    st.lists(st.none() | st.sampled_from(["", "a", "ab"])),
)


@given(VALUE_LISTS, st.data())
def test_rows_are_those_of_polars(values, data):
    polars = pytest.importorskip("polars")
    kind = next((type(value) for value in values if value is not None), int)
    dtype = {int: polars.Int64, float: polars.Float64, str: polars.String}[kind]
    mine = md.Series("a", values, kind)
    theirs = polars.Series("a", values, dtype)
    mask = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    offset, length = data.draw(st.integers(-5, 5)), data.draw(st.integers(0, 5))
    pairs = [
        (mine.filter(mask), theirs.filter(polars.Series(mask, dtype=polars.Boolean))),
        (mine.unique(), theirs.unique(maintain_order=True)),
        (mine.drop_nulls(), theirs.drop_nulls()),
        (mine.is_null(), theirs.is_null()),
        (mine.slice(offset, length), theirs.slice(offset, length)),
    ]
    counts = theirs.to_frame().group_by("a", maintain_order=True).len("count")
    pairs.append((mine.value_counts()["count"], counts["count"].cast(polars.Int64)))
    for one, two in pairs:
        assert repr(one.to_list()) == repr(two.to_list())
