"""Operators over rows, alone and in groups, against polars."""

import math

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import mydf as md

KEYS = st.one_of(st.none(), st.sampled_from(["", "a", "long text that has no room in a view"]))
INTS = st.one_of(st.none(), st.integers(-5, 5))
FLOATS = st.one_of(st.none(), st.sampled_from([-1.5, 0.25, 3.0, 1e6, math.inf]))
OURS = {"k": md.String, "i": md.Int64, "f": md.Float64, "u": md.UInt8, "b": md.Bool}
THEIRS = {"k": pl.String, "i": pl.Int64, "f": pl.Float64, "u": pl.UInt8, "b": pl.Boolean}
ROWS = st.tuples(KEYS, INTS, FLOATS, st.integers(0, 255) | st.none(), st.booleans() | st.none())
FRAMES = st.lists(ROWS, max_size=40).map(
    lambda rows: {name: [row[place] for row in rows] for place, name in enumerate(OURS)}
)


ORDERS = (["i"], True), (["u", "f"], False)


def same(ours, theirs, data, orders=ORDERS):
    """Evaluate both, and in groups with and without an order; compare values with rounding."""
    numbered = {**data, "n": list(range(len(data["k"])))}
    mine = md.DataFrame(numbered, schema={**OURS, "n": md.Int64})
    other = pl.DataFrame(numbered, schema={**THEIRS, "n": pl.Int64})

    def compare(one, two):
        found = mine.select(x=one)["x"].to_list()
        wanted = other.select(x=two)["x"].to_list()
        assert alike(found, wanted), (one, found, wanted)

    compare(ours, theirs)
    compare(ours.over("k"), theirs.over("k"))
    for keys, descending in orders:
        # Rows with equal keys keep their order here; polars needs the row's number for that.
        ordered = ours.over("k", order_by=keys, descending=descending)
        if descending:
            tied = {"order_by": [pl.col(key) for key in keys] + [-pl.col("n")]}
        else:
            tied = {"order_by": [*keys, "n"]}
        compare(ordered, theirs.over("k", **tied, descending=descending))


def alike(left, right):
    def equal(one, two):
        if isinstance(one, float) and isinstance(two, float):
            both_nan = math.isnan(one) and math.isnan(two)
            return both_nan or math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-6)
        return one == two

    return len(left) == len(right) and all(map(equal, left, right))


NAMES = st.sampled_from(["k", "i", "f", "u", "b"])
NUMBERS = st.sampled_from(["i", "f", "u"])
STEPS = st.integers(-4, 4) | st.sampled_from([50, -50])


@given(FRAMES, NAMES, STEPS)
def test_shift(data, name, rows):
    same(md.col(name).shift(rows), pl.col(name).shift(rows), data)


@given(FRAMES, STEPS, st.integers(-3, 3))
def test_shift_with_a_value_for_the_gap(data, rows, value):
    same(md.col("i").shift(rows, fill_value=value), pl.col("i").shift(rows, fill_value=value), data)
    same(
        md.col("f").shift(rows, fill_value=md.col("f").max()),
        pl.col("f").shift(rows, fill_value=pl.col("f").max()),
        data,
        orders=(),
    )


@given(FRAMES, NUMBERS, STEPS)
def test_diff(data, name, rows):
    same(md.col(name).diff(rows), pl.col(name).diff(rows), data)


@given(FRAMES, NAMES, st.none() | st.integers(0, 3))
def test_fills(data, name, limit):
    same(md.col(name).forward_fill(limit), pl.col(name).forward_fill(limit), data)
    same(md.col(name).backward_fill(limit), pl.col(name).backward_fill(limit), data)


@given(FRAMES, NAMES, st.booleans(), st.booleans())
def test_orders(data, name, descending, last):
    flags = {"descending": descending, "nulls_last": last}
    same(md.col(name).sort(**flags), pl.col(name).sort(**flags), data)
    same(md.col(name).reverse(), pl.col(name).reverse(), data)


@given(FRAMES, NAMES, st.booleans(), st.booleans())
def test_arg_sort(data, name, descending, last):
    # Not next to polars, where equal rows may come in any order.
    frame, values = md.DataFrame(data, schema=OURS), data[name]
    expr = md.col(name).arg_sort(descending=descending, nulls_last=last)
    assert frame.select(x=expr)["x"].to_list() == arg_sorted(values, descending, last)
    wanted = [None] * len(values)
    for key in set(data["k"]):
        rows = [row for row, each in enumerate(data["k"]) if each == key]
        order = arg_sorted([values[row] for row in rows], descending, last)
        for row, place in zip(rows, order, strict=True):
            wanted[row] = place
    assert frame.select(x=expr.over("k"))["x"].to_list() == wanted


def arg_sorted(values, descending, last):
    nulls = [row for row, value in enumerate(values) if value is None]
    rest = [row for row, value in enumerate(values) if value is not None]
    # Python keeps the order of equal values in both directions.
    rest.sort(key=values.__getitem__, reverse=descending)
    return rest + nulls if last else nulls + rest


@given(FRAMES, st.booleans())
def test_cumulative(data, reverse):
    for name in ("i", "u", "f"):
        for op in ("cum_sum", "cum_count", "cum_min", "cum_max"):
            ours, theirs = (getattr(lib.col(name), op)(reverse=reverse) for lib in (md, pl))
            if op == "cum_sum" and name == "u":
                theirs = pl.col(name).cast(pl.UInt64).cum_sum(reverse=reverse)
            same(ours, theirs, data)


