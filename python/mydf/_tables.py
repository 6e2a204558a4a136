"""One frame of several files, with the keys in their paths."""

from __future__ import annotations

from mydf import _discovery, _remote, _requests
from mydf._native import core
from mydf.dtypes import Date, Datetime, DType, Float64, Int64, Null, String, UInt64
from mydf.errors import ArgumentError, DTypeError, DuplicateColumnError, MydfError
from mydf.frame import DataFrame
from mydf.functions import col, lit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from mydf._discovery import File
    from mydf._requests import Data, Format, Request


def read(files: list[File], request: Request, form: Format) -> DataFrame:
    """Return the rows of all files, with the columns of their keys and paths."""
    keys = [name for name, _ in files[0].keys]
    if len(files) == 1 and not keys and request.include_file_paths is None:
        columns = _names(files[0], form, request)
        return _one(files[0], form, columns, request.n_rows, [])
    wanted = _names(files[0], form, request)
    added = (*keys, request.include_file_paths)
    # Columns of the paths alone still need the number of rows.
    own = [name for name in wanted or () if name not in added] or None
    frames = _read_all(files, form, own, request.n_rows)
    frames = [_ordered(frame, frames[0], file, files[0]) for frame, file in _pairs(frames, files)]
    if form.inferred:
        frames = _settled(frames, files, form, own, request.n_rows)
    frames = _with_keys(frames, files, request.include_file_paths)
    joined = frames[0] if len(frames) == 1 else _joined(frames, files)
    return joined if wanted is None else joined.select(wanted)


def _names(file: File, form: Format, request: Request) -> list[str] | None:
    if request.columns is None:
        return None
    return _requests.names(request.columns, form, _data(file))


def _data(file: File) -> Data:
    if file.remote is None:
        return file.path
    return _remote.read(file.remote, file.path), file.path


def _one(
    file: File,
    form: Format,
    columns: list[str] | None,
    n_rows: int | None,
    dtypes: list[tuple[str, str]],
) -> DataFrame:
    return DataFrame._from_core(form.read(_data(file), columns, n_rows, dtypes))


def _pairs(frames: list[DataFrame], files: list[File]) -> list[tuple[DataFrame, File]]:
    # There are fewer frames than files if the first ones have enough rows.
    return list(zip(frames, files, strict=False))


def _read_all(
    files: list[File], form: Format, columns: list[str] | None, n_rows: int | None
) -> list[DataFrame]:
    frames: list[DataFrame] = []
    left = n_rows
    for file in files:
        if frames and left == 0:
            break
        frame = _one(file, form, columns, left, [])
        left = None if left is None else left - frame.height
        frames.append(frame)
    return frames


def _ordered(frame: DataFrame, first: DataFrame, file: File, of: File) -> DataFrame:
    """Return the columns in the order of the first file, which must have the same ones."""
    if frame.columns == first.columns:
        return frame
    missing = [name for name in first.columns if name not in frame.columns]
    more = [name for name in frame.columns if name not in first.columns]
    if not missing and not more:
        return frame.select(first.columns)
    has, name = ("no", missing[0]) if missing else ("a", more[0])
    but = "has one" if missing else "has none"
    fact = f"`{file.path}` has {has} column `{name}`, and `{of.path}` {but}"
    hint = (
        "read the files one by one, and join them with "
        '`mydf.concat(frames, "diagonal")`, or choose columns that all have with `columns`'
    )
    raise ArgumentError(f"source: {fact}", hint=hint, what="source")


def _settled(
    frames: list[DataFrame],
    files: list[File],
    form: Format,
    columns: list[str] | None,
    n_rows: int | None,
) -> list[DataFrame]:
    """Read again what has other dtypes than the same rows in one file would have."""
    dtypes = {
        name: _common([frame.get_column(name) for frame in frames]) for name in frames[0].columns
    }
    settled = []
    left = n_rows
    for frame, file in _pairs(frames, files):
        have = frame.schema
        other = [
            (name, DType._to_core(dtype))
            for name, dtype in dtypes.items()
            if dtype != have[name] and have[name] != Null
        ]
        if other:
            frame = _one(file, form, columns, left, other).select(frame.columns)  # noqa: PLW2901
        left = None if left is None else left - frame.height
        settled.append(frame)
    return settled


