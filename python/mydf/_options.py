"""Checks of the options of readers and writers, made before a file is touched."""

from __future__ import annotations

from mydf import _arguments
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError, DuplicateColumnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    NullValues = tuple[list[str], list[tuple[str, list[str]]]]

# What other libraries call our options.
_SYNONYMS = {
    "separator": "sep delimiter delim delim_whitespace field_delimiter fieldsep",
    "quote_char": "quotechar quote quoting quote_character",
    "has_header": "header skip_header include_header",
    "include_header": "header has_header",
    "null_values": "null_value na_values na_filter nullstr null na null_strings keep_default_na",
    "null_value": "null_values na_rep nullstr null na",
    "columns": "usecols include_columns column select",
    "row_index_name": "row_count_name index_name",
    "row_index_offset": "row_count_offset",
    "include_file_paths": "filename include_path path_column",
    "hive_partitioning": "partitioning hive hive_schema",
    "storage_options": "filesystem credential_provider client_kwargs",
    "schema_overrides": "dtype dtypes schema column_types types overrides",
    "infer_schema_length": "infer_rows sample_size infer_schema",
    "n_rows": "nrows limit rows n_max",
    "compression": "codec compress",
    "row_group_size": "row_group_rows max_rows_per_group",
    "source": "filepath_or_buffer input_file io file path where",
    "path": "path_or_buf file source where",
}
# What to do where there is no such option, by its names in other libraries.
_READING = {
    "skiprows skip_rows skip skip_lines skip_rows_after_header comment comment_prefix": (
        'open the file with `open(path, "rb")`, skip its first lines with `next(file)`, and pass it'
    ),
    "encoding encoding_errors": (
        'pass the file opened as text: `open(path, encoding="latin-1", newline="")`'
    ),
    "compression": "leave it out: gzip and zstd are recognized",
    "parse_dates try_parse_dates date_parser date_format dateformat timestampformat": (
        "leave it out: dates in ISO 8601 are found; `schema_overrides` gives a column its dtype"
    ),
    "names new_columns column_names": (
        "rename the columns of the frame with `.rename({...})`; without a header they are "
        "`column_1`, `column_2`, …"
    ),
    "index_col": "leave it out: a frame has no index",
    "lineterminator eol_char newline": "leave it out: lines end in LF, CRLF or CR",
    "engine use_pyarrow pyarrow_options low_memory memory_map use_threads": "leave it out",
}
_WRITING = {
    "columns": "select the columns first: `frame.select([...]).write_csv(path)`",
    "compression": (
        'compress the text: `gzip.open(path, "wt", encoding="utf-8", newline="")` and '
        "`file.write(frame.write_csv())`"
    ),
    "encoding": "leave it out: files are in UTF-8",
    "index index_label": "leave it out: a frame has no index",
    "line_terminator lineterminator": "leave it out: lines end in LF",
    "mode append": "write the old rows again: `mydf.concat([old, new]).write_csv(path)`",
    "quoting quote_style quotechar quote_char": (
        "leave it out: quotes are around texts that need them, and double in them"
    ),
    "engine use_pyarrow pyarrow_options": "leave it out",
}


def refuse(function: Callable[..., Any], unknown: Mapping[str, object]) -> None:
    """Raise an error for an option that a function does not have."""
    for name in unknown:
        import inspect

        kinds = inspect.Parameter
        known = [
            each.name
            for each in inspect.signature(function).parameters.values()
            if each.kind != kinds.VAR_KEYWORD and each.name != "self"
        ]
        fact = f"{function.__name__}: unknown option `{name}`"
        raise ArgumentTypeError(fact, hint=hint(function.__name__, name, known), what=name)


def hint(method: str, name: str, known: list[str]) -> str:
    """Return what to write instead of an option that a reader or writer does not have."""
    advice = {"read": _READING, "scan": _READING, "write": _WRITING}.get(
        method.partition("_")[0], {}
    )
    for ours in known:
        if name in _SYNONYMS.get(ours, "").split():
            return f"use `{ours}`"
    for names, what_to_do in advice.items():
        if name in names.split():
            return what_to_do
    from difflib import get_close_matches

    if near := get_close_matches(name.lower(), known, 1):
        return f"did you mean `{near[0]}`?"
    if not known:
        return "leave it out: there are no options"
    return f"the options are: {', '.join(f'`{each}`' for each in known)}"


def mistyped(what: str, value: object, hint: str) -> ArgumentTypeError:
    """Return the error for an option of a type that is not accepted."""
    fact = f"{what}: {_shown(value)}, of type `{type(value).__name__}`"
    return ArgumentTypeError(fact, hint=hint, what=what)


