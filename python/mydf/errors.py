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

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.DataFrame({"a": [1]}).select("b")
        ... except mydf.errors.MydfError as error:
        ...     print(error.fact)
        column not found: `b`
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
    """The frame does not have a column.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.DataFrame({"a": [1]}).select("b")
        ... except mydf.errors.ColumnNotFoundError as error:
        ...     print(error.name, error.available)
        b ['a']
    """

    name: str
    available: list[str]


class UnknownNameError(MydfError, AttributeError):
    """A class or the module has no attribute of this name.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.DataFrame({"a": [1]}).groupby("a")
        ... except mydf.errors.UnknownNameError as error:
        ...     print(error.name)
        groupby
    """

    name: str


class RowNotFoundError(MydfError, IndexError):
    """The Series does not have a row of this number.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.Series("a", [1, 2])[5]
        ... except mydf.errors.RowNotFoundError as error:
        ...     print(error.row, error.rows)
        5 2
    """

    row: int
    rows: int


class DuplicateColumnError(MydfError, ValueError):
    """Two columns of one frame would have the same name.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.DataFrame({"a": [1], "b": [2]}).rename({"a": "b"})
        ... except mydf.errors.DuplicateColumnError as error:
        ...     print(error.name)
        b
    """

    name: str


class LengthMismatchError(MydfError, ValueError):
    """Columns of one frame would differ in length.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.DataFrame({"a": [1, 2], "b": [3]})
        ... except mydf.errors.LengthMismatchError as error:
        ...     print(error.column, error.expected, error.actual)
        b 2 1
    """

    column: str
    expected: int
    actual: int


class DTypeError(MydfError, TypeError):
    """An operation does not support a dtype.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.DataFrame({"a": [1]}).select(mydf.col("a").str.to_uppercase())
        ... except mydf.errors.DTypeError as error:
        ...     print(error.actual)
        Int64
    """

    operation: str
    what: str
    expected: str
    actual: str


class UnsupportedTypeError(MydfError, TypeError):
    """The data has a type that mydf has no dtype for.

    Examples:
        >>> import mydf
        >>> import pyarrow as pa
        >>> try:
        ...     mydf.DataFrame(pa.table({"a": [pa.MonthDayNano([1, 2, 3])]}))
        ... except mydf.errors.UnsupportedTypeError as error:
        ...     print(error.column)
        a
    """

    column: str
    arrow_type: str


class MixedTypeError(MydfError, TypeError):
    """Python values cannot become a column: they mix types, or have a type without a dtype.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.DataFrame({"a": [1, "x"]})
        ... except mydf.errors.MixedTypeError as error:
        ...     print(error.column, error.row)
        a 1
    """

    column: str
    row: int


class CastError(MydfError, ValueError):
    """A value does not fit the dtype that it is converted to.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.Series("a", [1, 300]).cast(mydf.UInt8)
        ... except mydf.errors.CastError as error:
        ...     print(error.value, error.row, error.to_dtype)
        300 1 UInt8
    """

    what: str
    from_dtype: str
    to_dtype: str
    value: str
    row: int


class IntegerOverflowError(MydfError, OverflowError):
    """A result of integer arithmetic exceeds the range of its dtype.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.Series("a", [2**63 - 1]) + 1
        ... except mydf.errors.IntegerOverflowError as error:
        ...     print(error.dtype)
        Int64
    """

    operation: str
    what: str
    dtype: str


class RowLimitError(MydfError, OverflowError):
    """There are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> error = mydf.errors.RowLimitError("too many rows", rows=2**32, limit=2**32 - 1, bits=32)
        >>> isinstance(error, OverflowError)
        True
    """

    rows: int
    limit: int
    bits: int


class OutOfMemoryError(MydfError, MemoryError):
    """An operation needs more memory than the process can have; nothing was computed.

    The size is known before the operation, so the error comes early. Small allocations can still
    fail, and then Rust ends the process.

    Examples:
        >>> import mydf
        >>> wide = mydf.DataFrame({"a": range(50_000)}).select(
        ...     mydf.col("a").alias(f"a{i}") for i in range(100)
        ... )
        >>> try:
        ...     wide.join(wide, how="cross")
        ... except mydf.errors.OutOfMemoryError as error:
        ...     print(error.operation, error.bytes > 10**12)
        cross join True
    """

    operation: str
    bytes: int
    available: int | None


class ArgumentError(MydfError, ValueError):
    """An argument has an invalid value.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.Series("a", [1, 2]).quantile(2)
        ... except mydf.errors.ArgumentError as error:
        ...     print(error.what)
        quantile
    """

    what: str


class ArgumentTypeError(MydfError, TypeError):
    """An argument has a type that is not accepted.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.DataFrame({"a": [1]}).head("1")
        ... except mydf.errors.ArgumentTypeError as error:
        ...     print(error.what)
        n
    """

    what: str


