"""Functions that work row by row: dtypes, nulls, wrong arguments, and how they are written."""

import datetime as dt

import numpy as np
import pytest

import mydf
from mydf import col
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    ColumnNotFoundError,
    DTypeError,
    IntegerOverflowError,
)

FRAME = mydf.DataFrame(
    {
        "i": [1, None, -3], "f": [0.5, float("nan"), None], "s": ["a", "b", None],
        "b": [True, False, None], "d": [dt.date(2024, 1, day) for day in (1, 2, 3)],
        "n": [None, None, None],
    }
).with_columns(f32=col("f").cast(mydf.Float32), u8=mydf.lit(200).cast(mydf.UInt8))  # fmt: skip


def dtype(expr):
    return FRAME.select(expr).dtypes[0]


def values(expr):
    return next(iter(FRAME.select(expr).to_dict().values()))


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        (col("i").round(), mydf.Int64), (col("f32").round(1), mydf.Float32),
        (col("u8").sign(), mydf.UInt8), (col("i").sqrt(), mydf.Float64),
        (col("f32").exp(), mydf.Float32), (col("n").log(), mydf.Float64),
        (col("n").floor(), mydf.Null), (col("u8") ** 1, mydf.UInt8),
        (col("i") ** 0.5, mydf.Float64), (2 ** col("u8").cast(mydf.Int8, strict=False), mydf.Int8),
        (col("i").clip(0, 5), mydf.Int64), (col("i").clip(0.5), mydf.Float64),
        (col("d").clip(dt.date(2024, 1, 2)), mydf.Date), (col("f32").fill_nan(0.0), mydf.Float32),
        (mydf.sum_horizontal("u8", "u8"), mydf.UInt64), (mydf.sum_horizontal("b"), mydf.Int64),
        (mydf.sum_horizontal("f32", "i"), mydf.Float64), (mydf.max_horizontal("d"), mydf.Date),
        (mydf.mean_horizontal("u8", "i"), mydf.Float64), (mydf.coalesce("n", "i"), mydf.Int64),
        (mydf.concat_str("n", "d"), mydf.String), (col("i").is_finite(), mydf.Bool),
    ],
)  # fmt: skip
def test_dtypes(expr, wanted):
    assert dtype(expr) == wanted


def test_values():
    assert values(col("u8").clip(None, 100)) == [100, 100, 100]
    assert values(col("d").clip(dt.date(2024, 1, 2))) == [dt.date(2024, 1, 2)] * 2 + [
        dt.date(2024, 1, 3)
    ]
    assert values(col("i").clip(col("i") + 1, 1)) == [1, None, -2]
    assert values(mydf.max_horizontal("s", "s")) == ["a", "b", None]
    assert values(mydf.min_horizontal("i", 0)) == [0, 0, -3]
    assert values(mydf.sum_horizontal("n", "n")) == [0, 0, 0]
    assert values(mydf.mean_horizontal("n", "i")) == [1.0, None, -3.0]
    assert values(mydf.concat_str("n", "n", ignore_nulls=True)) == ["", "", ""]
    assert values(mydf.concat_str("b", "d", separator="@"))[0] == "true@2024-01-01"
    assert values(mydf.format("{{{}}}", "i")) == ["{1}", None, "{-3}"]
    assert values(mydf.format("{}-{}", mydf.lit("x"), "i"))[0] == "x-1"
    assert values(col("i") ** 2) == [1, None, 9]
    assert values(col("i") ** col("n")) == [None, None, None]
    assert values((-col("i")) ** 2) == [1, None, 9]
    assert values(col("i").log(8))[0] == 0.0
    assert values(mydf.any_horizontal(col("i") > 0, "b")) == [True, None, None]


def test_the_middle_of_two_goes_to_the_even_one():
    found = mydf.Series("a", [0.5, 1.5, 2.5, -0.5])
    assert found.to_frame().select(col("a").round()).to_dict()["a"] == [0.0, 2.0, 2.0, -0.0]


