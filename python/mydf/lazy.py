"""Lazy frames: verbs over files and frames, which run when their result is wanted."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._guided import Guided, guided
from mydf._lazy_columnwise import LazyColumnwise
from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.frame import DataFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

    from mydf._frame_joins import JoinKeys
    from mydf._types import IntoExpr, IntoPredicate, Operand, Path
    from mydf.dtypes import DTypeLike

    Parameters = ParamSpec("Parameters")
    Result = TypeVar("Result")
    # The name of a verb of the core, the recipes of its inputs, and its other arguments.
    Recipe = tuple[str, tuple["Recipe", ...], tuple[Any, ...]]


class LazyFrame(LazyColumnwise):
    """A table that is not there yet: verbs over files or a frame, for `collect` to run.

    A verb is checked when it is called: a name or a dtype that is wrong is an error at once.
    `collect` reads only the columns and rows that the result needs, and gives the same rows as the
    methods of a DataFrame. `scan_parquet`, `scan_csv` and `DataFrame.lazy` make one. It can be
    pickled.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]})
        >>> frame.lazy().filter(mydf.col("x") > 1).select("k").collect().to_dict()
        {'k': ['b', 'a']}
    """

    __slots__ = ("_core", "_recipe")
    __hash__ = None  # type: ignore[assignment]

    _core: core.Plan
    _recipe: Recipe

    @classmethod
    def _made(cls, inner: core.Plan, recipe: Recipe) -> LazyFrame:
        frame = cls.__new__(cls)
        frame._core = inner
        frame._recipe = recipe
        return frame

    @classmethod
    def _source(cls, verb: str, *args: Any) -> LazyFrame:
        return cls._made(getattr(core.Plan, verb)(*args), (verb, (), args))

    def _then(self, verb: str, *args: Any) -> LazyFrame:
        inner = getattr(self._core, verb)(*args)
        return self._made(inner, (verb, (self._recipe,), args))

    # ------------------------------------------------------------------------------- description

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in order.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": ["x"]}).lazy().columns
            ['a', 'b']
        """
        return self._core.names()

    @property
    def dtypes(self) -> list[DType]:
        """The dtypes of the columns, in order.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": ["x"]}).lazy().dtypes
            [Int64, String]
        """
        return [DType._from_core(name) for name in self._core.dtypes()]

    @property
    def schema(self) -> dict[str, DType]:
        """The dtypes by name, in the order of the columns.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": ["x"]}).lazy().schema
            {'a': Int64, 'b': String}
        """
        return dict(zip(self.columns, self.dtypes, strict=True))

    def collect_schema(self) -> dict[str, DType]:
        """Return the dtypes by name; nothing is read for them.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"a": [1]}).lazy()
            >>> lazy.select(half=mydf.col("a") / 2).collect_schema()
            {'half': Float64}
        """
        return self.schema

    @property
    def width(self) -> int:
        """The number of columns.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": ["x"]}).lazy().width
            2
        """
        return len(self._core.names())

    def explain(self, *, optimized: bool = True) -> str:
        """Return the plan as text: a verb on each line, and what it works on below it.

        Args:
            optimized: Whether to show the plan as it runs, or the verbs as they were called.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"a": [1, 2], "b": [3, 4]}).lazy()
            >>> lazy = lazy.with_columns(c=mydf.col("b") * 2).filter(mydf.col("a") > 1).select("c")
            >>> print(lazy.explain(optimized=False))
            select col("c")
              filter col("a") > 1
                with_columns (col("b") * 2).alias("c")
                  frame of 2 rows: `a`, `b`
            >>> print(lazy.explain())
            select col("c")
              with_columns (col("b") * 2).alias("c")
                filter col("a") > 1
                  frame of 2 rows: `a`, `b`
        """
        return self._core.explain(_arguments.boolean("optimized", optimized))

    def __repr__(self) -> str:
        return f"LazyFrame of {self.width} columns; `collect()` runs it\n{self.explain()}"

    def __len__(self) -> int:
        fact = "len of a lazy frame: its rows are not counted yet"
        hint = "`lazy.select(mydf.len()).collect().item()` counts them"
        raise ArgumentTypeError(fact, hint=hint, what="lazy")

    def __bool__(self) -> bool:
        fact = "truth of a lazy frame: it has no rows yet"
        raise ArgumentTypeError(fact, hint="use `lazy.collect().is_empty()`", what="lazy")

    # ------------------------------------------------------------------------------- the result

    def collect(self) -> DataFrame:
        """Run the verbs and return the rows.

        Raises:
            ParquetError: If a file is damaged, or no longer has the columns that it had.
            CastError: If a value does not fit a dtype; other errors of values likewise.
            OutOfMemoryError: If the result does not fit into memory.
            RowLimitError: If it has more rows than this runtime can index.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).lazy().filter(mydf.col("a") > 1).collect().to_dict()
            {'a': [2]}
        """
        return DataFrame._from_core(self._core.collect())

    def lazy(self) -> LazyFrame:
        """Return the same lazy frame.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).lazy().lazy().columns
            ['a']
        """
        return self

    def pipe(
        self,
        function: Callable[Concatenate[LazyFrame, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Return what a function makes of the lazy frame and the other arguments.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"a": [1, 2, 3]}).lazy()
            >>> lazy.pipe(mydf.LazyFrame.head, 2).collect().to_dict()
            {'a': [1, 2]}
        """
        return function(self, *args, **kwargs)

    # ---------------------------------------------------------------------------------- columns

    def select(self, *exprs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> LazyFrame:
        """Return these columns, see `DataFrame.select`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).lazy().select(b=mydf.col("a") * 2).collect().to_dict()
            {'b': [2, 4]}
        """
        return self._then("select", _operands.outputs("select", exprs, named))

    def with_columns(self, *exprs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> LazyFrame:
        """Return the columns with more of them, see `DataFrame.with_columns`.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"a": [1, 2]}).lazy()
            >>> lazy.with_columns(b=mydf.col("a") * 2).collect().to_dict()
            {'a': [1, 2], 'b': [2, 4]}
        """
        return self._then("with_columns", _operands.outputs("with_columns", exprs, named))

    def drop(self, *names: str | Iterable[str], strict: bool = True) -> LazyFrame:
        """Return the columns without these.

        Args:
            names: Names of columns, or lists of them.
            strict: Whether an unknown name is an error.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1], "b": [2]}).lazy().drop("a").columns
            ['b']
        """
        dropped = _arguments.names("drop", names)
        if _arguments.boolean("strict", strict):
            self._check(dropped)
        kept = [core.Expr.column(name) for name in self.columns if name not in dropped]
        return self._then("select", kept)

    def rename(self, names: Mapping[str, str], *, strict: bool = True) -> LazyFrame:
        """Return the columns with other names.

        Args:
            names: New names by old names.
            strict: Whether an unknown old name is an error.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).lazy().rename({"a": "b"}).columns
            ['b']
        """
        names = _arguments.renaming(names)
        if _arguments.boolean("strict", strict):
            self._check(names)
        columns = [core.Expr.column(name).alias(names.get(name, name)) for name in self.columns]
        return self._then("select", columns)

    def _check(self, names: Iterable[str]) -> None:
        for name in names:
            # The core raises the error, with similar names in its hint.
            self._core.column_dtype(name)

    # ------------------------------------------------------------------------------------- rows

    def filter(
        self, *predicates: IntoPredicate | Iterable[IntoPredicate], **equal: Operand
    ) -> LazyFrame:
        """Return the rows for which all predicates are true, see `DataFrame.filter`.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"a": [1, 2], "b": ["x", "y"]}).lazy()
            >>> lazy.filter(mydf.col("a") > 1, b="y").collect().to_dict()
            {'a': [2], 'b': ['y']}
        """
        return self._then("filter", _operands.predicates(predicates, equal))

    def unique(
        self,
        subset: str | Sequence[str] | None = None,
        *,
        keep: Literal["first", "last", "none", "any"] = "first",
    ) -> LazyFrame:
        """Return the rows that are distinct, see `DataFrame.unique`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 1]}).lazy().unique().collect().to_dict()
            {'a': [1, 2]}
        """
        names = None if subset is None else _arguments.names("subset", [subset])
        if names == []:
            fact = "subset of unique: no columns"
            raise ArgumentError(fact, hint="leave out `subset` to use all columns", what="subset")
        _arguments.choice("keep", keep, ("first", "last", "none", "any"))
        return self._then("unique", names, keep)

    def sort(
        self,
        by: IntoExpr | Iterable[IntoExpr],
        *more_by: IntoExpr,
        descending: bool | Sequence[bool] = False,
        nulls_last: bool | Sequence[bool] = False,
    ) -> LazyFrame:
        """Return the rows in the order of one or several keys, see `DataFrame.sort`.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"a": [2, None, 3]}).lazy()
            >>> lazy.sort("a", descending=True, nulls_last=True).collect().to_dict()
            {'a': [3, 2, None]}
        """
        keys = self._core.empty().expand(_operands.keys("sort", [by, *more_by]))
        if not keys:
            raise ArgumentError("sort: no keys", hint="name at least one column", what="by")
        return self._then(
            "sort",
            keys,
            _arguments.flags("descending", descending, len(keys)),
            _arguments.flags("nulls_last", nulls_last, len(keys)),
        )

    def slice(self, offset: int, length: int | None = None) -> LazyFrame:
        """Return rows from an offset, which counts from the end if it is negative.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).lazy().slice(-2, 1).collect().to_dict()
            {'a': [2]}
        """
        rows = None if length is None else _arguments.count("length", length)
        return self._then("slice", _arguments.integer("offset", offset), rows)

    def head(self, n: int = 5) -> LazyFrame:
        """Return the first rows; files are read no further than that.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).lazy().head(2).collect().to_dict()
            {'a': [1, 2]}
        """
        return self.slice(0, _arguments.count("n", n))

    def tail(self, n: int = 5) -> LazyFrame:
        """Return the last rows.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).lazy().tail(2).collect().to_dict()
            {'a': [2, 3]}
        """
        rows = _arguments.count("n", n)
        return self.slice(-rows) if rows else self.head(0)

    # -------------------------------------------------------------------- groups and other frames

    def group_by(self, *keys: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> LazyGroupBy:
        """Group the rows with equal keys, see `DataFrame.group_by`.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]}).lazy()
            >>> lazy.group_by("k").agg(mydf.col("x").sum()).collect().to_dict()
            {'k': ['a', 'b'], 'x': [4, 5]}
        """
        found = self._core.empty().expand(_operands.keys("group_by", keys, named))
        if not found:
            hint = "use `select` to aggregate all rows"
            raise ArgumentError("group_by: no keys", hint=hint, what="keys")
        return LazyGroupBy(self, found)

    def join(
        self,
        other: LazyFrame | DataFrame,
        on: JoinKeys | None = None,
        how: Literal["inner", "left", "right", "full", "semi", "anti", "cross"] = "inner",
        *,
        left_on: JoinKeys | None = None,
        right_on: JoinKeys | None = None,
        suffix: str = "_right",
    ) -> LazyFrame:
        """Return the rows of two frames side by side where their keys are equal.

        `DataFrame.join` describes the arguments. Keys are names of columns here; make a column of
        an expression with `with_columns` first.

        Raises:
            ArgumentError: If a key is an expression, or what `DataFrame.join` refuses.

        Examples:
            >>> import mydf
            >>> left = mydf.DataFrame({"k": [1, 2], "a": ["x", "y"]}).lazy()
            >>> right = mydf.DataFrame({"k": [2, 3], "b": [True, False]}).lazy()
            >>> left.join(right, on="k").collect().to_dict()
            {'k': [2], 'a': ['y'], 'b': [True]}
        """
        kinds = ("inner", "left", "right", "full", "semi", "anti", "cross")
        _arguments.choice("how", how, kinds)
        left, right = _arguments.join_keys(how, on, left_on, right_on)
        _arguments.text("suffix", suffix)
        ours = [key for key in left if isinstance(key, str)]
        others = [key for key in right if isinstance(key, str)]
        if (ours, others) != (left, right):
            fact = "keys of a lazy join: an expression"
            hint = "make it a column first: `lazy.with_columns(key=...)`"
            raise ArgumentError(fact, hint=hint, what="on")
        theirs = lazy_frame(other, "join")
        inner = self._core.join(theirs._core, ours, others, how, suffix)
        recipe = ("join", (self._recipe, theirs._recipe), (left, right, how, suffix))
        return self._made(inner, recipe)

    # ---------------------------------------------------------------------- pickling, and splitting

    def __reduce__(self) -> tuple[Any, ...]:
        from mydf import _plans

        return (_plans.restored, (LazyFrame, _plans.dumped(self._recipe)))

    def _split(self) -> tuple[list[LazyFrame], Callable[[Iterable[DataFrame]], DataFrame]]:
        """Return plans for parts of the files, and a function that joins their results.

        There is a plan for each row group. They can be pickled, and run in any order and anywhere
        where the paths mean the same files. The function takes their results in the order of the
        plans. Aggregations that can be split are: each plan aggregates its own rows, and the
        function joins a few rows. A plan without such a step is one part.
        """
        from mydf import _plans

        return _plans.split(self)


class LazyGroupBy(Guided):
    """Rows grouped by equal keys, ready for `agg`; see `DataFrame.group_by`.

    Examples:
        >>> import mydf
        >>> lazy = mydf.DataFrame({"k": ["a", "b", "a"]}).lazy()
        >>> lazy.group_by("k").len().collect().to_dict()
        {'k': ['a', 'b'], 'len': [2, 1]}
    """

    __slots__ = ("_frame", "_keys")

    def __init__(self, frame: LazyFrame, keys: list[core.Expr]) -> None:
        self._frame = frame
        self._keys = keys

    def agg(self, *aggs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> LazyFrame:
        """Return one row for each group: its keys, then the aggregations.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"k": ["a", "b", "a"], "x": [1, 5, 3]}).lazy()
            >>> lazy.group_by("k").agg(top=mydf.col("x").max()).collect().to_dict()
            {'k': ['a', 'b'], 'top': [3, 5]}
        """
        return self._frame._then("group_by", self._keys, _operands.outputs("agg", aggs, named))

    def len(self, name: str = "len") -> LazyFrame:
        """Return one row for each group: its keys, then its number of rows as Int64.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"k": ["a", "b", "a"]}).lazy()
            >>> lazy.group_by("k").len("n").collect().to_dict()
            {'k': ['a', 'b'], 'n': [2, 1]}
        """
        rows = core.Expr.rows().alias(_arguments.text("name", name))
        return self._frame._then("group_by", self._keys, [rows])


def lazy_frame(value: object, what: str) -> LazyFrame:
    """Return a lazy frame of a lazy one or of a DataFrame."""
    if isinstance(value, LazyFrame):
        return value
    if isinstance(value, DataFrame):
        return LazyFrame._source("of_frame", value._core)
    fact = f"{what}: a value of type `{type(value).__name__}`"
    raise ArgumentTypeError(fact, hint="pass a LazyFrame or a DataFrame", what=what)


def concat_lazy(frames: Sequence[LazyFrame | DataFrame], how: str) -> LazyFrame:
    """Return the rows of all frames, in order."""
    if how != "vertical":
        fact = f"concat of lazy frames: how=`{how}`"
        hint = "use `vertical`, or `collect` them first"
        raise ArgumentError(fact, hint=hint, what="how")
    parts = [lazy_frame(frame, "concat") for frame in frames]
    inner = core.Plan.concat([part._core for part in parts])
    return LazyFrame._made(inner, ("concat", tuple(part._recipe for part in parts), ()))


@guided
def scan_parquet(
    source: Path | Sequence[Path],
    *,
    columns: str | Sequence[str] | None = None,
    hive_partitioning: bool | None = None,
) -> LazyFrame:
    """Return Parquet files as a lazy frame; only their footers are read now.

    `collect` skips the row groups in which no row can pass the filters, by the files' statistics,
    and decodes only the columns that the result needs.

    Args:
        source: A path, a glob, a folder, or a list of them. All files have the same columns.
        columns: Only these columns, in this order; one name, or a list.
        hive_partitioning: Whether folders called `name=value` are columns. With None, those below
            a given folder, and from the first folder with a wildcard on.

    Raises:
        MissingFileError: If there is no such file.
        ParquetError: If a file is no Parquet file, or has other columns than the first one.
        UnsupportedTypeError: If a column has a type that mydf has no dtype for; `columns` leaves it
            out.
        ArgumentError: If a column is in the files and in their paths, or an option is invalid.

    Examples:
        >>> import mydf, tempfile, os
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "x.parquet")
        ...     mydf.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]}).write_parquet(path)
        ...     mydf.scan_parquet(path).filter(mydf.col("a") > 1).select("b").collect().to_dict()
        {'b': ['y', 'z']}
    """
    from mydf import _options, _plans

    names = _options.column_names(columns)
    files, keys = _plans.files(source, (".parquet", ".parq", ".pq"), hive_partitioning)
    return LazyFrame._source("scan_parquet", files, keys, names)


@guided
def scan_csv(
    source: Path | Sequence[Path],
    *,
    has_header: bool = True,
    new_columns: Sequence[str] | None = None,
    separator: str = ",",
    quote_char: str | None = '"',
    comment_prefix: str | None = None,
    skip_rows: int = 0,
    skip_rows_after_header: int = 0,
    ragged_rows: Literal["error", "fill", "truncate"] = "error",
    null_values: str | Sequence[str] | Mapping[str, str | Sequence[str]] | None = None,
    decimal_comma: bool = False,
    thousands: str | None = None,
    date_format: Mapping[str, str] | None = None,
    columns: str | Sequence[str] | None = None,
    schema_overrides: Mapping[str, DTypeLike] | None = None,
    infer_schema_length: int | None = 10_000,
    hive_partitioning: bool | None = None,
) -> LazyFrame:
    r"""Return CSV files as a lazy frame; only their first rows are read now.

    `collect` reads the files in blocks, and builds only the columns that the result needs. A file
    that gzip or zstd compressed is read as a whole, and so is one with comments, skipped rows or
    ragged rows.

    Args:
        source: A path, a glob, a folder, or a list of them. All files have the same columns.
        has_header: See `read_csv`, as for all options up to `date_format`.
        new_columns: Names to use instead, one for each column of the files.
        separator: The ASCII character between two fields.
        quote_char: The ASCII character around a field that contains separators or line ends.
        comment_prefix: Lines that begin with this text are left out.
        skip_rows: So many lines before the header are left out.
        skip_rows_after_header: So many rows after the header are left out.
        ragged_rows: What to do with rows that have fewer or more fields than the first one.
        null_values: Texts that mean null, or a dict of them by column.
        decimal_comma: Whether numbers are written as `1,5` instead of `1.5`.
        thousands: The character between thousands, as in `1,234,567`.
        date_format: Formats of dates and datetimes by column.
        columns: Only these columns, in this order; one name, or a list.
        schema_overrides: Dtypes by column, used instead of inferred ones.
        infer_schema_length: How many rows of the first file to infer dtypes from, at most the rows
            of its first 16 MiB; None for all rows, which reads that file twice. A later value that
            does not fit is an error of `collect`.
        hive_partitioning: See `scan_parquet`.

    Raises:
        MissingFileError: If there is no such file.
        CsvError: If the first rows of a file are no CSV, or have other columns.
        ArgumentError: If a column is in the files and in their paths, or an option is invalid.

    Examples:
        >>> import mydf, tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "x.csv"
        ...     _ = path.write_text("a,b\n1,x\n2,y\n")
        ...     mydf.scan_csv(path).filter(mydf.col("a") > 1).collect().to_dict()
        {'a': [2], 'b': ['y']}
    """
    from mydf import _options, _plans
    from mydf._requests import csv_options

    options = csv_options(
        separator=separator,
        quote_char=quote_char,
        has_header=has_header,
        new_columns=new_columns,
        comment_prefix=comment_prefix,
        skip_rows=skip_rows,
        skip_rows_after_header=skip_rows_after_header,
        ragged_rows=ragged_rows,
        null_values=null_values,
        decimal_comma=decimal_comma,
        thousands=thousands,
        date_format=date_format,
        infer_schema_length=infer_schema_length,
    ) | {
        "columns": _options.column_names(columns),
        "dtypes": _options.dtypes(schema_overrides),
        "n_rows": None,
    }
    suffixes = (".csv", ".csv.gz", ".csv.zst", ".tsv", ".txt")
    files, keys = _plans.files(source, suffixes, hive_partitioning)
    return LazyFrame._source("scan_csv", [path for path, _ in files], keys, options)
