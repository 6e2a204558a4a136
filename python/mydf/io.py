"""Frames from files and from other libraries."""

from __future__ import annotations

from mydf import _construct
from mydf._guided import guided
from mydf._native import core
from mydf.errors import ArgumentTypeError
from mydf.frame import DataFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal, NoReturn

    from mydf import _requests
    from mydf._types import ArrowData, Path, Readable
    from mydf.dtypes import DTypeLike

    Source = Path | bytes | Readable | Sequence[Path]


@guided
def read_csv(
    source: Source,
    *,
    has_header: bool = True,
    new_columns: Sequence[str] | None = None,
    separator: str = ",",
    quote_char: str | None = '"',
    comment_prefix: str | None = None,
    skip_rows: int = 0,
    skip_rows_after_header: int = 0,
    ragged_rows: Literal["error", "fill", "truncate"] = "error",
    encoding: str = "utf-8",
    null_values: str | Sequence[str] | Mapping[str, str | Sequence[str]] | None = None,
    decimal_comma: bool = False,
    thousands: str | None = None,
    date_format: Mapping[str, str] | None = None,
    columns: str | Sequence[str] | Sequence[int] | None = None,
    schema_overrides: Mapping[str, DTypeLike] | None = None,
    infer_schema_length: int | None = None,
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    include_file_paths: str | None = None,
    hive_partitioning: bool | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **unknown: NoReturn,
) -> DataFrame:
    r"""Read CSV (RFC 4180), also if gzip or zstd compressed it.

    Lines end in LF or CRLF, or all in CR. An empty field without quotes is null; an empty line is a
    row with null in a file of one column, and is skipped in others. Dtypes are inferred from the
    values: Int64, UInt64, Float64, Bool, Date, Datetime, or else String.

    Several files become one frame, in the order of the list or of their paths. They have the same
    columns, and the dtypes that they would have in one file.

    Args:
        source: A path, the bytes themselves, or a file that is open for reading; a glob such as
            `data/*.csv`, a folder, or a list of paths; a URL, which fsspec reads.
        has_header: Whether the first line has the names; otherwise they are `column_1`,
            `column_2`, ….
        new_columns: Names to use instead, one for each column of the file; the other options go by
            them.
        separator: The ASCII character between two fields.
        quote_char: The ASCII character around a field that contains separators or line ends, or
            None.
        comment_prefix: Lines that begin with this text are left out.
        skip_rows: So many lines before the header are left out, whatever they contain.
        skip_rows_after_header: So many rows after the header are left out.
        ragged_rows: What to do with rows that have fewer or more fields than the first one.
            `error`: they are errors. `fill`: missing fields are null, and rows of more fields are
            errors. `truncate`: in addition, fields after the last column are left out.
        encoding: The encoding of the file, by any name that Python has for it, such as `cp1252`,
            `latin-1` or `utf-16`. Bytes that it does not have are errors.
        null_values: Texts that mean null, in addition to the empty field, or a dict of them by
            column. In quotes they are texts in columns of String, and null in others.
        decimal_comma: Whether numbers are written as `1,5` instead of `1.5`, often with
            `separator=";"`.
        thousands: The character between thousands, as in `1,234,567`; between other groups of
            digits it makes a text. Numbers without it are numbers too.
        date_format: Formats of dates and datetimes by column, such as `{"day": "%d.%m.%Y"}`, with
            the codes of `str.to_datetime`; without one, they are read as ISO 8601.
        columns: Only these columns, in this order; one name, or a list of names or of numbers from
            0.
        schema_overrides: Dtypes by column, used instead of inferred ones.
        infer_schema_length: How many rows to infer dtypes from; None for all. With 0, columns are
            String.
        n_rows: At most this many rows. With 0, the frame has only names and dtypes, inferred from
            `infer_schema_length` rows.
        row_index_name: The name of a first column with the numbers of the rows; None for none.
        row_index_offset: The number of the first row.
        include_file_paths: The name of a last column with the path of each row's file; None for
            none.
        hive_partitioning: Whether folders called `name=value` are columns. With None, those below a
            given folder, and from the first folder with a wildcard on.
        storage_options: What fsspec passes to the client of a URL, such as credentials.
        **unknown: No option has another name.

    Raises:
        ArgumentError: If an option has an invalid value, or if files have different columns.
        ArgumentTypeError: If an option has a type that is not accepted, or is unknown.
        CsvError: If a row has too few or too many fields, a quote is not closed, bytes are not
            those of the encoding, or a value does not fit its dtype; the error names file, line and
            column.
        ColumnNotFoundError: If the file does not have a column.
        FileError: If the operating system or fsspec refuses.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> mydf.read_csv(b"a,b\n1,x\n,y\n").to_dict()
        {'a': [1, None], 'b': ['x', 'y']}
        >>> text = "# prices\nday;price\n31.12.2024;1.234,50\n"
        >>> mydf.read_csv(
        ...     text.encode(),
        ...     comment_prefix="#",
        ...     separator=";",
        ...     decimal_comma=True,
        ...     thousands=".",
        ...     date_format={"day": "%d.%m.%Y"},
        ... ).rows()
        [(datetime.date(2024, 12, 31), 1234.5)]
    """
    from mydf import _encodings, _options, _requests, _sources

    _options.refuse(read_csv, unknown)
    decode = _encodings.decoder(encoding)
    overrides = _options.dtypes(schema_overrides)
    options = _requests.csv_options(
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
    )
    request = _requests.Request(
        columns=columns,
        n_rows=n_rows,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        include_file_paths=include_file_paths,
        hive_partitioning=hive_partitioning,
        storage_options=storage_options,
    )

    def one(
        data: _requests.Data,
        columns: list[str] | None,
        n_rows: int | None,
        dtypes: list[tuple[str, str]],
    ) -> core.Frame:
        wanted = options | {"columns": columns, "n_rows": n_rows, "dtypes": overrides + dtypes}
        if decode is not None:
            data = decode(data)
        if isinstance(data, str):
            return core.read_csv(data, wanted)
        return core.read_csv_bytes(*data, wanted)

    suffixes = (".csv", ".csv.gz", ".csv.zst", ".tsv", ".txt")
    form = _requests.Format(suffixes, one, inferred=True, is_text=True, quote=options["quote"])
    return _sources.read(source, request, form)


