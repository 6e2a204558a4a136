"""Types for annotations that several modules share; no module imports this one at run time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from os import PathLike
from typing import Any, Protocol, TypeAlias

from mydf._native import core

PythonValue: TypeAlias = "bool | int | float | str | date | datetime | timedelta | None"
Path: TypeAlias = "str | PathLike[str]"


class ArrowStream(Protocol):
    """An object with the Arrow PyCapsule interface, as a stream."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """An object with the Arrow PyCapsule interface, as one array."""

    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...


class AnySeries(Protocol):
    """A Series; the module of expressions can't name it, because that of Series imports it."""

    @property
    def _core(self) -> core.Series: ...


class AnyExpr(Protocol):
    """An expression; the modules of its methods can't name it, because its own imports them."""

    @property
    def _core(self) -> core.Expr: ...


class NumpyArray(Protocol):
    """A numpy array."""

    @property
    def ndim(self) -> int: ...
    def tobytes(self) -> bytes: ...


class Readable(Protocol):
    """A file that is open for reading."""

    def read(self) -> bytes | str: ...


class Writable(Protocol):
    """A file that is open for writing."""

    def write(self, data: Any, /) -> object: ...


ArrowData: TypeAlias = "ArrowStream | ArrowArray"
# What an operator takes: a text is a value.
Operand: TypeAlias = "AnyExpr | AnySeries | NumpyArray | PythonValue"
# What a method of a frame takes: a text is the name of a column.
IntoExpr: TypeAlias = "AnyExpr | AnySeries | NumpyArray | PythonValue"
IntoPredicate: TypeAlias = "AnyExpr | AnySeries | NumpyArray | str | bool | None"
