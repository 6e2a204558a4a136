"""Files into frames."""

from __future__ import annotations

from mydf._convert import expanded
from mydf._native import core
from mydf.dtypes import _to_core
from mydf.errors import ArgumentError
from mydf.frame import DataFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mydf._types import ArrowData, Path, Readable
    from mydf.dtypes import DTypeLike


def read_csv(
    source: Path | bytes | Readable,
    *,
    has_header: bool = True,
    separator: str = ",",
    quote_char: str | None = '"',
    null_values: str | Sequence[str] = (),
    columns: Sequence[str] | None = None,
    schema_overrides: Mapping[str, DTypeLike] | None = None,
    infer_schema_length: int | None = None,
    n_rows: int | None = None,
) -> DataFrame:
    r"""Read CSV (RFC 4180) in UTF-8.

    An empty field that is not quoted is null. Dtypes are inferred from the values: Int64, Float64,
    Bool, Date, Datetime, else String.

    Args:
        source: A path, the bytes themselves, or a file that is open for reading.
        has_header: Whether the first line has the names; else they are `column_1`, `column_2`, ….
        separator: One ASCII character between two fields.
        quote_char: One ASCII character around a field that holds separators or line ends, or None.
        null_values: Texts that mean null, beside the empty field.
        columns: Only these columns, in this order.
        schema_overrides: Dtypes by column that are not to be inferred.
        infer_schema_length: How many rows are looked at to infer dtypes; None looks at all.
        n_rows: At most this many rows.

    Raises:
        CsvError: For a ragged row, an open quote, bytes that are no UTF-8, or a value that does
            not fit its dtype; it names file, line and column.
        ColumnNotFoundError: For a column that the file does not have.
        FileError: Where the system refuses.
        RowLimitError: Where there are more rows than this runtime can number.

    Examples:
        >>> import mydf
        >>> mydf.read_csv(b"a,b\n1,x\n,y\n").to_dict()
        {'a': [1, None], 'b': ['x', 'y']}
    """
    options = {
        "separator": _character("separator", separator),
        "quote": None if quote_char is None else _character("quote_char", quote_char),
        "has_header": has_header,
        "null_values": [null_values] if isinstance(null_values, str) else list(null_values),
        "columns": None if columns is None else list(columns),
        "dtypes": [(name, _to_core(dtype)) for name, dtype in (schema_overrides or {}).items()],
        "infer_rows": _rows("infer_schema_length", infer_schema_length),
        "n_rows": _rows("n_rows", n_rows),
    }
    if hasattr(source, "read"):
        data = source.read()
        name = str(getattr(source, "name", "<file>"))
        data = data.encode() if isinstance(data, str) else bytes(data)
        return DataFrame._from_core(core.read_csv_bytes(data, name, options))
    if isinstance(source, (bytes, bytearray, memoryview)):
        return DataFrame._from_core(core.read_csv_bytes(bytes(source), "<bytes>", options))
    return DataFrame._from_core(core.read_csv(expanded(source), options))


def read_parquet(
    source: Path, *, columns: Sequence[str] | None = None, n_rows: int | None = None
) -> DataFrame:
    """Read a Parquet file.

    Args:
        source: A path.
        columns: Only these columns, in this order.
        n_rows: At most this many rows.

    Raises:
        ParquetError: For a file that is truncated, corrupt or none at all.
        UnsupportedTypeError: For a column of a type that mydf has no dtype for; leave it out by
            `columns`.
        ColumnNotFoundError: For a column that the file does not have.
        FileError: Where the system refuses.
        RowLimitError: Where there are more rows than this runtime can number.
    """
    names = None if columns is None else list(columns)
    return DataFrame._from_core(core.read_parquet(expanded(source), names, _rows("n_rows", n_rows)))


def from_arrow(data: ArrowData) -> DataFrame:
    """Return the frame of an object that speaks the Arrow PyCapsule interface.

    Memory is shared where the Arrow type is mydf's own; other forms of a dtype are converted.

    Args:
        data: A frame of polars, pandas, pyarrow or duckdb, a record batch, a stream of them, ….

    Raises:
        UnsupportedTypeError: For a column of a type that mydf has no dtype for.
        ArgumentTypeError: For an object that does not speak the interface.
        RowLimitError: Where there are more rows than this runtime can number.
    """
    from mydf._construct import is_arrow
    from mydf.errors import ArgumentTypeError

    if not is_arrow(data):
        fact = f"from_arrow: data of type `{type(data).__name__}`"
        hint = "it has neither `__arrow_c_stream__` nor `__arrow_c_array__`; `mydf.DataFrame(...)`"
        raise ArgumentTypeError(fact, hint=hint, what="data")
    return DataFrame._from_core(core.Frame.from_arrow(data))


def _character(what: str, text: str) -> str:
    if not isinstance(text, str) or len(text) != 1:
        fact = f"{what}: {text!r}"
        raise ArgumentError(fact, hint="use one ASCII character", what=what)
    return text


def _rows(what: str, rows: int | None) -> int | None:
    if rows is not None and (not isinstance(rows, int) or rows < 0):
        fact = f"{what}: {rows!r}"
        raise ArgumentError(fact, hint="a number of rows, 0 or more, or None", what=what)
    return rows
