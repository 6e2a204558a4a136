"""The methods of expressions about single numbers and their neighbours, made of other methods."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._expr_numbers import NumberMethods
from mydf._native import core
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from mydf._types import Operand

# A half turn, as `math.pi`.
_PI = 3.141592653589793


class DerivedMethods(NumberMethods):
    """What expressions compute with a few others."""

    __slots__ = ()

    def degrees(self) -> Self:
        """Return angles in degrees, from radians, as floats.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [0.0, 3.141592653589793]})
            >>> frame.select(mydf.col("a").degrees()).to_dict()
            {'a': [0.0, 180.0]}
        """
        return self._like(self._core.binary("*", core.Expr.literal(180.0 / _PI)))

    def radians(self) -> Self:
        """Return angles in radians, from degrees, as floats.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [0, 180, None]}).select(mydf.col("a").radians()).to_dict()
            {'a': [0.0, 3.141592653589793, None]}
        """
        return self._like(self._core.binary("*", core.Expr.literal(_PI / 180.0)))

    def truncate(self) -> Self:
        """Return the whole number towards zero, with the same dtype.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1.7, -1.7, None]})
            >>> frame.select(mydf.col("a").truncate()).to_dict()
            {'a': [1.0, -1.0, None]}
        """
        down, up = self._function("floor")._core, self._function("ceil")._core
        below = self._core.binary("<", core.Expr.literal(0))
        made = core.Expr.when(below, up, down)
        return self._like(made.rename("keep", ""))

    def is_close(
        self,
        other: Operand,
        *,
        abs_tol: float = 0.0,
        rel_tol: float = 1e-9,
        nans_equal: bool = False,
    ) -> Self:
        """Return whether two numbers are nearly equal, as `math.isclose` does.

        Infinities are close only to themselves. Null gives null.

        Args:
            other: A number, a Series or an expression.
            abs_tol: The distance that is always close.
            rel_tol: The distance as a share of the larger of the two, below 1.
            nans_equal: Whether NaN is close to NaN.

        Raises:
            ArgumentError: If a tolerance is negative, or `rel_tol` is not below 1.
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1.0, 1.1, None]})
            >>> frame.select(mydf.col("a").is_close(1.0, rel_tol=0.01)).to_dict()
            {'a': [True, False, None]}
        """
        least, share = _tolerance("abs_tol", abs_tol), _tolerance("rel_tol", rel_tol)
        if share >= 1:
            hint = "pass a number below 1, e.g. `1e-9`"
            raise ArgumentError(f"rel_tol: {share}", hint=hint, what="rel_tol")
        left = self._core.cast("Float64", True)
        right = _operands.literal(other).cast("Float64", True)
        larger = core.Expr.function("max_horizontal", [left.unary("abs"), right.unary("abs")], ())
        limit = larger.binary("*", core.Expr.literal(share))
        limit = core.Expr.function("max_horizontal", [limit, core.Expr.literal(least)], ())
        finite = [each.unary("is_finite") for each in (left, right)]
        near = left.binary("-", right).unary("abs").binary("<=", limit)
        near = near.binary("&", finite[0]).binary("&", finite[1])
        nans = [each.unary("is_nan") for each in (left, right)]
        either = nans[0].binary("|", nans[1])
        equal = left.binary("==", right).binary("&", either.unary("~"))
        found = near.binary("|", equal)
        if _arguments.boolean("nans_equal", nans_equal):
            found = found.binary("|", nans[0].binary("&", nans[1]))
        return self._like(found)

    def rle_id(self) -> Self:
        """Return a number for each run of equal values, from 0, as Int64. Null equals null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "x", None, None, "x"]})
            >>> frame.select(mydf.col("a").rle_id()).to_dict()
            {'a': [0, 0, 1, 1, 2]}
        """
        before = self._core.shift(1, None)
        both = self._core.unary("is_null").binary("&", before.unary("is_null"))
        same = self._core.binary("==", before).fill_null(both)
        first = self._core.unary("is_null").cumulative("cum_count", False)
        first = first.binary("==", core.Expr.literal(1))
        new = same.unary("~").binary("&", first.unary("~"))
        return self._like(new.cast("Int64", True).cumulative("cum_sum", False))

    def index_of(self, value: Operand) -> Self:
        """Return the number of the first row with this value, from 0, as Int64.

        None finds the first null. Null if no row has the value. In groups, rows are numbered in
        each group.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None, 1, 1]}).select(mydf.col("a").index_of(1)).to_dict()
            {'a': [2]}
        """
        row = self._core.unary("is_null").cumulative("cum_count", False)
        row = row.binary("-", core.Expr.literal(1))
        if value is None:
            found = self._core.unary("is_null")
        else:
            found = self._core.binary("==", _operands.literal(value))
        place = core.Expr.when(found, row, core.Expr.literal(None)).agg("min")
        return self._like(place.rename("keep", ""))

    def entropy(self, base: float | None = None, *, normalize: bool = True) -> Self:
        """Return the entropy of the values as shares, as Float64: minus the sum of `p * log(p)`.

        Nulls are left out. Null if there is no value; NaN if a value is 0 or below, as polars has.

        Args:
            base: The base of the logarithm, e without it.
            normalize: Whether the values are divided by their sum first.

        Raises:
            ArgumentError: If the base is not above 0, or is 1.
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 1, 2]}).select(mydf.col("a").entropy(2)).to_dict()
            {'a': [1.5]}
        """
        share = self._core.cast("Float64", True)
        if _arguments.boolean("normalize", normalize):
            share = share.binary("/", share.agg("sum"))
        logarithm = self._like(share).log(base)._core
        return self._like(share.binary("*", logarithm).agg("sum").unary("-"))


def _tolerance(name: str, value: float) -> float:
    found = _arguments.number(name, value)
    if not found >= 0:
        hint = "pass 0 or a number above"
        raise ArgumentError(f"{name}: {value!r}", hint=hint, what=name)
    return found
