"""The stamp: what a runtime says about itself, readable without loading it.

The text is written by the crate `rtvariants-guard` into a section of the extension module. The
loader owns its format, and reads it before every load; this module reads it from the file itself.
"""

from __future__ import annotations

from pathlib import Path

from rtvariants.loader.stamp import FILE_NAME, StampError, parse

from . import binary

__all__ = ["FILE_NAME", "StampError", "parse", "read", "with_commit"]

# What the crate `rtvariants-guard` leaves blank for the longest hash that git makes.
_ROOM = 64
_BLANK = b"\ncommit=%b\nend\n" % (b" " * _ROOM)


def read(native: Path) -> bytes | None:
    """Return the stamp's bytes from a native without loading it; `None` where it has none."""
    return binary.read(native).stamp


def with_commit(native: bytes, commit: str) -> bytes:
    r"""Return a native with the commit in the room that its stamp has for it.

    The commit is not passed to the compiler, which would compile the module again for each. Raises
    `StampError` where the file does not hold the room exactly once.

    >>> with_commit(b"..." + _BLANK + b"...", "c0ffee")[:18]
    b'...\\ncommit=c0ffee '
    """
    if native.count(_BLANK) != 1:
        raise StampError("it has no room for the commit")
    return native.replace(_BLANK, b"\ncommit=%b\nend\n" % commit.encode().ljust(_ROOM))
