"""Paths and open files that are given to readers and writers."""

from __future__ import annotations

from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Suffixes that promise a compression which writers of text do not have.
_COMPRESSED = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": None, ".zip": None}

_BINARY = 'open it with `open(path, "rb")`'
_TO_WRITE = 'open it with `open(path, "wb")`'


def readable(given: object) -> str:
    """Return the path or URL of a file to read; a `file://` URL becomes a path."""
    import os

    found = _path("source", given)
    if is_url(found):
        return found
    if "\n" in found and not os.path.exists(found):
        hint = "pass the content of a file as bytes, e.g. `text.encode()`"
        raise _wrong("source", "a path with line ends", hint)
    return found


def writable(given: object) -> str:
    """Return the path or URL of a file to write; a `file://` URL becomes a path."""
    return _path("path", given)


def is_url(path: str) -> bool:
    """Return whether a text begins with a scheme and `://`."""
    scheme, colon, _ = path.partition("://")
    # fsspec chains file systems, as in `simplecache::s3://`; `c://` is a drive of Windows.
    return bool(colon) and len(scheme) > 1 and all(c.isalnum() or c in "+-.:" for c in scheme)


def _path(what: str, given: object) -> str:
    import os

    if not isinstance(given, (str, os.PathLike)):
        fact = f"{what}: a value of type `{type(given).__name__}`"
        raise ArgumentTypeError(fact, hint=_type_hint(what, given), what=what)
    # A leading `~` is the home directory.
    found = os.path.expanduser(os.fsdecode(os.fspath(given)))
    if found.startswith("file://"):
        from urllib.request import url2pathname

        found = url2pathname(found[len("file://") :].removeprefix("localhost"))
    if not found:
        raise _wrong(what, "an empty path", "name a file")
    if "\0" in found:
        raise _wrong(what, f"{found!r} contains NUL", "no file has such a name")
    try:
        os.fsencode(found)
    except UnicodeEncodeError as error:
        raise _wrong(what, f"{found!r}: {error.reason}", "no file has such a name") from None
    return found


def _wrong(what: str, fact: str, hint: str) -> ArgumentError:
    return ArgumentError(f"{what}: {fact}", hint=hint, what=what)


def _type_hint(what: str, given: object) -> str:
    if isinstance(given, (list, tuple)) and what == "path":
        return "write each frame to a file of its own"
    others = (
        ", bytes, an open file, or a list of paths" if what == "source" else ", or an open file"
    )
    return f"pass a str or a `pathlib.Path`{others}"


def check_uncompressed(given: object, writer: str) -> None:
    """Refuse a path whose suffix promises a compression."""
    import os

    if hasattr(given, "write"):
        return
    found = writable(given)
    suffix = os.path.splitext(found)[1].lower()
    if suffix in _COMPRESSED:
        module = _COMPRESSED[suffix]
        hint = "leave the suffix out and compress the file afterwards"
        if module is not None:
            hint = f'use `frame.{writer}({module}.open(path, "wb"))`, or leave the suffix out'
        fact = f"path: `{found}` ends in `{suffix}`, and text is written without compression"
        raise ArgumentError(fact, hint=hint, what="path")


def is_open_text(given: object) -> bool:
    """Return whether this is a file that is open for writing text."""
    import io

    return isinstance(given, io.TextIOBase)


def write_text(file: Any, text: str) -> None:
    """Write a text to an open file, at once."""
    _check_writable(file)
    file.write(text)


def content(source: Any, _: str | None = None) -> tuple[bytes, str] | None:
    """Return the bytes of an open file or of bytes, and their name in errors; None for a path."""
    if hasattr(source, "read"):
        data = _read(source)
        if isinstance(data, str):
            raise _wrong("source", "a file that is open as text", _BINARY)
        return data, _name(source)
    if not isinstance(source, (bytes, bytearray, memoryview)):
        return None
    data = bytes(source)
    import os

    # As CSV without a line end, it would be a header without rows.
    if len(data) < 4096 and not {10, 13} & set(data) and os.path.isfile(data):
        fact = f"{data!r} is the path of a file, and bytes are read as the content of one"
        raise _wrong("source", fact, "pass the path as a str, `os.fsdecode(path)`")
    return data, "<bytes>"


def text_content(source: Any, quote: str | None) -> tuple[bytes, str] | None:
    """Return the same; the file may also be open as text."""
    text = _read(source) if hasattr(source, "read") else None
    if not isinstance(text, str):
        return content(source) if text is None else (text, _name(source))
    # Files opened as text replace CR and CRLF by LF, also in texts within quotes.
    replaced = getattr(source, "newlines", None) not in (None, "\n") and "\r" not in text
    if replaced and quote is not None and quote in text:
        fact = "Python has replaced the line ends of this text file, and those within quotes"
        raise _wrong("source", fact, f'{_BINARY}, or with `newline=""`')
    try:
        return text.encode(), _name(source)
    except UnicodeEncodeError as error:
        fact = f"its text is not Unicode: {error.reason}, at character {error.start}"
        raise _wrong("source", fact, _BINARY) from None


def _name(source: object) -> str:
    return str(getattr(source, "name", "<file>"))


def _read(source: Any) -> bytes | str:
    if getattr(source, "closed", False) is True:
        raise _wrong("source", "a closed file", _BINARY)
    if hasattr(source, "readable") and not source.readable():
        raise _wrong("source", "a file that is open for writing", _BINARY)
    data = source.read()
    if not data and hasattr(source, "seekable") and source.seekable() and source.tell() > 0:
        raise _wrong("source", "an open file of which nothing is left", "call `file.seek(0)` first")
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    if isinstance(data, str):
        return data
    fact = f"source: its `read()` returns a value of type `{type(data).__name__}`"
    raise ArgumentTypeError(fact, hint=_BINARY, what="source")


def copy_to(file: Any, local: str) -> None:
    """Copy a file of this machine to an open one."""
    import shutil

    _check_writable(file)
    if is_open_text(file):
        raise _wrong("path", "a file that is open as text", _TO_WRITE)
    with open(local, "rb") as written:
        shutil.copyfileobj(written, file, 1 << 20)


def _check_writable(file: Any) -> None:
    if getattr(file, "closed", False) is True:
        raise _wrong("path", "a closed file", _TO_WRITE)
    if hasattr(file, "writable") and not file.writable():
        raise _wrong("path", "a file that is open for reading", _TO_WRITE)
