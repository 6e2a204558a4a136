"""Paths and open files that are given to readers and writers."""

from __future__ import annotations

from mydf._options import mistyped
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Suffixes that promise a compression which `write_csv` does not have.
_COMPRESSED = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": None, ".zip": None}


def path(what: str, given: object) -> str:
    """Return a path with a leading `~` replaced by the home directory."""
    import os

    if not isinstance(given, (str, os.PathLike)):
        raise mistyped(what, given, _type_hint(given))
    found = os.path.expanduser(os.fsdecode(os.fspath(given)))
    if "\0" in found:
        raise ArgumentError(f"{what}: a path with a NUL character", hint="check it", what=what)
    scheme, colon, _ = found.partition("://")
    if colon and scheme.isalnum():
        hint = "read it with `urllib.request.urlopen(url)` and pass that, or download it first"
        raise ArgumentError(f"{what}: `{found}` is a URL, not a path", hint=hint, what=what)
    if "\n" in found and not os.path.exists(found):
        hint = "pass the content of a file as bytes, e.g. `text.encode()`"
        raise ArgumentError(f"{what}: a path with line ends", hint=hint, what=what)
    return found


def _type_hint(given: object) -> str:
    if isinstance(given, (list, tuple)):
        return "read each file and join the frames: `mydf.concat([read(path) for path in paths])`"
    if hasattr(given, "write"):
        return "pass the path of a file; `file.write(frame.write_csv())` writes to an open one"
    return "pass a str or a `pathlib.Path`"


def uncompressed(given: object) -> str:
    """Return the path of a file that is written without compression."""
    import os

    found = path("path", given)
    suffix = os.path.splitext(found)[1].lower()
    if suffix in _COMPRESSED:
        module = _COMPRESSED[suffix]
        hint = "leave the suffix out and compress the file afterwards"
        if module is not None:
            hint = (
                f'use `{module}.open(path, "wt", encoding="utf-8", newline="")` and '
                "`file.write(frame.write_csv())`, or leave the suffix out"
            )
        fact = f"path: `{found}` ends in `{suffix}`, and CSV is written without compression"
        raise ArgumentError(fact, hint=hint, what="path")
    return found


def content(source: Any, quote: str | None) -> tuple[bytes, str] | None:
    """Return the bytes of an open file or of bytes, and their name in errors; None for a path."""
    if hasattr(source, "read"):
        return _read(source, quote), str(getattr(source, "name", "<file>"))
    if not isinstance(source, (bytes, bytearray, memoryview)):
        return None
    data = bytes(source)
    import os

    # Without a line end it would be a header without rows.
    if len(data) < 4096 and not {10, 13} & set(data) and os.path.isfile(data):
        fact = f"source: {data!r} is the path of a file, and bytes are read as the content of one"
        raise ArgumentError(fact, hint="pass the path as a str, `os.fsdecode(path)`", what="source")
    return data, "<bytes>"


def _read(source: Any, quote: str | None) -> bytes:
    data = source.read()
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    if not isinstance(data, str):
        fact = f"source: its `read()` returns a value of type `{type(data).__name__}`"
        raise ArgumentTypeError(
            fact, hint='pass a file opened with `open(path, "rb")`', what="source"
        )
    # Files opened as text replace CR and CRLF by LF, also in texts within quotes.
    replaced = getattr(source, "newlines", None) not in (None, "\n") and "\r" not in data
    if replaced and quote is not None and quote in data:
        fact = "source: Python has replaced the line ends of this file, and those in its texts"
        hint = 'open it with `open(path, "rb")`, or with `newline=""`'
        raise ArgumentError(fact, hint=hint, what="source")
    try:
        return data.encode()
    except UnicodeEncodeError as error:
        fact = f"source: its text is not Unicode: {error.reason}, at character {error.start}"
        raise ArgumentError(fact, hint='open it with `open(path, "rb")`', what="source") from None
