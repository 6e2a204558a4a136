"""The methods of expressions that take values of any dtype, row by row."""

from __future__ import annotations

from mydf import _arguments, _construct, _operands
from mydf._expr_operators import Operators
from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from typing_extensions import Self

    from mydf._types import IntoExpr, Operand, PythonValue
    from mydf.dtypes import DTypeLike

    AnyName: TypeAlias = str | DTypeLike


class ValueMethods(Operators):
    """What an expression makes of the value of each row, whatever its dtype."""

    __slots__ = ()

    def alias(self, name: str) -> Self:
        """Return the same values under another name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).select(mydf.col("a").alias("b")).columns
            ['b']
        """
        return self._like(self._core.alias(_arguments.text("name", name)))

    def exclude(self, name: AnyName | Iterable[AnyName], *more: AnyName) -> Self:
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
        return self._like(self._core.exclude(*_operands.selectors("exclude", [name, *more])))

    def cast(self, dtype: DTypeLike, *, strict: bool = True) -> Self:
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
        return self._like(self._core.cast(DType._to_core(dtype), strict))

    def is_null(self) -> Self:
        """Return whether the value is null; the result is never null. NaN is not null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None]})
            >>> frame.select(mydf.col("x").is_null()).to_dict()
            {'x': [False, True]}
        """
        return self._like(self._core.unary("is_null"))

    def is_not_null(self) -> Self:
        """Return whether the value is not null; the result is never null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None]})
            >>> frame.select(mydf.col("x").is_not_null()).to_dict()
            {'x': [True, False]}
        """
        return self._like(self._core.unary("is_not_null"))

    def fill_null(self, value: Operand) -> Self:
        """Return the value, or another one if it is null.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).select(mydf.col("a").fill_null(0)).to_dict()
            {'a': [1, 0]}
        """
        return self._like(self._core.fill_null(_operands.literal(value)))

    def fill_nan(self, value: Operand) -> Self:
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

    def is_in(self, values: Iterable[PythonValue]) -> Self:
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
        return self._like(self._core.is_in(_members(values)))

    def is_between(self, lower: IntoExpr, upper: IntoExpr, closed: str = "both") -> Self:
        """Return whether the value is between two others; null if one of the three is null.

        Args:
            lower: The lower bound: an expression, the name of a column, or a value. A text as a
                value is `mydf.lit("...")`.
            upper: The upper bound, as the lower one.
            closed: Which bounds belong to the range: `both`, `left`, `right` or `none`.

        Raises:
            ArgumentError: If `closed` is none of these.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3]})
            >>> frame.filter(mydf.col("a").is_between(2, 3)).to_dict()
            {'a': [2, 3]}
            >>> frame = mydf.DataFrame({"a": [1, 2], "low": [0, 3], "high": [5, 5]})
            >>> frame.select(mydf.col("a").is_between("low", "high")).to_dict()
            {'a': [True, False]}
        """
        _arguments.choice("closed", closed, ("both", "left", "right", "none"))
        bounds = _operands.column(lower), _operands.column(upper)
        return self._like(self._core.is_between(*bounds, closed))


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
