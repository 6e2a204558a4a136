"""The methods of expressions whose result at a row depends on other rows."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._expr_operators import Operators
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Self

    from mydf._types import IntoExpr, Operand

_METHODS = ("average", "min", "max", "dense", "ordinal")


class WindowMethods(Operators):
    """What an expression computes from several rows, with one result for each row.

    `over` limits each of them, and each aggregation, to the rows of a group.
    """

    __slots__ = ()

    # ---------------------------------------------------------------------------- other rows

    def shift(self, n: int = 1, *, fill_value: Operand = None) -> Self:
        """Return the value `n` rows before, with the same dtype.

        Args:
            n: How many rows before; a negative number means rows after.
            fill_value: The value where there is no such row; null by default.

        Raises:
            ArgumentTypeError: If `n` is not an int.
            DTypeError: On evaluation, if `fill_value` has no common dtype with the values.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").shift(1, fill_value=0)).to_dict()
            {'a': [0, 3, 5, None]}
        """
        fill = None if fill_value is None else _operands.literal(fill_value)
        return self._like(self._core.shift(_rows("n", n), fill))

    def diff(self, n: int = 1) -> Self:
        """Return the value minus the one `n` rows before; null if one of them is null or missing.

        The dtype of a subtraction; unsigned integers become signed ones of twice the width, and
        UInt64 becomes Int64.

        Args:
            n: How many rows before; a negative number means rows after.

        Raises:
            ArgumentTypeError: If `n` is not an int.
            IntegerOverflowError: On evaluation, if a difference exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").diff()).to_dict()
            {'a': [None, 2, None, None]}
        """
        return self._like(self._core.diff(_rows("n", n)))

    def forward_fill(self, limit: int | None = None) -> Self:
        """Return the value, or the last one before it if it is null. NaN is not null.

        Args:
            limit: The most nulls in a row that are filled; all by default.

        Raises:
            ArgumentError: If `limit` is negative.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").forward_fill().over("k")).to_dict()
            {'a': [3, 5, 3, 1]}
        """
        return self._like(self._core.fill_rows(True, _limit(limit)))

    def backward_fill(self, limit: int | None = None) -> Self:
        """Return the value, or the next one after it if it is null. NaN is not null.

        Args:
            limit: The most nulls in a row that are filled; all by default.

        Raises:
            ArgumentError: If `limit` is negative.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").backward_fill()).to_dict()
            {'a': [3, 5, 1, 1]}
        """
        return self._like(self._core.fill_rows(False, _limit(limit)))

    def reverse(self) -> Self:
        """Return the values from the last row to the first.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").reverse()).to_dict()
            {'a': [1, None, 5, 3]}
        """
        return self._like(self._core.window("reverse"))

    def sort(self, *, descending: bool = False, nulls_last: bool = False) -> Self:
        """Return the values in order, independent of the frame's other columns.

        NaN is larger than every number. `DataFrame.sort` keeps rows together.

        Args:
            descending: Whether the largest value comes first.
            nulls_last: Whether nulls come after all values instead of before them, in either
                direction.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").sort()).to_dict()
            {'a': [None, 1, 3, 5]}
        """
        return self._sorted("sort", descending, nulls_last)

    def arg_sort(self, *, descending: bool = False, nulls_last: bool = False) -> Self:
        """Return the row numbers, from 0, of the values in order, as Int64.

        Equal values keep their order. With `over`, rows are numbered in each group.

        Args:
            descending: Whether the largest value comes first.
            nulls_last: Whether nulls come after all values instead of before them, in either
                direction.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").arg_sort()).to_dict()
            {'a': [2, 3, 0, 1]}
        """
        return self._sorted("arg_sort", descending, nulls_last)

    def _sorted(self, op: str, descending: bool, nulls_last: bool) -> Self:
        _arguments.boolean("descending", descending)
        _arguments.boolean("nulls_last", nulls_last)
        return self._like(self._core.in_order(op, descending, nulls_last))

    # ---------------------------------------------------------------------------- cumulative

    def cum_sum(self, *, reverse: bool = False) -> Self:
        """Return the sum of the values up to each row; null where the value is null.

        Int64 for signed integers and Bool, UInt64 for unsigned ones, the same dtype for floats, as
        for `sum`.

        Args:
            reverse: Whether to sum from each row on instead.

        Raises:
            IntegerOverflowError: On evaluation, if a sum exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").cum_sum()).to_dict()
            {'a': [3, 8, None, 9]}
        """
        return self._cumulative("cum_sum", reverse)

    def cum_count(self, *, reverse: bool = False) -> Self:
        """Return the number of values that are not null up to each row, as Int64; never null.

        Args:
            reverse: Whether to count from each row on instead.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").cum_count()).to_dict()
            {'a': [1, 2, 2, 3]}
        """
        return self._cumulative("cum_count", reverse)

    def cum_min(self, *, reverse: bool = False) -> Self:
        """Return the smallest value up to each row; null where the value is null.

        NaN only while all values are NaN, as for `min`.

        Args:
            reverse: Whether to look from each row on instead.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").cum_min()).to_dict()
            {'a': [3, 3, None, 1]}
        """
        return self._cumulative("cum_min", reverse)

    def cum_max(self, *, reverse: bool = False) -> Self:
        """Return the largest value up to each row; null where the value is null.

        NaN only while all values are NaN, as for `max`.

        Args:
            reverse: Whether to look from each row on instead.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").cum_max(reverse=True)).to_dict()
            {'a': [5, 5, None, 1]}
        """
        return self._cumulative("cum_max", reverse)

    def _cumulative(self, op: str, reverse: bool) -> Self:
        return self._like(self._core.cumulative(op, _arguments.boolean("reverse", reverse)))

    # -------------------------------------------------------------------------------- windows

    def rolling_sum(
        self, window_size: int, *, min_samples: int | None = None, center: bool = False
    ) -> Self:
        """Return the sum of the values in a window of rows, with the dtype of `sum`.

        Nulls are skipped. Nothing is subtracted when a row leaves the window, so NaN and infinities
        leave no trace.

        Args:
            window_size: How many rows a window has; the last one is the row itself.
            min_samples: How many values a window must have that are not null; otherwise the result
                is null. All of the window by default.
            center: Whether the row is in the middle of its window instead; a window of even length
                has one more row before than after.

        Raises:
            ArgumentError: If `window_size` or `min_samples` is below 1, or `min_samples` is larger.
            IntegerOverflowError: On evaluation, if a sum exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").rolling_sum(2, min_samples=1)).to_dict()
            {'a': [3, 8, 5, 1]}
        """
        return self._rolling("rolling_sum", window_size, min_samples, center)

    def rolling_mean(
        self, window_size: int, *, min_samples: int | None = None, center: bool = False
    ) -> Self:
        """Return the mean of the values in a window of rows, as Float64; see `rolling_sum`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").rolling_mean(3, min_samples=2)).to_dict()
            {'a': [None, 4.0, 4.0, 3.0]}
        """
        return self._rolling("rolling_mean", window_size, min_samples, center)

    def rolling_min(
        self, window_size: int, *, min_samples: int | None = None, center: bool = False
    ) -> Self:
        """Return the smallest value in a window of rows, with the same dtype; see `rolling_sum`.

        NaN only if all values in the window are NaN.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").rolling_min(2)).to_dict()
            {'a': [None, 3, None, None]}
        """
        return self._rolling("rolling_min", window_size, min_samples, center)

    def rolling_max(
        self, window_size: int, *, min_samples: int | None = None, center: bool = False
    ) -> Self:
        """Return the largest value in a window of rows, with the same dtype; see `rolling_sum`.

        NaN only if all values in the window are NaN.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").rolling_max(3, min_samples=1, center=True)).to_dict()
            {'a': [5, 5, 5, 1]}
        """
        return self._rolling("rolling_max", window_size, min_samples, center)

    def rolling_std(
        self, window_size: int, *, min_samples: int | None = None, center: bool = False
    ) -> Self:
        """Return the sample standard deviation (n - 1) in a window of rows; see `rolling_sum`.

        Float64; null below two values.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 3, None, 1]})
            >>> frame.select(mydf.col("a").rolling_std(2)).to_dict()
            {'a': [None, 0.0, None, None]}
        """
        return self._rolling("rolling_std", window_size, min_samples, center)

    def rolling_var(
        self, window_size: int, *, min_samples: int | None = None, center: bool = False
    ) -> Self:
        """Return the sample variance (n - 1) in a window of rows; see `rolling_sum`.

        Float64; null below two values.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").rolling_var(2)).to_dict()
            {'a': [None, 2.0, None, None]}
        """
        return self._rolling("rolling_var", window_size, min_samples, center)

    def _rolling(self, op: str, window_size: int, min_samples: int | None, center: bool) -> Self:
        window = _positive("window_size", window_size)
        least = window if min_samples is None else _positive("min_samples", min_samples)
        if least > window:
            fact = f"min_samples: {least} in a window of {window} rows"
            hint = "no window has so many; pass at most `window_size`"
            raise ArgumentError(fact, hint=hint, what="min_samples")
        _arguments.boolean("center", center)
        return self._like(self._core.rolling(op, window, least, center))

    # ------------------------------------------------------------------------------- compared

    def rank(self, method: str = "average", *, descending: bool = False) -> Self:
        """Return the place of each value in the order of all values, from 1; null for null.

        NaN is larger than every number. Float64 for `average`, otherwise Int64.

        Args:
            method: The place of equal values: `average`, `min` or `max` of their places; `dense`,
                like `min` without gaps; or `ordinal`, each its own in the order of the rows.
            descending: Whether the largest value has place 1.

        Raises:
            ArgumentError: If `method` is none of these.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("a").rank("min", descending=True)).to_dict()
            {'a': [2, 1, None, 3]}
        """
        _arguments.choice("method", method, _METHODS)
        _arguments.boolean("descending", descending)
        return self._like(self._core.rank(method, descending))

    def is_unique(self) -> Self:
        """Return whether no other row has an equal value; null equals null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("k").is_unique()).to_dict()
            {'k': [False, True, False, False]}
        """
        return self._like(self._core.window("is_unique"))

    def is_duplicated(self) -> Self:
        """Return whether another row has an equal value; null equals null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.filter(mydf.col("k").is_duplicated()).height
            3
        """
        return self._like(self._core.window("is_duplicated"))

    def is_first_distinct(self) -> Self:
        """Return whether no row before has an equal value; null equals null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("k").is_first_distinct()).to_dict()
            {'k': [True, True, False, False]}
        """
        return self._like(self._core.window("is_first_distinct"))

    def is_last_distinct(self) -> Self:
        """Return whether no row after has an equal value; null equals null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> frame.select(mydf.col("k").is_last_distinct()).to_dict()
            {'k': [False, True, False, True]}
        """
        return self._like(self._core.window("is_last_distinct"))

    # --------------------------------------------------------------------------------- groups

    def over(
        self,
        *keys: IntoExpr | Iterable[IntoExpr],
        order_by: IntoExpr | Iterable[IntoExpr] | None = None,
        descending: bool | Sequence[bool] = False,
        nulls_last: bool | Sequence[bool] = False,
    ) -> Self:
        """Return the expression computed in groups of rows, with one result for each row.

        Each aggregation and each operator over rows inside the expression sees only the rows of the
        row's group, and rows keep their order. Null is a key like any other.

        Args:
            keys: Names of columns, or expressions; rows with equal keys are one group.
            order_by: Names of columns, or expressions: the order in which `shift`, `cum_sum`,
                `first` and the like see the rows of a group. The order of the frame by default.
            descending: Whether the largest value of `order_by` comes first: one bool for all, or
                one for each.
            nulls_last: Whether nulls in `order_by` come after all values instead of before them, in
                either direction: one bool for all, or one for each.

        Raises:
            ArgumentError: If there are no keys and no `order_by`; on evaluation, inside another
                `over` or inside `group_by`.
            ArgumentTypeError: If a key is a plain value.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x", "x"], "a": [3, 5, None, 1]})
            >>> a = mydf.col("a")
            >>> frame.select((a - a.mean()).over("k")).to_dict()
            {'a': [1.0, 0.0, None, -1.0]}
            >>> frame.select(a.cum_sum().over("k", order_by="a")).to_dict()
            {'a': [4, 5, None, 1]}
        """
        groups = _operands.keys("over", keys)
        order = [] if order_by is None else _operands.keys("over", [order_by])
        if not groups and not order:
            hint = "pass the columns whose equal values make a group"
            raise ArgumentError("over: no keys", hint=hint, what="keys")
        down = _arguments.flags("descending", descending, len(order))
        last = _arguments.flags("nulls_last", nulls_last, len(order))
        return self._like(self._core.in_groups(groups, order, down, last))


def _rows(what: str, given: int) -> int:
    """Return a number of rows before or after."""
    number = _arguments.integer(what, given)
    if abs(number) < 2**63:
        return number
    raise ArgumentError(f"{what}: {number}", hint="no frame has so many rows", what=what)


def _positive(what: str, given: int) -> int:
    number = _rows(what, given)
    if number >= 1:
        return number
    raise ArgumentError(f"{what}: {number}", hint="pass 1 or more", what=what)


def _limit(given: int | None) -> int | None:
    if given is None:
        return None
    number = _rows("limit", given)
    if number >= 0:
        return number
    raise ArgumentError(f"limit: {number}", hint="pass 0 or more, or None for all", what="limit")
