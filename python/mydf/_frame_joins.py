"""The methods of a frame that join it with another one."""

from __future__ import annotations

from mydf import _arguments
from mydf._frame_base import FrameBase
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import timedelta
    from typing import Literal, TypeAlias

    from typing_extensions import Self

    from mydf._types import AnyExpr

    JoinKeys: TypeAlias = str | AnyExpr | Sequence[str | AnyExpr]


class JoinMethods(FrameBase):
    """A frame next to another one."""

    __slots__ = ()

    def join(
        self,
        other: FrameBase,
        on: JoinKeys | None = None,
        how: Literal["inner", "left", "right", "full", "semi", "anti", "cross"] = "inner",
        *,
        left_on: JoinKeys | None = None,
        right_on: JoinKeys | None = None,
        suffix: str = "_right",
    ) -> Self:
        """Return the rows of two frames side by side where their keys are equal.

        Rows keep this frame's order; the matches of one row keep the order of the other frame. The
        result has the columns of this frame, then those of the other that are not keys. A null key
        matches nothing, NaN matches NaN, and numbers match by their exact value whatever their
        dtypes: 2**53 + 1 matches no float.

        Args:
            other: The other frame.
            on: Names of the keys, if they are the same in both frames, or expressions over
                them. The values of expressions are not in the result.
            how: `inner`: rows with a match. `left`: all rows of this frame, with nulls for those
                without a match. `right`: all rows of the other frame, in its order, with nulls for
                those without a match; the keys are the other frame's. `full`: as `left`, then the
                rows of the other frame without a match; the keys of both frames are columns.
                `semi`: rows of this frame with a match, once each. `anti`: rows of this frame
                without a match. `cross`: each row of this frame with each row of the other,
                without keys.
            left_on: Names of the keys in this frame, or expressions.
            right_on: Names of the keys in the other frame, or expressions.
            suffix: Appended to a name of the other frame that this frame has too.

        Raises:
            ArgumentError: If there are no keys, different numbers of keys left and right, or keys
                of a cross join.
            ColumnNotFoundError: If a frame does not have a column.
            DTypeError: If keys have no common dtype.
            DuplicateColumnError: If two columns of the result have the same name.
            RowLimitError: If the result has more rows than this runtime can index.

        Examples:
            >>> import mydf
            >>> left = mydf.DataFrame({"k": [1, 2], "a": ["x", "y"]})
            >>> right = mydf.DataFrame({"k": [2, 3], "b": [True, False]})
            >>> left.join(right, on="k", how="left").to_dict()
            {'k': [1, 2], 'a': ['x', 'y'], 'b': [None, True]}
            >>> left.join(right, on="k", how="full").rows()
            [(1, 'x', None, None), (2, 'y', 2, True), (None, None, 3, False)]
            >>> left.join(right, left_on=mydf.col("k") + 1, right_on="k").to_dict()
            {'k': [1, 2], 'a': ['x', 'y'], 'b': [True, False]}
        """
        kinds = ("inner", "left", "right", "full", "semi", "anti", "cross")
        _arguments.choice("how", how, kinds)
        left, right = _arguments.join_keys(how, on, left_on, right_on)
        _arguments.text("suffix", suffix)
        ours, theirs = self._core, checked(other, "join")._core
        left_names = [key for key in left if isinstance(key, str)]
        right_names = [key for key in right if isinstance(key, str)]
        if (left_names, right_names) == (left, right):
            return self._from_core(ours.join(theirs, left_names, right_names, how, suffix))
        from mydf import _keys

        return self._from_core(_keys.join(ours, theirs, (left, right), how, suffix))

    def join_asof(
        self,
        other: FrameBase,
        *,
        on: str | None = None,
        left_on: str | None = None,
        right_on: str | None = None,
        by: str | Iterable[str] | None = None,
        by_left: str | Iterable[str] | None = None,
        by_right: str | Iterable[str] | None = None,
        strategy: Literal["backward", "forward", "nearest"] = "backward",
        tolerance: str | float | timedelta | None = None,
        allow_exact_matches: bool = True,
        suffix: str = "_right",
    ) -> Self:
        """Return each row next to the row of another frame that has the nearest key.

        The result has all rows of this frame, in order; those without a partner have nulls on the
        right. It has the columns of this frame, then those of the other without the keys of `on`
        and `by`; the keys of `left_on` and `right_on` are both columns. A null or NaN key has no
        partner. Of several rows with the nearest key, a forward join takes the first one, the
        others the last one.

        Args:
            other: The other frame.
            on: The name of the key, a number, a date or a datetime, if it is the same in both
                frames. Both frames must be sorted by it, or within the groups of `by`.
            left_on: The name of the key in this frame.
            right_on: The name of the key in the other frame.
            by: Names of columns that must be equal, if they are the same in both frames. Null
                equals nothing.
            by_left: Names of columns of this frame that must equal those of `by_right`.
            by_right: Names of columns of the other frame.
            strategy: `backward`: the last key that is not larger. `forward`: the first one that is
                not smaller. `nearest`: the one with the smallest distance; of two, the larger one.
            tolerance: The largest distance: a number for numbers; for dates and datetimes a
                `datetime.timedelta`, or a text such as `2h` or `1d12h` with the units `us`, `ms`,
                `s`, `m`, `h`, `d` and `w`.
            allow_exact_matches: Whether an equal key is a partner.
            suffix: Appended to a name of the other frame that this frame has too.

        Raises:
            ArgumentError: If a frame is not sorted, with the first wrong row; if a key is missing,
                or `tolerance` is not a span of time.
            ColumnNotFoundError: If a frame does not have a column.
            DTypeError: If the keys are not numbers, dates or datetimes, or have no common dtype.
            DuplicateColumnError: If two columns of the result have the same name.

        Examples:
            >>> import mydf
            >>> trades = mydf.DataFrame({"t": [3, 7, 12], "amount": [10, 20, 30]})
            >>> prices = mydf.DataFrame({"t": [1, 5, 10], "price": [0.5, 0.7, 0.6]})
            >>> trades.join_asof(prices, on="t").to_dict()
            {'t': [3, 7, 12], 'amount': [10, 20, 30], 'price': [0.5, 0.7, 0.6]}
            >>> trades.join_asof(prices, on="t", strategy="nearest", tolerance=1)["price"].to_list()
            [None, None, None]
        """
        from mydf import _asof

        found = _asof.join(
            (self, checked(other, "join_asof")),
            _asof.keys(on, left_on, right_on),
            _asof.equal_keys(by, by_left, by_right),
            _arguments.choice("strategy", strategy, ("backward", "forward", "nearest")),
            tolerance,
            _arguments.boolean("allow_exact_matches", allow_exact_matches),
            _arguments.text("suffix", suffix),
        )
        return self._from_core(found)


def checked(value: object, what: str) -> FrameBase:
    """Return a frame that is an argument."""
    if isinstance(value, FrameBase):
        return value
    fact = f"{what}: a value of type `{type(value).__name__}`"
    raise ArgumentTypeError(fact, hint="convert it with `mydf.DataFrame(...)`", what=what)
