"""Column expressions."""

from __future__ import annotations

from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn, TypeAlias

    from mydf._types import PythonValue
    from mydf.dtypes import DTypeLike

    # What an operator takes: a text is a value.
    Operand: TypeAlias = "Expr | PythonValue"
    # What a method of a frame takes: a text is the name of a column.
    IntoExpr: TypeAlias = "Expr | PythonValue"


class Expr:
    """A computation over columns, which a frame evaluates.

    Create expressions with `mydf.col`, `mydf.lit`, `mydf.len` and `mydf.when`, and combine them
    with operators. A text operand is a value, not a column. A null operand gives null, except in
    `&` and `|` (Kleene's logic: `False & null` is False).

    Examples:
        >>> import mydf
        >>> (mydf.col("a") + 1).alias("b")
        (col("a") + 1).alias("b")
    """

    __slots__ = ("_core",)
    # Comparison returns an expression, so expressions can't be keys of a dict.
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, inner: core.Expr) -> None:
        self._core = inner

    @staticmethod
    def _literal(value: Operand) -> Expr:
        """Return an expression unchanged, and any other value as a literal."""
        return value if isinstance(value, Expr) else Expr(core.Expr.literal(value))

    @staticmethod
    def _column(value: IntoExpr) -> Expr:
        """Return a text as the column of this name, and any other value as `_literal` does."""
        if isinstance(value, str):
            return Expr(core.Expr.column(value))
        return Expr._literal(value)

    @staticmethod
    def _columns(
        values: Iterable[IntoExpr | Iterable[IntoExpr]], named: dict[str, IntoExpr] | None = None
    ) -> list[core.Expr]:
        """Return the core's expressions for the arguments of a method such as `select`."""
        found: list[core.Expr] = []
        for each in values:
            several = isinstance(each, (list, tuple)) or hasattr(each, "__next__")
            group: Any = each if several else (each,)
            found += [Expr._column(value)._core for value in group]
        for name, value in (named or {}).items():
            found.append(Expr._column(value).alias(name)._core)
        return found

    def __repr__(self) -> str:
        return self._core.show()

    def __bool__(self) -> NoReturn:
        fact = "truth value of an expression: each row has its own"
        hint = (
            "use `&`, `|` and `~` for `and`, `or` and `not`, with parentheses around comparisons; "
            "`is_between` for `a < b < c`; `is_in` for `in`"
        )
        raise ArgumentTypeError(fact, hint=hint, what="expression")

    def _binary(self, op: str, other: Operand) -> Expr:
        return Expr(self._core.binary(op, Expr._literal(other)._core))

    def _reflected(self, op: str, other: Operand) -> Expr:
        return Expr(Expr._literal(other)._core.binary(op, self._core))

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

    def alias(self, name: str) -> Expr:
        """Return the same values under another name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).select(mydf.col("a").alias("b")).columns
            ['b']
        """
        return Expr(self._core.alias(name))

    def cast(self, dtype: DTypeLike, *, strict: bool = True) -> Expr:
        """Return the values in another dtype. Floats are truncated towards zero.

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
        return Expr(self._core.cast(DType._to_core(dtype), strict))

    def is_null(self) -> Expr:
        """Return whether the value is null; the result is never null. NaN is not null."""
        return Expr(self._core.unary("is_null"))

    def is_not_null(self) -> Expr:
        """Return whether the value is not null; the result is never null."""
        return Expr(self._core.unary("is_not_null"))

    def is_nan(self) -> Expr:
        """Return whether the float is NaN; null for null."""
        return Expr(self._core.unary("is_nan"))

    def fill_null(self, value: Operand) -> Expr:
        """Return the value, or another one if it is null.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).select(mydf.col("a").fill_null(0)).to_dict()
            {'a': [1, 0]}
        """
        return Expr(self._core.fill_null(Expr._literal(value)._core))

    def is_in(self, values: Iterable[PythonValue]) -> Expr:
        """Return whether the value is one of these; null for null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3]})
            >>> frame.filter(mydf.col("a").is_in([1, 3])).to_dict()
            {'a': [1, 3]}
        """
        if isinstance(values, (str, bytes)):
            fact = f"is_in: a single text, {values!r}"
            raise ArgumentTypeError(fact, hint=f"use `is_in([{values!r}])`", what="is_in")
        return Expr(self._core.is_in(list(values)))

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
        if closed not in ("both", "left", "right", "none"):
            fact = f"closed: `{closed}` is unknown"
            raise ArgumentError(fact, hint="use `both`, `left`, `right` or `none`", what="closed")
        above = self >= lower if closed in ("both", "left") else self > lower
        below = self <= upper if closed in ("both", "right") else self < upper
        return above & below

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

    def n_unique(self) -> Expr:
        """Return the number of distinct values, counting null as one, as Int64."""
        return Expr(self._core.agg("n_unique"))

    def first(self) -> Expr:
        """Return the value of the first row, even if it is null."""
        return Expr(self._core.agg("first"))

    def last(self) -> Expr:
        """Return the value of the last row, even if it is null."""
        return Expr(self._core.agg("last"))


class StrNamespace:
    """Operations on text. Null stays null; dtypes other than String raise `DTypeError`."""

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _text(self, op: str) -> Expr:
        return Expr(self._expr._core.text(op))

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
        return Expr(self._expr._core.contains(pattern, literal))

    def starts_with(self, prefix: str) -> Expr:
        """Return whether the text starts with this one, as Bool."""
        return Expr(self._expr._core.starts_with(prefix))

    def ends_with(self, suffix: str) -> Expr:
        """Return whether the text ends with this one, as Bool."""
        return Expr(self._expr._core.ends_with(suffix))

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

    def strip_chars(self) -> Expr:
        """Return the text without white space at both ends."""
        return self._text("strip_chars")


class DtNamespace:
    """Parts of dates and datetimes, in the time zone of the datetime. Null stays null."""

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _part(self, op: str) -> Expr:
        return Expr(self._expr._core.part(op))

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
