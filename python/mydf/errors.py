"""The exceptions of mydf: each is a `MydfError`, and also a builtin exception if one fits.

An error states a fact and, on a separate line, a hint that fixes it. Both are attributes, and so
are the subjects of the fact.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MydfError(Exception):
    """The base class of all exceptions that mydf raises.

    Attributes:
        fact: What is wrong, and where.
        hint: What fixes it, or None.
    """

    fact: str
    hint: str | None

    def __init__(self, fact: str, *, hint: str | None = None, **attributes: object) -> None:
        Exception.__init__(self, fact)
        self.fact = fact
        self.hint = hint
        for name, value in attributes.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        # KeyError would show the text in quotes, and OSError with a number.
        return f"{self.fact}\nhint: {self.hint}" if self.hint else self.fact

    def __reduce__(self) -> tuple[Any, ...]:
        # Processes pass errors to each other, and OSError's own method loses the attributes.
        return (_restored, (type(self), self.fact, dict(self.__dict__)))


def _restored(error: type[MydfError], fact: str, attributes: dict[str, Any]) -> MydfError:
    known = {name: value for name, value in attributes.items() if name != "fact"}
    return error(fact, **known)


class ColumnNotFoundError(MydfError, KeyError):
    """The frame does not have a column."""

    name: str
    available: list[str]


class UnknownNameError(MydfError, AttributeError):
    """A class or the module has no attribute of this name."""

    name: str


class RowNotFoundError(MydfError, IndexError):
    """The Series does not have a row of this number."""

    row: int
    rows: int


class DuplicateColumnError(MydfError, ValueError):
    """Two columns of one frame would have the same name."""

    name: str


class LengthMismatchError(MydfError, ValueError):
    """Columns of one frame would differ in length."""

    column: str
    expected: int
    actual: int


class DTypeError(MydfError, TypeError):
    """An operation does not support a dtype."""

    operation: str
    what: str
    expected: str
    actual: str


class UnsupportedTypeError(MydfError, TypeError):
    """The data has a type that mydf has no dtype for."""

    column: str
    arrow_type: str


class MixedTypeError(MydfError, TypeError):
    """Python values cannot become a column: they mix types, or have a type without a dtype."""

    column: str
    row: int


class CastError(MydfError, ValueError):
    """A value does not fit the dtype that it is converted to."""

    what: str
    from_dtype: str
    to_dtype: str
    value: str
    row: int


class IntegerOverflowError(MydfError, OverflowError):
    """A result of integer arithmetic exceeds the range of its dtype."""

    operation: str
    what: str
    dtype: str


class RowLimitError(MydfError, OverflowError):
    """There are more rows than this runtime can index."""

    rows: int
    limit: int
    bits: int


class OutOfMemoryError(MydfError, MemoryError):
    """An operation needs more memory than the process can have; nothing was computed.

    The size is known before the operation, so the error comes early. Small allocations can still
    fail, and then Rust ends the process.
    """

    operation: str
    bytes: int
    available: int | None


class ArgumentError(MydfError, ValueError):
    """An argument has an invalid value."""

    what: str


class ArgumentTypeError(MydfError, TypeError):
    """An argument has a type that is not accepted."""

    what: str


class ArrowError(MydfError, ValueError):
    """The data of another library is invalid, or the Arrow library rejects it."""

    operation: str
    column: str | None = None


class CsvError(MydfError, ValueError):
    """A CSV file is invalid; `row` is the line, from 1."""

    path: str
    row: int | None
    column: str | None


class ParquetError(MydfError, ValueError):
    """A Parquet file is invalid."""

    path: str
    column: str | None


class FileError(MydfError, OSError):
    """The operating system refused to read or write a file."""

    operation: str
    path: str

    def __init__(self, fact: str, *, hint: str | None = None, **attributes: object) -> None:
        MydfError.__init__(self, fact, hint=hint, **attributes)
        self.filename = attributes.get("path")


class MissingFileError(FileError, FileNotFoundError):
    """The file does not exist."""


class FilePermissionError(FileError, PermissionError):
    """The permissions of the file do not allow to read or write it."""


class FolderError(FileError, IsADirectoryError):
    """The path is a folder, but a file is needed."""


class InternalError(MydfError, RuntimeError):
    """A bug in mydf."""
