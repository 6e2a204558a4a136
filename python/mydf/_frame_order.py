"""The methods of a frame about the order and the numbers of its rows."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._frame_base import FrameBase
from mydf._native import core
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Self

    from mydf._types import IntoExpr


class OrderMethods(FrameBase):
    """A frame's rows in an order."""

    __slots__ = ()

    def sort(
        self,
        by: IntoExpr | Iterable[IntoExpr],
        *more_by: IntoExpr,
        descending: bool | Sequence[bool] = False,
        nulls_last: bool | Sequence[bool] = False,
    ) -> Self:
        """Return the rows in the order of one or several keys. Equal rows keep their order.

        Args:
            by: Names of columns, or expressions.
            more_by: Further keys.
            descending: Whether the largest value comes first: one bool for all keys, or one for
                each.
            nulls_last: Whether nulls come after all values instead of before them, in either
                direction: one bool for all keys, or one for each. NaN is larger than every number.

        Raises:
            ArgumentError: If there are no keys, or if the numbers of bools and keys differ.
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [2, None, 3]})
            >>> frame.sort("a", descending=True, nulls_last=True).to_dict()
            {'a': [3, 2, None]}
        """
        keys = self._core.expand(_operands.keys("sort", [by, *more_by]))
        return self._from_core(
            self._core.sort(
                keys,
                _arguments.flags("descending", descending, len(keys)),
                _arguments.flags("nulls_last", nulls_last, len(keys)),
            )
        )

    def is_sorted(
        self,
        by: str | Sequence[str],
        *,
        descending: bool | Sequence[bool] = False,
        nulls_last: bool | Sequence[bool] = False,
    ) -> bool:
        """Return whether the rows are in the order of these columns, see `sort`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 1, 3]}).is_sorted("a")
            True
        """
        names = _arguments.names("by", [by])
        keys = [core.Expr.column(name) for name in names]
        down = _arguments.flags("descending", descending, len(names))
        last = _arguments.flags("nulls_last", nulls_last, len(names))
        order = self._core.arg_sort(keys, down, last).to_list()
        return order == list(range(len(order)))

    def with_row_index(self, name: str = "index", offset: int = 0) -> Self:
        """Return the frame with the numbers of its rows as the first column, an Int64.

        Args:
            name: The name of the column.
            offset: The number of the first row.

        Raises:
            DuplicateColumnError: If the frame has a column of this name.
            IntegerOverflowError: If a number exceeds the range of Int64.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": ["x", "y"]}).with_row_index().to_dict()
            {'index': [0, 1], 'a': ['x', 'y']}
        """
        _arguments.text("name", name)
        number = _arguments.integer("offset", offset)
        columns = [core.Expr.column(each) for each in self._core.names()]
        if not columns:
            empty = core.Series.from_bytes(name, "Int64", b"", None)
            return self._from_core(core.Frame([empty]))
        # Whether a value is null is never null, so this counts all rows.
        counted = columns[0].unary("is_null").cumulative("cum_count", False)
        index = counted.binary("+", core.Expr.literal(number - 1))
        return self._from_core(self._core.select([index.alias(name), *columns]))

    def top_k(
        self,
        k: int,
        *,
        by: IntoExpr | Iterable[IntoExpr],
        reverse: bool | Sequence[bool] = False,
    ) -> Self:
        """Return the `k` rows with the largest values, from the largest.

        All rows if they are fewer. Nulls come last, NaN is larger than every number, and equal rows
        keep their order.

        Args:
            k: How many rows.
            by: Names of columns, or expressions.
            reverse: Whether the smallest values count as the largest: one bool for all of `by`, or
                one for each.

        Raises:
            ArgumentError: If `k` is negative, or the numbers of bools and keys differ.
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "z"], "a": [1, None, 2]})
            >>> frame.top_k(1, by="a").to_dict()
            {'k': ['z'], 'a': [2]}
        """
        return self._first("top_k", k, by, reverse, True)

    def bottom_k(
        self,
        k: int,
        *,
        by: IntoExpr | Iterable[IntoExpr],
        reverse: bool | Sequence[bool] = False,
    ) -> Self:
        """Return the `k` rows with the smallest values, from the smallest; see `top_k`.

        Nulls come last here too.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "z"], "a": [1, None, 2]})
            >>> frame.bottom_k(1, by="a").to_dict()
            {'k': ['x'], 'a': [1]}
        """
        return self._first("bottom_k", k, by, reverse, False)

    def _first(
        self,
        method: str,
        k: int,
        by: IntoExpr | Iterable[IntoExpr],
        reverse: bool | Sequence[bool],
        largest: bool,
    ) -> Self:
        count = _arguments.integer("k", k)
        if count < 0:
            raise ArgumentError(f"k: {count}", hint="pass 0 or more", what="k")
        keys = _operands.keys(method, [by])
        flags = _arguments.flags("reverse", reverse, len(keys))
        descending = [largest != flag for flag in flags]
        return self._from_core(self._core.first(keys, descending, min(count, self._core.height())))
