"""Functions of lists: `Expr.list`."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._guided import Guided
from mydf._native import core
from mydf.errors import ArgumentError

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

    def median(self) -> Expr:
        """Return the median of the items as Float64, null if there is none.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 4, 2], []]}).select(mydf.col("a").list.median()).to_dict()
            {'a': [2.0, None]}
        """
        return self._call("median")

    def std(self) -> Expr:
        """Return the standard deviation of the items as of a sample, as `Expr.std`.

        Null if there are fewer than two items.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 3, 5], [1]]}).select(mydf.col("a").list.std()).to_dict()
            {'a': [2.0, None]}
        """
        return self._call("std")

    def var(self) -> Expr:
        """Return the variance of the items as of a sample, null if there are fewer than two.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [[1, 3, 5], [1]]}).select(mydf.col("a").list.var()).to_dict()
            {'a': [4.0, None]}
        """
        return self._call("var")

    def any(self) -> Expr:
        """Return whether an item is true, as Bool; False if there is none but null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[False, True], [None]]})
            >>> frame.select(mydf.col("a").list.any()).to_dict()
            {'a': [True, False]}
        """
        return self._call("any")

    def all(self) -> Expr:
        """Return whether no item is false, as Bool; True if there is none but null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[False, True], [None]]})
            >>> frame.select(mydf.col("a").list.all()).to_dict()
            {'a': [False, True]}
        """
        return self._call("all")

    def arg_min(self) -> Expr:
        """Return the place of the smallest item from 0, the first of equal ones, as Int64.

        NaN only if there is no other item; null if there is none but null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[3, None, 1, 1], []]})
            >>> frame.select(mydf.col("a").list.arg_min()).to_dict()
            {'a': [2, None]}
        """
        return self._call("arg_min")

    def arg_max(self) -> Expr:
        """Return the place of the largest item from 0, the first of equal ones, see `arg_min`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[3, None, 1, 3], []]})
            >>> frame.select(mydf.col("a").list.arg_max()).to_dict()
            {'a': [0, None]}
        """
        return self._call("arg_max")

    def sort(self, *, descending: bool = False, nulls_last: bool = False) -> Expr:
        """Return the items of each list in order. NaN is larger than every number.

        Args:
            descending: Whether the largest item comes first.
            nulls_last: Whether nulls come after all items instead of before them, in either
                direction.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[3, None, 1], []]})
            >>> frame.select(mydf.col("a").list.sort(descending=True)).to_dict()
            {'a': [[None, 3, 1], []]}
        """
        down = _arguments.boolean("descending", descending)
        return self._call("sort", down, _arguments.boolean("nulls_last", nulls_last))

    def unique(self, *, maintain_order: bool = False) -> Expr:
        """Return the first of equal items of each list; null equals null, and NaN equals NaN.

        Args:
            maintain_order: The items keep their order, whatever this is; other libraries need it.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[3, None, 1, 3, None], []]})
            >>> frame.select(mydf.col("a").list.unique()).to_dict()
            {'a': [[3, None, 1], []]}
        """
        _arguments.boolean("maintain_order", maintain_order)
        return self._call("unique")

    def reverse(self) -> Expr:
        """Return the items of each list from the last to the first.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[3, None, 1], []]})
            >>> frame.select(mydf.col("a").list.reverse()).to_dict()
            {'a': [[1, None, 3], []]}
        """
        return self._call("reverse")

    def drop_nulls(self) -> Expr:
        """Return the items of each list that are not null. NaN is not null.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[3, None, 1], [None]]})
            >>> frame.select(mydf.col("a").list.drop_nulls()).to_dict()
            {'a': [[3, 1], []]}
        """
        return self._call("drop_nulls")

    def slice(self, offset: int, length: int | None = None) -> Expr:
        """Return the items of each list from an offset.

        Args:
            offset: The place of the first item, from 0; a negative one counts from the end.
            length: The most items; all by default. Those before the start of a list count.

        Raises:
            ArgumentError: If `length` is negative.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[1, 2, 3], [4]]})
            >>> frame.select(mydf.col("a").list.slice(-2, 1)).to_dict()
            {'a': [[2], []]}
        """
        start = _place("offset", offset)
        return self._call("slice", start, None if length is None else _number("length", length))

    def head(self, n: int = 5) -> Expr:
        """Return the first items of each list.

        Raises:
            ArgumentError: If `n` is negative.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[1, 2, 3], [4]]})
            >>> frame.select(mydf.col("a").list.head(2)).to_dict()
            {'a': [[1, 2], [4]]}
        """
        return self._call("slice", 0, _number("n", n))

    def tail(self, n: int = 5) -> Expr:
        """Return the last items of each list.

        Raises:
            ArgumentError: If `n` is negative.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [[1, 2, 3], [4]]})
            >>> frame.select(mydf.col("a").list.tail(2)).to_dict()
            {'a': [[2, 3], [4]]}
        """
        rows = _number("n", n)
        return self._call("slice", -rows, rows)

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


def _place(what: str, given: int) -> int:
    place = _arguments.integer(what, given)
    if abs(place) < 2**63:
        return place
    raise ArgumentError(f"{what}: {place}", hint="no list has so many items", what=what)


def _number(what: str, given: int) -> int:
    number = _place(what, given)
    if number >= 0:
        return number
    raise ArgumentError(f"{what}: {number}", hint="pass 0 or more", what=what)
