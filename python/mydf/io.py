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
    from typing import NoReturn

    from mydf._types import ArrowData, Path, Readable
    from mydf.dtypes import DTypeLike


@guided
def read_csv(
    source: Path | bytes | Readable,
    *,
    has_header: bool = True,
    separator: str = ",",
    quote_char: str | None = '"',
    null_values: str | Sequence[str] | Mapping[str, str | Sequence[str]] | None = None,
    columns: str | Sequence[str] | None = None,
    schema_overrides: Mapping[str, DTypeLike] | None = None,
    infer_schema_length: int | None = None,
    n_rows: int | None = None,
    **unknown: NoReturn,
) -> DataFrame:
    r"""Read CSV (RFC 4180) in UTF-8, also if gzip or zstd compressed it.

    Lines end in LF or CRLF, or all in CR. An empty field without quotes is null; an empty line is a
    row with null in a file of one column, and is skipped in others. Dtypes are inferred from the
    values: Int64, UInt64, Float64, Bool, Date, Datetime, or else String.

    Args:
        source: A path, the bytes themselves, or a file that is open for reading.
        has_header: Whether the first line has the names; otherwise they are `column_1`,
            `column_2`, ….
        separator: The ASCII character between two fields.
        quote_char: The ASCII character around a field that contains separators or line ends, or
            None.
        null_values: Texts that mean null, in addition to the empty field, or a dict of them by
            column. In quotes they are texts in columns of String, and null in others.
        columns: Only these columns, in this order; one name, or a list.
        schema_overrides: Dtypes by column, used instead of inferred ones.
        infer_schema_length: How many rows to infer dtypes from; None for all. With 0, columns are
            String.
        n_rows: At most this many rows. With 0, the frame has only names and dtypes, inferred from
            `infer_schema_length` rows.
        **unknown: No option has another name.

    Raises:
        ArgumentError: If an option has an invalid value.
        ArgumentTypeError: If an option has a type that is not accepted, or is unknown.
        CsvError: If a row has too few or too many fields, a quote is not closed, bytes are not
            UTF-8, or a value does not fit its dtype; the error names file, line and column.
        ColumnNotFoundError: If the file does not have a column.
        FileError: If the operating system refuses.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> mydf.read_csv(b"a,b\n1,x\n,y\n").to_dict()
        {'a': [1, None], 'b': ['x', 'y']}
    """
    from mydf import _options, _paths

    _options.refuse(read_csv, unknown)
    quote = None if quote_char is None else _options.character("quote_char", quote_char)
    everywhere, by_column = _options.null_values(null_values)
    options = {
        "separator": _options.character("separator", separator),
        "quote": quote,
        "has_header": _options.flag("has_header", has_header),
        "null_values": everywhere,
        "column_null_values": by_column,
        "columns": _options.columns(columns),
        "dtypes": _options.dtypes(schema_overrides),
        "infer_rows": _options.limit("infer_schema_length", infer_schema_length),
        "n_rows": _options.limit("n_rows", n_rows),
    }
    content = _paths.csv_content(source, quote)
    if content is not None:
        return DataFrame._from_core(core.read_csv_bytes(*content, options))
    return DataFrame._from_core(core.read_csv(_paths.readable(source), options))


@guided
def read_parquet(
    source: Path | bytes | Readable,
    *,
    columns: str | Sequence[str] | None = None,
    n_rows: int | None = None,
    **unknown: NoReturn,
) -> DataFrame:
    """Read a Parquet file.

    Args:
        source: A path, the bytes themselves, or a file that is open for reading bytes.
        columns: Only these columns, in this order; one name, or a list.
        n_rows: At most this many rows.
        **unknown: No option has another name.

    Raises:
        ArgumentError: If an option has an invalid value.
        ArgumentTypeError: If an option has a type that is not accepted, or is unknown.
        ParquetError: If the file is truncated, damaged or not a Parquet file.
        UnsupportedTypeError: If a column has a type that mydf has no dtype for, or an unknown Arrow
            extension type, see `from_arrow`; use `columns` to leave it out.
        ColumnNotFoundError: If the file does not have a column.
        FileError: If the operating system refuses.
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
    from mydf import _options, _paths

    _options.refuse(read_parquet, unknown)
    names, rows = _options.columns(columns), _options.limit("n_rows", n_rows)
    content = _paths.content(source)
    if content is not None:
        return DataFrame._from_core(core.read_parquet_bytes(*content, names, rows))
    return DataFrame._from_core(core.read_parquet(_paths.readable(source), names, rows))


@guided
def from_arrow(data: ArrowData) -> DataFrame:
    """Return a frame of an object with the Arrow PyCapsule interface.

    The data is checked and copied. The memory of another library may belong to a third one that
    writes to it later: pandas, pyarrow and polars share arrays of numpy. A frame never changes.

    Dictionaries become their values. An Arrow extension type says that the stored values mean
    something else: `arrow.bool8` becomes Bool, `arrow.json` and `geoarrow.wkt` String, and every
    other one is refused. Other metadata is ignored.

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