def test_long_frames_are_computed_in_pieces():
    rows = 300_000
    frame = mydf.DataFrame({"a": np.arange(rows), "b": np.arange(rows) % 7 / 4})
    found = frame.select(
        mydf.sum_horizontal("a", "b"), power=col("a") ** 2, text=mydf.concat_str("a", "b"),
        least=mydf.min_horizontal("a", "b"), rounded=col("b").round(1),
    )  # fmt: skip
    last = {name: values[-1] for name, values in found.to_dict().items()}
    a, b = rows - 1, (rows - 1) % 7 / 4
    assert last == {
        "a": a + b, "power": a * a, "text": f"{a}{b}", "least": min(a, b), "rounded": round(b, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: col("s").round(), DTypeError, "dtype of"),
        (lambda: col("b").sqrt(), DTypeError, "expected a number"),
        (lambda: col("d").floor(), DTypeError, "floor"),
        (lambda: col("s").clip(mydf.lit("a")), DTypeError, "clip"),
        (lambda: col("i").clip("s"), DTypeError, "clip"),
        (lambda: col("s") ** 2, DTypeError, "power"),
        (lambda: col("i") ** -1, ArgumentError, "negative exponent"),
        (lambda: col("i") ** col("i"), ArgumentError, "negative exponent"),
        (lambda: col("u8") ** 2, IntegerOverflowError, "UInt8"),
        (lambda: mydf.sum_horizontal("i", "s"), DTypeError, "sum"),
        (lambda: mydf.min_horizontal("i", "s"), DTypeError, "min_horizontal"),
        (lambda: mydf.any_horizontal("i", "b"), DTypeError, "Bool"),
        (lambda: mydf.coalesce("i", "s"), DTypeError, "coalesce"),
    ],
)
def test_wrong_dtypes_and_values(make, error, text):
    with pytest.raises(error, match=text) as caught:
        FRAME.select(make())
    assert caught.value.hint


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: col("i").round(-1), ArgumentError),
        (lambda: col("i").round(2**40), ArgumentError),
        (lambda: col("i").round("2"), ArgumentTypeError),
        (lambda: col("i").round(True), ArgumentTypeError),
        (lambda: col("i").log(1), ArgumentError),
        (lambda: col("i").log(-2), ArgumentError),
        (lambda: col("i").log(float("nan")), ArgumentError),
        (lambda: col("i").log("2"), ArgumentTypeError),
        (lambda: col("i").clip([1]), ArgumentTypeError),
        (mydf.coalesce, ArgumentError),
        (mydf.sum_horizontal, ArgumentError),
        (lambda: mydf.concat_str("a", separator=None), ArgumentTypeError),
        (lambda: mydf.concat_str("a", ignore_nulls=1), ArgumentTypeError),
        (lambda: mydf.format("{}"), ArgumentError),
        (lambda: mydf.format("{} {}", "a"), ArgumentError),
        (lambda: mydf.format("{a}", "a"), ArgumentError),
        (lambda: mydf.format("}", "a"), ArgumentError),
        (lambda: mydf.format(1, "a"), ArgumentTypeError),
    ],
)
def test_wrong_arguments(make, error):
    with pytest.raises(error) as caught:
        make()
    assert caught.value.hint


def test_a_function_has_the_name_of_its_first_operand():
    names = FRAME.select(
        mydf.sum_horizontal("i", "f"), col("f").fill_nan(0), col("s").cast(mydf.String)
    ).columns
    assert names == ["i", "f", "s"]


def test_a_selection_among_the_operands_stands_for_all_its_columns():
    frame = mydf.DataFrame({"a": [1, 2], "b": [3, None], "s": ["x", "y"]})
    numbers = mydf.all().exclude("s")
    found = frame.select(
        mydf.sum_horizontal(numbers).alias("sum"),
        mydf.any_horizontal(numbers > 2).alias("any"),
        mydf.coalesce(col("b", "a")).alias("first"),
        mydf.concat_str(mydf.all(), separator="-", ignore_nulls=True).alias("text"),
        mydf.format("{}/{}", col("a", "s")).alias("format"),
    )
    assert found.to_dict() == {
        "sum": [4, 2], "any": [True, None], "first": [3, 2], "text": ["1-3-x", "2-y"],
        "format": ["1/x", "2/y"],
    }  # fmt: skip
    assert frame.select(numbers.clip(0, 2)).to_dict() == {"a": [1, 2], "b": [2, None]}
    with pytest.raises(ArgumentError, match="1 places for 3 values"):
        frame.select(mydf.format("{}", mydf.all()))
    with pytest.raises(ArgumentError, match="no operands"):
        frame.select(mydf.sum_horizontal(col(mydf.Bool)))


def test_a_power_binds_tighter_than_a_sign():
    assert repr((-col("i")) ** 2) == '(-col("i")) ** 2'
    assert repr(-(col("i") ** 2)) == '-(col("i") ** 2)'
    assert repr((-2) ** col("i")) == 'lit(-2) ** col("i")'


def test_a_text_bound_is_a_column_for_expressions_and_a_value_for_a_series():
    frame = mydf.DataFrame({"s": ["b", "x"], "low": ["a", "y"], "high": ["c", "z"]})
    found = frame.select(
        col("s").is_between("low", "high"), c=col("s").is_between("low", mydf.lit("b"))
    )
    assert found.to_dict() == {"s": [True, False], "c": [True, False]}
    numbers = mydf.DataFrame({"x": [-5, 5], "low": [0, 0], "high": [9, 3]})
    assert numbers.select(col("x").clip("low", "high"))["x"].to_list() == [0, 3]
    with pytest.raises(ColumnNotFoundError):
        frame.filter(col("s").is_between("a", "c"))
    assert frame["s"].is_between("a", "c").to_list() == [True, False]
    assert frame["s"].is_between("b", "x", closed="left").to_list() == [True, False]
    assert numbers["x"].clip(0, 3).to_list() == [0, 3]
