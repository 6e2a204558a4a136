"""Column expressions."""

from __future__ import annotations

from mydf import _arguments, _construct, _operands
from mydf._guided import Guided
from mydf._native import core
from mydf._windows import WindowMethods
from mydf.dtypes import Date, Datetime, DType
from mydf.errors import ArgumentError, ArgumentTypeError

# The base of the natural logarithm, as `math.e`.
_E = 2.718281828459045

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import NoReturn, TypeAlias

    from typing_extensions import Self

    from mydf._types import AnySeries, NumpyArray, PythonValue
    from mydf.dtypes import DTypeLike

    # In the class, `str` is the namespace.
    AnyName: TypeAlias = str | DTypeLike

    # What an operator takes: a text is a value.
    Operand: TypeAlias = "Expr | AnySeries | NumpyArray | PythonValue"
    # What a method of a frame takes: a text is the name of a column.
    IntoExpr: TypeAlias = "Expr | AnySeries | NumpyArray | PythonValue"
    # `Expr.str` hides the type from the methods after it.
    Word: TypeAlias = str
    IntoPredicate: TypeAlias = "Expr | AnySeries | NumpyArray | str | bool | None"


class Expr(WindowMethods):
    """A computation over columns, which a frame evaluates.

    Create expressions with `mydf.col`, `mydf.lit`, `mydf.len` and `mydf.when`, and combine them
    with operators. A text operand is a value, not a column. A Series or a numpy array as an operand
    has one value for each row of the frame.

    Null means unknown. An operator with a null operand gives null: also `==`, `!=`, `~`, `is_in`
    and `is_between`. `&` and `|` give null only if the other operand does not decide the result
    (Kleene's logic: `False & null` is False, `True | null` is True). `filter` keeps only rows for
    which a condition is true, and `when` takes a null condition as not true. `is_null` finds nulls.

    Numbers compare by their exact values, whatever their dtypes: an Int64 of 2**53 + 1 equals no
    float, and -1 equals no UInt64. This holds for columns and literals, for `is_in`, `is_between`
    and the keys of a join; only a float literal next to Float32 is rounded to it first. NaN equals
    NaN and is larger than every number; -0.0 equals 0.0. `when` and `fill_null` of integers and
    floats give floats, and raise CastError for an integer that no float equals. Arithmetic of an
    integer and a float rounds as Python does.

    Examples:
        >>> import mydf
        >>> (mydf.col("a") + 1).alias("b")
        (col("a") + 1).alias("b")
    """

    __slots__ = ("_core",)
    # Comparison returns an expression, so expressions can't be keys of a dict.
    __hash__ = None  # type: ignore[assignment]
    # numpy leaves `array < expression` to the expression.
    __array_ufunc__ = None
    # So does pandas, whose own classes have up to 4000.
    __pandas_priority__ = 5000

    def __init__(self, inner: core.Expr) -> None:
        self._core = inner

    def _like(self, inner: core.Expr) -> Self:
        return Expr(inner)  # type: ignore[return-value]

    def __repr__(self) -> str:
        return self._core.show()

    def __bool__(self) -> NoReturn:
        fact = "truth value of an expression: each row has its own"
        hint = f"{_arguments.TRUTH}; `is_in` for `in`"
        raise ArgumentTypeError(fact, hint=hint, what="expression")

    def __contains__(self, value: object) -> NoReturn:
        fact = f"{value!r} in an expression: each row has its own value"
        raise ArgumentTypeError(fact, hint="use `==`, or `is_in` for a list", what="expression")

    def _binary(self, op: str, other: Operand) -> Expr:
        return Expr(self._core.binary(op, _operands.literal(other)))

    def _function(self, name: str, *arguments: object, inputs: tuple[Operand, ...] = ()) -> Expr:
        operands = [self._core, *(_operands.literal(each) for each in inputs)]
        return Expr(core.Expr.function(name, operands, arguments))

    def _reflected(self, op: str, other: Operand) -> Expr:
        return Expr(_operands.literal(other).binary(op, self._core))

    # ------------------------------------------------------------------------------- operators

    def __add__(self, other: Operand) -> Expr:
        return self._binary("+", other)

    def __radd__(self, other: Operand) -> Expr:
        return self._reflected("+", other)

    def __sub__(self, other: Operand) -> Expr:
        return self._binary("-", other)

    def __rsub__(self, other: Operand) -> Expr:
        return self._reflected("-", other)

    def __mul__(self, other: Operand) -> Expr:
        return self._binary("*", other)

    def __rmul__(self, other: Operand) -> Expr:
        return self._reflected("*", other)

    def __truediv__(self, other: Operand) -> Expr:
        return self._binary("/", other)

    def __rtruediv__(self, other: Operand) -> Expr:
        return self._reflected("/", other)

    def __floordiv__(self, other: Operand) -> Expr:
        return self._binary("//", other)

    def __rfloordiv__(self, other: Operand) -> Expr:
        return self._reflected("//", other)

    def __mod__(self, other: Operand) -> Expr:
        return self._binary("%", other)

    def __rmod__(self, other: Operand) -> Expr:
        return self._reflected("%", other)

    def __pow__(self, other: Operand) -> Expr:
        return self._binary("**", other)

    def __rpow__(self, other: Operand) -> Expr:
        return self._reflected("**", other)

    def __eq__(self, other: Operand) -> Expr:  # type: ignore[override]
        return self._binary("==", other)

    def __ne__(self, other: Operand) -> Expr:  # type: ignore[override]
        return self._binary("!=", other)

    def __lt__(self, other: Operand) -> Expr:
        return self._binary("<", other)

    def __le__(self, other: Operand) -> Expr:
        return self._binary("<=", other)

    def __gt__(self, other: Operand) -> Expr:
        return self._binary(">", other)

    def __ge__(self, other: Operand) -> Expr:
        return self._binary(">=", other)

    def __and__(self, other: Operand) -> Expr:
        return self._binary("&", other)

    def __rand__(self, other: Operand) -> Expr:
        return self._reflected("&", other)

    def __or__(self, other: Operand) -> Expr:
        return self._binary("|", other)

    def __ror__(self, other: Operand) -> Expr:
        return self._reflected("|", other)

    def __xor__(self, other: Operand) -> Expr:
        return self._binary("^", other)

    def __rxor__(self, other: Operand) -> Expr:
        return self._reflected("^", other)

    def __invert__(self) -> Expr:
        return Expr(self._core.unary("~"))

    def __neg__(self) -> Expr:
        return Expr(self._core.unary("-"))

    def __pos__(self) -> Expr:
        return self

    def __abs__(self) -> Expr:
        return Expr(self._core.unary("abs"))

    # ------------------------------------------------------------------------------ row by row

    def abs(self) -> Expr:
        """Return the absolute value, with the same dtype."""
        return abs(self)

    def round(self, decimals: int = 0) -> Expr:
        """Return floats rounded to this many decimals; integers stay as they are.

        The result is the same as that of Python's `round`: it depends on the exact value, and the
        middle of two numbers goes to the one whose last digit is even. The dtype stays the same.

        Args:
            decimals: The number of decimals, 0 or more.

        Raises:
            ArgumentError: If `decimals` is negative.
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [2.675, 0.5, 1.5, None]})
            >>> frame.select(mydf.col("a").round(2), mydf.col("a").round().alias("b")).to_dict()
            {'a': [2.67, 0.5, 1.5, None], 'b': [3.0, 0.0, 2.0, None]}
        """
        return self._function("round", _arguments.count("decimals", decimals))

    def floor(self) -> Expr:
        """Return the largest whole number that is not larger, with the same dtype.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1.5, -1.5, None]})
            >>> frame.select(mydf.col("a").floor(), mydf.col("a").ceil().alias("b")).to_dict()
            {'a': [1.0, -2.0, None], 'b': [2.0, -1.0, None]}
        """
        return self._function("floor")

    def ceil(self) -> Expr:
        """Return the smallest whole number that is not smaller, with the same dtype.

        Raises:
            DTypeError: If the values are not numbers.
        """
        return self._function("ceil")

    def sign(self) -> Expr:
        """Return -1, 0 or 1, with the same dtype; NaN for NaN.

        Raises:
            DTypeError: If the values are not numbers.
        """
        return self._function("sign")

    def clip(self, lower: Operand = None, upper: Operand = None) -> Expr:
        """Return the value, or the bound that it exceeds.

        A null bound is none, and NaN stays NaN. If the lower bound is above the upper one, the
        result is the upper one. The dtype is the one that holds all three: floats for integers
        between floats.

        Args:
            lower: The lower bound: a value or an expression.
            upper: The upper bound.

        Raises:
            DTypeError: If the values are not numbers, dates or datetimes.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [-5, 3, None, 12]})
            >>> frame.select(mydf.col("a").clip(0, 10)).to_dict()
            {'a': [0, 3, None, 10]}
        """
        return self._function("clip", inputs=(lower, upper))

    def pow(self, exponent: Operand) -> Expr:
        """Return the power, as `**` does.

        Integers with integer exponents stay integers, of the dtype that holds both; a float gives
        floats. `0 ** 0` is 1. Null if one of the two is null.

        Raises:
            ArgumentError: On evaluation, if an exponent of integers is negative.
            IntegerOverflowError: On evaluation, if a power exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [2, 3, None]})
            >>> frame.select(mydf.col("a") ** 2, root=mydf.col("a").pow(0.5).round(2)).to_dict()
            {'a': [4, 9, None], 'root': [1.41, 1.73, None]}
        """
        return self**exponent

    def sqrt(self) -> Expr:
        """Return the square root as a float; NaN for a negative number.

        Float32 stays Float32, and other numbers give Float64.

        Raises:
            DTypeError: If the values are not numbers.
        """
        return self._function("sqrt")

    def exp(self) -> Expr:
        """Return e to the power of the value as a float, with the dtypes of `sqrt`."""
        return self._function("exp")

    def log(self, base: float | None = None) -> Expr:
        """Return the logarithm as a float, with the dtypes of `sqrt`.

        Minus infinity for 0, and NaN for a negative number.

        Args:
            base: The base, above 0 and not 1; the natural logarithm without it.

        Raises:
            ArgumentError: If there is no logarithm to this base.
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 8, None]})
            >>> frame.select(mydf.col("a").log(2)).to_dict()
            {'a': [0.0, 3.0, None]}
        """
        number = _E if base is None else _arguments.number("base", base)
        if not 0 < number < float("inf") or number == 1:
            fact = f"base: there is no logarithm to the base {base!r}"
            raise ArgumentError(fact, hint="use a base above 0 that is not 1", what="base")
        return self._function("log", number)

    def log10(self) -> Expr:
        """Return the decimal logarithm as a float, as `log(10)` does."""
        return self._function("log10")

    def log1p(self) -> Expr:
        """Return the natural logarithm of the value plus 1, precise also near 0."""
        return self._function("log1p")

    def alias(self, name: str) -> Expr:
        """Return the same values under another name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).select(mydf.col("a").alias("b")).columns
            ['b']
        """
        return Expr(self._core.alias(_arguments.text("name", name)))

    def exclude(self, name: AnyName | Iterable[AnyName], *more: AnyName) -> Expr:
        """Return the selected columns without these.

        Args:
            name: A name, a dtype, or a list of them. A name that is not selected changes nothing.
            more: Further names or dtypes.

        Raises:
            ArgumentError: If the expression is not a selection, such as `mydf.all()`.
            ArgumentTypeError: If an argument is neither a name nor a dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1], "b": [2], "c": ["x"]})
            >>> frame.select(mydf.all().exclude("a", mydf.String)).to_dict()
            {'b': [2]}
        """
        return Expr(self._core.exclude(*_operands.selectors("exclude", [name, *more])))

    def cast(self, dtype: DTypeLike, *, strict: bool = True) -> Expr:
        """Return the values in another dtype.

        A float is truncated towards zero, an integer becomes the nearest float, a datetime loses
        its time of day as a date, and its zone, not its wall-clock time, as a datetime without one.
        `Series(..., dtype=...)` and `lit(..., dtype=...)` refuse values that would lose something.

        Args:
            dtype: The dtype, or a Python type for it.
            strict: Whether a value that does not fit is an error; otherwise it becomes null.

        Raises:
            CastError: On evaluation, if a value does not fit; the error names the first one.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["1", "x"]})
            >>> frame.select(mydf.col("a").cast(mydf.Int64, strict=False)).to_dict()
            {'a': [1, None]}
        """
        _arguments.boolean("strict", strict)
        return Expr(self._core.cast(DType._to_core(dtype), strict))

    def is_null(self) -> Expr:
        """Return whether the value is null; the result is never null. NaN is not null."""
        return Expr(self._core.unary("is_null"))

    def is_not_null(self) -> Expr:
        """Return whether the value is not null; the result is never null."""
        return Expr(self._core.unary("is_not_null"))

    def is_nan(self) -> Expr:
        """Return whether the float is NaN; False for an integer, null for null."""
        return Expr(self._core.unary("is_nan"))

    def is_not_nan(self) -> Expr:
        """Return whether the number is not NaN; null for null."""
        return Expr(self._core.unary("is_not_nan"))

    def is_finite(self) -> Expr:
        """Return whether the number is neither infinite nor NaN; null for null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1.5, float("inf"), float("nan"), None]})
            >>> frame.select(mydf.col("a").is_finite()).to_dict()
            {'a': [True, False, False, None]}
        """
        return Expr(self._core.unary("is_finite"))

    def is_infinite(self) -> Expr:
        """Return whether the number is infinite; null for null."""
        return Expr(self._core.unary("is_infinite"))

    def fill_null(self, value: Operand) -> Expr:
        """Return the value, or another one if it is null.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).select(mydf.col("a").fill_null(0)).to_dict()
            {'a': [1, 0]}
        """
        return Expr(self._core.fill_null(_operands.literal(value)))

    def fill_nan(self, value: Operand) -> Expr:
        """Return the value, or another one if it is NaN. Null stays null.

        Args:
            value: The replacement; None makes NaN null.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1.5, float("nan"), None]})
            >>> frame.select(mydf.col("a").fill_nan(None)).to_dict()
            {'a': [1.5, None, None]}
        """
        return self._function("fill_nan", inputs=(value,))

    def is_in(self, values: Iterable[PythonValue]) -> Expr:
        """Return whether the value equals one of these, by the rules of `==`.

        Null for null. If one of `values` is None, the result is null instead of False, because
        nobody knows whether the values are equal. So `~` never turns an unknown answer into True.

        Args:
            values: A list or another iterable of values, or a Series.

        Raises:
            ArgumentTypeError: If `values` is an expression, a dict or a single value.
            ArgumentError: On evaluation, if a value can't be compared with the dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3]})
            >>> frame.filter(mydf.col("a").is_in([1, 3])).to_dict()
            {'a': [1, 3]}
        """
        return Expr(self._core.is_in(_members(values)))

    def is_between(self, lower: Operand, upper: Operand, closed: str = "both") -> Expr:
        """Return whether the value is between two others; null if one of the three is null.

        Args:
            lower: The lower bound.
            upper: The upper bound.
            closed: Which bounds belong to the range: `both`, `left`, `right` or `none`.

        Raises:
            ArgumentError: If `closed` is none of these.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3]})
            >>> frame.filter(mydf.col("a").is_between(2, 3)).to_dict()
            {'a': [2, 3]}
        """
        _arguments.choice("closed", closed, ("both", "left", "right", "none"))
        bounds = _operands.literal(lower), _operands.literal(upper)
        return Expr(self._core.is_between(*bounds, closed))

    @property
    def name(self) -> NameNamespace:
        """Other names."""
        return NameNamespace(self)

    @property
    def str(self) -> StrNamespace:
        """Operations on text."""
        return StrNamespace(self)

    @property
    def dt(self) -> DtNamespace:
        """Parts of dates and datetimes."""
        return DtNamespace(self)

    # ---------------------------------------------------------------------------- aggregations

    def sum(self) -> Expr:
        """Return the sum of the values that are not null, 0 if there are none.

        Int64 for signed integers and Bool, UInt64 for unsigned ones, the same dtype for floats.

        Raises:
            IntegerOverflowError: On evaluation, if the sum exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None, 2]}).select(mydf.col("a").sum()).to_dict()
            {'a': [3]}
        """
        return Expr(self._core.agg("sum"))

    def mean(self) -> Expr:
        """Return the mean as Float64, ignoring nulls; null if there is no value."""
        return Expr(self._core.agg("mean"))

    def median(self) -> Expr:
        """Return the median as Float64, ignoring nulls; null if there is no value."""
        return Expr(self._core.agg("median"))

    def std(self) -> Expr:
        """Return the sample standard deviation (n - 1) as Float64; null below two values."""
        return Expr(self._core.agg("std"))

    def var(self) -> Expr:
        """Return the sample variance (n - 1) as Float64; null below two values."""
        return Expr(self._core.agg("var"))

    def quantile(self, quantile: float, interpolation: Word = "nearest") -> Expr:
        """Return the value below which a share of the values is, as Float64, ignoring nulls.

        NaN is larger than every number. Null if there is no value.

        Args:
            quantile: The share of the values, from 0 to 1.
            interpolation: The result between two values: the `nearest`, `higher` or `lower` of
                them, their `midpoint`, or the `linear` point by the share; or `equiprobable`, the
                smallest value that has at least the share of all values below or at it.

        Raises:
            ArgumentError: If `quantile` is not from 0 to 1, or `interpolation` is none of these.
            DTypeError: On evaluation, if the values are neither numbers nor Bool.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3, 10]})
            >>> frame.select(mydf.col("a").quantile(0.9, "linear").cast(mydf.Float32)).to_dict()
            {'a': [7.900000095367432]}
        """
        share = _share(quantile)
        _arguments.choice("interpolation", interpolation, _INTERPOLATIONS)
        return Expr(self._core.quantile(share, interpolation))

    def any(self) -> Expr:
        """Return whether a value is true, as Bool; False if there is no value but null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None, 3]})
            >>> frame.select((mydf.col("a") > 2).any()).to_dict()
            {'a': [True]}
        """
        return Expr(self._core.agg("any"))

    def all(self) -> Expr:
        """Return whether no value is false, as Bool; True if there is no value but null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None, 3]})
            >>> frame.select((mydf.col("a") > 2).all()).to_dict()
            {'a': [False]}
        """
        return Expr(self._core.agg("all"))

    def min(self) -> Expr:
        """Return the smallest value; NaN only if all values are NaN; null if there is no value."""
        return Expr(self._core.agg("min"))

    def max(self) -> Expr:
        """Return the largest value; NaN only if all values are NaN; null if there is no value."""
        return Expr(self._core.agg("max"))

    def count(self) -> Expr:
        """Return the number of values that are not null, as Int64."""
        return Expr(self._core.agg("count"))

    def len(self) -> Expr:
        """Return the number of rows, including nulls, as Int64."""
        return Expr(self._core.agg("len"))

    def null_count(self) -> Expr:
        """Return the number of nulls, as Int64."""
        return Expr(self._core.agg("null_count"))

    def n_unique(self) -> Expr:
        """Return the number of distinct values, counting null as one, as Int64."""
        return Expr(self._core.agg("n_unique"))

    def first(self) -> Expr:
        """Return the value of the first row, even if it is null."""
        return Expr(self._core.agg("first"))

    def last(self) -> Expr:
        """Return the value of the last row, even if it is null."""
        return Expr(self._core.agg("last"))