@guided
def read_parquet(
    source: Source,
    *,
    columns: str | Sequence[str] | Sequence[int] | None = None,
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    include_file_paths: str | None = None,
    hive_partitioning: bool | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **unknown: NoReturn,
) -> DataFrame:
    """Read Parquet.

    Several files become one frame, in the order of the list or of their paths. They have the same
    columns with equal dtypes; a column of only nulls fits any dtype.

    Args:
        source: A path, the bytes themselves, or a file that is open for reading bytes; a glob such
            as `data/**/*.parquet`, a folder, or a list of paths; a URL, which fsspec reads.
        columns: Only these columns, in this order; one name, or a list of names or of numbers from
            0.
        n_rows: At most this many rows.
        row_index_name: The name of a first column with the numbers of the rows; None for none.
        row_index_offset: The number of the first row.
        include_file_paths: The name of a last column with the path of each row's file; None for
            none.
        hive_partitioning: Whether folders called `name=value` are columns. With None, those below a
            given folder, and from the first folder with a wildcard on.
        storage_options: What fsspec passes to the client of a URL, such as credentials.
        **unknown: No option has another name.

    Raises:
        ArgumentError: If an option has an invalid value, or if files have different columns.
        ArgumentTypeError: If an option has a type that is not accepted, or is unknown.
        DTypeError: If a column has different dtypes in several files.
        ParquetError: If the file is truncated, damaged or not a Parquet file.
        UnsupportedTypeError: If a column has a type that mydf has no dtype for, or an unknown Arrow
            extension type, see `from_arrow`; use `columns` to leave it out.
        ColumnNotFoundError: If the file does not have a column.
        FileError: If the operating system or fsspec refuses.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "data.parquet"
        ...     mydf.DataFrame({"a": [1, None], "b": ["x", "y"]}).write_parquet(path)
        ...     mydf.read_parquet(path, columns=["a"]).to_dict()
        {'a': [1, None]}
    """
    from mydf import _options, _requests, _sources

    _options.refuse(read_parquet, unknown)
    request = _requests.Request(
        columns=columns,
        n_rows=n_rows,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        include_file_paths=include_file_paths,
        hive_partitioning=hive_partitioning,
        storage_options=storage_options,
    )

    def one(
        data: _requests.Data,
        columns: list[str] | None,
        n_rows: int | None,
        _: list[tuple[str, str]],
    ) -> core.Frame:
        if isinstance(data, str):
            return core.read_parquet(data, columns, n_rows)
        return core.read_parquet_bytes(*data, columns, n_rows)

    return _sources.read(source, request, _requests.Format((".parquet", ".parq", ".pq"), one))


