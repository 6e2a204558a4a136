"""The methods of a frame that summarize its columns."""

from __future__ import annotations

from mydf import _arguments
from mydf._frame_base import FrameBase
from mydf._native import core
from mydf.expr import Expr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self


class SummaryMethods(FrameBase):
    """What a frame says about all its rows."""

    __slots__ = ()

    def describe(self, percentiles: Sequence[float] = (0.25, 0.5, 0.75)) -> Self:
        """Return the usual statistics of each column, one in each row.

        Columns of numbers and Bool become Float64, all others String, with counts, the smallest and
        the largest value. Nulls are left out; NaN is larger than every number. A quantile between
        two values lies between them in proportion.

        Args:
            percentiles: Numbers from 0 to 1.

        Raises:
            ArgumentError: If a percentile is out of range, or if the frame has no columns.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, None]}).describe().rows()[:3]
            [('count', 2.0), ('null_count', 1.0), ('mean', 1.5)]
        """
        from mydf import _summary

        return self._from_core(_summary.describe(self._core, percentiles))

    def null_count(self) -> Self:
        """Return one row with the number of nulls in each column, as Int64.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y"]}).null_count().to_dict()
            {'a': [1], 'b': [0]}
        """
        nulls = core.Expr.selected([], []).unary("is_null").agg("sum")
        return self._from_core(self._core.select([nulls]))

    def _aggregated(self, op: str) -> Self:
        return self._from_core(self._core.select([core.Expr.selected([], []).agg(op)]))

    def sum(self) -> Self:
        """Return one row with the sum of each column, see `Expr.sum`.

        Raises:
            DTypeError: If a column has no sum; `select(mydf.col(mydf.Int64).sum())` chooses some.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": [0.5, None]}).sum().to_dict()
            {'a': [3], 'b': [0.5]}
        """
        return self._aggregated("sum")

    def product(self) -> Self:
        """Return one row with the product of each column, see `Expr.product`.

        Raises:
            DTypeError: If a column has no product.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [2, 3], "b": [0.5, None]}).product().to_dict()
            {'a': [6], 'b': [0.5]}
        """
        return self._aggregated("product")

    def mean(self) -> Self:
        """Return one row with the mean of each column, see `Expr.mean`.

        Raises:
            DTypeError: If a column has no mean.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).mean().to_dict()
            {'a': [1.5]}
        """
        return self._aggregated("mean")

    def median(self) -> Self:
        """Return one row with the median of each column, see `Expr.median`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 3, 4], "b": [0.5, 1.5, None]}).median().to_dict()
            {'a': [3.0], 'b': [1.0]}
        """
        return self._aggregated("median")

    def std(self) -> Self:
        """Return one row with the standard deviation of each column, see `Expr.std`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 3, 5]}).std().to_dict()
            {'a': [2.0]}
        """
        return self._aggregated("std")

    def min(self) -> Self:
        """Return one row with the smallest value of each column, see `Expr.min`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [2, 1], "b": ["x", "y"]}).min().to_dict()
            {'a': [1], 'b': ['x']}
        """
        return self._aggregated("min")

    def max(self) -> Self:
        """Return one row with the largest value of each column, see `Expr.max`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 3], "b": ["x", "y"]}).max().to_dict()
            {'a': [3], 'b': ['y']}
        """
        return self._aggregated("max")

    def var(self) -> Self:
        """Return one row with the variance of each column, see `Expr.var`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 3]}).var().to_dict()
            {'a': [2.0]}
        """
        return self._aggregated("var")

    def quantile(self, quantile: float, interpolation: str = "nearest") -> Self:
        """Return one row with a quantile of each column, see `Expr.quantile`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 3, 9]}).quantile(0.5).to_dict()
            {'a': [3.0]}
        """
        every = Expr(core.Expr.selected([], []))
        return self._from_core(self._core.select([every.quantile(quantile, interpolation)._core]))

    def n_unique(self, subset: str | Sequence[str] | None = None) -> int:
        """Return the number of distinct rows.

        Args:
            subset: Names of columns; all by default.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 1, 2], "b": ["x", "x", "x"]}).n_unique()
            2
        """
        names = None if subset is None else _arguments.names("subset", [subset])
        return self._core.unique(names, "first").height()

    def corr(self) -> Self:
        """Return Pearson's correlations of all columns with each other, as Float64.

        Only rows in which no number is null count. NaN if all values of a column are equal.

        Raises:
            DTypeError: If a column has no numbers; `select` chooses some.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3], "b": [6, 4, 2]}).corr().to_dict()
            {'a': [1.0, -1.0], 'b': [-1.0, 1.0]}
        """
        from mydf import _summary

        return self._from_core(_summary.correlations(self._core))

    def count(self) -> Self:
        """Return one row with the number of values of each column that are not null.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y"]}).count().to_dict()
            {'a': [1], 'b': [2]}
        """
        return self._aggregated("count")

    def show(self, limit: int | None = 10) -> None:
        """Print the first rows, all of them in full; `print` leaves out rows in the middle.

        Args:
            limit: The number of rows; None for all.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": ["x", "y", "z"]}).show(2)
            shape: (2, 1)
            ┌─────┐
            │ a   │
            │ str │
            ╞═════╡
            │ x   │
            │ y   │
            └─────┘
        """
        from mydf import _display

        height = self._core.height()
        rows = height if limit is None else min(_arguments.natural("limit", limit), height)
        print(_display.text(self._core.slice(0, rows), rows=rows))  # noqa: T201 - as below

    def glimpse(self, max_items: int = 10, *, return_as_string: bool = False) -> str | None:
        r"""Print one line for each column: its name, dtype and first values.

        Args:
            max_items: The number of values.
            return_as_string: Whether to return the text instead.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y"]}).glimpse(return_as_string=True)
            "Rows: 2\nColumns: 2\n$ a <Int64>  1, null\n$ b <String> 'x', 'y'\n"
        """
        from mydf import _summary

        text = _summary.glimpse(self._core, _arguments.natural("max_items", max_items))
        if _arguments.boolean("return_as_string", return_as_string):
            return text
        print(text, end="")  # noqa: T201 - this is what it is for
        return None
