"""The methods of expressions that make one value of many."""

from __future__ import annotations

from mydf import _arguments
from mydf._expr_operators import Operators
from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError

_INTERPOLATIONS = ("nearest", "higher", "lower", "midpoint", "linear", "equiprobable")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self


class AggregationMethods(Operators):
    """What an expression makes one value of."""

    __slots__ = ()

    def sum(self) -> Self:
        """Return the sum of the values that are not null, 0 if there are none.

        Int64 for signed integers and Bool, UInt64 for unsigned ones, the same dtype for floats.

        Raises:
            IntegerOverflowError: On evaluation, if the sum exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None, 2]}).select(mydf.col("a").sum()).to_dict()
            {'a': [3]}
        """
        return self._like(self._core.agg("sum"))

    def product(self) -> Self:
        """Return the product of the values that are not null, 1 if there are none.

        Int64 for signed integers and Bool, UInt64 for unsigned ones, the same dtype for floats.

        Raises:
            IntegerOverflowError: On evaluation, if the product exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [2, None, 3]}).select(mydf.col("a").product()).to_dict()
            {'a': [6]}
        """
        return self._like(self._core.agg("product"))

    def mean(self) -> Self:
        """Return the mean as Float64, ignoring nulls; null if there is no value.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 6]})
            >>> frame.select(mydf.col("x").mean()).to_dict()
            {'x': [5.0]}
        """
        return self._like(self._core.agg("mean"))

    def median(self) -> Self:
        """Return the median as Float64, ignoring nulls; null if there is no value.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 7, 6]})
            >>> frame.select(mydf.col("x").median()).to_dict()
            {'x': [6.0]}
        """
        return self._like(self._core.agg("median"))

    def std(self, ddof: int = 1) -> Self:
        """Return the standard deviation as Float64, see `var`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [1, 3, None, 5]})
            >>> frame.select(mydf.col("x").std()).to_dict()
            {'x': [2.0]}
        """
        if _arguments.count("ddof", ddof) == 1:
            return self._like(self._core.agg("std"))
        return self._like(core.Expr.function("sqrt", [self.var(ddof)._core], ()))

    def var(self, ddof: int = 1) -> Self:
        """Return the variance as Float64; null if there are not more than `ddof` values.

        Args:
            ddof: The number of values less this is what the sum is divided by: 1 for a sample, 0
                for a whole population.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [1, 3, None, 5]})
            >>> frame.select(mydf.col("x").var(), mydf.col("x").var(ddof=0).alias("y")).to_dict()
            {'x': [4.0], 'y': [2.6666666666666665]}
        """
        sample = self._core.agg("var")
        if _arguments.count("ddof", ddof) == 1:
            return self._like(sample)
        rows, null = self._core.agg("count"), core.Expr.literal(None)
        total = self._core.agg("sum")
        # One value has no distance from its mean, unless it is NaN or infinite.
        known = sample.fill_null(total.binary("-", total).cast("Float64", True))
        squares = known.binary("*", rows.binary("-", core.Expr.literal(1)))
        single = rows.binary("==", core.Expr.literal(1))
        squares = core.Expr.when(single, known, squares)
        less = core.Expr.literal(ddof)
        enough = rows.binary(">", less)
        found = core.Expr.when(enough, squares.binary("/", rows.binary("-", less)), null)
        return self._like(found.rename("keep", ""))

    def quantile(self, quantile: float, interpolation: str = "nearest") -> Self:
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
        return self._like(self._core.quantile(share, interpolation))

    def any(self) -> Self:
        """Return whether a value is true, as Bool; False if there is no value but null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None, 3]})
            >>> frame.select((mydf.col("a") > 2).any()).to_dict()
            {'a': [True]}
        """
        return self._like(self._core.agg("any"))

    def all(self) -> Self:
        """Return whether no value is false, as Bool; True if there is no value but null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None, 3]})
            >>> frame.select((mydf.col("a") > 2).all()).to_dict()
            {'a': [False]}
        """
        return self._like(self._core.agg("all"))

    def min(self) -> Self:
        """Return the smallest value; NaN only if all values are NaN; null if there is no value.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 6]})
            >>> frame.select(mydf.col("x").min()).to_dict()
            {'x': [4]}
        """
        return self._like(self._core.agg("min"))

    def max(self) -> Self:
        """Return the largest value; NaN only if all values are NaN; null if there is no value.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 6]})
            >>> frame.select(mydf.col("x").max()).to_dict()
            {'x': [6]}
        """
        return self._like(self._core.agg("max"))

    def count(self) -> Self:
        """Return the number of values that are not null, as Int64.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 6]})
            >>> frame.select(mydf.col("x").count()).to_dict()
            {'x': [2]}
        """
        return self._like(self._core.agg("count"))

    def len(self) -> Self:
        """Return the number of rows, including nulls, as Int64.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 6]})
            >>> frame.select(mydf.col("x").len()).to_dict()
            {'x': [3]}
        """
        return self._like(self._core.agg("len"))

    def implode(self) -> Self:
        """Return the values as one list, nulls included, as List.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 2, None]})
            >>> frame.group_by("k").agg(mydf.col("x").implode()).to_dict()
            {'k': ['a', 'b'], 'x': [[1, None], [2]]}
        """
        return self._like(self._core.agg("implode"))

    def null_count(self) -> Self:
        """Return the number of nulls, as Int64.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 6]})
            >>> frame.select(mydf.col("x").null_count()).to_dict()
            {'x': [1]}
        """
        return self._like(self._core.agg("null_count"))

    def n_unique(self) -> Self:
        """Return the number of distinct values, counting null as one, as Int64.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 4]})
            >>> frame.select(mydf.col("x").n_unique()).to_dict()
            {'x': [2]}
        """
        return self._like(self._core.agg("n_unique"))

    def first(self) -> Self:
        """Return the value of the first row, even if it is null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 6]})
            >>> frame.select(mydf.col("x").first()).to_dict()
            {'x': [4]}
        """
        return self._like(self._core.agg("first"))

    def last(self) -> Self:
        """Return the value of the last row, even if it is null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [4, None, 6]})
            >>> frame.select(mydf.col("x").last()).to_dict()
            {'x': [6]}
        """
        return self._like(self._core.agg("last"))


def _share(given: float) -> float:
    """Return a share from 0 to 1."""
    if isinstance(given, bool) or not hasattr(given, "__float__"):
        fact = f"quantile: {given!r}, of type `{type(given).__name__}`"
        raise ArgumentTypeError(fact, hint="pass a number from 0 to 1", what="quantile")
    share = float(given)
    if 0 <= share <= 1:
        return share
    raise ArgumentError(f"quantile: {given}", hint="pass a number from 0 to 1", what="quantile")