_INTERPOLATIONS = ("nearest", "higher", "lower", "midpoint", "linear", "equiprobable")


def _share(given: float) -> float:
    """Return a share from 0 to 1."""
    if isinstance(given, bool) or not hasattr(given, "__float__"):
        fact = f"quantile: {given!r}, of type `{type(given).__name__}`"
        raise ArgumentTypeError(fact, hint="pass a number from 0 to 1", what="quantile")
    share = float(given)
    if 0 <= share <= 1:
        return share
    raise ArgumentError(f"quantile: {given}", hint="pass a number from 0 to 1", what="quantile")


def _members(values: Iterable[PythonValue]) -> list[PythonValue]:
    """Return the set of `is_in` as a list."""
    if isinstance(values, (str, bytes)):
        fact = f"is_in: a single text, {values!r}"
        raise ArgumentTypeError(fact, hint=f"use `is_in([{values!r}])`", what="is_in")
    inner = getattr(values, "_core", None)
    flat = not _operands.is_array(values) or values.ndim == 1  # type: ignore[attr-defined]
    # A dict is a mapping of something to something, not a set of values.
    wrong = isinstance(values, dict) or isinstance(inner, (core.Expr, core.Frame)) or not flat
    if wrong or not hasattr(values, "__iter__"):
        fact = f"is_in: a value of type `{type(values).__name__}`"
        hint = "pass a list of values or a Series; use `==` for another expression"
        raise ArgumentTypeError(fact, hint=hint, what="is_in")
    if inner is None and _operands.is_column_elsewhere(values):
        # Its own elements are scalars of another library, and NaN for a missing text.
        return _construct.series("is_in", values).to_list()
    return list(values)