class MissingPackageError(MydfError, ModuleNotFoundError):
    """A method needs another library, which is not installed.

    Examples:
        >>> import mydf
        >>> error = mydf.errors.MissingPackageError("`polars` is not installed", name="polars")
        >>> isinstance(error, ImportError), error.name
        (True, 'polars')
    """

    name: str


class ArrowError(MydfError, ValueError):
    """The data of another library is invalid, or the Arrow library rejects it.

    Examples:
        >>> import mydf
        >>> error = mydf.errors.ArrowError("invalid offsets", operation="import", column="a")
        >>> isinstance(error, ValueError), error.column
        (True, 'a')
    """

    operation: str
    column: str | None = None


class PickleError(MydfError, ValueError):
    """A pickled frame is damaged, or was pickled by a version of mydf with another format.

    Examples:
        >>> import mydf, pickle
        >>> data = pickle.dumps(mydf.DataFrame({"a": [1]}))
        >>> pickle.loads(data.replace(b"mydf-pkl", b"mydf-???"))
        Traceback (most recent call last):
        mydf.errors.PickleError: pickled frame: its header is none of mydf's
        hint: it was damaged on its way, or put together from parts of several frames
    """


class PartitionError(MydfError, RuntimeError):
    """A worker of an engine could not compute its partition of a plan.

    Examples:
        >>> import mydf
        >>> error = mydf.errors.PartitionError("no memory", partition="`a.parquet`", worker="w1")
        >>> isinstance(error, RuntimeError), error.partition, error.worker
        (True, '`a.parquet`', 'w1')
    """

    partition: str
    worker: str


class CsvError(MydfError, ValueError):
    r"""A CSV file is invalid; `row` is the line, from 1.

    Examples:
        >>> import mydf
        >>> import io
        >>> try:
        ...     mydf.read_csv(io.BytesIO(b"a,b\n1,2\n3\n"))
        ... except mydf.errors.CsvError as error:
        ...     print(error.row)
        3
    """

    path: str
    row: int | None
    column: str | None


class ParquetError(MydfError, ValueError):
    """A Parquet file is invalid.

    Examples:
        >>> import mydf
        >>> import io
        >>> try:
        ...     mydf.read_parquet(io.BytesIO(b"not a Parquet file"))
        ... except mydf.errors.ParquetError as error:
        ...     print(isinstance(error, ValueError))
        True
    """

    path: str
    column: str | None


class IpcError(MydfError, ValueError):
    """A file or stream of Arrow IPC is invalid.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.read_ipc(b"")
        ... except mydf.errors.IpcError as error:
        ...     print(error)
        Arrow file `<bytes>`: no data
        hint: write it again: the file is empty
    """

    path: str
    column: str | None


class NdjsonError(MydfError, ValueError):
    r"""A file of JSON lines is invalid; `row` is the line, from 1.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.read_ndjson(b'{"a": 1}\n7\n')
        ... except mydf.errors.NdjsonError as error:
        ...     print(error)
        JSON file `<bytes>`, line 2: `7` is not an object
        hint: write one object on each line, such as `{"a": 1}`
    """

    path: str
    row: int | None
    column: str | None


class FileError(MydfError, OSError):
    """The operating system refused to read or write a file.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.read_csv("no-such-file.csv")
        ... except mydf.errors.FileError as error:
        ...     print(error.path)
        no-such-file.csv
    """

    operation: str
    path: str

    def __init__(self, fact: str, *, hint: str | None = None, **attributes: object) -> None:
        MydfError.__init__(self, fact, hint=hint, **attributes)
        self.filename = attributes.get("path")


class MissingFileError(FileError, FileNotFoundError):
    """The file does not exist.

    Examples:
        >>> import mydf
        >>> try:
        ...     mydf.read_csv("no-such-file.csv")
        ... except mydf.errors.MissingFileError as error:
        ...     print(isinstance(error, FileNotFoundError))
        True
    """


class FilePermissionError(FileError, PermissionError):
    """The permissions of the file do not allow to read or write it.

    Examples:
        >>> import mydf
        >>> issubclass(mydf.errors.FilePermissionError, PermissionError)
        True
    """


class FolderError(FileError, IsADirectoryError):
    """The path is a folder, but a file is needed.

    Examples:
        >>> import mydf
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     try:
        ...         mydf.DataFrame({"a": [1]}).write_csv(folder)
        ...     except mydf.errors.FolderError as error:
        ...         print(isinstance(error, IsADirectoryError))
        True
    """


class InternalError(MydfError, RuntimeError):
    """A bug in mydf.

    Examples:
        >>> import mydf
        >>> issubclass(mydf.errors.InternalError, RuntimeError)
        True
    """
