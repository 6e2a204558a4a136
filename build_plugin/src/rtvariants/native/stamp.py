"""The stamp: what a runtime says about itself, readable without loading it.

The text is written by the crate `rtvariants-guard` into a section of the native. Its format is the
loader's, which reads it before every load; this module reads it from the native itself and says
what the table expects it to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rtvariants.compile.plan import Build
from rtvariants.loader.stamp import FILE_NAME, StampError, parse

from . import binary

__all__ = ["FILE_NAME", "StampError", "expected", "parse", "read", "with_commit"]

# What the crate `rtvariants-guard` leaves blank for the longest hash that git makes.
_ROOM = 64
_BLANK = b"\ncommit=%b\nend\n" % (b" " * _ROOM)


def read(native: Path) -> bytes | None:
    """Return the stamp's bytes from a native without loading it; `None` where it has none."""
    data = binary.read(native).section(".rtvariants")
    return None if data is None else data.rstrip(b"\0")


def with_commit(native: bytes, commit: str) -> bytes:
    r"""Return a native with the commit in the room that its stamp has for it.

    The compiler is never told of the commit: it would compile the module anew for each. Raises
    `StampError` where the file does not hold the room exactly once.

    >>> with_commit(b"..." + _BLANK + b"...", "c0ffee")[:18]
    b'...\\ncommit=c0ffee '
    """
    if native.count(_BLANK) != 1:
        raise StampError("it has no room for the commit")
    return native.replace(_BLANK, b"\ncommit=%b\nend\n" % commit.encode().ljust(_ROOM))


def expected(build: Build) -> Mapping[str, str]:
    """Return what the stamp of this build must say, by key."""
    env = build.env
    return {
        "package": env["RTVARIANTS_PACKAGE"],
        "version": env["RTVARIANTS_VERSION"],
        "runtime": build.runtime,
        "level": build.level,
        "target": build.target,
        "features": ",".join(build.rust_features),
        "index-bits": str(build.index_bits),
        "allocator": build.allocator,
        "abi": build.abi,
        "page-size": build.page_size,
        "toolchain": env["RTVARIANTS_TOOLCHAIN"],
        "commit": build.commit,
    }