class StrNamespace(Guided):
    """Operations on text. Null stays null; dtypes other than String raise `DTypeError`."""

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _text(self, op: str) -> Expr:
        return Expr(self._expr._core.text(op))

    def _call(self, name: str, *arguments: object) -> Expr:
        return Expr(core.Expr.function(f"str.{name}", [self._expr._core], arguments))

    def contains(self, pattern: str, *, literal: bool = False) -> Expr:
        """Return whether the text contains a pattern, as Bool.

        Args:
            pattern: A regular expression (syntax of the Rust crate `regex`), or a text.
            literal: Whether the pattern is plain text.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["bat", "b.t"]})
            >>> frame.filter(mydf.col("a").str.contains(".t", literal=True)).to_dict()
            {'a': ['b.t']}
        """
        _arguments.text("pattern", pattern)
        _arguments.boolean("literal", literal)
        return Expr(self._expr._core.contains(pattern, literal))

    def starts_with(self, prefix: str) -> Expr:
        """Return whether the text starts with this one, as Bool."""
        return Expr(self._expr._core.starts_with(_arguments.text("prefix", prefix)))

    def ends_with(self, suffix: str) -> Expr:
        """Return whether the text ends with this one, as Bool."""
        return Expr(self._expr._core.ends_with(_arguments.text("suffix", suffix)))

    def to_lowercase(self) -> Expr:
        """Return the text in lower case, according to Unicode."""
        return self._text("to_lowercase")

    def to_uppercase(self) -> Expr:
        """Return the text in upper case, according to Unicode.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["straße"]})
            >>> frame.select(mydf.col("a").str.to_uppercase()).to_dict()
            {'a': ['STRASSE']}
        """
        return self._text("to_uppercase")

    def len_chars(self) -> Expr:
        """Return the number of Unicode scalar values, as Int64."""
        return self._text("len_chars")

    def len_bytes(self) -> Expr:
        """Return the number of bytes in UTF-8, as Int64."""
        return self._text("len_bytes")

    def strip_chars(self, chars: str | None = None) -> Expr:
        """Return the text without these characters at both ends.

        Args:
            chars: The characters, in any order; white space without them.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["--x- ", None]})
            >>> frame.select(mydf.col("a").str.strip_chars("- ")).to_dict()
            {'a': ['x', None]}
        """
        if chars is None:
            return self._text("strip_chars")
        return self._call("strip_chars", _arguments.text("chars", chars))

    def strip_chars_start(self, chars: str | None = None) -> Expr:
        """Return the text without these characters at its start, as `strip_chars` does."""
        return self._stripped("strip_chars_start", chars)

    def strip_chars_end(self, chars: str | None = None) -> Expr:
        """Return the text without these characters at its end, as `strip_chars` does."""
        return self._stripped("strip_chars_end", chars)

    def _stripped(self, name: str, chars: str | None) -> Expr:
        return self._call(name, None if chars is None else _arguments.text("chars", chars))

    def strip_prefix(self, prefix: str) -> Expr:
        """Return the text without this beginning, once; a text without it stays as it is.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["id-7", "7"]})
            >>> frame.select(mydf.col("a").str.strip_prefix("id-")).to_dict()
            {'a': ['7', '7']}
        """
        return self._call("strip_prefix", _arguments.text("prefix", prefix))

    def strip_suffix(self, suffix: str) -> Expr:
        """Return the text without this end, once; a text without it stays as it is."""
        return self._call("strip_suffix", _arguments.text("suffix", suffix))

    def extract(self, pattern: str, group: int = 1) -> Expr:
        """Return a group of the first match of a regular expression; null if there is none.

        Args:
            pattern: A regular expression, as for `contains`.
            group: The number of the group, from 1; 0 is the whole match.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression or has no such
                group.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["size 12", "none", None]})
            >>> frame.select(mydf.col("a").str.extract("([0-9]+)")).to_dict()
            {'a': ['12', None, None]}
        """
        _arguments.text("pattern", pattern)
        return self._call("extract", pattern, _arguments.count("group", group))

    def replace(self, pattern: str, value: str, *, literal: bool = False) -> Expr:
        """Return the text with the first match of a pattern replaced.

        Args:
            pattern: A regular expression, as for `contains`.
            value: The replacement. `$1` or `${name}` is a group, and `$$` a dollar sign.
            literal: Whether pattern and value are exactly these characters.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["Ada Lovelace", None]})
            >>> frame.select(mydf.col("a").str.replace("([A-z]+) ([A-z]+)", "$2, $1")).to_dict()
            {'a': ['Lovelace, Ada', None]}
        """
        return self._replaced("replace", pattern, value, literal)

    def replace_all(self, pattern: str, value: str, *, literal: bool = False) -> Expr:
        """Return the text with all matches of a pattern replaced, as `replace` does.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["1.234.567", None]})
            >>> frame.select(mydf.col("a").str.replace_all(".", "", literal=True)).to_dict()
            {'a': ['1234567', None]}
        """
        return self._replaced("replace_all", pattern, value, literal)

    def _replaced(self, name: str, pattern: str, value: str, literal: bool) -> Expr:
        _arguments.text("pattern", pattern)
        _arguments.text("value", value)
        _arguments.boolean("literal", literal)
        digit = value.find("\\") + 1
        if not literal and digit and value[digit : digit + 1].isdigit():
            fact = f"value: `{value}` has a group as Python writes it"
            group = value[digit]
            hint = f"write `${{{group}}}` for the group, or pass `literal=True`"
            raise ArgumentError(fact, hint=hint, what="value")
        return self._call(name, pattern, value, literal)

    def count_matches(self, pattern: str, *, literal: bool = False) -> Expr:
        """Return the number of matches that do not overlap, as Int64.

        Args:
            pattern: A regular expression, as for `contains`.
            literal: Whether the pattern is exactly these characters.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["banana", None]})
            >>> frame.select(mydf.col("a").str.count_matches("an")).to_dict()
            {'a': [2, None]}
        """
        _arguments.text("pattern", pattern)
        return self._call("count_matches", pattern, _arguments.boolean("literal", literal))

    def find(self, pattern: str, *, literal: bool = False) -> Expr:
        """Return the place of the first match, as Int64; null if there is none.

        Places count Unicode scalar values from 0, as in `slice`.

        Args:
            pattern: A regular expression, as for `contains`.
            literal: Whether the pattern is exactly these characters.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["äb", "c"]})
            >>> frame.select(mydf.col("a").str.find("b")).to_dict()
            {'a': [1, None]}
        """
        _arguments.text("pattern", pattern)
        return self._call("find", pattern, _arguments.boolean("literal", literal))

    def slice(self, offset: int, length: int | None = None) -> Expr:
        """Return a part of the text, counted in Unicode scalar values.

        Args:
            offset: The first place, from 0; a negative one counts from the end.
            length: The length of the part; up to the end without it.

        Raises:
            ArgumentError: If `length` is negative.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["2024-05", "x"]})
            >>> frame.select(mydf.col("a").str.slice(0, 4)).to_dict()
            {'a': ['2024', 'x']}
        """
        start = _arguments.integer("offset", offset)
        if not -(2**63) <= start < 2**63:
            raise ArgumentError(f"offset: {start}", hint="use a smaller number", what="offset")
        count = None if length is None else _arguments.count("length", length)
        return self._call("slice", start, count)

    def head(self, n: int = 5) -> Expr:
        """Return the first characters of the text."""
        return self.slice(0, _arguments.count("n", n))

    def tail(self, n: int = 5) -> Expr:
        """Return the last characters of the text."""
        last = _arguments.count("n", n)
        return self.slice(-last, last)

    def split_part(self, by: str, index: int) -> Expr:
        """Return one of the parts between separators; null if there are not so many.

        Args:
            by: The separator, exactly these characters.
            index: The place of the part, from 0; a negative one counts from the end.

        Raises:
            ArgumentError: If the separator is empty.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["2024-05", "x"]})
            >>> part = mydf.col("a").str.split_part
            >>> frame.select(year=part("-", 0), month=part("-", 1), last=part("-", -1)).to_dict()
            {'year': ['2024', 'x'], 'month': ['05', None], 'last': ['05', 'x']}
        """
        if not _arguments.text("by", by):
            hint = "use `slice` for parts of a fixed length"
            raise ArgumentError("by: an empty separator", hint=hint, what="by")
        place = _arguments.integer("index", index)
        if not -(2**31) <= place < 2**31:
            raise ArgumentError(f"index: {place}", hint="use a smaller number", what="index")
        return self._call("split_part", by, place)

    def to_date(self, format: str | None = None, *, strict: bool = True) -> Expr:  # noqa: A002
        """Read the text as a date.

        Args:
            format: The format, with the codes of `strptime`: `%Y` is the year, `%m` the month, `%d`
                the day, `%b` the name of the month, `%y` a year from 1969 to 2068. ISO 8601
                (`2024-05-31`) without it.
            strict: Whether a text with another format is an error; otherwise it becomes null.

        Raises:
            ArgumentError: If the format has an unknown code, or leaves the date open.
            CastError: On evaluation, with the first text that can't be read and its row. A time of
                day other than midnight can't be read as a date.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["31.05.2024", "31.06.2024"]})
            >>> frame.select(mydf.col("a").str.to_date("%d.%m.%Y", strict=False)).to_dict()
            {'a': [datetime.date(2024, 5, 31), None]}
        """
        _arguments.boolean("strict", strict)
        if format is None:
            return self._expr.cast(Date, strict=strict)
        return self._call("to_date", _arguments.text("format", format), strict)

    def to_datetime(self, format: str | None = None, *, strict: bool = True) -> Expr:  # noqa: A002
        """Read the text as a datetime.

        Without a zone; if the format has an offset (`%z`), in UTC. Digits beyond microseconds are
        cut off. `dt.replace_time_zone` gives a result without zone its zone.

        Args:
            format: The format, as for `to_date`: `%H`, `%M` and `%S` are hour, minute and second,
                `%.f` is an optional fraction with its dot, and `%z` an offset. ISO 8601
                (`2024-05-31T12:30:00`) without it.
            strict: Whether a text with another format is an error; otherwise it becomes null.

        Raises:
            ArgumentError: If the format has an unknown code, or leaves the date open.
            CastError: On evaluation, with the first text that can't be read and its row.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["5/31/24 1:05 PM"]})
            >>> frame.select(mydf.col("a").str.to_datetime("%m/%d/%y %I:%M %p")).to_dict()
            {'a': [datetime.datetime(2024, 5, 31, 13, 5)]}
        """
        _arguments.boolean("strict", strict)
        if format is None:
            return self._expr.cast(Datetime(), strict=strict)
        return self._call("to_datetime", _arguments.text("format", format), strict)

    def to_integer(self, base: int = 10, *, strict: bool = True) -> Expr:
        """Read the text as an integer, as Int64, without the white space around it.

        Args:
            base: The base, from 2 to 36.
            strict: Whether another text is an error; otherwise it becomes null.

        Raises:
            ArgumentError: If there is no such base.
            CastError: On evaluation, with the first text that can't be read and its row.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["ff", "-10", None]})
            >>> frame.select(mydf.col("a").str.to_integer(16)).to_dict()
            {'a': [255, -16, None]}
        """
        number = _arguments.integer("base", base)
        _arguments.boolean("strict", strict)
        if not 2 <= number <= 36:
            raise ArgumentError(f"base: {number}", hint="use a base from 2 to 36", what="base")
        return self._call("to_integer", number, strict)

    def zfill(self, length: int) -> Expr:
        """Fill the text up to a length with zeros, behind its sign.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["7", "-7", "12345"]})
            >>> frame.select(mydf.col("a").str.zfill(4)).to_dict()
            {'a': ['0007', '-007', '12345']}
        """
        return self._call("zfill", _arguments.count("length", length))

    def pad_start(self, length: int, fill_char: str = " ") -> Expr:
        """Fill the text up to a length at its start.

        Raises:
            ArgumentError: If `fill_char` is not one character.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["7", "12345"]})
            >>> frame.select(mydf.col("a").str.pad_start(3, "*")).to_dict()
            {'a': ['**7', '12345']}
        """
        return self._padded("pad_start", length, fill_char)

    def pad_end(self, length: int, fill_char: str = " ") -> Expr:
        """Fill the text up to a length at its end, as `pad_start` does."""
        return self._padded("pad_end", length, fill_char)

    def _padded(self, name: str, length: int, fill_char: str) -> Expr:
        count = _arguments.count("length", length)
        if len(_arguments.text("fill_char", fill_char)) != 1:
            fact = f"fill_char: `{fill_char}` has {len(fill_char)} characters"
            raise ArgumentError(fact, hint="pass one character", what="fill_char")
        return self._call(name, count, fill_char)

    def reverse(self) -> Expr:
        """Return the Unicode scalar values in reverse order."""
        return self._call("reverse")

    def to_titlecase(self) -> Expr:
        """Return each word with its first letter in upper case and the rest in lower case.

        A word is a row of letters and digits.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["ada LOVELACE-king"]})
            >>> frame.select(mydf.col("a").str.to_titlecase()).to_dict()
            {'a': ['Ada Lovelace-King']}
        """
        return self._call("to_titlecase")