def _common(parts: Sequence[Any]) -> DType:
    """Return the dtype that CSV's rule gives to all values of a column."""
    dtypes = {part.dtype for part in parts} - {Null}
    if len(dtypes) < 2:
        return dtypes.pop() if dtypes else Null
    if dtypes == {Date, Datetime()}:
        return Datetime()
    if dtypes == {Int64, UInt64}:
        least = min(part.min() or 0 for part in parts if part.dtype == Int64)
        return UInt64 if least >= 0 else String
    if Float64 in dtypes and dtypes <= {Int64, UInt64, Float64}:
        integers = [part for part in parts if part.dtype in (Int64, UInt64)]
        return Float64 if all(_survives(part) for part in integers) else String
    return String


def _survives(integers: Any) -> bool:
    """Return whether floats hold all integers."""
    values = integers.drop_nulls()
    return bool((values.cast(Float64) == values).all()) if len(values) else True


def _with_keys(
    frames: list[DataFrame], files: list[File], file_paths: str | None
) -> list[DataFrame]:
    keys = DataFrame._from_core(_discovery.key_values(files))
    result = []
    for number, (frame, file) in enumerate(_pairs(frames, files)):
        added = {}
        for name, dtype in keys.schema.items():
            value = keys.item(number, name)
            if name in frame.columns:
                _check_key(frame, name, value, dtype, file)
            added[name] = lit(value, dtype=dtype)
        if file_paths is not None:
            if file_paths in frame.columns or file_paths in added:
                hint = "choose another name in `include_file_paths`"
                fact = f"duplicate column: `{file_paths}`"
                raise DuplicateColumnError(fact, hint=hint, name=file_paths)
            added[file_paths] = lit(file.path)
        result.append(frame.with_columns(**added) if added else frame)
    return result


def _check_key(frame: DataFrame, name: str, value: Any, dtype: DType, file: File) -> None:
    """Refuse a file with another value in a column than the folder that it is in."""
    same = col(name).cast(dtype, strict=False) == lit(value, dtype=dtype)
    if value is None:
        same = col(name).is_null()
    wrong = frame.filter(~same.fill_null(False)) if value is not None else frame.filter(~same)
    if wrong.height:
        fact = (
            f"source: column `{name}` of `{file.path}` has the value "
            f"`{wrong.item(0, name)}`, and its folder says `{value}`"
        )
        raise ArgumentError(
            fact, hint="pass `hive_partitioning=False` to read the column", what="source"
        )


def _joined(frames: list[DataFrame], files: list[File]) -> DataFrame:
    try:
        return DataFrame._from_core(core.Frame.concat_rows([frame._core for frame in frames]))
    except DTypeError:
        pass
    known: dict[str, tuple[DType, File]] = {}
    for frame, file in _pairs(frames, files):
        for name, dtype in frame.schema.items():
            expected, first = known.get(name, (Null, file))
            if dtype != expected and Null not in (dtype, expected):
                raise _different(name, dtype, file, expected, first)
            if expected == Null:
                known[name] = (dtype, file)
    raise AssertionError


def _different(name: str, dtype: DType, file: File, expected: DType, first: File) -> MydfError:
    fact = (
        f"column `{name}` has the dtype {dtype} in `{file.path}` and {expected} in `{first.path}`"
    )
    hint = (
        "read the files one by one, cast the column, and join them with `mydf.concat(frames)`, "
        'or use `mydf.concat(frames, "vertical_relaxed")`'
    )
    attributes = {"what": name, "expected": str(expected), "actual": str(dtype)}
    return DTypeError(fact, hint=hint, operation="read", **attributes)
