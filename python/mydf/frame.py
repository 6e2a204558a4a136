"""Frames."""

from __future__ import annotations

from mydf import _arguments, _construct, _display, _operands
from mydf._frame_columns import ColumnMethods
from mydf._frame_columnwise import ColumnwiseMethods
from mydf._frame_export import ExportMethods
from mydf._frame_files import FileMethods
from mydf._frame_functions import FunctionMethods
from mydf._frame_joins import JoinMethods, checked
from mydf._frame_order import OrderMethods
from mydf._frame_python import PythonMethods
from mydf._frame_rows import RowMethods
from mydf._frame_shape import ShapeMethods
from mydf._frame_summaries import SummaryMethods
from mydf._guided import guided
from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta
    from typing import Any, Literal, NoReturn, SupportsIndex, overload

    from mydf._types import (
        AnySeries,
        ArrowData,
        IntoExpr,
        NumpyArray,
        PythonValue,
    )
    from mydf.dtypes import DTypeLike
    from mydf.expr import Expr
    from mydf.groups import DynamicGroupBy, GroupBy
    from mydf.lazy import LazyFrame
    from mydf.series import Series


class DataFrame(
    ColumnMethods,
    ColumnwiseMethods,
    RowMethods,
    OrderMethods,
    JoinMethods,
    ShapeMethods,
    SummaryMethods,
    PythonMethods,
    ExportMethods,
    FileMethods,
    FunctionMethods,
):
    """Columns of equal length with distinct names. A frame never changes; methods return new ones.

    Args:
        data: A dict of columns (lists, numpy arrays, Series), a list of dicts, or an object with
            the Arrow PyCapsule interface (frames of polars, pandas, pyarrow, duckdb). None is null.
            All data is copied, see `from_arrow`. In pandas' data, NaN is null too; an index becomes
            columns, named as by `reset_index`, unless it is a nameless one of integers.
        schema: Dtypes by column; the dtypes of other columns are inferred. A value that its dtype
            would cut or round is an error, see `Series`. Without `data`, it makes a frame without
            rows.

    Raises:
        MixedTypeError: If a column mixes types; the error names column and row.
        LengthMismatchError: If columns differ in length.
        DuplicateColumnError: If two columns have the same name.
        CastError: If the dtype in `schema` does not hold a whole value.
        UnsupportedTypeError: If Arrow data has a type that mydf has no dtype for.
        ArrowError: If Arrow data is invalid, see `from_arrow`.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"city": ["Oslo", "Rome"], "rain": [763, None]})
        >>> frame.filter(mydf.col("rain").is_null()).to_dicts()
        [{'city': 'Rome', 'rain': None}]
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    @guided
    def __init__(
        self,
        data: Mapping[str, Any] | Iterable[Mapping[str, PythonValue]] | ArrowData | None = None,
        schema: Mapping[str, DTypeLike] | None = None,
    ) -> None:
        self._core = _construct.frame(data, schema)

    # ------------------------------------------------------------------------------- description

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": ["x"]}).columns
            ['a', 'b']
        """
        return self._core.names()

    @property
    def dtypes(self) -> list[DType]:
        """The dtypes of the columns, in order.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": ["x"]}).dtypes
            [Int64, String]
        """
        return [DType._from_core(dtype) for dtype in self._core.dtypes()]

    if TYPE_CHECKING:
        # The groups of methods don't import Series; the reference shows these lines of theirs.
        def to_series(self, index: int = 0) -> Series:
            """Return the column at this place, from 0; a negative number counts from the end."""

        def iter_columns(self) -> Iterator[Series]:
            """Yield the columns, from the first."""

        def fold(self, operation: Callable[[Series, Series], Series]) -> Series:
            """Return `operation(operation(first, second), third)` and so on, over the columns."""

        def sum_horizontal(self) -> Series:
            """Return the sum of each row, see `mydf.sum_horizontal`."""

        def mean_horizontal(self) -> Series:
            """Return the mean of each row, see `mydf.mean_horizontal`."""

        def min_horizontal(self) -> Series:
            """Return the smallest value of each row, see `mydf.min_horizontal`."""

        def max_horizontal(self) -> Series:
            """Return the largest value of each row, see `mydf.max_horizontal`."""

    @staticmethod
    def _as_series(inner: core.Series) -> Series:
        from mydf.series import Series

        return Series._from_core(inner)

    @property
    def schema(self) -> dict[str, DType]:
        """The dtypes by name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": ["x"]}).schema
            {'a': Int64, 'b': String}
        """
        return dict(zip(self.columns, self.dtypes, strict=True))

    @property
    def height(self) -> int:
        """The number of rows.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).height
            2
        """
        return self._core.height()

    @property
    def width(self) -> int:
        """The number of columns.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": [3, 4]}).width
            2
        """
        return self._core.width()

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).shape
            (2, 1)
        """
        return self.height, self.width

    def is_empty(self) -> bool:
        """Return whether the frame has no rows.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).head(0).is_empty()
            True
        """
        return self.height == 0

    def __len__(self) -> int:
        return self.height

    def __bool__(self) -> bool:
        fact = "truth value of a frame: not defined"
        hint = "use `len(frame) > 0` or `frame.is_empty()`"
        raise ArgumentTypeError(fact, hint=hint, what="frame")

    def __eq__(self, other: object) -> NoReturn:
        fact = "comparison of frames: `==` and `!=` are not defined"
        hint = "use `frame.equals(other)`, or compare columns: `one['a'] == other['a']`"
        raise ArgumentTypeError(fact, hint=hint, what="frame")

    __ne__ = __eq__

    def __iter__(self) -> Iterator[Series]:
        return iter(self.get_columns())

    def __contains__(self, name: object) -> bool:
        if hasattr(name, "_core"):
            fact = f"`in` of a frame: a value of type `{type(name).__name__}`"
            raise ArgumentTypeError(fact, hint="use a name: `'a' in frame`", what="name")
        return name in self.columns

    def __repr__(self) -> str:
        return _display.text(self._core)

    def _repr_html_(self) -> str:
        return _display.html(self._core)

    def equals(self, other: DataFrame) -> bool:
        """Return whether names, dtypes and values are equal, in order.

        Null equals null, NaN equals NaN and -0.0 equals 0.0.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None]})
            >>> frame.equals(mydf.DataFrame({"a": [1, None]}))
            True
        """
        return self._core.equals(checked(other, "equals")._core)

    # ------------------------------------------------------------------------------------ columns

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: str) -> Series: ...
        @overload
        def __getitem__(
            self, key: list[str] | tuple[str, ...] | slice | Expr | AnySeries | NumpyArray
        ) -> DataFrame: ...

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self.get_column(key)
        if isinstance(key, (list, tuple)) and all(isinstance(name, str) for name in key):
            return self.select(*key)
        if isinstance(key, slice):
            return self._from_core(self._core.slice(*_arguments.sliced(key, self.height)))
        if _operands.is_mask(key):
            return self.filter(key)
        fact = f"key of a frame: a value of type `{type(key).__name__}`"
        hint = (
            "use the name of a column, a list of names, a slice of rows with step 1, or a "
            "condition; `rows()[i]` is one row, and `gather` takes row numbers"
        )
        raise ArgumentTypeError(fact, hint=hint, what="key")

    def __setitem__(self, key: str, value: object) -> NoReturn:
        name = key if isinstance(key, str) and key.isidentifier() else "name"
        fact = "assignment to a column: a frame never changes"
        hint = f"use `frame = frame.with_columns({name}=...)`"
        raise ArgumentTypeError(fact, hint=hint, what="key")

    def __delitem__(self, key: str) -> NoReturn:
        fact = "removal of a column: a frame never changes"
        raise ArgumentTypeError(fact, hint=f"use `frame = frame.drop({key!r})`", what="key")

    def get_column(self, name: str) -> Series:
        """Return the column of this name.

        Raises:
            ColumnNotFoundError: If the frame has no such column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).get_column("a").to_list()
            [1, 2]
        """
        from mydf.series import Series

        return Series._from_core(self._core.column(_arguments.text("name", name)))

    def get_columns(self) -> list[Series]:
        """Return the columns, in order.

        Examples:
            >>> import mydf
            >>> [series.name for series in mydf.DataFrame({"a": [1], "b": [2]}).get_columns()]
            ['a', 'b']
        """
        from mydf.series import Series

        return [Series._from_core(column) for column in self._core.columns()]

    def select(self, *exprs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> DataFrame:
        """Return a frame of these columns.

        Aggregations and literals are repeated to the height of the other columns, or give one row
        if there are no others.

        Args:
            exprs: Names of columns, and expressions.
            named: The same, by the name of the result.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If a dtype does not support an operation.
            DuplicateColumnError: If two results have the same name.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
            >>> frame.select("a", total=mydf.col("a") + mydf.col("b")).to_dict()
            {'a': [1, 2], 'total': [4, 6]}
        """
        return self._from_core(self._core.select(_operands.outputs("select", exprs, named)))

    def with_columns(self, *exprs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> DataFrame:
        """Return the frame with these columns added; they replace columns of the same name.

        All expressions see the original frame.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If a dtype does not support an operation.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).with_columns(b=mydf.col("a") * 2).to_dict()
            {'a': [1, 2], 'b': [2, 4]}
        """
        found = _operands.outputs("with_columns", exprs, named)
        return self._from_core(self._core.with_columns(found))

    # --------------------------------------------------------------------------------------- rows

    def arg_sort(
        self,
        by: IntoExpr | Iterable[IntoExpr],
        *more_by: IntoExpr,
        descending: bool | Sequence[bool] = False,
        nulls_last: bool | Sequence[bool] = False,
    ) -> Series:
        """Return the row numbers in the order of one or several keys, see `sort`.

        The numbers are Int64 in every runtime.

        Raises:
            ArgumentError: If there are no keys, or if the numbers of bools and keys differ.
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [2, 1, 2], "b": [0.5, 1.0, 0.0]})
            >>> frame.arg_sort("a", "b").to_list()
            [1, 2, 0]
        """
        from mydf.series import Series

        keys = self._core.expand(_operands.keys("arg_sort", [by, *more_by]))
        return Series._from_core(
            self._core.arg_sort(
                keys,
                _arguments.flags("descending", descending, len(keys)),
                _arguments.flags("nulls_last", nulls_last, len(keys)),
            )
        )

    def is_duplicated(self) -> Series:
        """Return whether another row is equal in all columns, as a Series of Bool.

        Null equals null.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 1, 2], "b": ["x", "x", "x"]}).is_duplicated().to_list()
            [True, True, False]
        """
        return self._alike("is_duplicated", ">")

    def is_unique(self) -> Series:
        """Return whether no other row is equal in all columns, as a Series of Bool.

        Null equals null. `unique` returns the distinct rows.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 1, 2], "b": ["x", "x", "x"]}).is_unique().to_list()
            [False, False, True]
        """
        return self._alike("is_unique", "==")

    def _alike(self, name: str, compared: str) -> Series:
        from mydf.series import Series

        keys = [core.Expr.column(each) for each in self._core.names()]
        if not keys:
            return Series._from_core(core.Series.from_bytes(name, "Bool", b"", None))
        rows = core.Expr.rows().in_groups(keys, [], [], [])
        found = rows.binary(compared, core.Expr.literal(1)).alias(name)
        return Series._from_core(self._core.select([found]).column(name))

    # ---------------------------------------------------------------------- groups and other frames

    def group_by(self, *keys: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> GroupBy:
        """Group the rows with equal keys; `agg` then makes one row of each group.

        Args:
            keys: Names of columns, or expressions.
            named: The same, by the name of the result.

        Raises:
            ArgumentError: If there are no keys.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3]})
            >>> frame.group_by(odd=mydf.col("a") % 2).agg(mydf.col("a").max()).to_dict()
            {'odd': [1, 0], 'a': [3, 2]}
        """
        found = self._core.expand(_operands.keys("group_by", keys, named))
        if not found:
            hint = "use `select` to aggregate the whole frame"
            raise ArgumentError("group_by: no keys", hint=hint, what="keys")
        from mydf.groups import GroupBy

        return GroupBy(self, found)

    def lazy(self) -> LazyFrame:
        """Return the frame as a lazy one, whose verbs run at `collect`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).lazy().filter(mydf.col("a") > 1).collect().to_dict()
            {'a': [2]}
        """
        from importlib import import_module

        # It makes DataFrames in turn.
        found: LazyFrame = import_module("mydf.lazy").lazy_frame(self, "lazy")
        return found

    def group_by_dynamic(
        self,
        index_column: IntoExpr,
        *,
        every: str | timedelta,
        period: str | timedelta | None = None,
        offset: str | timedelta | None = None,
        include_boundaries: bool = False,
        closed: Literal["left", "right", "both", "none"] = "left",
        label: Literal["left", "right"] = "left",
        group_by: IntoExpr | Iterable[IntoExpr] | None = None,
    ) -> DynamicGroupBy:
        """Group the rows by windows of time; `agg` then makes one row of each window.

        Windows are those of the calendar, as in `dt.truncate`. The first one is that of the first
        moment, moved by `offset`; windows before it, and those without rows, are left out. The
        frame need not be sorted: windows come in order of time, and their rows in the order of the
        frame.

        Args:
            index_column: A date, a datetime or an integer: the name of a column or an expression.
            every: From the start of one window to that of the next: a number with a unit as in
                `dt.truncate`, e.g. `15m`, `1d` or `1mo`, with `i` for integers, or a `timedelta`.
            period: The length of a window, as long as `every` by default; it may have several
                units, e.g. `1h30m`. Longer windows overlap.
            offset: How much later windows start than those of the calendar, e.g. `6h` or `-1d`.
            include_boundaries: Whether to add the columns `_lower_boundary` and `_upper_boundary`.
            closed: Which ends of a window belong to it: the `left` one, the `right` one, `both` or
                `none`.
            label: Which end of a window the result shows, `left` or `right`.
            group_by: Further keys, whose windows are apart.

        Raises:
            ArgumentError: If a span is none, or if the index has nulls.
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If the index is neither a date nor a datetime nor an integer.

        Examples:
            >>> import datetime, mydf
            >>> days = [datetime.date(2024, 1, 30), datetime.date(2024, 1, 31)]
            >>> frame = mydf.DataFrame({"day": [*days, datetime.date(2024, 2, 1)], "x": [1, 2, 3]})
            >>> frame.group_by_dynamic("day", every="1mo").agg(mydf.col("x").sum()).rows()
            [(datetime.date(2024, 1, 1), 3), (datetime.date(2024, 2, 1), 3)]
        """
        from mydf import _dynamic
        from mydf.groups import DynamicGroupBy

        _arguments.choice("closed", closed, ("left", "right", "both", "none"))
        _arguments.choice("label", label, ("left", "right"))
        boundaries = _arguments.boolean("include_boundaries", include_boundaries)
        how = _dynamic.windows(every, period, offset, closed, label, boundaries)
        index = self._core.expand(_operands.keys("group_by_dynamic", [index_column]))
        if len(index) != 1:
            fact = f"group_by_dynamic: {len(index)} columns as the index"
            raise ArgumentError(fact, hint="pass one column", what="index_column")
        more = [] if group_by is None else _operands.keys("group_by_dynamic", [group_by])
        found = _dynamic.expanded(self._core, index[0], self._core.expand(more), how)
        return DynamicGroupBy(self._from_core(found.frame), found.keys, found.hidden)

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        from mydf import _pickle

        return (_unpickled, _pickle.arguments(self._core, int(protocol)))

    def __sizeof__(self) -> int:
        # What engines count when they decide which frames to keep in memory.
        return object.__sizeof__(self) + self._core.nbytes()


# Pickles contain the name of this function.
def _unpickled(header: bytes, *parts: Any) -> DataFrame:
    return DataFrame._from_core(core.Frame.load(header, parts))
