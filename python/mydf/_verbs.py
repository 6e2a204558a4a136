"""Methods of a frame that are made of others: summaries, other shapes, samples, ways out."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._guided import Guided
from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

    from typing_extensions import Self

    from mydf._types import AnySeries, IntoExpr, Operand

    P = ParamSpec("P")
    R = TypeVar("R")
    Aggregation = Literal[
        "first", "last", "sum", "mean", "median", "std", "min", "max", "count", "len", "n_unique"
    ]


class Verbs(Guided):
    """A frame, as far as these methods need it."""

    __slots__ = ("_core",)

    _core: core.Frame

    @classmethod
    def _from_core(cls, inner: core.Frame) -> Self:
        frame = cls.__new__(cls)
        frame._core = inner
        return frame

    # --------------------------------------------------------------------------------- summaries

    def describe(self, percentiles: Sequence[float] = (0.25, 0.5, 0.75)) -> Self:
        """Return the usual statistics of each column, one in each row.

        Columns of numbers and Bool become Float64, all others String, with counts, the smallest and
        the largest value. Nulls are left out; NaN is larger than every number. A quantile between
        two values lies between them in proportion.

        Args:
            percentiles: Numbers from 0 to 1.

        Raises:
            ArgumentError: If a percentile is out of range, or if the frame has no columns.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, None]}).describe().rows()[:3]
            [('count', 2.0), ('null_count', 1.0), ('mean', 1.5)]
        """
        from mydf import _summary

        return self._from_core(_summary.describe(self._core, percentiles))

    def null_count(self) -> Self:
        """Return one row with the number of nulls in each column, as Int64.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y"]}).null_count().to_dict()
            {'a': [1], 'b': [0]}
        """
        nulls = core.Expr.selected([], []).unary("is_null").agg("sum")
        return self._from_core(self._core.select([nulls]))

    def _aggregated(self, op: str) -> Self:
        return self._from_core(self._core.select([core.Expr.selected([], []).agg(op)]))

    def sum(self) -> Self:
        """Return one row with the sum of each column, see `Expr.sum`.

        Raises:
            DTypeError: If a column has no sum; `select(mydf.col(mydf.Int64).sum())` chooses some.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": [0.5, None]}).sum().to_dict()
            {'a': [3], 'b': [0.5]}
        """
        return self._aggregated("sum")

    def mean(self) -> Self:
        """Return one row with the mean of each column, see `Expr.mean`.

        Raises:
            DTypeError: If a column has no mean.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).mean().to_dict()
            {'a': [1.5]}
        """
        return self._aggregated("mean")

    def median(self) -> Self:
        """Return one row with the median of each column, see `Expr.median`."""
        return self._aggregated("median")

    def std(self) -> Self:
        """Return one row with the standard deviation of each column, see `Expr.std`."""
        return self._aggregated("std")

    def min(self) -> Self:
        """Return one row with the smallest value of each column, see `Expr.min`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [2, 1], "b": ["x", "y"]}).min().to_dict()
            {'a': [1], 'b': ['x']}
        """
        return self._aggregated("min")

    def max(self) -> Self:
        """Return one row with the largest value of each column, see `Expr.max`."""
        return self._aggregated("max")

    def count(self) -> Self:
        """Return one row with the number of values of each column that are not null."""
        return self._aggregated("count")

    def glimpse(self, max_items: int = 10, *, return_as_string: bool = False) -> str | None:
        r"""Print one line for each column: its name, dtype and first values.

        Args:
            max_items: The number of values.
            return_as_string: Whether to return the text instead.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y"]}).glimpse(return_as_string=True)
            "Rows: 2\nColumns: 2\n$ a <Int64>  1, null\n$ b <String> 'x', 'y'\n"
        """
        from mydf import _summary

        text = _summary.glimpse(self._core, _arguments.natural("max_items", max_items))
        if _arguments.boolean("return_as_string", return_as_string):
            return text
        print(text, end="")  # noqa: T201 - this is what it is for
        return None

    # -------------------------------------------------------------------------------------- values

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
        from mydf import _convert

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
        from mydf import _convert

        convert = _convert.dicts if _arguments.boolean("named", named) else _convert.tuples
        step = 4096
        parts = range(0, self._core.height(), step)
        return (row for start in parts for row in convert(self._core.slice(start, step)))

    # ---------------------------------------------------------------------------------------- rows

    def sample(
        self,
        n: int | None = None,
        *,
        fraction: float | None = None,
        with_replacement: bool = False,
        shuffle: bool = False,
        seed: int | None = None,
    ) -> Self:
        """Return random rows.

        Args:
            n: The number of rows, 1 by default.
            fraction: The share of all rows, instead of `n`; a part of a row is left out.
            with_replacement: Whether a row may be chosen several times.
            shuffle: Whether the rows are in random order; otherwise they keep theirs.
            seed: The same seed chooses the same rows, in every runtime.

        Raises:
            ArgumentError: If there are fewer rows than wanted, or if both numbers are given.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, 3, 4]})
            >>> frame.sample(2, seed=7).equals(frame.sample(2, seed=7))
            True
            >>> frame.sample(fraction=0.5).height
            2
        """
        from mydf import _summary

        rows = _arguments.sample_size(n, fraction, self._core.height())
        if seed is not None:
            _arguments.integer("seed", seed)
        repeated = _arguments.boolean("with_replacement", with_replacement)
        shuffled = _arguments.boolean("shuffle", shuffle)
        found = _summary.sampled(self._core, rows, seed, repeated=repeated, shuffled=shuffled)
        return self._from_core(found)

    def clear(self, n: int = 0) -> Self:
        """Return a frame with the same columns and no rows, or with `n` rows of nulls.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).clear().schema
            {'a': Int64}
        """
        rows = core.Series.from_values("", [None] * _arguments.natural("n", n))
        return self._from_core(self._core.slice(0, 0).gather(rows.cast("Int64", True)))

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

    # ------------------------------------------------------------------------------------- columns

    def hstack(self, columns: Verbs | Sequence[AnySeries]) -> Self:
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
        if isinstance(columns, Verbs):
            return self._from_core(core.Frame.concat_columns([self._core, columns._core]))
        several: list[Any] = list(columns) if hasattr(columns, "__iter__") else [columns]
        found: list[Any] = [getattr(each, "_core", None) for each in several]
        for each, inner in zip(several, found, strict=True):
            if not isinstance(inner, core.Series):
                fact = f"hstack: a value of type `{type(each).__name__}`"
                hint = "pass a frame or a list of Series"
                raise ArgumentTypeError(fact, hint=hint, what="columns")
        return self._from_core(core.Frame([*self._core.columns(), *found]))

    def vstack(self, other: Verbs) -> Self:
        """Return the frame with the rows of another one added, see `mydf.concat`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).vstack(mydf.DataFrame({"a": [2]})).to_dict()
            {'a': [1, 2]}
        """
        if not isinstance(other, Verbs):
            fact = f"vstack: a value of type `{type(other).__name__}`"
            hint = "convert it with `mydf.DataFrame(...)`"
            raise ArgumentTypeError(fact, hint=hint, what="vstack")
        return self._from_core(core.Frame.concat_rows([self._core, other._core]))

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

    # --------------------------------------------------------------------------------------- shape

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

    # ------------------------------------------------------------------------------------ functions

    def pipe(
        self, function: Callable[Concatenate[Self, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return `function(frame, *args, **kwargs)`, so that steps read from left to right.

        Examples:
            >>> import mydf
            >>> def above(frame, limit):
            ...     return frame.filter(mydf.col("a") > limit)
            >>> mydf.DataFrame({"a": [1, 2]}).pipe(above, 1).to_dict()
            {'a': [2]}
        """
        return function(self, *args, **kwargs)

    def map_batches(self, function: Callable[[Any], Any], *, arrow: bool = False) -> Self:
        """Return what a function makes of the frame: the way out for what mydf can't do.

        Args:
            function: It takes the frame and returns a frame, of mydf or of any library that
                supports Arrow's PyCapsule interface.
            arrow: Whether it takes a `pyarrow.Table` instead.

        Raises:
            ArgumentTypeError: If the function does not return a frame.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2]})
            >>> frame.map_batches(lambda table: table.slice(1), arrow=True).to_dict()
            {'a': [2]}
        """
        if not callable(function):
            fact = f"map_batches: a value of type `{type(function).__name__}`"
            raise ArgumentTypeError(fact, hint="pass a function of one frame", what="function")
        source: Any = self
        if _arguments.boolean("arrow", arrow):
            source = source.to_arrow()
        made = function(source)
        if isinstance(made, Verbs):
            return self._from_core(made._core)
        from mydf import _construct

        if not _construct.is_frame(made):
            fact = f"map_batches: the function returns a value of type `{type(made).__name__}`"
            hint = "return a frame of mydf, or of polars, pandas or pyarrow"
            raise ArgumentTypeError(fact, hint=hint, what="function")
        return self._from_core(_construct.from_arrow(made))

    def _ipython_key_completions_(self) -> list[str]:
        return self._core.names()
