"""Frames, and groups of their rows."""

from __future__ import annotations

from mydf import _arguments, _construct, _convert, _display, _operands
from mydf._guided import Guided
from mydf._native import core
from mydf._rows import RowMethods
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.expr import Expr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, Literal, NoReturn, overload

    from mydf._types import (
        AnySeries,
        ArrowData,
        IntoExpr,
        IntoPredicate,
        NumpyArray,
        Operand,
        Path,
        PythonValue,
    )
    from mydf.dtypes import DTypeLike
    from mydf.series import Series

    JoinKeys = str | Expr | Sequence[str | Expr]


class DataFrame(RowMethods):
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

    def __init__(
        self,
        data: Mapping[str, Any] | Iterable[Mapping[str, PythonValue]] | ArrowData | None = None,
        schema: Mapping[str, DTypeLike] | None = None,
    ) -> None:
        self._core = _construct.frame(data, schema)

    # ------------------------------------------------------------------------------- description

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order."""
        return self._core.names()

    @property
    def dtypes(self) -> list[DType]:
        """The dtypes of the columns, in order."""
        return [DType._from_core(dtype) for dtype in self._core.dtypes()]

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
        """Return whether the frame has no rows."""
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
        """
        return self._core.equals(_frame(other, "equals")._core)

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
        """
        from mydf.series import Series

        return Series._from_core(self._core.column(_arguments.text("name", name)))

    def get_columns(self) -> list[Series]:
        """Return the columns, in order."""
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

    def drop(
        self, *names: str | Iterable[str], strict: bool = True, **unknown: NoReturn
    ) -> DataFrame:
        """Return the frame without these columns.

        Args:
            names: Names of columns, or lists of them.
            strict: Whether an unknown name is an error.
            **unknown: No option has another name.

        Raises:
            ArgumentTypeError: If an option is unknown.
            ColumnNotFoundError: If a name is unknown and `strict` is true.
        """
        _operands.known(DataFrame.drop, unknown)
        dropped = _arguments.names("drop", names)
        if _arguments.boolean("strict", strict):
            self._check(dropped)
        return self._from_core(
            core.Frame([c for c in self._core.columns() if c.name() not in dropped])
        )

    def rename(self, names: Mapping[str, str], *, strict: bool = True) -> DataFrame:
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
        return self._from_core(self._core.renamed([names.get(name, name) for name in self.columns]))

    def _check(self, names: Iterable[str]) -> None:
        for name in names:
            # The core raises the error, with similar names in its hint.
            self._core.column(name)

    # --------------------------------------------------------------------------------------- rows

    def filter(
        self, *predicates: IntoPredicate | Iterable[IntoPredicate], **equal: Operand
    ) -> DataFrame:
        """Return the rows for which all predicates are true (not false, not null).

        All predicates see the whole frame, also their aggregations: `filter(one, two)` keeps the
        rows of `filter(one & two)`.

        Args:
            predicates: Expressions of dtype Bool, or lists of them; a Series, a numpy array or a
                list with one bool for each row.
            equal: The required values, by the name of the column, as in `==`. So None keeps no
                rows: use `is_null`.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If a predicate is not Bool.
            LengthMismatchError: If a Series, an array or a list does not have one bool for each
                row.
            ArgumentTypeError: If a predicate is None, or if a list mixes bools and expressions.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, None]})
            >>> frame.filter(mydf.col("a") > 1).to_dict()
            {'a': [2]}
        """
        return self._from_core(self._core.filter(_operands.predicates(predicates, equal)))

    def drop_nulls(self, subset: str | Sequence[str] | None = None) -> DataFrame:
        """Return the rows without a null in any column, or in any of these.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
        """
        names = self.columns if subset is None else _arguments.names("subset", [subset])
        present = [core.Expr.column(name).unary("is_not_null") for name in names]
        return self._from_core(self._core.filter(present))

    def sort(
        self,
        by: IntoExpr | Iterable[IntoExpr],
        *more_by: IntoExpr,
        descending: bool | Sequence[bool] = False,
        nulls_last: bool | Sequence[bool] = False,
        **unknown: NoReturn,
    ) -> DataFrame:
        """Return the rows in the order of one or several keys. Equal rows keep their order.

        Args:
            by: Names of columns, or expressions.
            more_by: Further keys.
            descending: Whether the largest value comes first: one bool for all keys, or one for
                each.
            nulls_last: Whether nulls come after all values instead of before them, in either
                direction: one bool for all keys, or one for each. NaN is larger than every number.
            **unknown: No option has another name.

        Raises:
            ArgumentTypeError: If an option is unknown.
            ArgumentError: If there are no keys, or if the numbers of bools and keys differ.
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [2, None, 3]})
            >>> frame.sort("a", descending=True, nulls_last=True).to_dict()
            {'a': [3, 2, None]}
        """
        _operands.known(DataFrame.sort, unknown)
        keys = self._core.expand(_operands.keys("sort", [by, *more_by]))
        return self._from_core(
            self._core.sort(
                keys,
                _arguments.flags("descending", descending, len(keys)),
                _arguments.flags("nulls_last", nulls_last, len(keys)),
            )
        )

    def arg_sort(
        self,
        by: IntoExpr | Iterable[IntoExpr],
        *more_by: IntoExpr,
        descending: bool | Sequence[bool] = False,
        nulls_last: bool | Sequence[bool] = False,
        **unknown: NoReturn,
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

        _operands.known(DataFrame.arg_sort, unknown)
        keys = self._core.expand(_operands.keys("arg_sort", [by, *more_by]))
        return Series._from_core(
            self._core.arg_sort(
                keys,
                _arguments.flags("descending", descending, len(keys)),
                _arguments.flags("nulls_last", nulls_last, len(keys)),
            )
        )

    def gather(self, rows: AnySeries | NumpyArray | Iterable[int | None]) -> DataFrame:
        """Return the rows of these numbers, in this order.

        Args:
            rows: Row numbers as a Series, a numpy array or a list of integers. A negative number
                counts from the end; a null gives a row of nulls.

        Raises:
            RowNotFoundError: If the frame has no row of a number.
            DTypeError: If the numbers are no integers.
            RowLimitError: If there are more rows than this runtime can index.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).gather([2, 0, -1]).to_dict()
            {'a': [3, 1, 3]}
        """
        return self._from_core(self._core.gather(_operands.row_numbers(self.height, rows)))

    def unique(
        self,
        subset: str | Sequence[str] | None = None,
        *,
        keep: Literal["first", "last", "none", "any"] = "first",
        maintain_order: bool = True,
    ) -> DataFrame:
        """Return the rows that are distinct in all columns or in these, in their order.

        Args:
            subset: Names of columns; all by default. Null equals null and NaN equals NaN.
            keep: Which of equal rows to keep: the `first`, the `last`, `none`, or `any`.
            maintain_order: Changes nothing, because rows always keep their order.

        Raises:
            ColumnNotFoundError: If the frame does not have a column.
            ArgumentError: If `keep` is none of these, or `subset` is empty.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 1]}).unique().to_dict()
            {'a': [1, 2]}
        """
        names = None if subset is None else _arguments.names("subset", [subset])
        if names == []:
            fact = "subset of unique: no columns"
            raise ArgumentError(fact, hint="leave out `subset` to use all columns", what="subset")
        _arguments.choice("keep", keep, ("first", "last", "none", "any"))
        _arguments.boolean("maintain_order", maintain_order)
        return self._from_core(self._core.unique(names, keep))

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

    def slice(self, offset: int, length: int | None = None) -> DataFrame:
        """Return rows from an offset, without a copy.

        A negative offset counts from the end. The window may begin before the first row or end
        after the last one; the result has the rows that are in it.

        Raises:
            ArgumentError: If the length is negative.
            ArgumentTypeError: If an argument is no int.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).slice(-4, 2).to_dict()
            {'a': [1]}
        """
        return self._from_core(self._core.slice(*_arguments.window(offset, length, self.height)))

    def head(self, n: int = 5) -> DataFrame:
        """Return the first rows, without a copy; if `n` is negative, all but the last `-n`."""
        rows = _arguments.integer("n", n)
        return self.slice(0, rows if rows >= 0 else max(self.height + rows, 0))

    def tail(self, n: int = 5) -> DataFrame:
        """Return the last rows, without a copy; if `n` is negative, all but the first `-n`."""
        rows = _arguments.integer("n", n)
        rows = min(rows, self.height) if rows >= 0 else max(self.height + rows, 0)
        return self.slice(self.height - rows)

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
        return GroupBy(self, found)

    def join(
        self,
        other: DataFrame,
        on: JoinKeys | None = None,
        how: Literal["inner", "left", "right", "full", "semi", "anti", "cross"] = "inner",
        *,
        left_on: JoinKeys | None = None,
        right_on: JoinKeys | None = None,
        suffix: str = "_right",
    ) -> DataFrame:
        """Return the rows of two frames side by side where their keys are equal.

        Rows keep this frame's order; the matches of one row keep the order of the other frame. The
        result has the columns of this frame, then those of the other that are not keys. A null key
        matches nothing, NaN matches NaN, and numbers match by their exact value whatever their
        dtypes: 2**53 + 1 matches no float.

        Args:
            other: The other frame.
            on: Names of the keys, if they are the same in both frames, or expressions over
                them. The values of expressions are not in the result.
            how: `inner`: rows with a match. `left`: all rows of this frame, with nulls for those
                without a match. `right`: all rows of the other frame, in its order, with nulls for
                those without a match; the keys are the other frame's. `full`: as `left`, then the
                rows of the other frame without a match; the keys of both frames are columns.
                `semi`: rows of this frame with a match, once each. `anti`: rows of this frame
                without a match. `cross`: each row of this frame with each row of the other,
                without keys.
            left_on: Names of the keys in this frame, or expressions.
            right_on: Names of the keys in the other frame, or expressions.
            suffix: Appended to a name of the other frame that this frame has too.

        Raises:
            ArgumentError: If there are no keys, different numbers of keys left and right, or keys
                of a cross join.
            ColumnNotFoundError: If a frame does not have a column.
            DTypeError: If keys have no common dtype.
            DuplicateColumnError: If two columns of the result have the same name.
            RowLimitError: If the result has more rows than this runtime can index.

        Examples:
            >>> import mydf
            >>> left = mydf.DataFrame({"k": [1, 2], "a": ["x", "y"]})
            >>> right = mydf.DataFrame({"k": [2, 3], "b": [True, False]})
            >>> left.join(right, on="k", how="left").to_dict()
            {'k': [1, 2], 'a': ['x', 'y'], 'b': [None, True]}
            >>> left.join(right, on="k", how="full").rows()
            [(1, 'x', None, None), (2, 'y', 2, True), (None, None, 3, False)]
            >>> left.join(right, left_on=mydf.col("k") + 1, right_on="k").to_dict()
            {'k': [1, 2], 'a': ['x', 'y'], 'b': [True, False]}
        """
        kinds = ("inner", "left", "right", "full", "semi", "anti", "cross")
        _arguments.choice("how", how, kinds)
        left, right = _arguments.join_keys(how, on, left_on, right_on)
        _arguments.text("suffix", suffix)
        ours, theirs = self._core, _frame(other, "join")._core
        left_names = [key for key in left if isinstance(key, str)]
        right_names = [key for key in right if isinstance(key, str)]
        if (left_names, right_names) == (left, right):
            return self._from_core(ours.join(theirs, left_names, right_names, how, suffix))
        from mydf import _keys

        return self._from_core(_keys.join(ours, theirs, (left, right), how, suffix))

    # ------------------------------------------------------------------------------- Python values

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

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpickled, (self._core.dump(),))

    # ----------------------------------------------------------------------------- other libraries

    def __arrow_c_schema__(self) -> object:
        return self._core.arrow_schema()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._core.arrow_stream(requested_schema)

    def to_arrow(self, *, views: bool = False) -> Any:
        """Return a `pyarrow.Table`. Needs pyarrow.

        All columns except those of String share the memory.

        Args:
            views: Whether String becomes `string_view`, which shares the memory too. Many of
                pyarrow's functions and other libraries don't accept it, so the default is
                `large_string`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": ["x"]}).to_arrow().schema.field("a").type
            DataType(large_string)
        """
        import pyarrow as pa

        if _arguments.boolean("views", views):
            return pa.table(self)
        schema = pa.schema(self)
        for place, field in enumerate(schema):
            if field.type == pa.string_view():
                schema = schema.set(place, field.with_type(pa.large_string()))
        return pa.table(self, schema=schema)

    def to_polars(self) -> Any:
        """Return a `polars.DataFrame` that shares the memory if polars can. Needs polars."""
        import polars as pl

        return pl.DataFrame(self)

    def to_pandas(self) -> Any:
        """Return a `pandas.DataFrame`. Needs pandas and pyarrow.

        Integers with nulls become float64 with NaN, as usual in pandas, or its nullable Int64 and
        UInt64 if one is beyond 2**53, where float64 has gaps.

        Raises:
            ArgumentError: If a date lies outside the years 1 to 9999.
        """
        return _convert.pandas(self._core, self.to_arrow())

    def to_numpy(self) -> Any:
        """Return a numpy array of two dimensions, with the dtype that holds all columns exactly.

        Numbers, also next to Bool, have a common dtype, and so have dates and datetimes without
        zone. All others make objects, and so do integers beyond 2**53 next to floats.
        """
        return _convert.matrix(self._core)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        nulls = sum(column.null_count() for column in self._core.columns())
        return _convert.as_array(self.to_numpy(), "frame", nulls, dtype, copy)

    # --------------------------------------------------------------------------------------- files

    def write_csv(
        self,
        path: Path | None = None,
        *,
        separator: str = ",",
        include_header: bool = True,
        null_value: str = "",
        **unknown: NoReturn,
    ) -> str | None:
        r"""Write a CSV file completely or not at all, or return its text if there is no path.

        Args:
            path: The file; an existing one is replaced.
            separator: The ASCII character between two fields.
            include_header: Whether to write the names first.
            null_value: The text for null. If it is empty, an empty text is written as `""`. Texts
                that equal it are written in quotes; a number or time must not equal it.
            **unknown: No option has another name.

        Raises:
            FileError: If the operating system refuses.
            ArgumentError: If an option has an invalid value.
            ArgumentTypeError: If an option has a type that is not accepted, or is unknown.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y,z"]}).write_csv()
            'a,b\n1,x\n,"y,z"\n'
        """
        from mydf import _options, _paths

        _options.refuse(DataFrame.write_csv, unknown)
        separator = _options.character("separator", separator)
        header = _options.flag("include_header", include_header)
        null = _options.text("null_value", null_value)
        if path is None:
            return self._core.csv_text(separator, header, null)
        self._core.write_csv(_paths.uncompressed(path), separator, header, null)
        return None

    def write_parquet(
        self,
        path: Path,
        *,
        compression: Literal["zstd", "snappy", "lz4", "gzip", "uncompressed"] = "zstd",
        row_group_size: int = 256 * 1024,
        **unknown: NoReturn,
    ) -> None:
        """Write a Parquet file completely or not at all.

        Args:
            path: The file; an existing one is replaced.
            compression: The compression of each page.
            row_group_size: Rows in each row group; readers decode row groups in parallel.
            **unknown: No option has another name.

        Raises:
            FileError: If the operating system refuses.
            ArgumentError: If an option has an invalid value, e.g. an unknown compression.
            ArgumentTypeError: If an option has a type that is not accepted, or is unknown.
        """
        from mydf import _options, _paths

        _options.refuse(DataFrame.write_parquet, unknown)
        rows = _options.number("row_group_size", row_group_size, 1)
        codec = _options.text("compression", compression)
        self._core.write_parquet(_paths.writable(path), codec, rows)


class GroupBy(Guided):
    """Rows grouped by equal keys, ready for `agg`. Null equals null and NaN equals NaN."""

    __slots__ = ("_frame", "_keys")

    def __init__(self, frame: DataFrame, keys: list[core.Expr]) -> None:
        self._frame = frame
        self._keys = keys

    def agg(self, *aggs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> DataFrame:
        """Return one row for each group: its keys, then the aggregations.

        Groups keep the order of their first rows.

        Args:
            aggs: Expressions over aggregations, e.g. `col("a").sum() / col("b").count()`.
            named: The same, by the name of the result.

        Raises:
            ArgumentError: If a column is used outside an aggregation.
            ColumnNotFoundError: If the frame does not have a column.
            DTypeError: If a dtype does not support an aggregation.
            DuplicateColumnError: If two results have the same name.
            IntegerOverflowError: If a sum exceeds the range of its dtype.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").agg(mydf.col("b").sum(), n=mydf.len()).to_dict()
            {'a': ['x', 'y'], 'b': [4, 2], 'n': [2, 1]}
        """
        found = _operands.outputs("agg", aggs, named)
        inner = self._frame._core.group_by(self._keys, found)
        return DataFrame._from_core(inner)

    def len(self, name: str = "len") -> DataFrame:
        """Return one row for each group: its keys, then its number of rows as Int64."""
        return self.agg(Expr(core.Expr.rows()).alias(_arguments.text("name", name)))

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], DataFrame]]:
        """Yield the keys of each group, as a tuple of Python values, and its rows.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> for (a,), rows in frame.group_by("a"):
            ...     print(a, rows["b"].to_list())
            x [1, 3]
            y [2]
        """
        from mydf import _reshape

        parts = _reshape.partitions(self._frame._core, self._keys)
        return ((key, DataFrame._from_core(rows)) for key, rows in parts)

    def head(self, n: int = 5) -> DataFrame:
        """Return the first rows of each group, the keys as the first columns.

        Args:
            n: The number of rows of each group; if it is negative, all but the last `-n`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").head(1).rows()
            [('x', 1), ('y', 2)]
        """
        return self._some(n, last=False)

    def tail(self, n: int = 5) -> DataFrame:
        """Return the last rows of each group, see `head`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").tail(1).rows()
            [('x', 3), ('y', 2)]
        """
        return self._some(n, last=True)

    def _some(self, n: int, *, last: bool) -> DataFrame:
        from mydf import _reshape

        rows = _arguments.integer("n", n)
        return DataFrame._from_core(
            _reshape.some_of_each(self._frame._core, self._keys, rows, last=last)
        )

    def _all(self, op: str) -> DataFrame:
        """Return an aggregation of all columns that are not keys."""
        every = core.Expr.selected([], []).agg(op)
        return DataFrame._from_core(self._frame._core.group_by(self._keys, [every]))

    def sum(self) -> DataFrame:
        """Return the keys and the sum of each other column, see `Expr.sum`.

        Raises:
            DTypeError: If a column has no sum; `agg(mydf.col(mydf.Int64).sum())` chooses some.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["x", "y", "x"], "b": [1, 2, 3]})
            >>> frame.group_by("a").sum().rows()
            [('x', 4), ('y', 2)]
        """
        return self._all("sum")

    def mean(self) -> DataFrame:
        """Return the keys and the mean of each other column, see `Expr.mean`."""
        return self._all("mean")

    def median(self) -> DataFrame:
        """Return the keys and the median of each other column, see `Expr.median`."""
        return self._all("median")

    def std(self) -> DataFrame:
        """Return the keys and the standard deviation of each other column, see `Expr.std`."""
        return self._all("std")

    def min(self) -> DataFrame:
        """Return the keys and the smallest value of each other column, see `Expr.min`."""
        return self._all("min")

    def max(self) -> DataFrame:
        """Return the keys and the largest value of each other column, see `Expr.max`."""
        return self._all("max")

    def count(self) -> DataFrame:
        """Return the keys and the number of values of each other column that are not null."""
        return self._all("count")

    def n_unique(self) -> DataFrame:
        """Return the keys and the number of distinct values of each other column."""
        return self._all("n_unique")

    def first(self) -> DataFrame:
        """Return the keys and the first value of each other column, even if it is null."""
        return self._all("first")

    def last(self) -> DataFrame:
        """Return the keys and the last value of each other column, even if it is null."""
        return self._all("last")


def _unpickled(data: bytes) -> DataFrame:
    return DataFrame._from_core(core.Frame.load(data))


def _frame(value: object, what: str) -> DataFrame:
    if isinstance(value, DataFrame):
        return value
    fact = f"{what}: a value of type `{type(value).__name__}`"
    raise ArgumentTypeError(fact, hint="convert it with `mydf.DataFrame(...)`", what=what)