@guided
def read_ipc(
    source: Source,
    *,
    columns: str | Sequence[str] | Sequence[int] | None = None,
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    include_file_paths: str | None = None,
    hive_partitioning: bool | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **unknown: NoReturn,
) -> DataFrame:
    """Read Arrow IPC files, which Feather (version 2) files are.

    Several files become one frame, in the order of the list or of their paths. They have the same
    columns with equal dtypes; a column of only nulls fits any dtype. The other layout of Arrow IPC
    is for `read_ipc_stream`.

    Args:
        source: A path, the bytes themselves, or a file that is open for reading bytes; a glob such
            as `data/**/*.arrow`, a folder, or a list of paths; a URL, which fsspec reads.
        columns: Only these columns, in this order; one name, or a list of names or of numbers from
            0.
        n_rows: At most this many rows.
        row_index_name: The name of a first column with the numbers of the rows; None for none.
        row_index_offset: The number of the first row.
        include_file_paths: The name of a last column with the path of each row's file; None for
            none.
        hive_partitioning: Whether folders called `name=value` are columns. With None, those below a
            given folder, and from the first folder with a wildcard on.
        storage_options: What fsspec passes to the client of a URL, such as credentials.
        **unknown: No option has another name.

    Raises:
        ArgumentError: If an option has an invalid value, or if files have different columns.
        ArgumentTypeError: If an option has a type that is not accepted, or is unknown.
        DTypeError: If a column has different dtypes in several files.
        IpcError: If the file is cut off or damaged, or if it is something else.
        UnsupportedTypeError: If a column has a type that mydf has no dtype for, or an unknown Arrow
            extension type, see `from_arrow`; use `columns` to leave it out.
        ColumnNotFoundError: If the file does not have a column.
        FileError: If the operating system or fsspec refuses.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import io
        >>> import mydf
        >>> file = io.BytesIO()
        >>> mydf.DataFrame({"a": [1, None]}).write_ipc(file)
        >>> mydf.read_ipc(file.getvalue()).to_dict()
        {'a': [1, None]}
    """
    from mydf import _options, _requests, _sources

    _options.refuse(read_ipc, unknown)
    request = _requests.Request(
        columns=columns,
        n_rows=n_rows,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        include_file_paths=include_file_paths,
        hive_partitioning=hive_partitioning,
        storage_options=storage_options,
    )
    form = _requests.Format((".arrow", ".feather", ".ipc"), _ipc(is_stream=False))
    return _sources.read(source, request, form)


