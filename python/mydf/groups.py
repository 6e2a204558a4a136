"""Groups of a frame's rows."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._guided import Guided
from mydf._native import core
from mydf.expr import Expr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from mydf._types import IntoExpr
    from mydf.frame import DataFrame


class GroupBy(Guided):
    """Rows grouped by equal keys, ready for `agg`. Null equals null and NaN equals NaN.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
        >>> frame.group_by("k").agg(mydf.col("x").sum()).to_dict()
        {'k': ['a', 'b'], 'x': [4, 5]}
    """

    __slots__ = ("_frame", "_keys")

    def __init__(self, frame: DataFrame, keys: list[core.Expr]) -> None:
        self._frame = frame
        self._keys = keys

    def agg(self, *aggs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> DataFrame:
        """Return one row for each group: its keys, then the aggregations.

        Groups keep the order of their first rows.

        Args:
            aggs: Expressions over aggregations, e.g. `col("a").sum() / col("b").count()`.
            named: The same, by the name of the result.

        Raises:
            ArgumentError: If a column is used outside an aggregation.
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If a dtype does not support an aggregation.
            DuplicateColumnError: If two results have the same name.
            IntegerOverflowError: If a sum exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").agg(mydf.col("b").sum(), n=mydf.len()).to_dict()
            {'a': ['x', 'y'], 'b': [4, 2], 'n': [2, 1]}
        """
        found = _operands.outputs("agg", aggs, named)
        inner = self._frame._core.group_by(self._keys, found)
        return self._frame._from_core(inner)

    def len(self, name: str = "len") -> DataFrame:
        """Return one row for each group: its keys, then its number of rows as Int64.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").len().to_dict()
            {'k': ['a', 'b'], 'len': [2, 1]}
        """
        return self.agg(Expr(core.Expr.rows()).alias(_arguments.text("name", name)))

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], DataFrame]]:
        """Yield the keys of each group, as a tuple of Python values, and its rows.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> for (a,), rows in frame.group_by("a"):
            ...     print(a, rows["b"].to_list())
            x [1, 3]
            y [2]
        """
        from mydf import _reshape

        parts = _reshape.partitions(self._frame._core, self._keys)
        return ((key, self._frame._from_core(rows)) for key, rows in parts)

    def head(self, n: int = 5) -> DataFrame:
        """Return the first rows of each group, the keys as the first columns.

        Args:
            n: The number of rows of each group; if it is negative, all but the last `-n`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").head(1).rows()
            [('x', 1), ('y', 2)]
        """
        return self._some(n, last=False)

    def tail(self, n: int = 5) -> DataFrame:
        """Return the last rows of each group, see `head`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").tail(1).rows()
            [('x', 3), ('y', 2)]
        """
        return self._some(n, last=True)

    def _some(self, n: int, *, last: bool) -> DataFrame:
        from mydf import _reshape

        rows = _arguments.integer("n", n)
        return self._frame._from_core(
            _reshape.some_of_each(self._frame._core, self._keys, rows, last=last)
        )

    def _all(self, op: str) -> DataFrame:
        """Return an aggregation of all columns that are not keys."""
        every = self._others().agg(op)
        return self._frame._from_core(self._frame._core.group_by(self._keys, [every]))

    def _others(self) -> core.Expr:
        """Return all columns that are not keys."""
        return core.Expr.selected([], [])

    def sum(self) -> DataFrame:
        """Return the keys and the sum of each other column, see `Expr.sum`.

        Raises:
            DTypeError: If a column has no sum; `agg(mydf.col(mydf.Int64).sum())` chooses some.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").sum().rows()
            [('x', 4), ('y', 2)]
        """
        return self._all("sum")

    def mean(self) -> DataFrame:
        """Return the keys and the mean of each other column, see `Expr.mean`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").mean().to_dict()
            {'k': ['a', 'b'], 'x': [2.0, 5.0]}
        """
        return self._all("mean")

    def median(self) -> DataFrame:
        """Return the keys and the median of each other column, see `Expr.median`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").median().to_dict()
            {'k': ['a', 'b'], 'x': [2.0, 5.0]}
        """
        return self._all("median")

    def std(self) -> DataFrame:
        """Return the keys and the standard deviation of each other column, see `Expr.std`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").std().to_dict()
            {'k': ['a', 'b'], 'x': [1.4142135623730951, None]}
        """
        return self._all("std")

    def min(self) -> DataFrame:
        """Return the keys and the smallest value of each other column, see `Expr.min`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").min().to_dict()
            {'k': ['a', 'b'], 'x': [1, 5]}
        """
        return self._all("min")

    def max(self) -> DataFrame:
        """Return the keys and the largest value of each other column, see `Expr.max`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").max().to_dict()
            {'k': ['a', 'b'], 'x': [3, 5]}
        """
        return self._all("max")

    def var(self) -> DataFrame:
        """Return the keys and the variance of each other column, see `Expr.var`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": ["x", "x"], "b": [1, 3]}).group_by("a").var().rows()
            [('x', 2.0)]
        """
        return self._all("var")

    def quantile(self, quantile: float, interpolation: str = "nearest") -> DataFrame:
        """Return the keys and a quantile of each other column, see `Expr.quantile`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "x", "x"], "b": [1, 3, 9]})
            >>> frame.group_by("a").quantile(0.5).rows()
            [('x', 3.0)]
        """
        every = Expr(self._others()).quantile(quantile, interpolation)
        return self._frame._from_core(self._frame._core.group_by(self._keys, [every._core]))

    def map_groups(self, function: Callable[[DataFrame], DataFrame]) -> DataFrame:
        """Return what a function makes of the rows of each group, one below the other.

        The groups are in the order of their first rows.

        Raises:
            ArgumentTypeError: If the function does not return a frame.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").map_groups(lambda rows: rows.tail(1)).rows()
            [('x', 3), ('y', 2)]
        """
        parts = [rows.map_batches(function) for _, rows in self]
        if not parts:
            return self._frame.map_batches(function)
        joined = core.Frame.concat_rows([part._core for part in parts])
        return self._frame._from_core(joined)

    def count(self) -> DataFrame:
        """Return the keys and the number of values of each other column that are not null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").count().to_dict()
            {'k': ['a', 'b'], 'x': [2, 1]}
        """
        return self._all("count")

    def n_unique(self) -> DataFrame:
        """Return the keys and the number of distinct values of each other column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").n_unique().to_dict()
            {'k': ['a', 'b'], 'x': [2, 1]}
        """
        return self._all("n_unique")

    def first(self) -> DataFrame:
        """Return the keys and the first value of each other column, even if it is null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").first().to_dict()
            {'k': ['a', 'b'], 'x': [1, 5]}
        """
        return self._all("first")

    def last(self) -> DataFrame:
        """Return the keys and the last value of each other column, even if it is null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
            >>> frame.group_by("k").last().to_dict()
            {'k': ['a', 'b'], 'x': [3, 5]}
        """
        return self._all("last")


class DynamicGroupBy(GroupBy):
    """Rows grouped by windows of time, ready for `agg`. A row may be in several windows."""

    __slots__ = ("_hidden",)

    def __init__(self, frame: DataFrame, keys: list[core.Expr], hidden: list[str]) -> None:
        super().__init__(frame, keys)
        self._hidden = hidden

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], DataFrame]]:
        """Yield the keys of each window, as a tuple of Python values, and its rows."""
        return ((key, rows.drop(self._hidden)) for key, rows in super().__iter__())

    def _some(self, n: int, *, last: bool) -> DataFrame:
        return super()._some(n, last=last).drop(self._hidden)

    def _others(self) -> core.Expr:
        return core.Expr.selected([], []).exclude(self._hidden, [])
