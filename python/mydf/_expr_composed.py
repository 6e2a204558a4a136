"""The methods of expressions that are made of others."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._expr_operators import Operators
from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from typing_extensions import Self

    from mydf._types import Operand, PythonValue

#: Each value of a mapping is one more choice for every row.
_MOST = 200


def _row(column: core.Expr) -> core.Expr:
    """Return the numbers of the rows, from 0; whether a value is null is never null."""
    counted = column.unary("is_null").cumulative("cum_count", False)
    return counted.binary("-", core.Expr.literal(1))


class ComposedMethods(Operators):
    """What expressions compute with a few others, such as the share of a change."""

    __slots__ = ()

    def eq_missing(self, other: Operand) -> Self:
        """Return whether two values are equal, as `==` does, but null equals null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None, None], "b": [1, 2, None]})
            >>> frame.select(mydf.col("a").eq_missing(mydf.col("b"))).to_dict()
            {'a': [True, False, True]}
        """
        right = _operands.literal(other)
        both = self._core.unary("is_null").binary("&", right.unary("is_null"))
        return self._like(self._core.binary("==", right).fill_null(both))

    def ne_missing(self, other: Operand) -> Self:
        """Return whether two values differ, as `!=` does, but null equals null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None, None], "b": [1, 2, None]})
            >>> frame.select(mydf.col("a").ne_missing(mydf.col("b"))).to_dict()
            {'a': [False, True, False]}
        """
        return self._like(self.eq_missing(other)._core.unary("~"))

    def pct_change(self, n: int = 1) -> Self:
        """Return the change since `n` rows before, as a share of the value there.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [2, 3, 6]}).select(mydf.col("a").pct_change()).to_dict()
            {'a': [None, 0.5, 1.0]}
        """
        before = self._core.shift(_arguments.integer("n", n), None)
        share = self._core.binary("/", before)
        return self._like(share.binary("-", core.Expr.literal(1)))

    def interpolate(self) -> Self:
        """Return the values with each null on the straight line between its neighbours, as floats.

        Nulls before the first and after the last value stay.

        Raises:
            DTypeError: If the values are not numbers.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [None, 1, None, None, 4]})
            >>> frame.select(mydf.col("a").interpolate()).to_dict()
            {'a': [None, 1.0, 2.0, 3.0, 4.0]}
        """
        row, null = _row(self._core), core.Expr.literal(None)
        known = core.Expr.when(self._core.unary("is_null"), null, row)
        before, after = (self._core.fill_rows(forward, None) for forward in (True, False))
        start, end = (known.fill_rows(forward, None) for forward in (True, False))
        slope = after.binary("-", before).binary("/", end.binary("-", start))
        between = before.binary("+", slope.binary("*", row.binary("-", start)))
        return self._like(self._core.cast("Float64", True).fill_null(between))

    def arg_min(self) -> Self:
        """Return the number of the first row with the smallest value, from 0, as Int64.

        Null if there is no value. In groups, rows are numbered in each group.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None, 1, 1]}).select(mydf.col("a").arg_min()).to_dict()
            {'a': [2]}
        """
        return self._place("min")

    def arg_max(self) -> Self:
        """Return the number of the first row with the largest value, see `arg_min`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None, 1]}).select(mydf.col("a").arg_max()).to_dict()
            {'a': [0]}
        """
        return self._place("max")

    def _place(self, op: str) -> Self:
        found = self._core.binary("==", self._core.agg(op))
        return self._like(
            core.Expr.when(found, _row(self._core), core.Expr.literal(None)).agg("min")
        )

    def has_nulls(self) -> Self:
        """Return whether a value is null, as Bool.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").has_nulls()).to_dict()
            {'a': [True]}
        """
        return self._like(self._core.unary("is_null").agg("any"))

    def dot(self, other: Operand) -> Self:
        """Return the sum of the products with other numbers, without those that are null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
            >>> frame.select(mydf.col("a").dot(mydf.col("b"))).to_dict()
            {'a': [11]}
        """
        return self._like(self._core.binary("*", _operands.literal(other)).agg("sum"))

    def skew(self) -> Self:
        """Return the skewness as Float64, not corrected for bias; NaN if all values are equal.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1.0, 2.0, 2.0, 7.0]})
            >>> frame.select(mydf.col("a").skew().round(3)).to_dict()
            {'a': [1.047]}
        """
        return self._like(self._moment(3))

    def kurtosis(self) -> Self:
        """Return the excess kurtosis as Float64, not corrected for bias, 0 for a normal curve.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1.0, 2.0, 2.0, 7.0]})
            >>> frame.select(mydf.col("a").kurtosis().round(3)).to_dict()
            {'a': [-0.736]}
        """
        return self._like(self._moment(4).binary("-", core.Expr.literal(3)))

    def _moment(self, power: int) -> core.Expr:
        floats = self._core.cast("Float64", True)
        centred = floats.binary("-", floats.agg("mean"))
        high = centred.binary("**", core.Expr.literal(power)).agg("mean")
        spread = centred.binary("*", centred).agg("mean")
        return high.binary("/", spread.binary("**", core.Expr.literal(power / 2)))

    def replace(self, mapping: Mapping[PythonValue, PythonValue]) -> Self:
        """Return the values with some of them replaced; all others stay.

        Args:
            mapping: New values by old ones, at most 200. None stands for null, on either side.

        Raises:
            ArgumentTypeError: If `mapping` is not a dict.
            ArgumentError: If it has more values; `join` takes any number of them.
            DTypeError: On evaluation, if a value has no common dtype with the others.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", None]})
            >>> frame.select(mydf.col("a").replace({"x": "z", None: "?"})).to_dict()
            {'a': ['z', 'y', '?']}
        """
        return self._like(self._replaced("replace", mapping, self._core).rename("keep", ""))

    def replace_strict(
        self, mapping: Mapping[PythonValue, PythonValue], *, default: Operand = None
    ) -> Self:
        """Return a new value for each old one, of any dtype.

        Args:
            mapping: New values by old ones, at most 200, see `replace`.
            default: The value for all others: a value or an expression; null without it.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y"]})
            >>> frame.select(mydf.col("a").replace_strict({"x": 1}, default=0)).to_dict()
            {'a': [1, 0]}
        """
        rest = _operands.literal(default)
        made = self._replaced("replace_strict", mapping, rest)
        # The name is that of the column, not that of the first new value.
        return self._like(made.rename("keep", ""))

    def _replaced(self, method: str, mapping: Any, rest: core.Expr) -> core.Expr:
        if not hasattr(mapping, "items"):
            fact = f"{method}: a value of type `{type(mapping).__name__}`"
            hint = "pass a dict of new values by old ones"
            raise ArgumentTypeError(fact, hint=hint, what="mapping")
        if len(mapping) > _MOST:
            fact = f"{method}: {len(mapping)} values, at most {_MOST}"
            hint = "join with a frame of the old and new values: `frame.join(names, on='key')`"
            raise ArgumentError(fact, hint=hint, what="mapping")
        made = rest
        for old, new in reversed(list(mapping.items())):
            same = self._core.unary("is_null")
            if old is not None:
                same = self._core.binary("==", _operands.literal(old))
            made = core.Expr.when(same, _operands.literal(new), made)
        return made

    def cut(
        self,
        breaks: Sequence[float],
        *,
        labels: Sequence[str] | None = None,
        left_closed: bool = False,
    ) -> Self:
        """Return the interval that each number is in, as String.

        Args:
            breaks: The bounds between intervals, in ascending order.
            labels: The names of the intervals, one more than bounds; by default `(1, 5]`.
            left_closed: Whether a bound belongs to the interval above it instead of the one below.

        Raises:
            ArgumentError: If the bounds do not ascend, or the number of labels does not fit.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 5, 9, None]})
            >>> frame.select(mydf.col("a").cut([1, 5])).to_dict()
            {'a': ['(-inf, 1]', '(1, 5]', '(5, inf]', None]}
        """
        bounds = [_arguments.number("breaks", each) for each in breaks]
        if sorted(set(bounds)) != bounds:
            hint = "pass each bound once, in ascending order"
            raise ArgumentError(f"breaks: {list(breaks)}", hint=hint, what="breaks")
        closed = _arguments.boolean("left_closed", left_closed)
        names = (
            _intervals(bounds, closed) if labels is None else _arguments.names("labels", [labels])
        )
        if len(names) != len(bounds) + 1:
            fact = f"labels: {len(names)} for {len(bounds) + 1} intervals"
            raise ArgumentError(fact, hint="pass one more label than breaks", what="labels")
        made = core.Expr.literal(names[-1])
        for bound, name in zip(reversed(bounds), reversed(names[:-1]), strict=True):
            below = self._core.binary("<" if closed else "<=", core.Expr.literal(bound))
            made = core.Expr.when(below, core.Expr.literal(name), made)
        null = core.Expr.literal(None)
        found = core.Expr.when(self._core.unary("is_null"), null, made)
        return self._like(found.rename("keep", ""))

    def pipe(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Return `function(expression, *args, **kwargs)`, so that steps read from left to right.

        Examples:
            >>> import mydf
            >>> def share(expr):
            ...     return expr / expr.sum()
            >>> mydf.DataFrame({"a": [1, 3]}).select(mydf.col("a").pipe(share)).to_dict()
            {'a': [0.25, 0.75]}
        """
        return function(self, *args, **kwargs)


def _intervals(bounds: Sequence[float], left_closed: bool) -> list[str]:
    """Return the names of the intervals between bounds, as polars writes them."""
    ends = ["-inf", *(f"{bound:g}" for bound in bounds), "inf"]
    left, right = ("[", ")") if left_closed else ("(", "]")
    return [f"{left}{ends[at]}, {ends[at + 1]}{right}" for at in range(len(ends) - 1)]
