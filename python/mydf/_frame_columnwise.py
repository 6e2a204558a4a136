"""The methods of a frame that go through its columns, or combine all of them."""

from __future__ import annotations

from mydf import _arguments
from mydf._frame_base import FrameBase
from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from typing_extensions import Self

    from mydf.dtypes import DType

_UNITS = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}


class ColumnwiseMethods(FrameBase):
    """A frame as its columns, one after the other."""

    __slots__ = ()

    if TYPE_CHECKING:
        # The frame's own.
        @property
        def schema(self) -> dict[str, DType]: ...

        @staticmethod
        def _as_series(inner: core.Series) -> Any: ...

    def to_series(self, index: int = 0) -> Any:
        """Return the column at this place, from 0; a negative number counts from the end.

        Raises:
            RowNotFoundError: If there is no such column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": [2]}).to_series(-1).to_list()
            [2]
        """
        place = _arguments.row("columns of the frame", index, self._core.width())
        return self._as_series(self._core.columns()[place])

    def iter_columns(self) -> Iterator[Any]:
        """Yield the columns, from the first.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
            >>> [column.sum() for column in frame.iter_columns()]
            [3, 7]
        """
        return map(self._as_series, self._core.columns())

    def iter_slices(self, n_rows: int = 10_000) -> Iterator[Self]:
        """Yield the rows in frames of `n_rows`, without a copy; the last one may be shorter.

        Raises:
            ArgumentError: If `n_rows` is not above 0.

        Examples:
            >>> import mydf
            >>> [part.height for part in mydf.DataFrame({"a": [1, 2, 3]}).iter_slices(2)]
            [2, 1]
        """
        step = _arguments.natural("n_rows", n_rows)
        if not step:
            raise ArgumentError("n_rows: 0", hint="pass a number above 0", what="n_rows")
        starts = range(0, self._core.height(), step)
        return (self._from_core(self._core.slice(start, step)) for start in starts)

    def collect_schema(self) -> dict[str, DType]:
        """Return the dtypes by name, as `schema`, for code that takes lazy frames too.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).collect_schema()
            {'a': Int64}
        """
        return self.schema

    def estimated_size(self, unit: str = "b") -> float:
        """Return the size of the values in memory; an int for bytes.

        Memory that several columns or frames share counts for each of them.

        Args:
            unit: `b`, `kb`, `mb`, `gb` or `tb`, of 1024 each.

        Raises:
            ArgumentError: If the unit is unknown.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).estimated_size()
            16
        """
        size = _UNITS.get(_arguments.text("unit", unit))
        if size is None:
            hint = f"use one of {', '.join(f'`{each}`' for each in _UNITS)}"
            raise ArgumentError(f"unit: `{unit}`", hint=hint, what="unit")
        return self._core.nbytes() if size == 1 else self._core.nbytes() / size

    def fold(self, operation: Callable[[Any, Any], Any]) -> Any:
        """Return `operation(operation(first, second), third)` and so on, over the columns.

        Raises:
            ArgumentError: If the frame has no columns.
            ArgumentTypeError: If the operation does not return a Series.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
            >>> frame.fold(lambda left, right: left * right).to_list()
            [3, 8]
        """
        columns = self.iter_columns()
        made = next(columns, None)
        if made is None:
            hint = "there is nothing to fold"
            raise ArgumentError("fold of a frame without columns", hint=hint, what="frame")
        for column in columns:
            made = operation(made, column)
            if not isinstance(getattr(made, "_core", None), core.Series):
                fact = f"operation: it returned a value of type `{type(made).__name__}`"
                hint = "return a Series, e.g. `lambda left, right: left + right`"
                raise ArgumentTypeError(fact, hint=hint, what="operation")
        return made

    def _across(self, name: str) -> Any:
        columns = [core.Expr.column(each) for each in self._core.names()]
        made = core.Expr.function(name, columns, ())
        return self._as_series(self._core.select([made]).columns()[0])

    def sum_horizontal(self) -> Any:
        """Return the sum of each row, see `mydf.sum_horizontal`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": [3, None]}).sum_horizontal().to_list()
            [4, 2]
        """
        return self._across("sum_horizontal")

    def mean_horizontal(self) -> Any:
        """Return the mean of each row, see `mydf.mean_horizontal`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": [4, None]}).mean_horizontal().to_list()
            [2.5, 2.0]
        """
        return self._across("mean_horizontal")

    def min_horizontal(self) -> Any:
        """Return the smallest value of each row, see `mydf.min_horizontal`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": [3, None]}).min_horizontal().to_list()
            [1, 2]
        """
        return self._across("min_horizontal")

    def max_horizontal(self) -> Any:
        """Return the largest value of each row, see `mydf.max_horizontal`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": [3, None]}).max_horizontal().to_list()
            [3, 2]
        """
        return self._across("max_horizontal")
