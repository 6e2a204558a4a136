"""Functions of lists: `Expr.list`."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._guided import Guided
from mydf._native import core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mydf._types import PythonValue
    from mydf.expr import Expr


class ListNamespace(Guided):
    """Functions of the items of each list. Null stays null, and nulls among the items are skipped.

    They raise DTypeError if the values are no lists, or if the items have no such function.
    """

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _call(self, name: str, *arguments: object, item: core.Expr | None = None) -> Expr:
        operands = [self._expr._core] if item is None else [self._expr._core, item]
        return self._expr._like(core.Expr.function(f"list.{name}", operands, arguments))

    def len(self) -> Expr:
        """Return the number of items, nulls included, as Int64.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[1, None], [], None]})
            >>> frame.select(mydf.col("a").list.len()).to_dict()
            {'a': [2, 0, None]}
        """
        return self._call("len")

    def get(self, index: int, *, null_on_oob: bool = False) -> Expr:
        """Return the item at a place.

        Args:
            index: The place, from 0; a negative one counts from the end.
            null_on_oob: Whether a list that is too short gives null instead of an error.

        Raises:
            ArgumentError: On evaluation, if a list has no such item; the error names the row.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[1, 2], [3]]})
            >>> frame.select(mydf.col("a").list.get(-1)).to_dict()
            {'a': [2, 3]}
            >>> frame.select(mydf.col("a").list.get(1, null_on_oob=True)).to_dict()
            {'a': [2, None]}
        """
        place = _arguments.integer("index", index)
        return self._call("get", place, _arguments.boolean("null_on_oob", null_on_oob))

    def first(self) -> Expr:
        """Return the first item, null if there is none.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 2], []]}).select(mydf.col("a").list.first()).to_dict()
            {'a': [1, None]}
        """
        return self._call("get", 0, True)

    def last(self) -> Expr:
        """Return the last item, null if there is none.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 2], []]}).select(mydf.col("a").list.last()).to_dict()
            {'a': [2, None]}
        """
        return self._call("get", -1, True)

    def sum(self) -> Expr:
        """Return the sum of the items, 0 if there are none, with the dtype of `sum`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 2], []]}).select(mydf.col("a").list.sum()).to_dict()
            {'a': [3, 0]}
        """
        return self._call("sum")

    def min(self) -> Expr:
        """Return the smallest item, null if there is none.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 2], []]}).select(mydf.col("a").list.min()).to_dict()
            {'a': [1, None]}
        """
        return self._call("min")

    def max(self) -> Expr:
        """Return the largest item, null if there is none.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 2], []]}).select(mydf.col("a").list.max()).to_dict()
            {'a': [2, None]}
        """
        return self._call("max")

    def mean(self) -> Expr:
        """Return the mean of the items, null if there is none, with the dtype of `mean`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 2], []]}).select(mydf.col("a").list.mean()).to_dict()
            {'a': [1.5, None]}
        """
        return self._call("mean")

    def n_unique(self) -> Expr:
        """Return the number of distinct items, counting null as one, as Int64.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 1], []]}).select(mydf.col("a").list.n_unique()).to_dict()
            {'a': [1, 0]}
        """
        return self._call("n_unique")

    def contains(self, item: PythonValue | Expr) -> Expr:
        """Return whether an item equals a value, as Bool.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [["ink", "pen"], []]})
            >>> frame.select(mydf.col("a").list.contains("pen")).to_dict()
            {'a': [True, False]}
        """
        return self._call("contains", item=_operands.literal(item))

    def join(self, separator: str) -> Expr:
        """Return the texts of each list as one, with a text between them; nulls are left out.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [["ink", None, "pen"], []]})
            >>> frame.select(mydf.col("a").list.join("-")).to_dict()
            {'a': ['ink-pen', '']}
        """
        return self._call("join", _arguments.text("separator", separator))
