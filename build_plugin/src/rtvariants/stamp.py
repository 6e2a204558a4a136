"""The stamp: what a runtime says about itself, readable without loading it.

The text is written by the crate `rtvariants-guard` into a section of the native. This module reads
it back and says what the table expects it to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .elf import Elf
from .plan import Build

FILE_NAME = "rtvariants.stamp"
KEYS = (
    "package",
    "version",
    "runtime",
    "level",
    "target",
    "features",
    "index-bits",
    "allocator",
    "abi",
    "page-size",
    "toolchain",
    "commit",
)
_HEAD, _END = "rtvariants-stamp 1", "end"


def parse(text: bytes) -> dict[str, str]:
    """Return the facts of a stamp, in order; raises `ValueError` that says what is wrong.

    >>> parse(b"hello")
    Traceback (most recent call last):
        ...
    ValueError: first line is not `rtvariants-stamp 1`
    """
    lines = text.decode("utf-8").split("\n")
    if lines[0] != _HEAD:
        raise ValueError(f"first line is not `{_HEAD}`")
    if lines[-2:] != [_END, ""]:
        raise ValueError(f"last line is not `{_END}`: the stamp is cut short")
    pairs = [line.partition("=") for line in lines[1:-2]]
    if tuple(key for key, _, _ in pairs) != KEYS:
        raise ValueError(f"keys are not `{' '.join(KEYS)}`")
    return {key: value for key, _, value in pairs}


def read(native: Path) -> bytes | None:
    """Return the stamp's bytes from a native without loading it; `None` where it has none."""
    data = Elf.read(native).section(".rtvariants")
    return None if data is None else data.rstrip(b"\0")


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
        "commit": env["RTVARIANTS_COMMIT"],
    }
