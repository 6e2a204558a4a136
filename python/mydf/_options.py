"""Checks of the options of readers and writers, made before a file is touched."""

from __future__ import annotations

from mydf import _arguments
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError, DuplicateColumnError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    NullValues = tuple[list[str], list[tuple[str, list[str]]]]

# What other libraries call our options.
_SYNONYMS = {
    "separator": "sep delimiter delim delim_whitespace field_delimiter fieldsep",
    "quote_char": "quotechar quote quoting quote_character",
    "has_header": "header skip_header include_header",
    "new_columns": "names column_names",
    "comment_prefix": "comment comment_char",
    "skip_rows": "skiprows skip skip_lines",
    "ragged_rows": "truncate_ragged_lines null_padding fill_missing ragged",
    "decimal_comma": "decimal decimal_separator decimal_point",
    "thousands": "thousands_separator thousands_sep",
    "date_format": "dateformat timestampformat date_formats",
    "datetime_format": "timestampformat time_format",
    "float_precision": "float_format",
    "include_bom": "bom byte_order_mark",
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
    "record_batch_size": "chunksize max_chunksize batch_size",
    "source": "filepath_or_buffer input_file io file path where",
    "path": "path_or_buf file source where",
}
# What to do where there is no such option, by its names in other libraries.
_READING = {
    "encoding_errors": "leave it out: bytes that an encoding does not have are errors",
    "skipfooter skip_footer": "drop the last rows of the frame: `frame.slice(0, len(frame) - 1)`",
    "compression": "leave it out: gzip and zstd are recognized",
    "parse_dates try_parse_dates date_parser": (
        "leave it out: dates in ISO 8601 are found; `date_format` names other formats by column"
    ),
    "on_bad_lines ignore_errors error_bad_lines": (
        'use `ragged_rows="fill"` or `ragged_rows="truncate"`; no row is left out'
    ),
    "index_col": "leave it out: a frame has no index",
    "lineterminator eol_char newline": "leave it out: lines end in LF, CRLF or CR",
    "engine use_pyarrow pyarrow_options low_memory memory_map use_threads": "leave it out",
    "infer_schema_length": "leave it out: dtypes are inferred from all rows",
    "ignore_errors": "correct the lines, or give columns dtypes in `schema_overrides`",
    "lines orient": "leave it out: each line is an object",
}
_WRITING = {
    "columns": "select the columns first: `frame.select([...]).write_csv(path)`",
    "compression": (
        'compress the text: `gzip.open(path, "wt", encoding="utf-8", newline="")` and '
        "`file.write(frame.write_csv())`"
    ),
    "encoding": (
        'open the file in it: `frame.write_csv(open(path, "w", encoding=..., newline=""))`; '
        "files are in UTF-8, for Excel with `include_bom=True`"
    ),
    "decimal": "use `decimal_comma=True`",
    "index index_label": "leave it out: a frame has no index",
    "line_terminator lineterminator": "leave it out: lines end in LF",
    "mode append": (
        'open the file to append: `frame.write_csv(open(path, "ab"), include_header=False)`'
    ),
    "quoting quote_style quotechar quote_char": (
        "leave it out: quotes are around texts that need them, and double in them"
    ),
    "engine use_pyarrow pyarrow_options": "leave it out",
    "orient lines": "leave it out: each row is an object on a line of its own",
    "compat_level": "leave it out: text is written so that every reader accepts it",
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


def columns(given: Any) -> list[str] | list[int] | None:
    """Return the names or numbers of the columns to read, or None for all."""
    if given is None:
        return None
    hint = 'pass a list of names, e.g. `["a", "b"]`, or of numbers, e.g. `[0, 2]`'
    if isinstance(given, (set, frozenset)) or hasattr(given, "keys"):
        # A set has no order, and the result has the columns in the given order.
        raise mistyped("columns", given, hint)
    if isinstance(given, (list, tuple, range)) and given and all(map(_is_number, given)):
        found = [int(number) for number in given]
        for at, number in enumerate(found):
            if number < 0:
                fact = f"columns: {number}"
                raise ArgumentError(fact, hint="the first column is 0", what="columns")
            _check_once(number, found[:at])
        return found
    names = texts("columns", given, hint)
    for at, name in enumerate(names):
        _check_once(name, names[:at])
    return names


def column_names(given: Any) -> list[str] | None:
    """Return the names of the columns to read, which can't be given by their numbers."""
    found = columns(given)
    names = [column for column in found or () if isinstance(column, str)]
    if found is not None and len(names) < len(found):
        raise mistyped("columns", given, 'pass a list of names, e.g. `["a", "b"]`')
    return None if found is None else names


def _is_number(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _check_once(column: object, before: Sequence[object]) -> None:
    if column in before:
        fact = f"columns: `{column}` twice"
        raise DuplicateColumnError(fact, hint="name each column once", name=str(column))


def new_columns(given: Any) -> list[str] | None:
    """Return the names of all columns of a file, or None for its own."""
    if given is None:
        return None
    hint = 'pass a list of names, e.g. `["a", "b"]`; a dict is for `frame.rename(...)`'
    if isinstance(given, (str, set, frozenset)) or hasattr(given, "keys"):
        raise mistyped("new_columns", given, hint)
    names = texts("new_columns", given, hint)
    for at, name in enumerate(names):
        if name in names[:at]:
            fact = f"new_columns: `{name}` twice"
            raise DuplicateColumnError(fact, hint="give each column its own name", name=name)
    return names


def prefix(what: str, value: str | None) -> str | None:
    """Return the text that lines begin with, or None."""
    if value is None:
        return None
    if not text(what, value) or "\n" in value or "\r" in value:
        hint = 'pass the text that such lines begin with, e.g. `"#"`'
        raise ArgumentError(f"{what}: {_shown(value)}", hint=hint, what=what)
    return value


def mark(what: str, value: str | None, *, decimal_comma: bool) -> str | None:
    """Return the character between thousands, or None."""
    if value is None:
        return None
    hint = "pass one character that is neither a letter, a digit, a sign nor the decimal mark"
    if not isinstance(value, str):
        raise mistyped(what, value, hint)
    decimal = "," if decimal_comma else "."
    if len(value) != 1 or value.isalnum() or value in f"+-\r\n\0{decimal}":
        if value == ".":
            hint = "with `.` between thousands, the decimal mark is a comma: `decimal_comma=True`"
        raise ArgumentError(f"{what}: {_shown(value)}", hint=hint, what=what)
    return text(what, value)


def choice(what: str, value: str, known: tuple[str, ...]) -> str:
    """Return one of several texts."""
    hint = f"one of {', '.join(f'`{each}`' for each in known)}"
    if not isinstance(value, str):
        raise mistyped(what, value, hint)
    if value not in known:
        raise ArgumentError(f"{what}: {_shown(value)}", hint=hint, what=what)
    return value


def formats(what: str, given: Any) -> list[tuple[str, str]]:
    """Return the formats of columns."""
    if given is None:
        return []
    hint = 'pass a dict of formats by column, e.g. `{"day": "%d.%m.%Y"}`'
    if not hasattr(given, "keys"):
        raise mistyped(what, given, hint)
    found = []
    for name, each in dict(given).items():
        if not isinstance(name, str) or not isinstance(each, str):
            raise mistyped(what, name if not isinstance(name, str) else each, hint)
        found.append((text(what, name), text(what, each)))
    return found


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


def dtypes(given: Any, what: str = "schema_overrides") -> list[tuple[str, str]]:
    """Return the core's names of dtypes by column."""
    hint = 'pass a dict of dtypes by column, e.g. `{"a": mydf.Int64}`'
    if given is None:
        return []
    if not hasattr(given, "keys"):
        raise mistyped(what, given, hint)
    found = []
    for name, dtype in dict(given).items():
        if not isinstance(name, str):
            raise mistyped(what, name, hint)
        text(what, name)
        try:
            found.append((name, DType._to_core(dtype)))
        except ArgumentTypeError as error:
            fact = f"{what}, column `{name}`: {error.fact}"
            raise ArgumentTypeError(fact, hint=error.hint, what=what) from None
    return found
