"""The frame."""

from __future__ import annotations

from mydf import _construct, expr
from mydf._convert import Convert
from mydf._native import core
from mydf.dtypes import _from_core
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, Literal, overload

    from mydf._types import ArrowData, IntoExpr, PythonValue
    from mydf.dtypes import DType, DTypeLike
    from mydf.expr import Expr
    from mydf.group_by import GroupBy
    from mydf.series import Series


class DataFrame(Convert):
    """Columns of equal length with distinct names. A frame never changes; methods return new ones.

    Args:
        data: A dict of columns (lists, numpy arrays, Series), a list of dicts, or whatever speaks
            the Arrow PyCapsule interface (frames of polars, pandas, pyarrow, duckdb). Null is None.
        schema: Dtypes by column; those of other columns are inferred. Alone, it makes a frame
            without rows.

    Raises:
        MixedTypeError: Where values make no column, naming column and row.
        LengthMismatchError: Where columns differ in length.
        CastError: Where a value does not fit the dtype of `schema`.
        UnsupportedTypeError: For Arrow data of a type that mydf has no dtype for.
        RowLimitError: Where there are more rows than this runtime can number.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"city": ["Oslo", "Rome"], "rain": [763, None]})
        >>> frame.filter(mydf.col("rain").is_null()).to_dicts()
        [{'city': 'Rome', 'rain': None}]
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        data: Mapping[str, Any] | Iterable[Mapping[str, PythonValue]] | ArrowData | None = None,
        schema: Mapping[str, DTypeLike] | None = None,
    ) -> None:
        self._core = _construct.frame(data, schema)

    @classmethod
    def _from_core(cls, inner: core.Frame) -> DataFrame:
        frame = cls.__new__(cls)
        frame._core = inner
        return frame

    # --------------------------------------------------------------------------------- what it is

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order."""
        return self._core.names()

    @property
    def dtypes(self) -> list[DType]:
        """The dtypes of the columns, in order."""
        return [_from_core(dtype) for dtype in self._core.dtypes()]

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
        """The number of rows."""
        return self._core.height()

    @property
    def width(self) -> int:
        """The number of columns."""
        return self._core.width()

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        return self.height, self.width

    def is_empty(self) -> bool:
        """Return whether there are no rows."""
        return self.height == 0

    def __len__(self) -> int:
        return self.height

    def __bool__(self) -> bool:
        fact = "truth value of a frame: it has none"
        raise ArgumentTypeError(fact, hint="`len(frame) > 0`, `frame.is_empty()`", what="frame")

    def __iter__(self) -> Iterator[Series]:
        return iter(self.get_columns())

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __repr__(self) -> str:
        from mydf._display import limits, printable

        return printable(self._core.text(limits()))

    def _repr_html_(self) -> str:
        from mydf._display import html_limits

        return self._core.html(html_limits())

    def equals(self, other: DataFrame) -> bool:
        """Return whether names, dtypes and values are equal, in order.

        Null equals null, NaN equals NaN and -0.0 equals 0.0.
        """
        return self._core.equals(_frame(other, "equals")._core)

    # ------------------------------------------------------------------------------------ columns

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: str) -> Series: ...
        @overload
        def __getitem__(self, key: list[str] | tuple[str, ...] | slice) -> DataFrame: ...

    def __getitem__(self, key: str | Sequence[str] | slice) -> Any:
        if isinstance(key, str):
            return self.get_column(key)
        if isinstance(key, (list, tuple)) and all(isinstance(name, str) for name in key):
            return self.select(*key)
        if isinstance(key, slice):
            start, stop, step = key.indices(self.height)
            if step == 1:
                return self.slice(start, max(stop - start, 0))
        fact = f"key of a frame: {key!r}"
        hint = (
            "a column's name, a list of names, or a slice of rows with step 1; "
            "`filter` for conditions, `rows()[i]` for one row"
        )
        raise ArgumentTypeError(fact, hint=hint, what="key")

    def get_column(self, name: str) -> Series:
        """Return the column of this name.

        Raises:
            ColumnNotFoundError: Where the frame has none.
        """
        from mydf.series import Series

        return Series._from_core(self._core.column(name))

    def get_columns(self) -> list[Series]:
        """Return the columns, in order."""
        from mydf.series import Series

        return [Series._from_core(column) for column in self._core.columns()]

    def select(self, *exprs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> DataFrame:
        """Return a frame of these columns.

        Aggregations and literals are repeated to the height of the others, and give one row where
        there are no others.

        Args:
            exprs: Names of columns, and expressions.
            named: The same, with the name of the result in front.

        Raises:
            ColumnNotFoundError: For a column that the frame does not have.
            DTypeError: For an operation that a dtype does not have.
            DuplicateColumnError: Where two results have one name.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
            >>> frame.select("a", total=mydf.col("a") + mydf.col("b")).to_dict()
            {'a': [1, 2], 'total': [4, 6]}
        """
        return self._from_core(self._core.select(expr.columns(exprs, named)))

    def with_columns(self, *exprs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> DataFrame:
        """Return the frame with these columns added, or put in place of those of the same name.

        All expressions see the frame as it was.

        Raises:
            ColumnNotFoundError: For a column that the frame does not have.
            DTypeError: For an operation that a dtype does not have.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).with_columns(b=mydf.col("a") * 2).to_dict()
            {'a': [1, 2], 'b': [2, 4]}
        """
        return self._from_core(self._core.with_columns(expr.columns(exprs, named)))

    def drop(self, *names: str | Iterable[str], strict: bool = True) -> DataFrame:
        """Return the frame without these columns.

        Args:
            names: Names of columns, or lists of them.
            strict: Whether a name that the frame does not have is an error.

        Raises:
            ColumnNotFoundError: For a name that the frame does not have, if strict.
        """
        dropped = _names(names)
        if strict:
            self._check(dropped)
        return self._from_core(
            core.Frame([c for c in self._core.columns() if c.name() not in dropped])
        )

    def rename(self, names: Mapping[str, str], *, strict: bool = True) -> DataFrame:
        """Return the frame with other names.

        Args:
            names: New names by old ones.
            strict: Whether an old name that the frame does not have is an error.

        Raises:
            ColumnNotFoundError: For an old name that the frame does not have, if strict.
            DuplicateColumnError: Where two columns would have one name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).rename({"a": "b"}).columns
            ['b']
        """
        if strict:
            self._check(names)
        return self._from_core(self._core.renamed([names.get(name, name) for name in self.columns]))

    def _check(self, names: Iterable[str]) -> None:
        for name in names:
            # The core says it best: it knows near names.
            self._core.column(name)

    # --------------------------------------------------------------------------------------- rows

    def filter(
        self, *predicates: Expr | Series | Sequence[bool] | bool, **equal: PythonValue
    ) -> DataFrame:
        """Return the rows for which all predicates are true (not false, not null).

        Args:
            predicates: Expressions of dtype Bool; or a Series or list of bools, one a row.
            equal: Columns by name, with the value that they must have.

        Raises:
            ColumnNotFoundError: For a column that the frame does not have.
            DTypeError: For a predicate that is not Bool.
            LengthMismatchError: For a list that has not one bool a row.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, None]})
            >>> frame.filter(mydf.col("a") > 1).to_dict()
            {'a': [2]}
        """
        from mydf.series import Series

        inner = self._core
        conditions = []
        for predicate in predicates:
            if isinstance(predicate, (list, tuple)):
                inner = inner.mask(_construct.series("filter", list(predicate), bool))
            elif isinstance(predicate, Series):
                inner = inner.mask(predicate._core)
            else:
                conditions.append(expr.column(predicate))  # type: ignore[arg-type]
        conditions += [expr.column(name) == value for name, value in equal.items()]
        if conditions:
            whole = conditions[0]
            for condition in conditions[1:]:
                whole = whole & condition
            inner = inner.filter(whole._core)
        return self._from_core(inner)

    def drop_nulls(self, subset: str | Sequence[str] | None = None) -> DataFrame:
        """Return the rows without a null, in all columns or in these.

        Raises:
            ColumnNotFoundError: For a column that the frame does not have.
        """
        names = self.columns if subset is None else _names([subset])
        return self.filter(*(expr.column(name).is_not_null() for name in names))

    def sort(
        self,
        by: IntoExpr | Iterable[IntoExpr],
        *more_by: IntoExpr,
        descending: bool | Sequence[bool] = False,
        nulls_last: bool | Sequence[bool] = False,
    ) -> DataFrame:
        """Return the rows in the order of one or several keys. Equal rows keep their order.

        Args:
            by: Names of columns, or expressions.
            more_by: Further keys.
            descending: Whether the largest comes first; for all keys, or one bool a key.
            nulls_last: Whether nulls come after all values, whatever the direction, else before
                them; for all keys, or one bool a key. NaN is larger than every number.

        Raises:
            ArgumentError: Without keys, or where bools and keys differ in number.
            ColumnNotFoundError: For a column that the frame does not have.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [2, None, 3]})
            >>> frame.sort("a", descending=True, nulls_last=True).to_dict()
            {'a': [3, 2, None]}
        """
        keys = expr.columns([by, *more_by])
        return self._from_core(
            self._core.sort(
                keys,
                _flags("descending", descending, len(keys)),
                _flags("nulls_last", nulls_last, len(keys)),
            )
        )

    def unique(
        self,
        subset: str | Sequence[str] | None = None,
        *,
        keep: Literal["first", "last", "none", "any"] = "first",
    ) -> DataFrame:
        """Return the rows that are distinct in all columns or in these, in their order.

        Args:
            subset: Names of columns; all where absent. Null equals null and NaN equals NaN.
            keep: Which of equal rows is kept: the `first`, the `last`, `none`, or `any`.

        Raises:
            ColumnNotFoundError: For a column that the frame does not have.
            ArgumentError: For another `keep`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 1]}).unique().to_dict()
            {'a': [1, 2]}
        """
        names = None if subset is None else _names([subset])
        return self._from_core(self._core.unique(names, keep))

    def slice(self, offset: int, length: int | None = None) -> DataFrame:
        """Return rows from an offset on, without a copy. A negative one counts from the end.

        Raises:
            ArgumentError: For a negative length.
        """
        start, stop, _ = slice(offset, None).indices(self.height)
        if length is not None and length < 0:
            fact = f"length: {length}"
            raise ArgumentError(fact, hint="a length is 0 or more", what="length")
        return self._from_core(self._core.slice(start, stop - start if length is None else length))

    def head(self, n: int = 5) -> DataFrame:
        """Return the first rows, without a copy; if negative, all but the last."""
        return self.slice(0, n if n >= 0 else max(self.height + n, 0))

    def tail(self, n: int = 5) -> DataFrame:
        """Return the last rows, without a copy; if negative, all but the first."""
        rows = min(n, self.height) if n >= 0 else max(self.height + n, 0)
        return self.slice(self.height - rows)

    # ---------------------------------------------------------------------- groups and other frames

    def group_by(self, *keys: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> GroupBy:
        """Group the rows with equal keys; `agg` then makes one row a group.

        Args:
            keys: Names of columns, or expressions.
            named: The same, with the name of the result in front.

        Raises:
            ArgumentError: Without keys.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3]})
            >>> frame.group_by(odd=mydf.col("a") % 2).agg(mydf.col("a").max()).to_dict()
            {'odd': [1, 0], 'a': [3, 2]}
        """
        from mydf.group_by import GroupBy

        found = expr.columns(keys, named)
        if not found:
            hint = "`select` aggregates the whole frame"
            raise ArgumentError("group_by: no keys", hint=hint, what="keys")
        return GroupBy(self, found)

    def join(
        self,
        other: DataFrame,
        on: str | Sequence[str] | None = None,
        how: Literal["inner", "left", "semi", "anti"] = "inner",
        *,
        left_on: str | Sequence[str] | None = None,
        right_on: str | Sequence[str] | None = None,
        suffix: str = "_right",
    ) -> DataFrame:
        """Return rows of two frames whose keys are equal, beside each other.

        Rows come in this frame's order, partners of one row in the order of the other. The result
        has all columns of this frame, then those of the other that are not keys. A null key equals
        nothing.

        Args:
            other: The other frame.
            on: Names of the keys, if they are the same in both frames.
            how: `inner`: rows with a partner. `left`: all rows of this frame, with nulls where
                there is no partner. `semi`: rows of this frame that have a partner, once each.
                `anti`: rows of this frame that have none.
            left_on: Names of the keys in this frame.
            right_on: Names of the keys in the other frame.
            suffix: Put after a name of the other frame that this one has too.

        Raises:
            ArgumentError: Without keys, or with other numbers of keys left and right.
            ColumnNotFoundError: For a column that a frame does not have.
            DTypeError: For keys without a common dtype.
            RowLimitError: Where the result has more rows than this runtime can number.

        Examples:
            >>> import mydf
            >>> left = mydf.DataFrame({"k": [1, 2], "a": ["x", "y"]})
            >>> right = mydf.DataFrame({"k": [2, 3], "b": [True, False]})
            >>> left.join(right, on="k", how="left").to_dict()
            {'k': [1, 2], 'a': ['x', 'y'], 'b': [None, True]}
        """
        left, right = _keys(on, left_on, right_on)
        inner = self._core.join(_frame(other, "join")._core, left, right, how, suffix)
        return self._from_core(inner)


def _unpickled(data: bytes) -> DataFrame:
    return DataFrame._from_core(core.Frame.load(data))


def _frame(value: object, what: str) -> DataFrame:
    if isinstance(value, DataFrame):
        return value
    fact = f"{what}: a value of type `{type(value).__name__}`"
    raise ArgumentTypeError(fact, hint="`mydf.DataFrame(...)` makes a frame of it", what=what)


def _names(names: Iterable[str | Iterable[str]]) -> list[str]:
    found: list[str] = []
    for each in names:
        found += [each] if isinstance(each, str) else each
    for name in found:
        if not isinstance(name, str):
            fact = f"column name: {name!r}, of type `{type(name).__name__}`"
            raise ArgumentTypeError(fact, hint="names are texts", what="name")
    return found


def _flags(what: str, flags: bool | Sequence[bool], number: int) -> list[bool]:
    if isinstance(flags, bool):
        return [flags] * number
    if len(flags) != number:
        fact = f"{what}: {len(flags)} values for {number} keys"
        raise ArgumentError(fact, hint="one bool for all keys, or one a key", what=what)
    return list(flags)


def _keys(
    on: str | Sequence[str] | None,
    left_on: str | Sequence[str] | None,
    right_on: str | Sequence[str] | None,
) -> tuple[list[str], list[str]]:
    if on is not None and left_on is None and right_on is None:
        left = right = _names([on])
    elif on is None and left_on is not None and right_on is not None:
        left, right = _names([left_on]), _names([right_on])
    else:
        hint = "`on`, or both of `left_on` and `right_on`"
        raise ArgumentError("keys of a join: absent or given twice", hint=hint, what="on")
    if not left or len(left) != len(right):
        fact = f"keys of a join: {len(left)} on the left, {len(right)} on the right"
        raise ArgumentError(fact, hint="as many on both sides, one at least", what="on")
    return left, right
