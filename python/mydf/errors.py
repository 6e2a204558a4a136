"""What mydf raises: everything is a `MydfError`, and a builtin error where one fits.

An error says a fact and, on a line of its own, a hint that mends it. Both are attributes too, and
so is whatever the fact is about.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MydfError(Exception):
    """The root of everything that mydf raises.

    Attributes:
        fact: What is wrong, and where.
        hint: What mends it, or None.
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
        # KeyError's own would show the text with quotes around it, OSError's with a number.
        return f"{self.fact}\nhint: {self.hint}" if self.hint else self.fact

    def __reduce__(self) -> tuple[Any, ...]:
        # Processes hand errors to each other, and OSError's own way would lose the attributes.
        return (_restored, (type(self), self.fact, dict(self.__dict__)))


def _restored(error: type[MydfError], fact: str, attributes: dict[str, Any]) -> MydfError:
    known = {name: value for name, value in attributes.items() if name != "fact"}
    return error(fact, **known)


class ColumnNotFoundError(MydfError, KeyError):
    """A column that the frame does not have."""

    name: str
    available: list[str]


class DuplicateColumnError(MydfError, ValueError):
    """Two columns of one frame would have the same name."""

    name: str


class LengthMismatchError(MydfError, ValueError):
    """Columns of one frame would differ in length."""

    column: str
    expected: int
    actual: int


class DTypeError(MydfError, TypeError):
    """An operation got a dtype that it does not take."""

    operation: str
    what: str
    expected: str
    actual: str


class UnsupportedTypeError(MydfError, TypeError):
    """Data of a type that mydf has no dtype for."""

    column: str
    arrow_type: str


class MixedTypeError(MydfError, TypeError):
    """Python values that make no column: they mix types, or have one without a dtype."""

    column: str
    row: int


class CastError(MydfError, ValueError):
    """A value that does not fit the dtype it is converted to."""

    what: str
    from_dtype: str
    to_dtype: str
    value: str
    row: int


class IntegerOverflowError(MydfError, OverflowError):
    """Integer arithmetic left the range of its dtype."""

    operation: str
    what: str
    dtype: str


class RowLimitError(MydfError, OverflowError):
    """More rows than the row index of this runtime can number."""

    rows: int
    limit: int
    bits: int


class ArgumentError(MydfError, ValueError):
    """An argument that makes no sense."""

    what: str


class ArgumentTypeError(MydfError, TypeError):
    """An argument of a type that is not taken."""

    what: str


class ArrowError(MydfError, ValueError):
    """Data that the Arrow library refuses."""

    operation: str


class CsvError(MydfError, ValueError):
    """A CSV file that is not what it should be; `row` is its line, from 1."""

    path: str
    row: int | None
    column: str | None


class ParquetError(MydfError, ValueError):
    """A Parquet file that is not what it should be."""

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
    """A file that does not exist."""


class FilePermissionError(FileError, PermissionError):
    """A file that may not be read or written."""


class FolderError(FileError, IsADirectoryError):
    """A folder where a file is needed."""


class InternalError(MydfError, RuntimeError):
    """A bug of mydf."""
