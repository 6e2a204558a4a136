"""The methods of a Series that choose, order and count its values."""

from __future__ import annotations

from mydf import _arguments, _construct, _operands
from mydf._delegated import Delegated
from mydf._native import core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from typing_extensions import Self

    from mydf._types import AnySeries, PythonValue


class RowMethods(Delegated):
    """What a Series makes of its own rows."""

    __slots__ = ()

    if TYPE_CHECKING:
        _core: core.Series

        @classmethod
        def _from_core(cls, inner: core.Series) -> Self: ...

    def _frame(self) -> core.Frame:
        return core.Frame([self._core])

    @property
    def shape(self) -> tuple[int]:
        """The number of rows, as a tuple.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, 2]).shape
            (2,)
        """
        return (self._core.height(),)

    def mode(self) -> Self:
        """Return the most frequent values, in their order; null counts as a value.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [3, 1, 1, 3, 2]).mode().to_list()
            [1, 3]
        """
        name = self._core.name()
        key = core.Expr.column(name)
        counts = self._frame().group_by([key], [core.Expr.rows().alias(f"{name} rows")])
        rows = core.Expr.column(f"{name} rows")
        most = counts.filter([rows.binary("==", rows.agg("max"))])
        return self._from_core(most.sort([key], [False], [False]).columns()[0])

    def top_k(self, k: int = 5) -> Self:
        """Return the `k` largest values, from the largest; nulls come last.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [3, None, 1, 2]).top_k(2).to_list()
            [3, 2]
        """
        return self._extreme(k, largest=True)

    def bottom_k(self, k: int = 5) -> Self:
        """Return the `k` smallest values, from the smallest; nulls come last.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [3, None, 1, 2]).bottom_k(2).to_list()
            [1, 2]
        """
        return self._extreme(k, largest=False)

    def _extreme(self, k: int, *, largest: bool) -> Self:
        count = min(_arguments.natural("k", k), self._core.height())
        key = core.Expr.column(self._core.name())
        return self._from_core(self._frame().first([key], [largest], count).columns()[0])

    def sample(
        self,
        n: int | None = None,
        *,
        fraction: float | None = None,
        with_replacement: bool = False,
        shuffle: bool = False,
        seed: int | None = None,
    ) -> Self:
        """Return random values, see `DataFrame.sample`.

        Examples:
            >>> import mydf
            >>> len(mydf.Series("a", [1, 2, 3]).sample(2, seed=1))
            2
        """
        from mydf._frame_rows import RowMethods as Rows

        chosen = Rows._from_core(self._frame()).sample(
            n,
            fraction=fraction,
            with_replacement=with_replacement,
            shuffle=shuffle,
            seed=seed,
        )
        return self._from_core(chosen._core.columns()[0])

    def gather_every(self, n: int, offset: int = 0) -> Self:
        """Return every `n`th value, see `DataFrame.gather_every`.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, 2, 3, 4, 5]).gather_every(2).to_list()
            [1, 3, 5]
        """
        from mydf._frame_rows import RowMethods as Rows

        chosen = Rows._from_core(self._frame()).gather_every(n, offset)
        return self._from_core(chosen._core.columns()[0])

    def arg_true(self) -> Self:
        """Return the numbers of the rows that are true, from 0, as Int64.

        Raises:
            DTypeError: If the values are not Bool.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [True, None, False, True]).arg_true().to_list()
            [0, 3]
        """
        name = self._core.name()
        rows = core.Expr.column(name).unary("is_null").cumulative("cum_count", False)
        numbers = rows.binary("-", core.Expr.literal(1)).alias(f"{name} row")
        numbered = self._frame().with_columns([numbers])
        found = numbered.filter([core.Expr.column(name)]).column(f"{name} row")
        return self._from_core(found.renamed(name))

    def is_sorted(self, *, descending: bool = False, nulls_last: bool = False) -> bool:
        """Return whether the values are in order, see `sort`.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [None, 1, 1, 2]).is_sorted()
            True
        """
        _arguments.boolean("descending", descending)
        order = self._core.arg_sort(descending, _arguments.boolean("nulls_last", nulls_last))
        return order.to_list() == list(range(self._core.height()))

    def zip_with(self, mask: AnySeries, other: AnySeries) -> Self:
        """Return the value where a mask is true, and that of another Series elsewhere.

        Examples:
            >>> import mydf
            >>> one, other = mydf.Series("a", [1, 2]), mydf.Series("b", [3, 4])
            >>> one.zip_with(mydf.Series("m", [True, False]), other).to_list()
            [1, 4]
        """
        own = core.Expr.column(self._core.name())
        chosen = core.Expr.when(_operands.literal(mask), own, _operands.literal(other))
        found = self._frame().select([chosen.alias(self._core.name())])
        return self._from_core(found.columns()[0])

    def map_elements(
        self, function: Callable[[Any], PythonValue], return_dtype: Any = None
    ) -> Self:
        """Return what a Python function makes of each value; null stays null.

        It is slow: each value becomes a Python object. Look for an expression first.

        Args:
            function: A function of one value.
            return_dtype: The dtype of the result; it is inferred by default.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", ["x", None]).map_elements(str.upper).to_list()
            ['X', None]
        """
        values = [None if value is None else function(value) for value in self._core.to_list()]
        return self._from_core(_construct.series(self._core.name(), values, return_dtype))
