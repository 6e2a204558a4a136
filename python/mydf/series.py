"""One column."""

from __future__ import annotations

from mydf import _construct
from mydf._native import core
from mydf.dtypes import _from_core, _to_core
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, overload

    from mydf._types import ArrowData, PythonValue
    from mydf.dtypes import DType, DTypeLike
    from mydf.frame import DataFrame


class Series:
    """A named column of one dtype.

    A Series is for looking at and for handing over. To compute, use expressions: they see whole
    frames, and work on several columns at once.

    Args:
        name: The name.
        values: A list or another iterable of None, bool, int, float, str, date and datetime; a
            numpy array; or whatever speaks the Arrow PyCapsule interface.
        dtype: The dtype; inferred where absent. A list holds one type; None mixes with all, and
            int with float where it has an exact float.

    Raises:
        MixedTypeError: Where the values are no column, naming the row.
        CastError: Where a value does not fit `dtype`.
        RowLimitError: Where there are more rows than this runtime can number.

    Examples:
        >>> import mydf
        >>> mydf.Series("a", [1, None, 3]).sum()
        4
    """

    __slots__ = ("_core",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        name: str,
        values: Iterable[PythonValue] | ArrowData = (),
        dtype: DTypeLike | None = None,
    ) -> None:
        if not isinstance(name, str):
            fact = f"Series: a name of type `{type(name).__name__}`"
            raise ArgumentTypeError(fact, hint="`mydf.Series('name', values)`", what="name")
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
        return _from_core(self._core.dtype())

    @property
    def null_count(self) -> int:
        """The number of nulls."""
        return self._core.null_count()

    def __len__(self) -> int:
        return self._core.height()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.to_list())

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: int) -> Any: ...
        @overload
        def __getitem__(self, key: slice) -> Series: ...

    def __getitem__(self, key: int | slice) -> Any:
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step != 1:
                fact = f"slice of a Series: step {step}"
                raise ArgumentTypeError(fact, hint="only steps of 1 are taken", what="slice")
            return self._from_core(self._core.slice(start, max(stop - start, 0)))
        row = range(len(self))[key]
        return self._core.slice(row, 1).to_list()[0]

    def __repr__(self) -> str:
        from mydf._display import limits, printable

        return printable(core.Frame([self._core]).text(limits()))

    def _repr_html_(self) -> str:
        from mydf._display import html_limits

        return core.Frame([self._core]).html(html_limits())

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpickled, (core.Frame([self._core]).dump(),))

    def rename(self, name: str) -> Series:
        """Return the same values under another name."""
        return self._from_core(self._core.renamed(name))

    def cast(self, dtype: DTypeLike, *, strict: bool = True) -> Series:
        """Return the values in another dtype, see `Expr.cast`.

        Raises:
            CastError: For a value that does not fit, if strict.
            DTypeError: Where there is no conversion.
        """
        return self._from_core(self._core.cast(_to_core(dtype), strict))

    def head(self, n: int = 10) -> Series:
        """Return the first rows."""
        return self[:n]

    def tail(self, n: int = 10) -> Series:
        """Return the last rows."""
        return self[-n:] if n else self[:0]

    def to_frame(self) -> DataFrame:
        """Return a frame of this column alone."""
        from mydf.frame import DataFrame

        return DataFrame._from_core(core.Frame([self._core]))

    def equals(self, other: Series) -> bool:
        """Return whether dtype and values are equal; null equals null, NaN equals NaN.

        Names may differ.
        """
        return self._core.equals(other._core)

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
        """Return the number of distinct values, null counting as one."""
        return self._agg("n_unique")  # type: ignore[no-any-return]

    # ------------------------------------------------------------------------------- handing over

    def to_list(self) -> list[Any]:
        """Return the values as a list of Python values; null is None.

        Raises:
            ArgumentError: For a date or datetime outside the years 1 to 9999.

        Examples:
            >>> import mydf
            >>> mydf.Series("a", [1, None]).to_list()
            [1, None]
        """
        return self._core.to_list()

    def to_numpy(self) -> Any:
        """Return the values as a numpy array of its own memory.

        Integers with nulls become float64 with NaN; dates and datetimes without zone become
        datetime64 with NaT; text, Bool with nulls and datetimes in a zone become objects.
        """
        import numpy as np

        found = self._core.to_bytes()
        if found is not None:
            dtype, data = found
            return np.frombuffer(data, dtype=dtype)
        array = np.empty(len(self), dtype=object)
        array[:] = self.to_list()
        return array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if copy is False:
            fact = "numpy array of a Series: `copy=False` can't be met"
            raise ArgumentTypeError(fact, hint="leave `copy` out", what="copy")
        array = self.to_numpy()
        return array if dtype is None else array.astype(dtype)

    def __arrow_c_schema__(self) -> object:
        return self._core.arrow_schema()

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return self._core.arrow_array(requested_schema)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._core.arrow_stream(requested_schema)


def _unpickled(data: bytes) -> Series:
    return Series._from_core(core.Frame.load(data).columns()[0])
