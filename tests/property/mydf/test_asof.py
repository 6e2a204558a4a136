"""Joins on the nearest key against polars, and what they refuse."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mydf
from mydf.errors import ArgumentError, ArgumentTypeError, DTypeError

pl = pytest.importorskip("polars")

START = dt.datetime(2024, 2, 27)  # noqa: DTZ001
ROWS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab")), max_size=20)
STRATEGIES = st.sampled_from(["backward", "forward", "nearest"])
KEYS = {
    "integers": (lambda number: number, pl.Int64, 3),
    "floats": (lambda number: number / 4, pl.Float64, 0.5),
    "dates": (lambda number: START.date() + dt.timedelta(days=number), pl.Date, "3d"),
    "times": (lambda number: START + dt.timedelta(minutes=number), pl.Datetime, "3m"),
}


@settings(max_examples=60)
@given(
    ROWS, ROWS, STRATEGIES, st.sampled_from(sorted(KEYS)),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)  # fmt: skip
def test_partners_are_those_of_polars(left, right, strategy, kind, flags):
    limited, equal, grouped = flags
    made, dtype, tolerance = KEYS[kind]

    def table(rows, name):
        columns = {
            "t": [made(number) for number, _ in sorted(rows)],
            "k": [key for _, key in sorted(rows)],
            name: list(range(len(rows))),
        }
        return pl.DataFrame(columns, schema={"t": dtype, "k": pl.String, name: pl.Int64})

    one, other = table(left, "l"), table(right, "r")
    options = {"on": "t", "strategy": strategy, "allow_exact_matches": equal}
    if limited:
        options["tolerance"] = tolerance
    if grouped:
        options["by"] = "k"
    theirs = options | ({"check_sortedness": False} if grouped else {})
    wanted = one.join_asof(other, **theirs)
    found = mydf.DataFrame(one).join_asof(mydf.DataFrame(other), **options)
    assert found.columns == wanted.columns
    assert found.rows() == wanted.rows()


LEFT = mydf.DataFrame({"t": [1, 5, 3], "s": ["x", "y", "z"]})
RIGHT = mydf.DataFrame({"t": [1, 2, 3], "s": ["x", "y", "z"], "u": [1, 2, 3]})
TIMES = mydf.DataFrame({"t": [START], "d": [START.date()]})


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: LEFT.join_asof(RIGHT, on="t"),
            ArgumentError,
            'before it\nhint: sort the left frame first: `.sort("t")`',
        ),
        (lambda: RIGHT.join_asof(LEFT, on="t"), ArgumentError, "of the right frame: row 2"),
        (
            lambda: LEFT.with_columns(s=mydf.lit("x")).join_asof(RIGHT, on="t", by="s"),
            ArgumentError,
            "before it in its group",
        ),
        (lambda: RIGHT.join_asof(RIGHT, on="s"), DTypeError, "expected a number, a date or a dat"),
        (lambda: RIGHT.join_asof(TIMES, on="t"), DTypeError, "expected a dtype comparable with"),
        (lambda: RIGHT.join_asof(RIGHT), ArgumentError, "missing or given twice"),
        (lambda: RIGHT.join_asof(RIGHT, on="t", left_on="t"), ArgumentError, "given twice"),
        (lambda: RIGHT.join_asof(RIGHT, on="t", by_left="s"), ArgumentError, "both `by_left`"),
        (
            lambda: RIGHT.join_asof(RIGHT, on="t", by_left="s", by_right=["s", "u"]),
            ArgumentError,
            "1 keys on the left, 2 on the right",
        ),
        (lambda: RIGHT.join_asof(RIGHT, on="t", tolerance=-1), ArgumentError, "pass 0 or more"),
        (lambda: RIGHT.join_asof(RIGHT, on="t", tolerance="2h"), ArgumentTypeError, "numbers"),
        (lambda: TIMES.join_asof(TIMES, on="t", tolerance=2), ArgumentTypeError, "are times"),
        (lambda: TIMES.join_asof(TIMES, on="t", tolerance="1mo"), ArgumentError, "use days or"),
        (lambda: TIMES.join_asof(TIMES, on="t", tolerance="soon"), ArgumentError, "not a span"),
        (lambda: RIGHT.join_asof(RIGHT, on="t", strategy="any"), ArgumentError, "unknown"),
        (lambda: RIGHT.join_asof(1, on="t"), ArgumentTypeError, "type `int`"),
    ],
)
def test_what_has_no_nearest_key_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)


def test_keys_of_two_names_stay_and_dtypes_meet():
    right = mydf.DataFrame({"day": [START.date()], "x": [1]})
    found = TIMES.join_asof(right, left_on="t", right_on="day", tolerance=dt.timedelta(hours=1))
    assert found.to_dict() == {"t": [START], "d": [START.date()], "day": [START.date()], "x": [1]}
    floats = mydf.DataFrame({"t": [0.5, 2.5], "x": [1, 2]})
    assert RIGHT.select("t").join_asof(floats, on="t")["x"].to_list() == [1, 1, 2]


def test_null_and_nan_keys_have_no_partner():
    left = mydf.DataFrame({"t": [None, 1.0, float("nan"), None]})
    right = mydf.DataFrame({"t": [None, 0.0, float("nan")], "x": [1, 2, 3]})
    for strategy, partner in (("backward", 2), ("nearest", 2), ("forward", None)):
        found = left.join_asof(right, on="t", strategy=strategy)
        assert found["x"].to_list() == [None, partner, None, None]
