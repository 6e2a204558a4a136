"""What pickle sends of a frame or a Series.

From protocol 5 on, each buffer of a column is a `PickleBuffer`: who collects them out of band (Ray,
Dask, `multiprocessing`) sends the memory itself, without a copy. A receiver shares memory that
nobody can write to, such as `bytes` and what is in Ray's object store, and copies other memory.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mydf._native import core


def arguments(sent: core.Frame, protocol: int) -> tuple[Any, ...]:
    """Return the header and the buffers, of which `core.Frame.load` makes the same columns."""
    header, parts = sent.dump()
    if protocol < 5:
        return (header, *(part.to_bytes() for part in parts))
    return (header, *map(_out_of_band, parts))


def _out_of_band(part: core.Lent) -> object:
    import ctypes
    from pickle import PickleBuffer

    # The stable ABI of Python 3.10 has no other way to show memory to Python.
    memory = (ctypes.c_ubyte * part.nbytes()).from_address(part.address())
    # The view keeps the array alive, and so the part.
    memory.part = part  # type: ignore[attr-defined]
    return PickleBuffer(memoryview(memory).toreadonly())