class DtNamespace(Guided):
    """Parts of dates and datetimes, in the time zone of the datetime. Null stays null."""

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _part(self, op: str) -> Expr:
        return Expr(self._expr._core.part(op))

    def _call(self, name: str, *arguments: object) -> Expr:
        return Expr(core.Expr.function(f"dt.{name}", [self._expr._core], arguments))

    def year(self) -> Expr:
        """Return the year, as Int32.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2013, 7, 4)]})
            >>> frame.select(mydf.col("a").dt.year()).to_dict()
            {'a': [2013]}
        """
        return self._part("year")

    def month(self) -> Expr:
        """Return the month from 1 to 12, as Int32."""
        return self._part("month")

    def day(self) -> Expr:
        """Return the day of the month from 1 to 31, as Int32."""
        return self._part("day")

    def hour(self) -> Expr:
        """Return the hour from 0 to 23, as Int32."""
        return self._part("hour")

    def minute(self) -> Expr:
        """Return the minute from 0 to 59, as Int32."""
        return self._part("minute")

    def second(self) -> Expr:
        """Return the second from 0 to 59, as Int32."""
        return self._part("second")

    def weekday(self) -> Expr:
        """Return the day of the week from Monday, 1, to Sunday, 7, as Int32."""
        return self._part("weekday")

    def date(self) -> Expr:
        """Return the calendar day as Date."""
        return self._part("date")

    def quarter(self) -> Expr:
        """Return the quarter of the year from 1 to 4, as Int32."""
        return self._part("quarter")

    def ordinal_day(self) -> Expr:
        """Return the day of the year from 1 to 366, as Int32."""
        return self._part("ordinal_day")

    def week(self) -> Expr:
        """Return the week of the year from 1 to 53 (ISO 8601), as Int32.

        Weeks begin on Monday, and the first one has the first Thursday of the year. `iso_year` is
        the year that a week belongs to.
        """
        return self._part("week")

    def iso_year(self) -> Expr:
        """Return the year that the week belongs to (ISO 8601), as Int32.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 12, 31)]})
            >>> day = mydf.col("a").dt
            >>> frame.select(year=day.year(), iso_year=day.iso_year(), week=day.week()).to_dict()
            {'year': [2024], 'iso_year': [2025], 'week': [1]}
        """
        return self._part("iso_year")

    def millisecond(self) -> Expr:
        """Return the milliseconds since the last second, from 0 to 999, as Int32."""
        return self._part("millisecond")

    def microsecond(self) -> Expr:
        """Return the microseconds since the last second, from 0 to 999999, as Int32."""
        return self._part("microsecond")

    def truncate(self, every: str) -> Expr:
        """Return the start of the span that each moment is in, with the same dtype.

        Spans are those of wall-clock time. Months, quarters and years count from January 1970,
        weeks begin on Monday, and other spans count from 1970-01-01. If the clock skips the start,
        it is the first instant after it; if the clock shows it twice, the one with the same offset
        from UTC as the moment, or the first one for spans of days.

        Args:
            every: A number with one unit: `us`, `ms`, `s`, `m`, `h`, `d`, `w`, `mo` (months), `q`
                (quarters) or `y`, as in `15m` or `1mo`.

        Raises:
            ArgumentError: If `every` is something else.
            DTypeError: If a date is truncated to a part of a day.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.datetime(2024, 5, 16, 13, 45)]})
            >>> moment = mydf.col("a").dt
            >>> frame.select(hour=moment.truncate("1h").dt.strftime("%F %T")).to_dict()
            {'hour': ['2024-05-16 13:00:00']}
            >>> frame.select(month=moment.truncate("1mo").dt.date()).to_dict()
            {'month': [datetime.date(2024, 5, 1)]}
        """
        return self._call("truncate", _arguments.text("every", every))

    def offset_by(self, by: str) -> Expr:
        """Return the moment that is this much later, with the same dtype.

        Days, weeks, months and years keep the wall-clock time; a shorter month ends on its last
        day. Hours and shorter units are exact.

        Args:
            by: Numbers with units as for `truncate`, as in `1mo`, `1d12h` or `-2w`.

        Raises:
            ArgumentError: If `by` is something else; on evaluation, if a result is out of range or
                a wall-clock time that the clock skips, with its row.
            DTypeError: If a date is moved by a part of a day.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 1, 31), None]})
            >>> frame.select(mydf.col("a").dt.offset_by("1mo")).to_dict()
            {'a': [datetime.date(2024, 2, 29), None]}
        """
        return self._call("offset_by", _arguments.text("by", by))

    def month_start(self) -> Expr:
        """Return the first day of the month, at the same time of day, with the same dtype."""
        return self._call("month_start")

    def month_end(self) -> Expr:
        """Return the last day of the month, at the same time of day, with the same dtype.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 2, 3), None]})
            >>> frame.select(mydf.col("a").dt.month_end()).to_dict()
            {'a': [datetime.date(2024, 2, 29), None]}
        """
        return self._call("month_end")

    def strftime(self, format: str) -> Expr:  # noqa: A002 - as elsewhere
        """Return text in a format, in wall-clock time.

        Args:
            format: The codes of `strftime`: `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%f` (six digits),
                `%b` and `%A` (English names), `%z` (the offset), and others.

        Raises:
            ArgumentError: If the format has an unknown code; on evaluation, for a moment that has
                no text in it, such as the year 10000, with its row.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 5, 3), None]})
            >>> frame.select(mydf.col("a").dt.strftime("%d.%m.%y, %A")).to_dict()
            {'a': ['03.05.24, Friday', None]}
        """
        return self._call("strftime", _arguments.text("format", format))

    def convert_time_zone(self, time_zone: str) -> Expr:
        """Return the same instants in another time zone.

        Args:
            time_zone: A name such as `Europe/Berlin` or `UTC`, or an offset such as `+02:00`.

        Raises:
            ArgumentError: If the zone is unknown, or if the datetimes have none.

        Examples:
            >>> import datetime, mydf
            >>> noon = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)
            >>> frame = mydf.DataFrame({"a": [noon]})
            >>> there = mydf.col("a").dt.convert_time_zone("Europe/Berlin")
            >>> frame.select(there.dt.hour()).to_dict()
            {'a': [14]}
        """
        return self._call("convert_time_zone", _arguments.text("time_zone", time_zone))

    def replace_time_zone(
        self, time_zone: str | None, *, ambiguous: str = "raise", non_existent: str = "raise"
    ) -> Expr:
        """Return the same wall-clock times in another time zone, or without one.

        Args:
            time_zone: A name such as `Europe/Berlin`, an offset such as `+02:00`, or None.
            ambiguous: What becomes of a time that the clock shows twice: `raise`, `earliest`,
                `latest` or `null`.
            non_existent: What becomes of a time that the clock skips: `raise` or `null`.

        Raises:
            ArgumentError: If the zone is unknown; on evaluation, for a time that the clock skips or
                shows twice, with its row.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.datetime(2024, 7, 1, 12)]})
            >>> there = mydf.col("a").dt.replace_time_zone("Europe/Berlin")
            >>> frame.select(there.dt.convert_time_zone("UTC").dt.hour()).to_dict()
            {'a': [10]}
        """
        _arguments.choice("ambiguous", ambiguous, ("raise", "earliest", "latest", "null"))
        _arguments.choice("non_existent", non_existent, ("raise", "null"))
        zone = None if time_zone is None else _arguments.text("time_zone", time_zone)
        return self._call("replace_time_zone", zone, ambiguous, non_existent == "null")


