"""Groups of rows with equal keys."""

from __future__ import annotations

from mydf import expr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mydf._native import core
    from mydf._types import IntoExpr
    from mydf.frame import DataFrame


class GroupBy:
    """Rows with equal keys, waiting for `agg`. Null equals null and NaN equals NaN."""

    __slots__ = ("_frame", "_keys")

    def __init__(self, frame: DataFrame, keys: list[core.Expr]) -> None:
        self._frame = frame
        self._keys = keys

    def agg(self, *aggs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> DataFrame:
        """Return one row a group: its keys, then the aggregations.

        Groups stand in the order of their first row.

        Args:
            aggs: Expressions over aggregations, e.g. `col("a").sum() / col("b").count()`.
            named: The same, with the name of the result in front.

        Raises:
            ArgumentError: For a column outside any aggregation.
            ColumnNotFoundError: For a column that the frame does not have.
            DTypeError: For an aggregation that the dtype does not have.
            DuplicateColumnError: Where two results have one name.
            IntegerOverflowError: Where a sum leaves its dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").agg(mydf.col("b").sum(), n=mydf.len()).to_dict()
            {'a': ['x', 'y'], 'b': [4, 2], 'n': [2, 1]}
        """
        inner = self._frame._core.group_by(self._keys, expr.columns(aggs, named))
        return type(self._frame)._from_core(inner)

    def len(self, name: str = "len") -> DataFrame:
        """Return one row a group: its keys, then its number of rows as Int64."""
        from mydf.functions import len as rows

        return self.agg(rows().alias(name))