def _shown(value: object) -> str:
    import reprlib

    # Frames and arrays have several lines.
    return reprlib.repr(value).partition("\n")[0]


def character(what: str, value: str) -> str:
    """Return a text of one ASCII character."""
    hint = "use one ASCII character that is neither a line end nor NUL"
    if what == "quote_char":
        hint += ", or None to read quotes as text"
    if not isinstance(value, str):
        raise mistyped(what, value, hint)
    if len(value) != 1 or not value.isascii() or value in "\r\n\0":
        if value in ("\\t", r"\s+", "tab"):
            hint = 'a tab is `"\\t"`, one character'
        raise ArgumentError(f"{what}: {_shown(value)}", hint=hint, what=what)
    return value


def flag(what: str, value: bool) -> bool:
    """Return a bool."""
    if not isinstance(value, bool):
        raise mistyped(what, value, "pass True or False")
    return value


def text(what: str, value: str) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise mistyped(what, value, "pass a str")
    return _arguments.encodable(what, value)


def name(what: str, value: str | None) -> str | None:
    """Return the name of a column to add, or None."""
    return None if value is None else text(what, value)


def mapping(what: str, value: Any) -> dict[str, Any] | None:
    """Return a dict with names as keys, or None."""
    if value is None:
        return None
    hint = 'pass a dict of options by name, e.g. `{"key": "value"}`'
    if not hasattr(value, "keys"):
        raise mistyped(what, value, hint)
    found = dict(value)
    for each in found:
        if not isinstance(each, str):
            raise mistyped(what, each, hint)
    return found


def number(what: str, value: int, least: int) -> int:
    """Return a number of rows."""
    hint = f"pass a number of rows, {least} or more"
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise mistyped(what, value, hint)
    import operator
    import sys

    rows = operator.index(value)
    if rows < least:
        raise ArgumentError(f"{what}: {rows}", hint=hint, what=what)
    return min(rows, sys.maxsize)


def limit(what: str, value: int | None) -> int | None:
    """Return a number of rows, or None for all."""
    return None if value is None else number(what, value, 0)


def texts(what: str, given: Any, hint: str) -> list[str]:
    """Return a list of texts, given as one text or in a list."""
    if isinstance(given, str):
        return [text(what, given)]
    if isinstance(given, (bytes, bytearray)) or not hasattr(given, "__iter__"):
        raise mistyped(what, given, hint)
    found = list(given)
    for each in found:
        if not isinstance(each, str):
            raise mistyped(what, each, hint)
        text(what, each)
    return found


def columns(given: Any) -> list[str] | None:
    """Return the names of the columns to read, or None for all."""
    if given is None:
        return None
    hint = 'pass a list of names, e.g. `["a", "b"]`'
    if isinstance(given, (set, frozenset)) or hasattr(given, "keys"):
        # A set has no order, and the result has the columns in the given order.
        raise mistyped("columns", given, hint)
    names = texts("columns", given, hint)
    for at, name in enumerate(names):
        if name in names[:at]:
            fact = f"columns: `{name}` twice"
            raise DuplicateColumnError(fact, hint="name each column once", name=name)
    return names


def null_values(given: Any) -> NullValues:
    """Return the texts that mean null in all columns, and those of single columns."""
    hint = 'pass texts, e.g. `["NA", "-999"]`, or a dict of them by column'
    if given is None:
        return [], []
    if not hasattr(given, "keys"):
        return texts("null_values", given, hint), []
    by_column = dict(given)
    for name in by_column:
        if not isinstance(name, str):
            raise mistyped("null_values", name, hint)
        text("null_values", name)
    return [], [(name, texts("null_values", each, hint)) for name, each in by_column.items()]


def dtypes(given: Any) -> list[tuple[str, str]]:
    """Return the core's names of dtypes by column."""
    hint = 'pass a dict of dtypes by column, e.g. `{"a": mydf.Int64}`'
    if given is None:
        return []
    if not hasattr(given, "keys"):
        raise mistyped("schema_overrides", given, hint)
    found = []
    for name, dtype in dict(given).items():
        if not isinstance(name, str):
            raise mistyped("schema_overrides", name, hint)
        text("schema_overrides", name)
        try:
            found.append((name, DType._to_core(dtype)))
        except ArgumentTypeError as error:
            fact = f"schema_overrides, column `{name}`: {error.fact}"
            raise ArgumentTypeError(fact, hint=error.hint, what="schema_overrides") from None
    return found