@given(
    FRAMES,
    st.sampled_from(["average", "min", "max", "dense", "ordinal"]),
    st.booleans(),
)
def test_rank(data, method, descending):
    for name in ("k", "i", "f"):
        ours, theirs = (lib.col(name).rank(method, descending=descending) for lib in (md, pl))
        same(ours, theirs, data)


@given(FRAMES, st.integers(1, 7), st.integers(1, 7), st.booleans())
def test_rolling(data, window, least, center):
    options = {"min_samples": min(window, least), "center": center}
    for op in ("sum", "mean", "min", "max", "var", "std"):
        for name in ("i", "u"):
            ours = getattr(md.col(name), f"rolling_{op}")(window, **options)
            column = pl.col(name).cast(pl.UInt64) if name == "u" else pl.col(name)
            theirs = getattr(column, f"rolling_{op}")(window, **options)
            same(ours, theirs, data)


@given(FRAMES, NAMES)
def test_distinct(data, name):
    for op in ("is_unique", "is_duplicated", "is_first_distinct", "is_last_distinct"):
        same(getattr(md.col(name), op)(), getattr(pl.col(name), op)(), data)


@given(FRAMES, NUMBERS)
def test_aggregations_in_groups(data, name):
    for op in ("sum", "mean", "median", "std", "min", "max", "count", "len", "n_unique"):
        ours, theirs = (getattr(lib.col(name), op)().over("k") for lib in (md, pl))
        if op == "sum" and name == "u":
            theirs = pl.col(name).cast(pl.UInt64).sum().over("k")
        mine = md.DataFrame(data, schema=OURS).select(x=ours)["x"].to_list()
        other = pl.DataFrame(data, schema=THEIRS).select(x=theirs)["x"].to_list()
        assert alike(mine, other), op


# A share next to 0 or 1 gives a place next to a row, where the libraries round differently.
SHARES = st.floats(0.01, 0.99) | st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
INTERPOLATIONS = st.sampled_from(
    ["nearest", "higher", "lower", "midpoint", "linear", "equiprobable"]
)


@given(FRAMES, SHARES, INTERPOLATIONS)
def test_quantiles(data, share, interpolation):
    ours = md.col("i").quantile(share, interpolation)
    same(ours, pl.col("i").quantile(share, interpolation), data, orders=())


@given(FRAMES)
def test_truths_variances_and_nulls(data):
    for op, name in [("any", "b"), ("all", "b"), ("var", "i"), ("var", "u"), ("null_count", "f")]:
        ours, theirs = (getattr(lib.col(name), op)() for lib in (md, pl))
        same(ours, theirs, data, orders=())


@given(FRAMES)
def test_expressions_in_groups(data):
    def expressions(lib):
        i, f, b = lib.col("i"), lib.col("f"), lib.col("b")
        return {
            "centered": (i - i.mean()).over("k"),
            "share": i / i.sum().over("k", "b"),
            "counted": lib.len().over("k"),
            "twice": (i.shift(1) + i.cum_sum().shift(2)).over("k", order_by="u"),
            "edges": (f.first() + f.last()).over(b, order_by=["u", "i"]),
            "nested": i.max().over("k").max(),
            "of windows": i.diff().abs().max().over("k"),
            "key": i.sum().over(i > i.mean()),
        }

    mine = md.DataFrame(data, schema=OURS).with_columns(**expressions(md))
    other = pl.DataFrame(data, schema=THEIRS).with_columns(**expressions(pl))
    for name in mine.columns:
        assert alike(mine[name].to_list(), other[name].to_list()), name


@given(FRAMES)
def test_windows_inside_the_aggregations_of_groups(data):
    def expressions(lib):
        i = lib.col("i")
        return {
            "steps": i.diff().abs().sum(),
            "filled": i.forward_fill().count(),
            "best": (i.rank("dense") * 2).max(),
            "far": (i - i.mean()).shift(1).max(),
        }

    mine = md.DataFrame(data, schema=OURS).group_by("k").agg(**expressions(md))
    other = pl.DataFrame(data, schema=THEIRS).group_by("k", maintain_order=True)
    other = other.agg(**expressions(pl))
    for name in mine.columns:
        assert alike(mine[name].to_list(), other[name].to_list()), name


def test_long_frames():
    rows = 140_000
    data = {
        "k": [row * 7_919 % 1_000 for row in range(rows)],
        "v": [float(row * 31 % 977) if row % 11 else None for row in range(rows)],
    }
    mine, other = md.DataFrame(data), pl.DataFrame(data)

    def expressions(lib):
        v = lib.col("v")
        each = {
            "sum": v.cum_sum(), "fill": v.forward_fill(), "shift": v.shift(3), "rank": v.rank(),
            "rolling": v.rolling_mean(100, min_samples=1), "sort": v.sort(), "mean": v.mean(),
            "least": v.rolling_min(50_000, min_samples=1), "reverse": v.cum_max(reverse=True),
        }  # fmt: skip
        return each | {f"{name} in groups": op.over("k") for name, op in each.items()}

    mine, other = mine.with_columns(**expressions(md)), other.with_columns(**expressions(pl))
    for name in mine.columns:
        assert alike(mine[name].to_list(), other[name].to_list()), name
