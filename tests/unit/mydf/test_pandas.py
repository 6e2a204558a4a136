"""Data of pandas, of its own dtypes too, comes in as what it means, or is refused."""

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import mydf as md

DOORS = {
    "frame": lambda values: md.DataFrame(pd.DataFrame({"a": values})),
    "from_arrow": lambda values: md.from_arrow(pd.DataFrame({"a": values})),
    "dict of a Series": lambda values: md.DataFrame({"a": pd.Series(values)}),
    "dict of an array": lambda values: md.DataFrame({"a": pd.Series(values).array}),
    "dict of an index": lambda values: md.DataFrame({"a": pd.Index(values)}),
    "Series": lambda values: md.Series("a", pd.Series(values)).to_frame(),
    "frame of a Series": lambda values: md.DataFrame(pd.Series(values, name="a")),
}
DAY = dt.date(2024, 1, 1)
BERLIN = pd.Timestamp("2024-01-01", tz="Europe/Berlin")

VALUES = {
    "Int64": (pd.array([1, None], dtype="Int64"), md.Int64, [1, None]),
    "UInt8": (pd.array([1, None], dtype="UInt8"), md.UInt8, [1, None]),
    "Float32": (pd.array([1.5, None], dtype="Float32"), md.Float32, [1.5, None]),
    "boolean": (pd.array([True, None], dtype="boolean"), md.Bool, [True, None]),
    "string": (pd.array(["a", None], dtype="string"), md.String, ["a", None]),
    "Arrow integers": (pd.array([1, None], dtype="int64[pyarrow]"), md.Int64, [1, None]),
    "Arrow dates": (pd.array([DAY, None], dtype="date32[pyarrow]"), md.Date, [DAY, None]),
    "Arrow dictionary": (
        pd.array(["a", None], dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))),
        md.Categorical,
        ["a", None],
    ),
    "categories of text": (pd.Categorical(["a", None, "b"]), md.Categorical, ["a", None, "b"]),
    "categories of integers": (pd.Categorical([3, None, 4]), md.Int64, [3, None, 4]),
    "categories of Booleans": (pd.Categorical([True, None]), md.Bool, [True, None]),
    "ordered categories": (
        pd.Categorical(["b", "a"], categories=["b", "a"], ordered=True),
        md.Categorical,
        ["b", "a"],
    ),
    "categories of days": (pd.Categorical([DAY, None]), md.Date, [DAY, None]),
    "sparse": (pd.arrays.SparseArray([0, 0, 1]), md.Int64, [0, 0, 1]),
    "zone": (
        pd.to_datetime([BERLIN, None]),
        md.Datetime("Europe/Berlin"),
        [BERLIN.to_pydatetime(), None],
    ),
    "objects": (np.array([1, pd.NA, None, np.nan], dtype=object), md.Int64, [1, None, None, None]),
    "texts as objects": (np.array(["a", np.nan], dtype=object), md.String, ["a", None]),
    "large integers as objects": (np.array([2**63, 1], dtype=object), md.UInt64, [2**63, 1]),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", VALUES)
def test_values_come_in(case, door):
    values, dtype, right = VALUES[case]
    found = DOORS[door](values)
    assert found.to_dict() == {"a": right}
    # An index has fewer dtypes than a Series, and may have widened the values.
    assert found.schema == {"a": dtype} or door == "dict of an index"


MONTHS = pd.period_range("2024-01", periods=2, freq="M")
REFUSED = {
    "Period": (MONTHS, "pandas.period"),
    "categories of Periods": (pd.Categorical(MONTHS), "pandas.period"),
    "Interval": (pd.interval_range(0, 2), "pandas.interval"),
    "categories of Intervals": (pd.cut([1, 5], [0, 2, 6]), "pandas.interval"),
    "complex": (pd.Series([1j, 2]), "complex"),
    "integers and texts": (np.array([1, "x"], dtype=object), "row 1"),
    "dates and datetimes": (np.array([DAY, dt.datetime(2024, 1, 2, 3)], dtype=object), "row 1"),  # noqa: DTZ001
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", REFUSED)
def test_values_without_a_dtype_are_refused_by_name(case, door):
    values, text = REFUSED[case]
    with pytest.raises(md.MydfError, match=text) as caught:
        DOORS[door](values)
    assert isinstance(caught.value, TypeError)
    assert "`a`" in str(caught.value)
    assert caught.value.hint


def test_row_numbers_are_no_column():
    source = pd.DataFrame({"a": [1, 2, 3, 4]})
    assert md.DataFrame(source[source.a % 3 == 1]).to_dict() == {"a": [1, 4]}
    assert md.DataFrame(source[source.a > 9]).to_dict() == {"a": []}


def test_an_index_that_is_more_than_row_numbers_becomes_columns():
    named = pd.DataFrame({"a": [1, 2]}, index=pd.Index([5, 6], name="k"))
    assert md.DataFrame(named).to_dict() == {"a": [1, 2], "k": [5, 6]}
    texts = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    assert md.DataFrame(texts).to_dict() == {"a": [1, 2], "index": ["x", "y"]}
    levels = pd.DataFrame(
        {"a": [1]}, index=pd.MultiIndex.from_tuples([(1, "x")], names=["k", None])
    )
    assert md.DataFrame(levels).to_dict() == {"a": [1], "k": [1], "level_1": ["x"]}
    assert md.DataFrame(named["a"]).to_dict() == {"a": [1, 2], "k": [5, 6]}


def test_names_that_are_numbers_become_text():
    assert md.DataFrame(pd.DataFrame([[1, 2]])).columns == ["0", "1"]


@pytest.mark.parametrize(
    ("columns", "error", "text"),
    [
        (["a", "a"], md.errors.DuplicateColumnError, "duplicate column: `a`"),
        ([1, "1"], md.errors.DuplicateColumnError, "duplicate column: `1`"),
        ([None, "a"], md.errors.ArgumentTypeError, "name of column 0"),
        (pd.MultiIndex.from_tuples([("a", "x"), ("b", "y")]), md.errors.ArgumentTypeError, "'x'"),
    ],
    ids=["equal", "equal as text", "missing", "several levels"],
)
def test_names_that_a_frame_cannot_have_are_refused(columns, error, text):
    with pytest.raises(error, match=text):
        md.DataFrame(pd.DataFrame([[1, 2]], columns=columns))


def test_an_index_with_the_name_of_a_column_is_refused():
    source = pd.DataFrame({"a": [1]}, index=pd.Index([5], name="a"))
    with pytest.raises(md.errors.DuplicateColumnError, match="reset_index"):
        md.DataFrame(source)


def test_a_schema_applies_to_a_frame_of_pandas():
    found = md.DataFrame(pd.DataFrame({"a": [1, 2]}), schema={"a": md.Float64})
    assert found.schema == {"a": md.Float64}
