"""The methods of a frame that remove, rename, fill and add columns."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._frame_base import FrameBase
from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from typing_extensions import Self

    from mydf._types import AnySeries, Operand
    from mydf.dtypes import DTypeLike


class ColumnMethods(FrameBase):
    """A frame with other columns."""

    __slots__ = ()

    def drop(self, *names: str | Iterable[str], strict: bool = True) -> Self:
        """Return the frame without these columns.

        Args:
            names: Names of columns, or lists of them.
            strict: Whether an unknown name is an error.

        Raises:
            ColumnNotFoundError: If a name is unknown and `strict` is true.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": [2]}).drop("a").columns
            ['b']
        """
        dropped = _arguments.names("drop", names)
        if _arguments.boolean("strict", strict):
            self._check(dropped)
        return self._from_core(
            core.Frame([c for c in self._core.columns() if c.name() not in dropped])
        )

    def rename(self, names: Mapping[str, str], *, strict: bool = True) -> Self:
        """Return the frame with other names.

        Args:
            names: New names by old names.
            strict: Whether an unknown old name is an error.

        Raises:
            ColumnNotFoundError: If an old name is unknown and `strict` is true.
            DuplicateColumnError: If two columns would have the same name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).rename({"a": "b"}).columns
            ['b']
        """
        names = _arguments.renaming(names)
        if _arguments.boolean("strict", strict):
            self._check(names)
        return self._from_core(
            self._core.renamed([names.get(name, name) for name in self._core.names()])
        )

    def _check(self, names: Iterable[str]) -> None:
        for name in names:
            # The core raises the error, with similar names in its hint.
            self._core.column(name)

    def fill_null(self, value: Operand) -> Self:
        """Return the frame with another value for each null, where the dtype fits.

        A number fills the columns of numbers (integers become Float64 if it is a float), a text
        those of String, a bool those of Bool, a date or datetime those of dates and datetimes. An
        expression or a Series fills all columns.

        Raises:
            ArgumentError: If the value is None.
            DTypeError: If an expression does not fit a column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", None]}).fill_null(0).to_dict()
            {'a': [1, 0], 'b': ['x', None]}
        """
        if value is None:
            hint = "pass a value, e.g. `fill_null(0)`"
            raise ArgumentError("fill_null: None", hint=hint, what="value")
        if isinstance(value, dict):
            hint = "use `frame.with_columns(mydf.col('a').fill_null(0), ...)`"
            raise ArgumentTypeError("fill_null: a dict", hint=hint, what="value")
        filler = _operands.literal(value)
        names = _operands.fillable(self._core, value)
        filled = [core.Expr.column(name).fill_null(filler).alias(name) for name in names]
        return self._from_core(self._core.with_columns(filled))

    def fill_nan(self, value: Operand) -> Self:
        """Return the frame with another value, or null for None, for each NaN of its floats.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [0.5, float("nan")]}).fill_nan(None).to_dict()
            {'a': [0.5, None]}
        """
        filler = _operands.literal(value)
        filled = []
        for name, dtype in zip(self._core.names(), self._core.dtypes(), strict=True):
            if dtype.startswith("Float"):
                column = core.Expr.column(name)
                chosen = core.Expr.when(column.unary("is_nan"), filler, column)
                filled.append(chosen.alias(name))
        return self._from_core(self._core.with_columns(filled))

    def cast(self, dtypes: DTypeLike | Mapping[str, DTypeLike], *, strict: bool = True) -> Self:
        """Return the frame with the values of all or some columns in other dtypes.

        Args:
            dtypes: One dtype for all columns, or dtypes by column.
            strict: Whether a value that does not fit is an error; otherwise it becomes null.

        Raises:
            CastError: If a value does not fit; the error names the first one.
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": ["1"], "b": ["2"]}).cast({"a": mydf.Int64}).to_dict()
            {'a': [1], 'b': ['2']}
        """
        _arguments.boolean("strict", strict)
        if hasattr(dtypes, "items"):
            wanted = {name: DType._to_core(dtype) for name, dtype in dtypes.items()}
        else:
            wanted = dict.fromkeys(self._core.names(), DType._to_core(dtypes))
        found = [core.Expr.column(name).cast(dtype, strict) for name, dtype in wanted.items()]
        return self._from_core(self._core.with_columns(found))

    def drop_nans(self, subset: str | Sequence[str] | None = None) -> Self:
        """Return the rows without NaN in any column, or in any of these. Null is not NaN.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [0.5, float("nan"), None]}).drop_nans().to_dict()
            {'a': [0.5, None]}
        """
        names = self._core.names() if subset is None else _arguments.names("subset", [subset])
        present = []
        for name in names:
            if self._core.column(name).dtype().startswith("Float"):
                known = core.Expr.column(name).unary("is_not_nan")
                present.append(known.fill_null(core.Expr.literal(True)))
        return self._from_core(self._core.filter(present))

    def insert_column(self, index: int, column: AnySeries) -> Self:
        """Return the frame with one more column at a place.

        Args:
            index: The place, from 0; a negative one counts from the end.
            column: A Series.

        Raises:
            DuplicateColumnError: If the frame has a column of this name.
            LengthMismatchError: If the numbers of rows differ.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1], "c": [3]})
            >>> frame.insert_column(1, mydf.Series("b", [2])).columns
            ['a', 'b', 'c']
        """
        columns: list[Any] = self._core.columns()
        columns.insert(
            _arguments.integer("index", index), self.hstack([column])._core.columns()[-1]
        )
        return self._from_core(core.Frame(columns))

    def get_column_index(self, name: str) -> int:
        """Return the place of a column, from 0.

        Raises:
            ColumnNotFoundError: If the frame does not have the column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": [2]}).get_column_index("b")
            1
        """
        self._check([_arguments.text("name", name)])
        return self._core.names().index(name)

    def clone(self) -> Self:
        """Return the frame itself: a frame never changes, so a copy is not needed.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).clone().to_dict()
            {'a': [1]}
        """
        return self

    def hstack(self, columns: FrameBase | Sequence[AnySeries]) -> Self:
        """Return the frame with the columns of another one, or these Series, added.

        Raises:
            DuplicateColumnError: If two columns have the same name.
            LengthMismatchError: If the numbers of rows differ.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1]})
            >>> frame.hstack([mydf.Series("b", ["x"])]).to_dict()
            {'a': [1], 'b': ['x']}
        """
        if isinstance(columns, FrameBase):
            return self._from_core(core.Frame.concat_columns([self._core, columns._core]))
        several: list[Any] = list(columns) if hasattr(columns, "__iter__") else [columns]
        found: list[Any] = [getattr(each, "_core", None) for each in several]
        for each, inner in zip(several, found, strict=True):
            if not isinstance(inner, core.Series):
                fact = f"hstack: a value of type `{type(each).__name__}`"
                hint = "pass a frame or a list of Series"
                raise ArgumentTypeError(fact, hint=hint, what="columns")
        return self._from_core(core.Frame([*self._core.columns(), *found]))

    def vstack(self, other: FrameBase) -> Self:
        """Return the frame with the rows of another one added, see `mydf.concat`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).vstack(mydf.DataFrame({"a": [2]})).to_dict()
            {'a': [1, 2]}
        """
        if not isinstance(other, FrameBase):
            fact = f"vstack: a value of type `{type(other).__name__}`"
            hint = "convert it with `mydf.DataFrame(...)`"
            raise ArgumentTypeError(fact, hint=hint, what="vstack")
        return self._from_core(core.Frame.concat_rows([self._core, other._core]))
