"""One column."""

from __future__ import annotations

from mydf import _arguments, _construct, _convert, _display, _operands
from mydf._guided import guided
from mydf._native import core
from mydf._series_rows import RowMethods
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError, RowNotFoundError
from mydf.expr import Expr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, NoReturn, SupportsIndex, overload

    from mydf._types import (
        AnySeries,
        ArrowData,
        IntoPredicate,
        NumpyArray,
        Operand,
        PythonValue,
    )
    from mydf.dtypes import DTypeLike
    from mydf.frame import DataFrame


class Series(RowMethods):
    """A named column of one dtype.

    Use a Series to look at values, to pass them to other libraries, and as a mask: `frame["a"] > 1`
    is a Series of Bool that `filter`, `when` and `with_columns` accept. To compute with several
    columns, use expressions: they see whole frames.

    A Series has the methods and operators of `Expr`, except those that need a frame (`over`,
    `name`). They follow the same rules, and the other operand is a value or a Series of the same
    length. A method that gives one value, such as `sum`, gives it as a Python value. In
    `value in series`, None finds nulls.

    Args:
        name: The name.
        values: A list or another iterable of None, bool, int, float, str, date and datetime; a
            numpy array of one dimension; or an object with the Arrow PyCapsule interface. What is
            missing becomes null: None, `numpy.ma.masked`, NaT, `pandas.NA`. Time finer than
            microseconds is rounded down.
        dtype: The dtype, inferred by default. A list has one type; None mixes with every type, and
            an int mixes with floats if a float represents it exactly. A value that the dtype would
            cut or round is an error, except that a float may take the nearest Float32.

    Raises:
        MixedTypeError: If the values mix types; the error names the row.
        CastError: If `dtype` does not hold a whole value; the error names the row.
        UnsupportedTypeError: If mydf has no dtype for the array's.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> mydf.Series("a", [1, None, 3]).sum()
        4
    """

    __slots__ = ("_core",)
    # Comparison returns a Series, so a Series can't be a key of a dict.
    __hash__ = None  # type: ignore[assignment]
    # numpy leaves `array < series` to the Series, but its functions still accept one.
    __array_priority__ = 1000
    # So does pandas, whose own classes have up to 4000.
    __pandas_priority__ = 5000

    @guided
    def __init__(
        self,
        name: str,
        values: Iterable[PythonValue] | ArrowData = (),
        dtype: DTypeLike | None = None,
    ) -> None:
        if not isinstance(name, str):
            fact = f"Series: a name of type `{type(name).__name__}`"
            raise ArgumentTypeError(fact, hint="`mydf.Series('name', values)`", what="name")
        _arguments.encodable("name of a Series", name)
        self._core = _construct.series(name, values, dtype)

    @classmethod
    def _from_core(cls, inner: core.Series) -> Series:
        series = cls.__new__(cls)
        series._core = inner
        return series

    @property
    def name(self) -> str:
        """The name.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1.5]).name
            'a'
        """
        return self._core.name()

    @property
    def dtype(self) -> DType:
        """The dtype.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1.5]).dtype
            Float64
        """
        return DType._from_core(self._core.dtype())

    @property
    def null_count(self) -> int:
        """The number of nulls.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, None]).null_count
            1
        """
        return self._core.null_count()

    def __len__(self) -> int:
        return self._core.height()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.to_list())

    def __bool__(self) -> NoReturn:
        fact = "truth value of a Series: each row has its own"
        hint = f"{_arguments.TRUTH}; `len(series) > 0`; `series.equals(other)`"
        raise ArgumentTypeError(fact, hint=hint, what="series")

    def __contains__(self, value: Any) -> bool:
        if value is None:
            return self.null_count > 0
        return bool((self == value).sum())

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: int) -> Any: ...
        @overload
        def __getitem__(self, key: slice) -> Series: ...

    def __getitem__(self, key: int | slice) -> Any:
        if isinstance(key, slice):
            return self._from_core(self._core.slice(*_arguments.sliced(key, len(self))))
        if not hasattr(key, "__index__") or isinstance(key, bool):
            fact = f"key of a Series: a value of type `{type(key).__name__}`"
            hint = "use an int or a slice; `frame.filter(mask)` keeps rows by a mask"
            raise ArgumentTypeError(fact, hint=hint, what="key")
        row = _arguments.integer("row", key)
        if not -len(self) <= row < len(self):
            fact = f"row {row} of a Series of {len(self)} rows"
            raise RowNotFoundError(fact, row=row, rows=len(self))
        return self._core.slice(row % len(self), 1).to_list()[0]

    def __repr__(self) -> str:
        return _display.text(core.Frame([self._core]))

    def _repr_html_(self) -> str:
        return _display.html(core.Frame([self._core]))

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        from mydf import _pickle

        return (_unpickled, _pickle.arguments(core.Frame([self._core]), int(protocol)))

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + core.Frame([self._core]).nbytes()

    def rename(self, name: str) -> Series:
        """Return the same values under another name, as `alias` does.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1]).rename("b").name
            'b'
        """
        return self._from_core(self._core.renamed(_arguments.text("name", name)))

    def filter(self, mask: IntoPredicate | list[bool]) -> Series:
        """Return the values for which a mask is true (not false, not null).

        Args:
            mask: A Series, a numpy array or a list with one bool for each row.

        Raises:
            DTypeError: If the mask is not Bool.
            LengthMismatchError: If it does not have one bool for each row.

        Examples:
            >>> import mydf
            >>> series = mydf.Series("a", [1, None, 3])
            >>> series.filter(series > 1).to_list()
            [3]
        """
        rows = core.Frame([self._core]).filter(_operands.predicates([mask], {}))
        return self._from_core(rows.columns()[0])

    def is_between(self, lower: Operand, upper: Operand, closed: str = "both") -> Series:
        """Return whether each value is between two others, see `Expr.is_between`.

        A text is a value here, because a Series has no other columns.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", ["b", "x", None]).is_between("a", "c").to_list()
            [True, False, None]
        """
        low, high = Expr(_operands.literal(lower)), Expr(_operands.literal(upper))
        found: Series = self._evaluated(self._own().is_between(low, high, closed))
        return found

    def clip(self, lower: Operand = None, upper: Operand = None) -> Series:
        """Return each value, or the bound that it exceeds, see `Expr.clip`.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [-5, 3, None, 12]).clip(0, 10).to_list()
            [0, 3, None, 10]
        """
        low, high = Expr(_operands.literal(lower)), Expr(_operands.literal(upper))
        found: Series = self._evaluated(self._own().clip(low, high))
        return found

    def implode(self) -> Series:
        """Return the values as one list, nulls included: a Series of one row, as List.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, None]).implode().to_list()
            [[1, None]]
        """
        return self._from_core(core.Frame([self._core]).evaluate(self._own().implode()._core)[0])

    def unique(self) -> Series:
        """Return each value once, null as one of them, in the order of their first rows.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [2, None, 2, 1]).unique().to_list()
            [2, None, 1]
        """
        return self._from_core(core.Frame([self._core]).unique(None, "first").columns()[0])

    def value_counts(
        self, *, sort: bool = False, name: str = "count", normalize: bool = False
    ) -> DataFrame:
        """Return each value and how often it occurs, null as one of the values.

        Args:
            sort: Whether the most frequent value comes first. Otherwise, and between equal counts,
                values keep the order of their first rows.
            name: The name of the second column.
            normalize: Whether to return shares of all rows as Float64, instead of Int64 counts.

        Raises:
            DuplicateColumnError: If the Series has the name of the second column.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", ["x", "y", "x", None]).value_counts(sort=True).rows()
            [('x', 2), ('y', 1), (None, 1)]
        """
        from mydf.frame import DataFrame

        counted = core.Expr.rows()
        if _arguments.boolean("normalize", normalize):
            counted = counted.binary("/", core.Expr.literal(len(self)))
        counted = counted.alias(_arguments.text("name", name))
        found = core.Frame([self._core]).group_by([core.Expr.column(self.name)], [counted])
        if _arguments.boolean("sort", sort):
            found = found.sort([core.Expr.column(name)], [True], [False])
        return DataFrame._from_core(found)

    def drop_nulls(self) -> Series:
        """Return the values that are not null.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, None]).drop_nulls().to_list()
            [1]
        """
        return self.filter(self.is_not_null())

    def slice(self, offset: int, length: int | None = None) -> Series:
        """Return rows from an offset, without a copy, see `DataFrame.slice`.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, 2, 3]).slice(-2, 1).to_list()
            [2]
        """
        return self._from_core(self._core.slice(*_arguments.window(offset, length, len(self))))

    def is_empty(self) -> bool:
        """Return whether the Series has no rows.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1]).is_empty()
            False
        """
        return len(self) == 0

    def item(self, row: int | None = None) -> Any:
        """Return the value of one row; without a number, the value of the only row.

        Raises:
            ArgumentError: If there is no number and the Series does not have exactly one row.
            RowNotFoundError: If the Series has no row of this number.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [7]).item()
            7
        """
        if row is None and len(self) != 1:
            fact = f"item of a Series of {len(self)} rows"
            hint = "pass the number of a row, e.g. `item(0)`"
            raise ArgumentError(fact, hint=hint, what="row")
        return self[0 if row is None else row]

    def head(self, n: int = 10) -> Series:
        """Return the first rows; if `n` is negative, all but the last `-n`.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, 2, 3]).head(2).to_list()
            [1, 2]
        """
        return self[: _arguments.integer("n", n)]

    def tail(self, n: int = 10) -> Series:
        """Return the last rows; if `n` is negative, all but the first `-n`.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, 2, 3]).tail(2).to_list()
            [2, 3]
        """
        rows = _arguments.integer("n", n)
        return self[-rows:] if rows else self[:0]

    def sort(self, *, descending: bool = False, nulls_last: bool = False) -> Series:
        """Return the values in order. Equal values keep their order.

        Args:
            descending: Whether the largest value comes first.
            nulls_last: Whether nulls come after all values instead of before them, in either
                direction. NaN is larger than every number.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [2, None, 3]).sort(descending=True, nulls_last=True).to_list()
            [3, 2, None]
        """
        _arguments.boolean("descending", descending)
        return self._from_core(
            self._core.sort(descending, _arguments.boolean("nulls_last", nulls_last))
        )

    def arg_sort(self, *, descending: bool = False, nulls_last: bool = False) -> Series:
        """Return the row numbers in the order of the values, see `sort`.

        The numbers are Int64 in every runtime.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [0.5, None, 0.25]).arg_sort().to_list()
            [1, 2, 0]
        """
        _arguments.boolean("descending", descending)
        return self._from_core(
            self._core.arg_sort(descending, _arguments.boolean("nulls_last", nulls_last))
        )

    def gather(self, rows: AnySeries | NumpyArray | Iterable[int | None]) -> Series:
        """Return the values of these rows, in this order, see `DataFrame.gather`.

        Raises:
            RowNotFoundError: If the Series has no row of a number.
            DTypeError: If the numbers are no integers.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", ["x", "y"]).gather([1, None, -2]).to_list()
            ['y', None, 'x']
        """
        return self._from_core(self._core.gather(_operands.row_numbers(len(self), rows)))

    def to_frame(self, name: str | None = None) -> DataFrame:
        """Return a frame with only this column, under its own or another name.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1]).to_frame("b").to_dict()
            {'b': [1]}
        """
        from mydf.frame import DataFrame

        named = self if name is None else self.rename(name)
        return DataFrame._from_core(core.Frame([named._core]))

    def equals(self, other: Series) -> bool:
        """Return whether dtype and values are equal; names may differ.

        Null equals null and NaN equals NaN.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, None]).equals(mydf.Series("a", [1, None]))
            True
        """
        if not isinstance(other, Series):
            fact = f"equals: a value of type `{type(other).__name__}`"
            raise ArgumentTypeError(fact, hint="pass a Series; `==` compares values", what="other")
        return self._core.equals(other._core)

    # ----------------------------------------------------------------- expressions over its rows

    def _own(self) -> Expr:
        """Return the column of a frame that has only this one."""
        return Expr(core.Expr.column(self.name))

    def _leaf(self) -> Expr:
        """Return the values in an expression of another frame with as many rows."""
        return Expr(core.Expr.series(self._core))

    def _evaluated(self, expr: Expr) -> Any:
        """Return the Series of an expression over these rows, or its value if it has only one."""
        found, single = core.Frame([self._core]).evaluate(expr._core)
        return found.to_list()[0] if single else self._from_core(found)

    # -------------------------------------------------------------------------------- conversions

    def to_list(self) -> list[Any]:
        """Return the values as a list of Python values. Null becomes None.

        Raises:
            ArgumentError: If a date or datetime is outside the years 1 to 9999.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, None]).to_list()
            [1, None]
        """
        return self._core.to_list()

    def to_arrow(self) -> Any:
        """Return a `pyarrow.ChunkedArray`, see `DataFrame.to_arrow`. Needs pyarrow.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, None]).to_arrow().null_count
            1
        """
        return self.to_frame().to_arrow().column(0)

    def to_polars(self) -> Any:
        """Return a `polars.Series`. Needs polars.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, 2]).to_polars().name
            'a'
        """
        return self.to_frame().to_polars().to_series()

    def to_pandas(self) -> Any:
        """Return a `pandas.Series`, see `DataFrame.to_pandas`. Needs pandas and pyarrow.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, 2]).to_pandas().name
            'a'
        """
        return self.to_frame().to_pandas()[self.name]

    def to_numpy(self) -> Any:
        """Return the values as a numpy array with memory of its own.

        Integers with nulls become float64 with NaN if none is beyond 2**53, where float64 has gaps;
        dates and datetimes without zone become datetime64 with NaT. Text, Bool with nulls, large
        integers with nulls and datetimes in a zone become objects.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, 2]).to_numpy().sum().item()
            3
        """
        return _convert.vector(self._core)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return _convert.as_array(self.to_numpy(), "Series", self.null_count, dtype, copy)

    def __dlpack__(self, **options: Any) -> Any:
        """Return the numbers for another library of arrays, if none is null."""
        return self._numbers().__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self._numbers().__dlpack_device__()

    def _numbers(self) -> Any:
        """Return a numpy array of numbers of which none is null."""
        if not self.dtype.is_numeric:
            fact = f"DLPack of a Series of {self.dtype}"
            raise ArgumentTypeError(fact, hint="convert it with `.cast(...)`", what="series")
        if self.null_count:
            fact = f"DLPack of a Series with {self.null_count} nulls"
            hint = "replace them with `fill_null(...)`, or leave them out with `drop_nulls()`"
            raise ArgumentError(fact, hint=hint, what="series")
        return self.to_numpy()

    def __arrow_c_schema__(self) -> object:
        return self._core.arrow_schema()

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return self._core.arrow_array(requested_schema)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._core.arrow_stream(requested_schema)


# Pickles contain the name of this function.
def _unpickled(header: bytes, *parts: Any) -> Series:
    return Series._from_core(core.Frame.load(header, parts).columns()[0])
