"""Groups of windows of time against polars, over generated moments."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mydf
from mydf.errors import ArgumentError, ArgumentTypeError, DTypeError

pl = pytest.importorskip("polars")

START = dt.datetime(2024, 2, 27)  # noqa: DTZ001
MOMENTS = st.lists(
    st.tuples(st.integers(0, 5 * 24 * 60), st.sampled_from("ab")), min_size=1, max_size=20
)
OPTIONS = st.fixed_dictionaries(
    {
        "every": st.sampled_from(["1h", "7h", "1d", "3d", "1w", "1mo", "1q"]),
        "closed": st.sampled_from(["left", "right", "both", "none"]),
        "label": st.sampled_from(["left", "right"]),
        "include_boundaries": st.booleans(),
    },
    optional={
        "period": st.sampled_from(["1h", "7h", "1d6h", "3d"]),
        "offset": st.sampled_from(["30m", "-2h", "1d", "-1d12h", dt.timedelta(hours=3)]),
    },
)


@settings(max_examples=20)
@given(MOMENTS, OPTIONS, st.booleans())
def test_windows_of_time_are_those_of_polars(moments, options, grouped):
    moments.sort()
    theirs = pl.DataFrame(
        {
            "t": [START + dt.timedelta(minutes=minutes) for minutes, _ in moments],
            "k": [key for _, key in moments],
            "x": range(len(moments)),
        }
    )
    if grouped:
        options = {**options, "group_by": "k"}
    # The order of polars' groups is not defined, that of their windows is.
    wanted = theirs.group_by_dynamic("t", **options).agg(pl.col("x").sum(), n=pl.len())
    found = mydf.DataFrame(theirs).group_by_dynamic("t", **options)
    found = found.agg(mydf.col("x").sum(), n=mydf.len())
    assert found.columns == wanted.columns
    if grouped:
        wanted, found = wanted.sort("k", maintain_order=True), found.sort("k")
    assert found.rows() == wanted.rows()


@settings(max_examples=20)
@given(
    st.lists(st.integers(-20, 20), min_size=1, max_size=20),
    st.integers(1, 6), st.integers(1, 9), st.integers(-7, 7),
    st.sampled_from(["left", "right", "both", "none"]),
)  # fmt: skip
def test_windows_of_integers_are_those_of_polars(numbers, every, period, offset, closed):
    theirs = pl.DataFrame({"i": sorted(numbers), "x": range(len(numbers))})
    options = {
        "every": f"{every}i", "period": f"{period}i", "offset": f"{offset}i", "closed": closed,
    }  # fmt: skip
    wanted = theirs.group_by_dynamic("i", **options).agg(pl.col("x").sum(), n=pl.len())
    shuffled = mydf.DataFrame(theirs).sample(fraction=1.0, shuffle=True, seed=1)
    found = shuffled.group_by_dynamic("i", **options).agg(mydf.col("x").sum(), n=mydf.len())
    assert found.rows() == wanted.rows()


FRAME = mydf.DataFrame({"t": [START, START + dt.timedelta(hours=3)], "x": [1, 2], "i": [0, 5]})


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: FRAME.group_by_dynamic("t", every="1 hour"), ArgumentError, "not a span"),
        (lambda: FRAME.group_by_dynamic("t", every="1h30m"), ArgumentError, "several units"),
        (lambda: FRAME.group_by_dynamic("t", every="0h"), ArgumentError, "longer than nothing"),
        (lambda: FRAME.group_by_dynamic("t", every="-1h"), ArgumentError, "longer than nothing"),
        (lambda: FRAME.group_by_dynamic("t", every=3600), ArgumentTypeError, "type `int`"),
        (lambda: FRAME.group_by_dynamic("i", every="1h"), DTypeError, "with `i` for integers"),
        (lambda: FRAME.group_by_dynamic("t", every="1i"), DTypeError, "expected an integer dtype"),
        (lambda: FRAME.group_by_dynamic("t", every="1h", period="2i"), ArgumentError, "next to"),
        (lambda: FRAME.group_by_dynamic(mydf.all(), every="1h"), ArgumentError, "3 columns"),
        (lambda: FRAME.group_by_dynamic("t", every="1h", closed="x"), ArgumentError, "unknown"),
        (
            lambda: FRAME.with_columns(t=None).group_by_dynamic("t", every="1h"),
            DTypeError,
            "expected Date or Datetime",
        ),
        (
            lambda: FRAME.vstack(FRAME.clear(1)).group_by_dynamic("t", every="1h"),
            ArgumentError,
            "has 1 nulls, which are in no window\nhint: leave them out first: `.drop_nulls('t')`",
        ),
    ],
)
def test_what_has_no_windows_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)


def test_groups_of_windows_have_the_other_methods_of_groups():
    groups = FRAME.group_by_dynamic("t", every="1d", group_by=mydf.col("i") > 9)
    assert groups.len().rows() == [(False, START, 2)]
    assert groups.sum().columns == ["i", "t", "x"]
    assert groups.head(1).columns == ["i", "t", "x"]
    ((key, rows),) = groups
    assert key == (False, START)
    assert rows.equals(FRAME)
