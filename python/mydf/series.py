"""One column."""

from __future__ import annotations

from mydf import _arguments, _construct, _convert, _display, _operands
from mydf._guided import Guided
from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentTypeError, RowNotFoundError
from mydf.expr import Expr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, NoReturn, overload

    from mydf._types import AnySeries, ArrowData, NumpyArray, PythonValue
    from mydf.dtypes import DTypeLike
    from mydf.expr import Operand
    from mydf.frame import DataFrame


class Series(Guided):
    """A named column of one dtype.

    Use a Series to look at values, to pass them to other libraries, and as a mask: `frame["a"] > 1`
    is a Series of Bool that `filter`, `when` and `with_columns` accept. To compute, use
    expressions: they see whole frames and work on several columns at once.

    Comparisons, arithmetic and `& | ^ ~` with a value or a Series of the same length follow the
    rules of expressions, so a null operand gives null. In `value in series`, None finds nulls.

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
        """The name."""
        return self._core.name()

    @property
    def dtype(self) -> DType:
        """The dtype."""
        return DType._from_core(self._core.dtype())

    @property
    def null_count(self) -> int:
        """The number of nulls."""
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
        return bool(self._evaluated(self._expr()._binary("==", value))._agg("sum"))

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

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpickled, (core.Frame([self._core]).dump(),))

    def rename(self, name: str) -> Series:
        """Return the same values under another name."""
        return self._from_core(self._core.renamed(_arguments.text("name", name)))

    def cast(self, dtype: DTypeLike, *, strict: bool = True) -> Series:
        """Return the values in another dtype, see `Expr.cast`.

        Raises:
            CastError: If a value does not fit and `strict` is true.
            DTypeError: If there is no conversion.
        """
        _arguments.boolean("strict", strict)
        return self._from_core(self._core.cast(DType._to_core(dtype), strict))

    def head(self, n: int = 10) -> Series:
        """Return the first rows; if `n` is negative, all but the last `-n`."""
        return self[: _arguments.integer("n", n)]

    def tail(self, n: int = 10) -> Series:
        """Return the last rows; if `n` is negative, all but the first `-n`."""
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

    def to_frame(self) -> DataFrame:
        """Return a frame with only this column."""
        from mydf.frame import DataFrame

        return DataFrame._from_core(core.Frame([self._core]))

    def equals(self, other: Series) -> bool:
        """Return whether dtype and values are equal; names may differ.

        Null equals null and NaN equals NaN.
        """
        if not isinstance(other, Series):
            fact = f"equals: a value of type `{type(other).__name__}`"
            raise ArgumentTypeError(fact, hint="pass a Series; `==` compares values", what="other")
        return self._core.equals(other._core)

    # ------------------------------------------------------------------------------ row by row

    def _expr(self) -> Expr:
        return Expr(core.Expr.series(self._core))

    def _evaluated(self, expr: Expr) -> Series:
        """Return the values of an expression with one value for each row of this Series."""
        rows = core.Frame([self._core])
        return self._from_core(rows.select([expr._core.alias(self.name)]).columns()[0])

    def _binary(self, op: str, other: Any) -> Series | Expr:
        # With an expression, the result has the rows of the frame that evaluates it.
        if isinstance(other, Expr):
            return self._expr()._binary(op, other)
        return self._evaluated(self._expr()._binary(op, other))

    def __eq__(self, other: object) -> Any:
        return self._binary("==", other)

    def __ne__(self, other: object) -> Any:
        return self._binary("!=", other)

    def __lt__(self, other: Operand) -> Any:
        return self._binary("<", other)

    def __le__(self, other: Operand) -> Any:
        return self._binary("<=", other)

    def __gt__(self, other: Operand) -> Any:
        return self._binary(">", other)

    def __ge__(self, other: Operand) -> Any:
        return self._binary(">=", other)

    def __add__(self, other: Operand) -> Any:
        return self._binary("+", other)

    def __radd__(self, other: Operand) -> Series:
        return self._evaluated(self._expr()._reflected("+", other))

    def __sub__(self, other: Operand) -> Any:
        return self._binary("-", other)

    def __rsub__(self, other: Operand) -> Series:
        return self._evaluated(self._expr()._reflected("-", other))

    def __mul__(self, other: Operand) -> Any:
        return self._binary("*", other)

    def __rmul__(self, other: Operand) -> Series:
        return self._evaluated(self._expr()._reflected("*", other))

    def __truediv__(self, other: Operand) -> Any:
        return self._binary("/", other)

    def __rtruediv__(self, other: Operand) -> Series:
        return self._evaluated(self._expr()._reflected("/", other))

    def __floordiv__(self, other: Operand) -> Any:
        return self._binary("//", other)

    def __rfloordiv__(self, other: Operand) -> Series:
        return self._evaluated(self._expr()._reflected("//", other))

    def __mod__(self, other: Operand) -> Any:
        return self._binary("%", other)

    def __rmod__(self, other: Operand) -> Series:
        return self._evaluated(self._expr()._reflected("%", other))

    def __neg__(self) -> Series:
        return self._evaluated(-self._expr())

    def __abs__(self) -> Series:
        return self._evaluated(abs(self._expr()))

    def __and__(self, other: Operand) -> Any:
        return self._binary("&", other)

    # These three operators give the same for swapped operands.
    __rand__ = __and__

    def __or__(self, other: Operand) -> Any:
        return self._binary("|", other)

    __ror__ = __or__

    def __xor__(self, other: Operand) -> Any:
        return self._binary("^", other)

    __rxor__ = __xor__

    def __invert__(self) -> Series:
        return self._evaluated(~self._expr())

    def is_null(self) -> Series:
        """Return whether each value is null, see `Expr.is_null`."""
        return self._evaluated(self._expr().is_null())

    def is_not_null(self) -> Series:
        """Return whether each value is not null, see `Expr.is_not_null`."""
        return self._evaluated(self._expr().is_not_null())

    def is_in(self, values: Iterable[PythonValue]) -> Series:
        """Return whether each value equals one of these, see `Expr.is_in`.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, None, 3]).is_in([1, 2]).to_list()
            [True, None, False]
        """
        return self._evaluated(self._expr().is_in(values))

    def is_between(self, lower: Operand, upper: Operand, closed: str = "both") -> Series:
        """Return whether each value is between two others, see `Expr.is_between`."""
        return self._evaluated(self._expr().is_between(lower, upper, closed))

    # ---------------------------------------------------------------------------- aggregations

    def _agg(self, op: str) -> Any:
        return self._core.agg(op).to_list()[0]

    def sum(self) -> Any:
        """Return the sum, see `Expr.sum`.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [0.5, None, 1.0]).sum()
            1.5
        """
        return self._agg("sum")

    def mean(self) -> float | None:
        """Return the mean, see `Expr.mean`."""
        return self._agg("mean")  # type: ignore[no-any-return]

    def median(self) -> float | None:
        """Return the median, see `Expr.median`."""
        return self._agg("median")  # type: ignore[no-any-return]

    def std(self) -> float | None:
        """Return the standard deviation, see `Expr.std`."""
        return self._agg("std")  # type: ignore[no-any-return]

    def min(self) -> Any:
        """Return the smallest value, see `Expr.min`."""
        return self._agg("min")

    def max(self) -> Any:
        """Return the largest value, see `Expr.max`."""
        return self._agg("max")

    def count(self) -> int:
        """Return the number of values that are not null."""
        return self._agg("count")  # type: ignore[no-any-return]

    def n_unique(self) -> int:
        """Return the number of distinct values, counting null as one."""
        return self._agg("n_unique")  # type: ignore[no-any-return]

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

    def to_numpy(self) -> Any:
        """Return the values as a numpy array with memory of its own.

        Integers with nulls become float64 with NaN if none is beyond 2**53, where float64 has gaps;
        dates and datetimes without zone become datetime64 with NaT. Text, Bool with nulls, large
        integers with nulls and datetimes in a zone become objects.
        """
        return _convert.vector(self._core)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return _convert.as_array(self.to_numpy(), "Series", self.null_count, dtype, copy)

    def __arrow_c_schema__(self) -> object:
        return self._core.arrow_schema()

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return self._core.arrow_array(requested_schema)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._core.arrow_stream(requested_schema)


def _unpickled(data: bytes) -> Series:
    return Series._from_core(core.Frame.load(data).columns()[0])