class NameNamespace(Guided):
    """Other names for an expression, also for one that stands for several columns.

    Each method starts from the name that the expression has so far.
    """

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def suffix(self, suffix: str) -> Expr:
        """Append a text to the name.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
            >>> frame.select(mydf.all().sum().name.suffix("_sum")).to_dict()
            {'a_sum': [3], 'b_sum': [7]}
        """
        return Expr(self._expr._core.rename("suffix", _arguments.text("suffix", suffix)))

    def prefix(self, prefix: str) -> Expr:
        """Put a text in front of the name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).select(mydf.all().name.prefix("x_")).columns
            ['x_a']
        """
        return Expr(self._expr._core.rename("prefix", _arguments.text("prefix", prefix)))

    def keep(self) -> Expr:
        """Return to the name of the leftmost column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1]})
            >>> frame.select(mydf.col("a").alias("b").name.keep()).columns
            ['a']
        """
        return Expr(self._expr._core.rename("keep", ""))

    def to_lowercase(self) -> Expr:
        """Write the name in lower case, according to Unicode.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"Ab": [1]}).select(mydf.all().name.to_lowercase()).columns
            ['ab']
        """
        return Expr(self._expr._core.rename("to_lowercase", ""))

    def to_uppercase(self) -> Expr:
        """Write the name in upper case, according to Unicode.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"Ab": [1]}).select(mydf.all().name.to_uppercase()).columns
            ['AB']
        """
        return Expr(self._expr._core.rename("to_uppercase", ""))

    def map(self, function: Callable[[str], str]) -> Expr:
        """Take the name that a function returns for the name so far.

        Raises:
            ArgumentTypeError: If `function` is no function.
            ArgumentError: On evaluation, if the function fails or does not return a text.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1], "b": [2]})
            >>> frame.select(mydf.all().name.map(lambda name: name * 2)).columns
            ['aa', 'bb']
        """
        if not callable(function):
            fact = f"name.map: a value of type `{type(function).__name__}`"
            hint = "pass a function of one text; `rename` takes a dict of names"
            raise ArgumentTypeError(fact, hint=hint, what="function")
        return Expr(self._expr._core.rename_by(function))
