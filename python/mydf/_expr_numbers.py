"""The methods of expressions that compute with the number of each row."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._expr_operators import Operators
from mydf.errors import ArgumentError

# The base of the natural logarithm, as `math.e`.
_E = 2.718281828459045

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from mydf._types import IntoExpr, Operand


class NumberMethods(Operators):
    """What an expression computes from the number of each row."""

    __slots__ = ()

    def abs(self) -> Self:
        """Return the absolute value, with the same dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [-2, 3, None]})
            >>> frame.select(mydf.col("x").abs()).to_dict()
            {'x': [2, 3, None]}
        """
        return self._like(self._core.unary("abs"))

    def round(self, decimals: int = 0) -> Self:
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

    def floor(self) -> Self:
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

    def ceil(self) -> Self:
        """Return the smallest whole number that is not smaller, with the same dtype.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [1.2, -1.2, None]})
            >>> frame.select(mydf.col("x").ceil()).to_dict()
            {'x': [2.0, -1.0, None]}
        """
        return self._function("ceil")

    def sign(self) -> Self:
        """Return -1, 0 or 1, with the same dtype; NaN for NaN.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [-7, 0, 7, None]})
            >>> frame.select(mydf.col("x").sign()).to_dict()
            {'x': [-1, 0, 1, None]}
        """
        return self._function("sign")

    def clip(self, lower: IntoExpr = None, upper: IntoExpr = None) -> Self:
        """Return the value, or the bound that it exceeds.

        A null bound is none, and NaN stays NaN. If the lower bound is above the upper one, the
        result is the upper one. The dtype is the one that holds all three: floats for integers
        between floats.

        Args:
            lower: The lower bound: a value, an expression or the name of a column.
            upper: The upper bound, as the lower one.

        Raises:
            DTypeError: If the values are not numbers, dates or datetimes.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [-5, 3, None, 12]})
            >>> frame.select(mydf.col("a").clip(0, 10)).to_dict()
            {'a': [0, 3, None, 10]}
        """
        bounds = [self._like(_operands.column(bound)) for bound in (lower, upper)]
        return self._function("clip", inputs=(bounds[0], bounds[1]))

    def pow(self, exponent: Operand) -> Self:
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

    def sqrt(self) -> Self:
        """Return the square root as a float; NaN for a negative number.

        Float32 stays Float32, and other numbers give Float64.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [9.0, None]})
            >>> frame.select(mydf.col("x").sqrt()).to_dict()
            {'x': [3.0, None]}
        """
        return self._function("sqrt")

    def exp(self) -> Self:
        """Return e to the power of the value as a float, with the dtypes of `sqrt`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [0.0, None]})
            >>> frame.select(mydf.col("x").exp()).to_dict()
            {'x': [1.0, None]}
        """
        return self._function("exp")

    def log(self, base: float | None = None) -> Self:
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

    def log10(self) -> Self:
        """Return the decimal logarithm as a float, as `log(10)` does.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [100.0, None]})
            >>> frame.select(mydf.col("x").log10()).to_dict()
            {'x': [2.0, None]}
        """
        return self._function("log10")

    def log1p(self) -> Self:
        """Return the natural logarithm of the value plus 1, precise also near 0.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [0.0, None]})
            >>> frame.select(mydf.col("x").log1p()).to_dict()
            {'x': [0.0, None]}
        """
        return self._function("log1p")

    def is_nan(self) -> Self:
        """Return whether the float is NaN; False for an integer, null for null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [1.0, float("nan"), None]})
            >>> frame.select(mydf.col("x").is_nan()).to_dict()
            {'x': [False, True, None]}
        """
        return self._like(self._core.unary("is_nan"))

    def is_not_nan(self) -> Self:
        """Return whether the number is not NaN; null for null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [1.0, float("nan"), None]})
            >>> frame.select(mydf.col("x").is_not_nan()).to_dict()
            {'x': [True, False, None]}
        """
        return self._like(self._core.unary("is_not_nan"))

    def is_finite(self) -> Self:
        """Return whether the number is neither infinite nor NaN; null for null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1.5, float("inf"), float("nan"), None]})
            >>> frame.select(mydf.col("a").is_finite()).to_dict()
            {'a': [True, False, False, None]}
        """
        return self._like(self._core.unary("is_finite"))

    def is_infinite(self) -> Self:
        """Return whether the number is infinite; null for null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [1.0, float("inf"), None]})
            >>> frame.select(mydf.col("x").is_infinite()).to_dict()
            {'x': [False, True, None]}
        """
        return self._like(self._core.unary("is_infinite"))
