"""The methods of a frame that choose rows."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._frame_base import FrameBase
from mydf._native import core
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal

    from typing_extensions import Self

    from mydf._types import AnySeries, IntoPredicate, NumpyArray, Operand


class RowMethods(FrameBase):
    """Some of a frame's rows."""

    __slots__ = ()

    def filter(
        self, *predicates: IntoPredicate | Iterable[IntoPredicate], **equal: Operand
    ) -> Self:
        """Return the rows for which all predicates are true (not false, not null).

        All predicates see the whole frame, also their aggregations: `filter(one, two)` keeps the
        rows of `filter(one & two)`.

        Args:
            predicates: Expressions of dtype Bool, or lists of them; a Series, a numpy array or a
                list with one bool for each row.
            equal: The required values, by the name of the column, as in `==`. So None keeps no
                rows: use `is_null`.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If a predicate is not Bool.
            LengthMismatchError: If a Series, an array or a list does not have one bool for each
                row.
            ArgumentTypeError: If a predicate is None, or if a list mixes bools and expressions.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, None]})
            >>> frame.filter(mydf.col("a") > 1).to_dict()
            {'a': [2]}
        """
        return self._from_core(self._core.filter(_operands.predicates(predicates, equal)))

    def drop_nulls(self, subset: str | Sequence[str] | None = None) -> Self:
        """Return the rows without a null in any column, or in any of these.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None], "b": [None, 2]})
            >>> frame.drop_nulls("a").to_dict()
            {'a': [1], 'b': [None]}
        """
        names = self._core.names() if subset is None else _arguments.names("subset", [subset])
        present = [core.Expr.column(name).unary("is_not_null") for name in names]
        return self._from_core(self._core.filter(present))

    def gather(self, rows: AnySeries | NumpyArray | Iterable[int | None]) -> Self:
        """Return the rows of these numbers, in this order.

        Args:
            rows: Row numbers as a Series, a numpy array or a list of integers. A negative number
                counts from the end; a null gives a row of nulls.

        Raises:
            RowNotFoundError: If the frame has no row of a number.
            DTypeError: If the numbers are no integers.
            RowLimitError: If there are more rows than this runtime can index.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).gather([2, 0, -1]).to_dict()
            {'a': [3, 1, 3]}
        """
        return self._from_core(self._core.gather(_operands.row_numbers(self._core.height(), rows)))

    def unique(
        self,
        subset: str | Sequence[str] | None = None,
        *,
        keep: Literal["first", "last", "none", "any"] = "first",
        maintain_order: bool = True,
    ) -> Self:
        """Return the rows that are distinct in all columns or in these, in their order.

        Args:
            subset: Names of columns; all by default. Null equals null and NaN equals NaN.
            keep: Which of equal rows to keep: the `first`, the `last`, `none`, or `any`.
            maintain_order: Changes nothing, because rows always keep their order.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            ArgumentError: If `keep` is none of these, or `subset` is empty.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 1]}).unique().to_dict()
            {'a': [1, 2]}
        """
        names = None if subset is None else _arguments.names("subset", [subset])
        if names == []:
            fact = "subset of unique: no columns"
            raise ArgumentError(fact, hint="leave out `subset` to use all columns", what="subset")
        _arguments.choice("keep", keep, ("first", "last", "none", "any"))
        _arguments.boolean("maintain_order", maintain_order)
        return self._from_core(self._core.unique(names, keep))

    def slice(self, offset: int, length: int | None = None) -> Self:
        """Return rows from an offset, without a copy.

        A negative offset counts from the end. The window may begin before the first row or end
        after the last one; the result has the rows that are in it.

        Raises:
            ArgumentError: If the length is negative.
            ArgumentTypeError: If an argument is no int.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).slice(-4, 2).to_dict()
            {'a': [1]}
        """
        return self._from_core(
            self._core.slice(*_arguments.window(offset, length, self._core.height()))
        )

    def head(self, n: int = 5) -> Self:
        """Return the first rows, without a copy; if `n` is negative, all but the last `-n`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).head(2).to_dict()
            {'a': [1, 2]}
        """
        rows = _arguments.integer("n", n)
        return self.slice(0, rows if rows >= 0 else max(self._core.height() + rows, 0))

    def tail(self, n: int = 5) -> Self:
        """Return the last rows, without a copy; if `n` is negative, all but the first `-n`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).tail(2).to_dict()
            {'a': [2, 3]}
        """
        rows = _arguments.integer("n", n)
        rows = min(rows, self._core.height()) if rows >= 0 else max(self._core.height() + rows, 0)
        return self.slice(self._core.height() - rows)

    def limit(self, n: int = 5) -> Self:
        """Return the first rows, as `head` does.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).limit(2).to_dict()
            {'a': [1, 2]}
        """
        return self.head(n)

    def remove(
        self, *predicates: IntoPredicate | Iterable[IntoPredicate], **equal: Operand
    ) -> Self:
        """Return the rows for which not all predicates are true, those of `filter` left out.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, None]})
            >>> frame.remove(mydf.col("a") > 1).to_dict()
            {'a': [1, None]}
        """
        found = _operands.predicates(predicates, equal)
        if not found:
            return self._from_core(self._core.slice(0, 0))
        every = found[0]
        for other in found[1:]:
            every = every.binary("&", other)
        rest = every.fill_null(core.Expr.literal(False)).unary("~")
        return self._from_core(self._core.filter([rest]))

    def reverse(self) -> Self:
        """Return the rows from the last to the first.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).reverse().to_dict()
            {'a': [3, 2, 1]}
        """
        return self._from_core(self._core.select([core.Expr.selected([], []).window("reverse")]))

    def shift(self, n: int = 1, *, fill_value: Operand = None) -> Self:
        """Return the rows `n` places later, see `Expr.shift`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).shift(1).to_dict()
            {'a': [None, 1, 2]}
        """
        fill = None if fill_value is None else _operands.literal(fill_value)
        rows = core.Expr.selected([], []).shift(_arguments.integer("n", n), fill)
        return self._from_core(self._core.select([rows]))

    def gather_every(self, n: int, offset: int = 0) -> Self:
        """Return every `n`th row.

        Args:
            n: The distance of two rows, 1 or more.
            offset: The first row.

        Raises:
            ArgumentError: If `n` is not positive, or `offset` is negative.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3, 4, 5]}).gather_every(2, offset=1).to_dict()
            {'a': [2, 4]}
        """
        step, first = _arguments.natural("n", n), _arguments.natural("offset", offset)
        if step == 0:
            raise ArgumentError("n: 0", hint="pass 1 or more", what="n")
        rows = core.Series.from_values("", list(range(first, self._core.height(), step)))
        return self._from_core(self._core.gather(rows.cast("Int64", True)))

    def sample(
        self,
        n: int | None = None,
        *,
        fraction: float | None = None,
        with_replacement: bool = False,
        shuffle: bool = False,
        seed: int | None = None,
    ) -> Self:
        """Return random rows.

        Args:
            n: The number of rows, 1 by default.
            fraction: The share of all rows, instead of `n`; a part of a row is left out.
            with_replacement: Whether a row may be chosen several times.
            shuffle: Whether the rows are in random order; otherwise they keep theirs.
            seed: The same seed chooses the same rows, in every runtime.

        Raises:
            ArgumentError: If there are fewer rows than wanted, or if both numbers are given.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3, 4]})
            >>> frame.sample(2, seed=7).equals(frame.sample(2, seed=7))
            True
            >>> frame.sample(fraction=0.5).height
            2
        """
        from mydf import _summary

        rows = _arguments.sample_size(n, fraction, self._core.height())
        if seed is not None:
            _arguments.integer("seed", seed)
        repeated = _arguments.boolean("with_replacement", with_replacement)
        shuffled = _arguments.boolean("shuffle", shuffle)
        found = _summary.sampled(self._core, rows, seed, repeated=repeated, shuffled=shuffled)
        return self._from_core(found)

    def clear(self, n: int = 0) -> Self:
        """Return a frame with the same columns and no rows, or with `n` rows of nulls.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).clear().schema
            {'a': Int64}
        """
        rows = core.Series.from_values("", [None] * _arguments.natural("n", n))
        return self._from_core(self._core.slice(0, 0).gather(rows.cast("Int64", True)))
