"""The methods of a frame that return Python values."""

from __future__ import annotations

from mydf import _arguments, _convert
from mydf._frame_base import FrameBase
from mydf._native import core
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any


class PythonMethods(FrameBase):
    """A frame's rows and columns as Python values."""

    __slots__ = ()

    def item(self, row: int | None = None, column: int | str | None = None) -> Any:
        """Return one value; without arguments, that of a frame of one row and one column.

        Raises:
            ArgumentError: If only one argument is given, or none and the frame has more values.
            RowNotFoundError: If the frame has no row of this number.
            ColumnNotFoundError: If the frame does not have the column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).select(mydf.col("a").sum()).item()
            3
            >>> mydf.DataFrame({"a": [1, 2]}).item(-1, "a")
            2
        """
        rows, width = self._core.height(), self._core.width()
        if (row is None) != (column is None) or (row is None and (rows, width) != (1, 1)):
            fact = f"item of a frame of {rows} rows and {width} columns"
            hint = "pass a row and a column, e.g. `item(0, 'name')`"
            raise ArgumentError(fact, hint=hint, what="row")
        place = _arguments.row("frame", 0 if row is None else row, rows)
        if isinstance(column, str):
            found = self._core.column(column)
        else:
            number = _arguments.row("columns of the frame", column or 0, width)
            found = self._core.columns()[number]
        return found.slice(place, 1).to_list()[0]

    def row(self, index: int, *, named: bool = False) -> Any:
        """Return one row as a tuple, or as a dict if `named` is true.

        Raises:
            RowNotFoundError: If the frame has no row of this number.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": ["x", None]}).row(-1, named=True)
            {'a': 2, 'b': None}
        """
        one = self._core.slice(_arguments.row("frame", index, self._core.height()), 1)
        as_dict = _arguments.boolean("named", named)
        return _convert.dicts(one)[0] if as_dict else _convert.tuples(one)[0]

    def iter_rows(self, *, named: bool = False) -> Iterator[Any]:
        """Yield the rows as tuples, or as dicts if `named` is true, some thousand at a time.

        Examples:
            >>> import mydf
            >>> list(mydf.DataFrame({"a": [1, 2], "b": ["x", None]}).iter_rows())
            [(1, 'x'), (2, None)]
        """
        convert = _convert.dicts if _arguments.boolean("named", named) else _convert.tuples
        step = 4096
        parts = range(0, self._core.height(), step)
        return (row for start in parts for row in convert(self._core.slice(start, step)))

    def rows_by_key(self, key: str | Sequence[str], *, named: bool = False) -> dict[Any, list[Any]]:
        """Return the rows by the values of a column, or of several as a tuple, without them.

        Args:
            key: Names of columns.
            named: Whether rows are dicts instead of tuples.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"k": ["x", "y", "x"], "a": [1, 2, 3]})
            >>> frame.rows_by_key("k")
            {'x': [(1,), (3,)], 'y': [(2,)]}
        """
        names = _arguments.names("key", [key])
        keys = [self._core.column(name).to_list() for name in names]
        rest = core.Frame([c for c in self._core.columns() if c.name() not in names])
        convert = _convert.dicts if _arguments.boolean("named", named) else _convert.tuples
        rows: list[Any] = [{} if named else ()] * self._core.height()
        if rest.names():
            rows = convert(rest)
        found: dict[Any, list[Any]] = {}
        for at, row in enumerate(rows):
            place = tuple(column[at] for column in keys)
            found.setdefault(place if len(names) > 1 else place[0], []).append(row)
        return found

    def _ipython_key_completions_(self) -> list[str]:
        return self._core.names()

    def to_dict(self) -> dict[str, list[Any]]:
        """Return the columns as lists of Python values, by name. Null becomes None.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).to_dict()
            {'a': [1, None]}
        """
        return _convert.lists(self._core)

    def rows(self, *, named: bool = False) -> list[Any]:
        """Return the rows as tuples of Python values, or as dicts if `named` is true.

        Null becomes None.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": ["x", None]}).rows()
            [(1, 'x'), (2, None)]
        """
        if _arguments.boolean("named", named):
            return _convert.dicts(self._core)
        return _convert.tuples(self._core)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dicts of Python values. Null becomes None.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).to_dicts()
            [{'a': 1}, {'a': 2}]
        """
        return _convert.dicts(self._core)
