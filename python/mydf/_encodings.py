"""Text files in other encodings than UTF-8, decoded exactly."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentError, CsvError, FileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from mydf._requests import Data


def decoder(encoding: str) -> Callable[[Data], tuple[bytes, str]] | None:
    """Return what makes UTF-8 of a file, or None if it is in UTF-8 already."""
    from mydf import _options

    _options.text("encoding", encoding)
    import codecs

    hint = "use a name such as `cp1252`, `latin-1`, `utf-16` or `shift_jis`"
    if encoding.lower() in ("utf8-lossy", "utf-8-lossy"):
        hint = "name the real encoding, often `cp1252`; a lossy reading would change texts"
        raise ArgumentError(f"encoding: `{encoding}`", hint=hint, what="encoding")
    try:
        known = codecs.lookup(encoding)
        # Python has codecs that make bytes of bytes too.
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        fact = f"encoding: `{encoding}` is unknown"
        raise ArgumentError(fact, hint=hint, what="encoding") from error
    if known.name in ("utf-8", "utf-8-sig", "ascii"):
        # ASCII is UTF-8 too, and the bytes that it does not have are errors in most files.
        return None
    return lambda data: _decoded(data, encoding)


def _decoded(data: Data, encoding: str) -> tuple[bytes, str]:
    content, name = _content(data) if isinstance(data, str) else data
    content = core.decompressed(content, name)
    try:
        return content.decode(encoding).encode(), name
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "replace").count("\n") + 1
        wrong = " ".join(f"0x{byte:02x}" for byte in content[error.start : error.end][:4])
        fact = f"CSV file `{name}`, line {line}: {wrong} is not {encoding}"
    except UnicodeEncodeError as error:
        line = error.object[: error.start].count("\n") + 1
        fact = f"CSV file `{name}`, line {line}: half a character"
    hint = "check what wrote the file: other common encodings are `utf-8`, `cp1252` and `utf-16`"
    raise CsvError(fact, hint=hint, path=name, row=line, column=None)


def _content(path: str) -> tuple[bytes, str]:
    try:
        with open(path, "rb") as file:
            return file.read(), path
    except OSError:
        # The core has the errors of the operating system, with their hints.
        core.read_csv(path, _first_row())
        raise FileError(f"read `{path}`", hint="try again", operation="read", path=path) from None


def _first_row() -> dict[str, object]:
    from mydf._requests import CSV_DEFAULTS

    return CSV_DEFAULTS | {"n_rows": 1}
