"""The text of an expression is Python that makes the same expression again."""

import datetime as dt
import zoneinfo

from hypothesis import given
from hypothesis import strategies as st

import mydf as md

SCOPE = {**{name: getattr(md, name) for name in md.__all__}, "datetime": dt, "zoneinfo": zoneinfo}
DAY = dt.date(2013, 1, 31)
MOMENT = dt.datetime(2013, 1, 31, 5, 30, 0, 250)  # noqa: DTZ001 - without zone on purpose
FRAME = md.DataFrame(
    {
        "i": [1, None, 3], "f": [0.5, float("nan"), None], "s": ["a", "Straße", None],
        "b": [True, False, None], "d": [DAY, None, DAY], "t": [MOMENT, None, MOMENT],
        "z": [MOMENT.replace(tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")), None, None],
    }
)  # fmt: skip
EMPTY = FRAME.head(0)

INTS = st.integers(-3, 300) | st.sampled_from([2**63 - 1, 2**64, -(2**70)])
FLOATS = st.floats()
ZONES = st.sampled_from(
    [
        None, dt.timezone.utc, dt.timezone(dt.timedelta(hours=-3, minutes=-30)),
        zoneinfo.ZoneInfo("Europe/Berlin"), zoneinfo.ZoneInfo("America/New_York"),
    ]
)  # fmt: skip
FROM, TO = dt.datetime(1975, 1, 1), dt.datetime(2030, 1, 1)  # noqa: DTZ001
MOMENTS = st.datetimes(FROM, TO, timezones=ZONES)
# The clocks of New York show this time twice.
TWICE = dt.datetime(2013, 11, 3, 1, 30, tzinfo=zoneinfo.ZoneInfo("America/New_York"))
TIMES = st.dates() | MOMENTS | st.sampled_from([TWICE, TWICE.replace(fold=1)])
VALUES = st.none() | st.booleans() | INTS | FLOATS | st.text(max_size=4) | TIMES
DTYPES = st.sampled_from(
    [md.Int8, md.UInt64, md.Float32, md.Float64, md.String, md.Bool, md.Date, md.Datetime(),
     md.Datetime("UTC"), md.Datetime("Europe/Berlin"), md.Datetime("+02:00")]
)  # fmt: skip
OPERATORS = [
    "__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__", "__pow__", "__and__",
    "__or__", "__xor__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
]  # fmt: skip
REFLECTED = [
    "__radd__",
    "__rsub__",
    "__rmul__",
    "__rtruediv__",
    "__rfloordiv__",
    "__rmod__",
    "__rpow__",
]
REFLECTED += ["__rand__", "__ror__", "__rxor__"]
METHODS = [
    "__neg__", "__invert__", "abs", "is_null", "is_not_null", "is_nan", "sum", "mean", "median",
    "std", "min", "max", "count", "len", "n_unique", "first", "last", "shift", "diff", "cum_sum",
    "cum_max", "forward_fill", "rank", "reverse", "var", "null_count",
    "is_not_nan", "is_finite", "is_infinite", "round", "floor", "ceil", "sign", "sqrt", "exp",
    "log", "log10", "log1p",
]  # fmt: skip
TEXT = ["to_lowercase", "to_uppercase", "len_chars", "len_bytes", "strip_chars"]
SEVERAL = [
    "sum_horizontal",
    "mean_horizontal",
    "min_horizontal",
    "max_horizontal",
    "coalesce",
    "any_horizontal",
    "all_horizontal",
]
PARTS = ["year", "month", "day", "hour", "minute", "second", "weekday", "date"]


def operate(name, one, *others):
    """Return what an operator or a method makes of its operands."""
    return getattr(one, name)(*others)


def call(name, *arguments):
    """Return a function that calls this method, which may be one of a namespace."""

    def apply(expr, *more):
        method = expr
        for part in name.split("."):
            method = getattr(method, part)
        return method(*arguments, *more)

    return apply


def bigger(inner):
    """Return expressions over smaller ones."""
    operand = inner | VALUES
    methods = st.sampled_from(
        [call(name) for name in METHODS]
        + [call(f"str.{name}") for name in TEXT]
        + [call(f"dt.{name}") for name in PARTS]
    )
    return st.one_of(
        st.builds(operate, st.sampled_from(OPERATORS), inner, operand),
        st.builds(operate, st.sampled_from(REFLECTED), inner, VALUES),
        st.builds(lambda method, expr: method(expr), methods, inner),
        st.builds(lambda e, dtype, strict: e.cast(dtype, strict=strict), inner, DTYPES,
                  st.booleans()),
        st.builds(call("fill_null"), inner, operand),
        st.builds(call("alias"), inner, st.text(max_size=4)),
        st.builds(lambda e, fill: e.shift(-1, fill_value=fill), inner, operand),
        st.builds(lambda e, last: e.sort(descending=True, nulls_last=last), inner, st.booleans()),
        st.builds(lambda e: e.rank("dense", descending=True).cum_min(reverse=True), inner),
        st.builds(lambda e: e.quantile(0.25, "linear"), inner),
        st.builds(lambda e: e.rolling_mean(3, min_samples=1, center=True), inner),
        st.builds(lambda e, key: e.over(key, "b", order_by=["s", "d"], nulls_last=[True, False]),
                  inner, inner),
        st.builds(lambda e, key: e.over(order_by=key, descending=True), inner, inner),
        st.builds(call("is_in"), inner, st.lists(VALUES, max_size=14)),
        st.builds(call("is_between"), inner, operand, operand),
        st.builds(lambda e, text, plain: e.str.contains(text, literal=plain), inner,
                  st.text(max_size=4), st.booleans()),
        st.builds(call("str.starts_with"), inner, st.text(max_size=4)),
        st.builds(call("str.ends_with"), inner, st.text(max_size=4)),
        st.builds(lambda c, t, o: md.when(c).then(t).otherwise(o), inner, operand, operand),
        st.builds(lambda c, t: md.when(c).then(t), inner, operand),
        st.builds(lambda e, n: e.round(n), inner, st.integers(0, 9)),
        st.builds(lambda e, n: e.log(n), inner, st.sampled_from([2, 0.5, 1e300])),
        st.builds(call("fill_nan"), inner, operand),
        st.builds(call("clip"), inner, operand, operand),
        st.builds(lambda name, *e: getattr(md, name)(*e), st.sampled_from(SEVERAL), inner,
                  inner | VALUES.map(md.lit)),
        st.builds(lambda text, skip, *e: md.concat_str(*e, separator=text, ignore_nulls=skip),
                  st.text(max_size=3), st.booleans(), inner, inner),
        st.builds(md.format, st.sampled_from(["{}", "a{}\"{{"]), inner),
    )  # fmt: skip


COLUMNS = st.sampled_from(list(FRAME.columns)).map(md.col)
LEAVES = COLUMNS | VALUES.map(md.lit) | st.just(md.len()) | st.text(max_size=3).map(md.col)
EXPRESSIONS = st.recursive(COLUMNS | LEAVES, bigger, max_leaves=8)


# Expressions whose dtypes fit, which have values to compare and not only errors.
SMALL = st.integers(-3, 9) | st.sampled_from([0.5, -2.0, float("inf"), float("nan")])
ARITHMETIC = st.sampled_from(OPERATORS[:7])
COMPARISONS = st.sampled_from(OPERATORS[10:])
NUMBERS = st.deferred(
    lambda: (
        st.sampled_from([md.col("i"), md.col("f"), md.len()])
        | SMALL.map(md.lit)
        | st.builds(operate, ARITHMETIC, NUMBERS, NUMBERS | SMALL)
        | st.builds(operate, st.sampled_from(REFLECTED[:7]), NUMBERS, SMALL)
        | st.builds(
            operate, st.sampled_from(["__neg__", "abs", *METHODS[6:17], *METHODS[20:]]), NUMBERS
        )
        | st.builds(call("cast"), NUMBERS, st.sampled_from([md.Float64, md.Float32]))
        | st.builds(call("fill_null"), NUMBERS, SMALL)
        | st.builds(lambda c, t, o: md.when(c).then(t).otherwise(o), TRUTHS, NUMBERS, NUMBERS)
        | st.builds(lambda name, e: call(f"str.{name}")(e), st.sampled_from(TEXT[2:4]), TEXTS)
        | st.sampled_from([getattr(md.col("z").dt, name)() for name in PARTS[:7]])
    )
)
TEXTS = st.deferred(
    lambda: (
        st.just(md.col("s"))
        | st.builds(operate, st.sampled_from(["__add__", "__radd__"]), TEXTS, st.text(max_size=3))
        | st.builds(call("str.to_uppercase"), TEXTS)
        | st.builds(call("cast"), NUMBERS, st.just(md.String))
    )
)
TRUTHS = st.deferred(
    lambda: (
        st.just(md.col("b"))
        | st.builds(operate, COMPARISONS, NUMBERS, NUMBERS | SMALL)
        | st.builds(operate, COMPARISONS, SMALL.map(md.lit), NUMBERS)
        | st.builds(operate, COMPARISONS, st.just(md.col("z")), MOMENTS.filter(lambda m: m.tzinfo))
        | st.builds(operate, COMPARISONS, st.just(md.col("d")), st.dates())
        | st.builds(operate, st.sampled_from(["__and__", "__or__", "__xor__"]), TRUTHS, TRUTHS)
        | st.builds(operate, st.just("__invert__"), TRUTHS)
        | st.builds(call("is_in"), NUMBERS, st.lists(SMALL, max_size=14))
        | st.builds(call("str.contains"), TEXTS, st.sampled_from(["a", "[A-Z]", ""]))
    )
)


def outcome(frame, expr):
    """Return the values of an expression, or the error in words."""
    try:
        found = frame.select(expr.alias("found"))
    except md.MydfError as error:
        return type(error), str(error)
    return found.dtypes, repr(found.to_dict())


def check(expr):
    again = eval(repr(expr), dict(SCOPE))
    assert type(again) is md.Expr
    assert repr(again) == repr(expr)
    assert outcome(FRAME, again) == outcome(FRAME, expr)
    assert outcome(EMPTY, again) == outcome(EMPTY, expr)


@given(EXPRESSIONS)
def test_the_text_of_any_expression_makes_it_again(expr):
    check(expr)


@given(NUMBERS | TEXTS | TRUTHS)
def test_the_text_of_an_expression_with_values_makes_it_again(expr):
    check(expr)