@guided
def read_ipc_stream(
    source: Source,
    *,
    columns: str | Sequence[str] | Sequence[int] | None = None,
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    include_file_paths: str | None = None,
    hive_partitioning: bool | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **unknown: NoReturn,
) -> DataFrame:
    """Read streams of Arrow IPC.

    Several files become one frame, in the order of the list or of their paths. They have the same
    columns with equal dtypes; a column of only nulls fits any dtype. The other layout of Arrow IPC
    is for `read_ipc`.

    Args:
        source: A path, the bytes themselves, or a file that is open for reading bytes; a glob such
            as `data/**/*.arrows`, a folder, or a list of paths; a URL, which fsspec reads.
        columns: Only these columns, in this order; one name, or a list of names or of numbers from
            0.
        n_rows: At most this many rows.
        row_index_name: The name of a first column with the numbers of the rows; None for none.
        row_index_offset: The number of the first row.
        include_file_paths: The name of a last column with the path of each row's file; None for
            none.
        hive_partitioning: Whether folders called `name=value` are columns. With None, those below a
            given folder, and from the first folder with a wildcard on.
        storage_options: What fsspec passes to the client of a URL, such as credentials.
        **unknown: No option has another name.

    Raises:
        ArgumentError: If an option has an invalid value, or if files have different columns.
        ArgumentTypeError: If an option has a type that is not accepted, or is unknown.
        DTypeError: If a column has different dtypes in several files.
        IpcError: If the stream is cut off or damaged, or if it is something else.
        UnsupportedTypeError: If a column has a type that mydf has no dtype for, or an unknown Arrow
            extension type, see `from_arrow`; use `columns` to leave it out.
        ColumnNotFoundError: If the file does not have a column.
        FileError: If the operating system or fsspec refuses.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import io
        >>> import mydf
        >>> file = io.BytesIO()
        >>> mydf.DataFrame({"a": [1, None]}).write_ipc_stream(file)
        >>> mydf.read_ipc_stream(file.getvalue()).to_dict()
        {'a': [1, None]}
    """
    from mydf import _options, _requests, _sources

    _options.refuse(read_ipc_stream, unknown)
    request = _requests.Request(
        columns=columns,
        n_rows=n_rows,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        include_file_paths=include_file_paths,
        hive_partitioning=hive_partitioning,
        storage_options=storage_options,
    )
    form = _requests.Format((".arrows", ".arrow", ".ipc"), _ipc(is_stream=True))
    return _sources.read(source, request, form)


def _ipc(*, is_stream: bool) -> _requests.ReadOne:
    def one(
        data: _requests.Data,
        columns: list[str] | None,
        n_rows: int | None,
        _: list[tuple[str, str]],
    ) -> core.Frame:
        if isinstance(data, str):
            return core.read_ipc(data, is_stream, columns, n_rows)
        return core.read_ipc_bytes(*data, is_stream, columns, n_rows)

    return one


