"""What a call of a reader wants, and how one file of a format is read."""

from __future__ import annotations

from mydf import _options
from mydf.errors import ArgumentError, DuplicateColumnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeAlias

    from mydf._native import core

    # A path, or a content and its name in errors.
    Data: TypeAlias = "str | tuple[bytes, str]"
    # Reads columns, rows, and dtypes that are not to be inferred.
    ReadOne: TypeAlias = (
        "Callable[[Data, list[str] | None, int | None, list[tuple[str, str]]], core.Frame]"
    )

# The core's options for a file that has nothing special.
CSV_DEFAULTS: dict[str, Any] = {
    "separator": ",",
    "quote": '"',
    "has_header": True,
    "names": None,
    "skip_rows": 0,
    "skip_rows_after_header": 0,
    "comment_prefix": None,
    "ragged": "error",
    "decimal_comma": False,
    "thousands": None,
    "formats": [],
    "null_values": [],
    "column_null_values": [],
    "columns": None,
    "dtypes": [],
    "infer_rows": None,
    "n_rows": None,
}


def csv_options(
    *,
    separator: str,
    quote_char: str | None,
    has_header: bool,
    new_columns: Sequence[str] | None,
    comment_prefix: str | None,
    skip_rows: int,
    skip_rows_after_header: int,
    ragged_rows: str,
    null_values: str | Sequence[str] | Mapping[str, str | Sequence[str]] | None,
    decimal_comma: bool,
    thousands: str | None,
    date_format: Mapping[str, str] | None,
    infer_schema_length: int | None,
) -> dict[str, Any]:
    """Return the core's options for the arguments of `read_csv` and `scan_csv` that both have."""
    quote = None if quote_char is None else _options.character("quote_char", quote_char)
    everywhere, by_column = _options.null_values(null_values)
    after_header = _options.number("skip_rows_after_header", skip_rows_after_header, 0)
    return {
        "separator": _options.character("separator", separator),
        "quote": quote,
        "has_header": _options.flag("has_header", has_header),
        "names": _options.new_columns(new_columns),
        "skip_rows": _options.number("skip_rows", skip_rows, 0),
        "skip_rows_after_header": after_header,
        "comment_prefix": _options.prefix("comment_prefix", comment_prefix),
        "ragged": _options.choice("ragged_rows", ragged_rows, ("error", "fill", "truncate")),
        "decimal_comma": _options.flag("decimal_comma", decimal_comma),
        "thousands": _options.mark("thousands", thousands, decimal_comma=decimal_comma),
        "formats": _options.formats("date_format", date_format),
        "null_values": everywhere,
        "column_null_values": by_column,
        "infer_rows": _options.limit("infer_schema_length", infer_schema_length),
    }


class Format:
    """How one file of a format is read.

    Attributes:
        suffixes: The suffixes of its files.
        read: Reads one of them.
        inferred: Whether the files have no dtypes of their own.
        is_text: Whether an open file may be one of text.
        quote: The character around texts that contain line ends, if there is one.
    """

    __slots__ = ("inferred", "is_text", "quote", "read", "suffixes")

    def __init__(
        self,
        suffixes: tuple[str, ...],
        read: ReadOne,
        *,
        inferred: bool = False,
        is_text: bool = False,
        quote: str | None = None,
    ) -> None:
        self.suffixes = suffixes
        self.read = read
        self.inferred = inferred
        self.is_text = is_text
        self.quote = quote


class Request:
    """The options that all readers have, checked."""

    __slots__ = (
        "columns",
        "hive_partitioning",
        "include_file_paths",
        "n_rows",
        "row_index_name",
        "row_index_offset",
        "storage_options",
    )

    def __init__(
        self,
        *,
        columns: Any,
        n_rows: int | None,
        row_index_name: str | None,
        row_index_offset: int,
        include_file_paths: str | None,
        hive_partitioning: bool | None,
        storage_options: Mapping[str, Any] | None,
    ) -> None:
        self.columns = _options.columns(columns)
        self.n_rows = _options.limit("n_rows", n_rows)
        self.row_index_name = _options.name("row_index_name", row_index_name)
        self.row_index_offset = _options.number("row_index_offset", row_index_offset, 0)
        self.include_file_paths = _options.name("include_file_paths", include_file_paths)
        self.hive_partitioning = (
            None
            if hive_partitioning is None
            else _options.flag("hive_partitioning", hive_partitioning)
        )
        self.storage_options = _options.mapping("storage_options", storage_options)
        if None is not self.row_index_name == self.include_file_paths:
            fact = f"duplicate column: `{row_index_name}`"
            hint = "use other names in `row_index_name` and `include_file_paths`"
            raise DuplicateColumnError(fact, hint=hint, name=row_index_name)


def names(columns: list[str] | list[int] | None, form: Format, data: Data) -> list[str] | None:
    """Return the names of columns, which may be given by numbers."""
    found: list[str] = []
    known: list[str] | None = None
    for column in columns or ():
        if isinstance(column, str):
            found.append(column)
            continue
        if known is None:
            known = form.read(data, None, 0, []).names()
        if column >= len(known):
            fact = f"columns: {column}, and the file has {len(known)} columns"
            raise ArgumentError(fact, hint=f"the last one is {len(known) - 1}", what="columns")
        found.append(known[column])
    return None if columns is None else found
