"""The methods of a frame that change its shape: long and wide, and cut into groups."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._frame_base import FrameBase
from mydf._native import core
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Literal

    from typing_extensions import Self

    from mydf._types import IntoExpr

    Aggregation = Literal[
        "first", "last", "sum", "mean", "median", "std", "min", "max", "count", "len", "n_unique"
    ]


class ShapeMethods(FrameBase):
    """A frame with its values at other places."""

    __slots__ = ()

    def explode(
        self,
        columns: str | Iterable[str],
        *more: str,
        empty_as_null: bool = False,
        keep_nulls: bool = True,
    ) -> Self:
        """Return one row for each item of the lists in these columns.

        The other columns are repeated. As in polars, an empty list gives no row, and null instead
        of a list gives one row with null. Several columns go item by item, so their lists are
        equally long in each row.

        Args:
            columns: Names of columns of lists.
            more: Further names.
            empty_as_null: Whether an empty list gives a row with null.
            keep_nulls: Whether null instead of a list gives a row with null.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If a column has no lists.
            ArgumentError: If the lists of a row have different lengths.
            RowLimitError: If there are more rows than this runtime can index.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"id": [1, 2], "item": [["a", "b"], []]})
            >>> frame.explode("item").rows()
            [(1, 'a'), (1, 'b')]
            >>> frame.explode("item", empty_as_null=True).rows()
            [(1, 'a'), (1, 'b'), (2, None)]
        """
        as_null = _arguments.boolean("empty_as_null", empty_as_null)
        kept = _arguments.boolean("keep_nulls", keep_nulls)
        names = [columns] if isinstance(columns, str) else list(columns)
        names = [_arguments.encodable("explode", name) for name in [*names, *more]]
        return self._from_core(self._core.explode(list(dict.fromkeys(names)), as_null, kept))

    def to_dummies(
        self,
        columns: str | Iterable[str] | None = None,
        *,
        separator: str = "_",
        drop_first: bool = False,
    ) -> Self:
        """Return the frame with a column of 0 and 1, as UInt8, for each value of these columns.

        Args:
            columns: Names of columns; all by default.
            separator: The text between the name of a column and a value. The values are in order,
                null as `null` at the end.
            drop_first: Whether to leave out the first value of each column.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            DuplicateColumnError: If two results have the same name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": ["x", "y", "x"]}).to_dummies().to_dict()
            {'a_x': [1, 0, 1], 'a_y': [0, 1, 0]}
        """
        from mydf import _reshape

        names = self._core.names() if columns is None else _arguments.names("columns", [columns])
        for name in names:
            self._core.column(name)
        _arguments.text("separator", separator)
        first = _arguments.boolean("drop_first", drop_first)
        return self._from_core(_reshape.dummies(self._core, names, separator, first))

    def unpivot(
        self,
        on: str | Iterable[str] | None = None,
        *,
        index: str | Iterable[str] | None = None,
        variable_name: str = "variable",
        value_name: str = "value",
    ) -> Self:
        """Return one row for each row and each of these columns: from wide to long.

        Args:
            on: Names of columns whose values go below each other, in a common dtype; by default all
                that are not in `index`.
            index: Names of columns that are repeated.
            variable_name: The name of the column with the names.
            value_name: The name of the column with the values.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If the columns have no common dtype.
            CastError: If an integer next to floats is one that no float equals.
            DuplicateColumnError: If a name is one of `index`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y"], "a": [1, 2], "b": [3, 4]})
            >>> frame.unpivot(index="k").rows()
            [('x', 'a', 1), ('y', 'a', 2), ('x', 'b', 3), ('y', 'b', 4)]
        """
        from mydf import _reshape

        columns = None if on is None else _arguments.names("on", [on])
        kept = [] if index is None else _arguments.names("index", [index])
        for name in [*kept, *(columns or [])]:
            self._core.column(name)
        variable = _arguments.text("variable_name", variable_name)
        value = _arguments.text("value_name", value_name)
        return self._from_core(_reshape.unpivot(self._core, columns, kept, variable, value))

    def pivot(
        self,
        on: str | Iterable[str],
        *,
        index: str | Iterable[str] | None = None,
        values: str | Iterable[str] | None = None,
        aggregate_function: Aggregation | None = None,
        sort_columns: bool = False,
        separator: str = "_",
    ) -> Self:
        """Return one column for each value of `on`: from long to wide.

        A cell without a row is null. Rows are in the order of their first row, and so are columns.

        Args:
            on: Names of columns whose values, as text, become names; those of several columns are
                joined, and null becomes `null`.
            index: Names of columns whose values make the rows; by default all others.
            values: Names of columns whose values fill the cells; by default all others. If there
                are several, the names begin with theirs.
            aggregate_function: What to do with several values in a cell: the name of an
                aggregation. By default they are an error.
            sort_columns: Whether the new columns are in the order of the values of `on`.
            separator: The text between the parts of a name.

        Raises:
            ArgumentError: If a cell has several values, or if neither `index` nor `values` is
                given.
            ColumnNotFoundError: If the frame does not have a column.
            DuplicateColumnError: If two columns of the result have the same name.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": [1, 1, 2], "q": ["a", "b", "a"], "x": [5, 6, 7]})
            >>> frame.pivot("q", index="k").to_dict()
            {'k': [1, 2], 'a': [5, 7], 'b': [6, None]}
            >>> frame.pivot("q", index="k", values="x", aggregate_function="sum").height
            2
        """
        from mydf import _reshape

        columns = _arguments.names("on", [on])
        if not columns:
            hint = "pass the name of a column"
            raise ArgumentError("pivot: no columns in `on`", hint=hint, what="on")
        rows = None if index is None else _arguments.names("index", [index])
        cells = None if values is None else _arguments.names("values", [values])
        if aggregate_function is not None:
            known = (*_operands.AGGREGATIONS,)
            _arguments.choice("aggregate_function", aggregate_function, known)
        _arguments.text("separator", separator)
        ordered = _arguments.boolean("sort_columns", sort_columns)
        found = _reshape.pivot(
            self._core, columns, rows, cells, aggregate_function, separator, ordered
        )
        return self._from_core(found)

    def transpose(
        self,
        *,
        include_header: bool = False,
        header_name: str = "column",
        column_names: Sequence[str] | None = None,
    ) -> Self:
        """Return the columns as rows, in the dtype that holds all of them.

        Args:
            include_header: Whether the first column has the names of the columns.
            header_name: Its name.
            column_names: The names of the new columns; `column_0` and so on by default.

        Raises:
            ArgumentError: If there are more than 10,000 rows, or another number of names.
            DTypeError: If the columns have no common dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
            >>> frame.transpose(include_header=True).rows()
            [('a', 1, 2), ('b', 3, 4)]
        """
        from mydf import _reshape

        header = _arguments.text("header_name", header_name)
        shown = _arguments.boolean("include_header", include_header)
        rows = self._core.height()
        names = [f"column_{row}" for row in range(rows)] if rows <= _reshape.MOST_ROWS else []
        if column_names is not None:
            names = _arguments.names("column_names", [column_names])
        found = _reshape.transposed(self._core, names, header if shown else None)
        return self._from_core(found)

    def partition_by(
        self,
        by: IntoExpr | Iterable[IntoExpr],
        *more_by: IntoExpr,
        include_key: bool = True,
        as_dict: bool = False,
    ) -> Any:
        """Return the rows of each group as a frame, in the order of their first rows.

        Args:
            by: Names of columns, or expressions.
            more_by: Further keys.
            include_key: Whether the frames have the columns of the keys.
            as_dict: Whether to return a dict with tuples of keys instead of a list.

        Raises:
            ArgumentError: If there are no keys.
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> [part.to_dict() for part in frame.partition_by("a")]
            [{'a': ['x', 'x'], 'b': [1, 3]}, {'a': ['y'], 'b': [2]}]
        """
        from mydf import _reshape

        keys = self._core.expand(_operands.keys("partition_by", [by, *more_by]))
        if not keys:
            hint = "pass the name of a column"
            raise ArgumentError("partition_by: no keys", hint=hint, what="by")
        out = set() if _arguments.boolean("include_key", include_key) else {k.name() for k in keys}
        found = {}
        for key, rows in _reshape.partitions(self._core, keys):
            kept = [column for column in rows.columns() if column.name() not in out]
            found[key] = self._from_core(core.Frame(kept))
        return found if _arguments.boolean("as_dict", as_dict) else list(found.values())