@guided
def read_ndjson(
    source: Source,
    *,
    schema: Mapping[str, DTypeLike] | None = None,
    columns: str | Sequence[str] | Sequence[int] | None = None,
    schema_overrides: Mapping[str, DTypeLike] | None = None,
    n_rows: int | None = None,
    row_index_name: str | None = None,
    row_index_offset: int = 0,
    include_file_paths: str | None = None,
    hive_partitioning: bool | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **unknown: NoReturn,
) -> DataFrame:
    r"""Read JSON lines: an object on each line; also if gzip or zstd compressed them.

    The names of the objects are the columns; a name that an object does not have is null in its
    row. Dtypes are inferred from all values: Int64, UInt64, Float64, Bool or String. A text stays a
    text: `schema_overrides` makes dates and datetimes of texts in ISO 8601. Integers are exact.

    Several files become one frame, in the order of the list or of their paths. They have the same
    columns, and the dtypes that they would have in one file.

    Args:
        source: A path, the bytes themselves, or a file that is open for reading; a glob such as
            `data/*.ndjson`, a folder, or a list of paths; a URL, which fsspec reads.
        schema: All columns with their dtypes, in their order, instead of inferred ones. A name that
            it does not have is an error, and one that no object has is a column of nulls.
        columns: Only these columns, in this order; one name, or a list of names or of numbers from
            0.
        schema_overrides: Dtypes by column, used instead of inferred ones. String takes values of
            any kind, also nested ones, as their JSON.
        n_rows: At most this many rows. With 0, the frame has only names and dtypes.
        row_index_name: The name of a first column with the numbers of the rows; None for none.
        row_index_offset: The number of the first row.
        include_file_paths: The name of a last column with the path of each row's file; None for
            none.
        hive_partitioning: Whether folders called `name=value` are columns. With None, those below a
            given folder, and from the first folder with a wildcard on.
        storage_options: What fsspec passes to the client of a URL, such as credentials.
        **unknown: No option has another name.

    Raises:
        ArgumentError: If an option has an invalid value, or if files have different columns.
        ArgumentTypeError: If an option has a type that is not accepted, or is unknown.
        NdjsonError: If a line is not one object, or has a name twice, a nested value, a value of
            another kind than those before, or one that does not fit its dtype; the error names
            file, line and column.
        ColumnNotFoundError: If no object has a column.
        FileError: If the operating system or fsspec refuses.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> mydf.read_ndjson(b'{"a": 1}\n{"a": 2, "b": "x"}\n').to_dict()
        {'a': [1, 2], 'b': [None, 'x']}
    """
    from mydf import _options, _requests, _sources

    _options.refuse(read_ndjson, unknown)
    given = None if schema is None else _options.dtypes(schema, "schema")
    overrides = _options.dtypes(schema_overrides)
    request = _requests.Request(
        columns=columns,
        n_rows=n_rows,
        row_index_name=row_index_name,
        row_index_offset=row_index_offset,
        include_file_paths=include_file_paths,
        hive_partitioning=hive_partitioning,
        storage_options=storage_options,
    )

    def one(
        data: _requests.Data,
        columns: list[str] | None,
        n_rows: int | None,
        dtypes: list[tuple[str, str]],
    ) -> core.Frame:
        options = {
            "columns": columns,
            "schema": given,
            "dtypes": overrides + dtypes,
            "n_rows": n_rows,
        }
        if isinstance(data, str):
            return core.read_ndjson(data, options)
        return core.read_ndjson_bytes(*data, options)

    suffixes = (
        ".ndjson",
        ".jsonl",
        ".json",
        ".ndjson.gz",
        ".jsonl.gz",
        ".ndjson.zst",
        ".jsonl.zst",
    )
    form = _requests.Format(suffixes, one, inferred=True, is_text=True)
    return _sources.read(source, request, form)


@guided
def from_arrow(data: ArrowData) -> DataFrame:
    """Return a frame of an object with the Arrow PyCapsule interface.

    The data is checked and copied. The memory of another library may belong to a third one that
    writes to it later: pandas, pyarrow and polars share arrays of numpy. A frame never changes.

    Dictionaries of text become categories, others their values. An Arrow extension type says that
    the stored values mean something else: `arrow.bool8` becomes Bool, `arrow.json` and
    `geoarrow.wkt` String, and every other one is refused. Other metadata is ignored.

    Args:
        data: A frame of polars, pandas, pyarrow or duckdb, a record batch, a stream of them, ….

    Raises:
        UnsupportedTypeError: If a column has a type that mydf has no dtype for.
        ArrowError: If the data is invalid: text that is not UTF-8, a key outside its dictionary,
            a buffer that is missing; or if the stream reports an error.
        ArgumentTypeError: If the object does not have the interface.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> import pyarrow
        >>> mydf.from_arrow(pyarrow.table({"a": [1, None]})).to_dict()
        {'a': [1, None]}
    """
    if not _construct.is_arrow(data):
        fact = f"from_arrow: data of type `{type(data).__name__}`"
        hint = (
            "use `mydf.DataFrame(...)` for data without `__arrow_c_stream__` or `__arrow_c_array__`"
        )
        raise ArgumentTypeError(fact, hint=hint, what="data")
    return DataFrame._from_core(_construct.from_arrow(data))
