"""A producer for Arrow's C interfaces, made with ctypes, that exports whatever it is given.

A library such as pyarrow exports only what its own types allow. Here each field of the structs can
be wrong: a length, an offset, a missing buffer, bytes that are not UTF-8.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

P = ctypes.c_void_p


class CSchema(ctypes.Structure):
    """`struct ArrowSchema`."""

    _fields_ = (
        ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", P),
        ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64), ("children", P),
        ("dictionary", P), ("release", P), ("private_data", P),
    )  # fmt: skip


class CArray(ctypes.Structure):
    """`struct ArrowArray`."""

    _fields_ = (
        ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64), ("buffers", P),
        ("children", P), ("dictionary", P), ("release", P), ("private_data", P),
    )  # fmt: skip


class CStream(ctypes.Structure):
    """`struct ArrowArrayStream`."""

    _fields_ = (
        ("get_schema", P), ("get_next", P), ("get_last_error", P), ("release", P),
        ("private_data", P),
    )  # fmt: skip


RELEASE = ctypes.CFUNCTYPE(None, P)
GET = ctypes.CFUNCTYPE(ctypes.c_int, P, P)
LAST = ctypes.CFUNCTYPE(P, P)


@dataclass
class Data:
    """A column or frame: its type and its array. Fields left as None get the usual value."""

    format: bytes | None
    length: int = 0
    buffers: Sequence[bytes | None] = ()
    name: bytes | None = b"a"
    metadata: bytes | None = None
    children: Sequence[Data | None] = ()
    dictionary: Data | None = None
    null_count: int = 0
    offset: int = 0
    n_buffers: int | None = None
    n_children: int | None = None
    array_children: Sequence[Data | None] | None = None
    array_dictionary: Data | bool = True
    buffers_pointer: bool = True
    released: bool = False


def frame(*columns: Data | None, length: int = 1, **changes: Any) -> Data:
    """Return a frame of these columns."""
    made = Data(b"+s", length, [None], name=b"", children=columns)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def metadata(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return metadata in the form of the interface."""
    pairs = list(pairs)
    found = len(pairs).to_bytes(4, "little")
    for text in (text for pair in pairs for text in pair):
        found += len(text).to_bytes(4, "little") + text
    return found


@dataclass
class Producer:
    """Exports `data`, as a stream of `chunks` if there are any; it counts what is released."""

    data: Data
    chunks: Sequence[Data] | None = None
    fails_after: bytes | None = None
    error_code: int = 5
    released: int = 0
    exported: int = 0
    _kept: list[Any] = field(default_factory=list)

    def schema(self, data: Data, at: CSchema | None = None) -> CSchema:
        """Fill in a schema."""
        made = self._keep(at or CSchema())
        made.format, made.name = data.format, data.name
        made.metadata = self._bytes(data.metadata)
        made.n_children = len(data.children) if data.n_children is None else data.n_children
        made.children = self._pointers(child and self.schema(child) for child in data.children)
        made.dictionary = data.dictionary and ctypes.addressof(self.schema(data.dictionary))
        made.release = self._release(CSchema)
        return made

    def array(self, data: Data, at: CArray | None = None) -> CArray:
        """Fill in an array."""
        made = self._keep(at or CArray())
        made.length, made.null_count, made.offset = data.length, data.null_count, data.offset
        made.n_buffers = len(data.buffers) if data.n_buffers is None else data.n_buffers
        if data.buffers_pointer:
            buffers = (P * max(len(data.buffers), 1))(*map(self._bytes, data.buffers))
            made.buffers = ctypes.addressof(self._keep(buffers))
        children = data.children if data.array_children is None else data.array_children
        made.n_children = len(children) if data.n_children is None else data.n_children
        made.children = self._pointers(child and self.array(child) for child in children)
        if data.dictionary and data.array_dictionary:
            inner = data.dictionary if data.array_dictionary is True else data.array_dictionary
            made.dictionary = ctypes.addressof(self.array(inner))
        made.release = None if data.released else self._release(CArray)
        return made

    def stream(self) -> CStream:
        """Fill in a stream of the chunks."""
        made = self._keep(CStream())
        left = list(self.chunks or ())

        def get_schema(_: int, out: int) -> int:
            self.schema(self.data, CSchema.from_address(out))
            return 0

        def get_next(_: int, out: int) -> int:
            if left:
                self.array(left.pop(0), CArray.from_address(out))
                return 0
            CArray.from_address(out).release = None
            return self.error_code if self.fails_after is not None else 0

        made.get_schema = self._function(GET, get_schema)
        made.get_next = self._function(GET, get_next)
        made.get_last_error = self._function(LAST, lambda _: self._bytes(self.fails_after or None))
        made.release = self._release(CStream)
        return made

    def __getattr__(self, name: str) -> Any:
        stream = self.chunks is not None
        if (name == "__arrow_c_stream__" and stream) or (
            name == "__arrow_c_array__" and not stream
        ):
            return self._capsules
        raise AttributeError(name)

    def _capsules(self, requested_schema: object = None) -> Any:
        assert requested_schema is None
        if self.chunks is not None:
            return _capsule(self.stream(), b"arrow_array_stream")
        schema = _capsule(self.schema(self.data), b"arrow_schema")
        return schema, _capsule(self.array(self.data), b"arrow_array")

    def _keep(self, value: Any) -> Any:
        self._kept.append(value)
        return value

    def _bytes(self, data: bytes | None) -> int | None:
        if data is None:
            return None
        return ctypes.addressof(self._keep(ctypes.create_string_buffer(data, len(data) + 64)))

    def _pointers(self, structs: Iterable[Any]) -> int | None:
        found = [struct and ctypes.addressof(struct) for struct in structs]
        return ctypes.addressof(self._keep((P * len(found))(*found))) if found else None

    def _function(self, kind: Any, function: Any) -> int | None:
        return ctypes.cast(self._keep(kind(function)), P).value

    def _release(self, kind: Any) -> int | None:
        def release(at: int) -> None:
            kind.from_address(at).release = None
            self.released += 1

        self.exported += 1
        return self._function(RELEASE, release)


def _capsule(struct: Any, name: bytes) -> Any:
    new = ctypes.pythonapi.PyCapsule_New
    new.restype, new.argtypes = ctypes.py_object, (P, ctypes.c_char_p, P)
    return new(ctypes.addressof(struct), name, None)
