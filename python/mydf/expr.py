"""Column expressions."""

from __future__ import annotations

from mydf._namespaces import DtNamespace, StrNamespace
from mydf._native import core
from mydf.dtypes import _to_core
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn, TypeAlias

    from mydf._types import IntoExpr, PythonValue
    from mydf.dtypes import DTypeLike

    Operand: TypeAlias = "Expr | PythonValue"


class Expr:
    """A computation over columns, which a frame carries out.

    Made by `mydf.col`, `mydf.lit`, `mydf.len` and `mydf.when`, and combined by operators. A text
    beside an operator is a value, not a column. A null operand makes a null, except in `&` and `|`
    (Kleene's logic: `False & null` is False).

    Examples:
        >>> import mydf
        >>> (mydf.col("a") + 1).alias("b")
        (col("a") + 1).alias("b")
    """

    __slots__ = ("_core",)
    # Comparison makes an expression, so that two of them can't be told apart as keys of a dict.
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, inner: core.Expr) -> None:
        self._core = inner

    def __repr__(self) -> str:
        return self._core.show()

    def __bool__(self) -> NoReturn:
        fact = "truth value of an expression: it has one for each row"
        hint = (
            "`&`, `|` and `~` for `and`, `or` and `not`, with brackets around comparisons; "
            "`is_between` for `a < b < c`; `is_in` for `in`"
        )
        raise ArgumentTypeError(fact, hint=hint, what="expression")

    def _binary(self, op: str, other: Operand) -> Expr:
        return Expr(self._core.binary(op, literal(other)._core))

    def _reflected(self, op: str, other: Operand) -> Expr:
        return Expr(literal(other)._core.binary(op, self._core))

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
        """Return the value without its sign; the dtype stays."""
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
        """Return the values in another dtype. A float loses its fraction towards zero.

        Args:
            dtype: The dtype, or a Python type that stands for one.
            strict: Whether a value that does not fit is an error; else it becomes null.

        Raises:
            CastError: When evaluated, for the first value that does not fit.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["1", "x"]})
            >>> frame.select(mydf.col("a").cast(mydf.Int64, strict=False)).to_dict()
            {'a': [1, None]}
        """
        return Expr(self._core.cast(_to_core(dtype), strict))

    def is_null(self) -> Expr:
        """Return whether the value is null; never null itself. NaN is no null."""
        return Expr(self._core.unary("is_null"))

    def is_not_null(self) -> Expr:
        """Return whether the value is not null; never null itself."""
        return Expr(self._core.unary("is_not_null"))

    def is_nan(self) -> Expr:
        """Return whether the float is NaN; null where it is null."""
        return Expr(self._core.unary("is_nan"))

    def fill_null(self, value: Operand) -> Expr:
        """Return the value, or another one where it is null.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).select(mydf.col("a").fill_null(0)).to_dict()
            {'a': [1, 0]}
        """
        return Expr(self._core.fill_null(literal(value)._core))

    def is_in(self, values: Iterable[PythonValue]) -> Expr:
        """Return whether the value is one of these; null where it is null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3]})
            >>> frame.filter(mydf.col("a").is_in([1, 3])).to_dict()
            {'a': [1, 3]}
        """
        if isinstance(values, (str, bytes)):
            fact = f"is_in: a single text, {values!r}"
            raise ArgumentTypeError(fact, hint=f"`is_in([{values!r}])`", what="is_in")
        return Expr(self._core.is_in(list(values)))

    def is_between(self, lower: Operand, upper: Operand, closed: str = "both") -> Expr:
        """Return whether the value lies between two others; null where one of the three is null.

        Args:
            lower: The lower bound.
            upper: The upper bound.
            closed: Which bounds belong to the range: `both`, `left`, `right` or `none`.

        Raises:
            ArgumentError: For another `closed`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3]})
            >>> frame.filter(mydf.col("a").is_between(2, 3)).to_dict()
            {'a': [2, 3]}
        """
        if closed not in ("both", "left", "right", "none"):
            fact = f"closed: `{closed}` is unknown"
            raise ArgumentError(fact, hint="one of `both`, `left`, `right`, `none`", what="closed")
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
        """Return the sum without nulls, 0 if there is no value.

        Int64 for signed integers and Bool, UInt64 for unsigned ones, the same dtype for floats.

        Raises:
            IntegerOverflowError: When evaluated, where the sum leaves its dtype.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None, 2]}).select(mydf.col("a").sum()).to_dict()
            {'a': [3]}
        """
        return Expr(self._core.agg("sum"))

    def mean(self) -> Expr:
        """Return the mean without nulls as Float64, null if there is no value."""
        return Expr(self._core.agg("mean"))

    def median(self) -> Expr:
        """Return the median without nulls as Float64, null if there is no value."""
        return Expr(self._core.agg("median"))

    def std(self) -> Expr:
        """Return the sample standard deviation (n - 1) as Float64, null below two values."""
        return Expr(self._core.agg("std"))

    def min(self) -> Expr:
        """Return the smallest value, null if there is none; NaN only if there is nothing else."""
        return Expr(self._core.agg("min"))

    def max(self) -> Expr:
        """Return the largest value, null if there is none; NaN only if there is nothing else."""
        return Expr(self._core.agg("max"))

    def count(self) -> Expr:
        """Return the number of values that are not null, Int64."""
        return Expr(self._core.agg("count"))

    def len(self) -> Expr:
        """Return the number of rows, null or not, Int64."""
        return Expr(self._core.agg("len"))

    def n_unique(self) -> Expr:
        """Return the number of distinct values, null counting as one, Int64."""
        return Expr(self._core.agg("n_unique"))

    def first(self) -> Expr:
        """Return the first row's value, null or not."""
        return Expr(self._core.agg("first"))

    def last(self) -> Expr:
        """Return the last row's value, null or not."""
        return Expr(self._core.agg("last"))


def literal(value: Operand) -> Expr:
    """Return an expression as it is, anything else as a literal."""
    return value if isinstance(value, Expr) else Expr(core.Expr.literal(value))


def column(value: IntoExpr) -> Expr:
    """Return a text as the column of this name, anything else as `literal` does."""
    if isinstance(value, str):
        return Expr(core.Expr.column(value))
    return literal(value)


def columns(
    values: Iterable[IntoExpr | Iterable[IntoExpr]], named: dict[str, IntoExpr] | None = None
) -> list[core.Expr]:
    """Return the core's expressions of what a method like `select` was called with."""
    found: list[core.Expr] = []
    for each in values:
        several = isinstance(each, (list, tuple)) or hasattr(each, "__next__")
        group: Any = each if several else (each,)
        found += [column(value)._core for value in group]
    for name, value in (named or {}).items():
        found.append(column(value).alias(name)._core)
    return found
