"""Frames as text and HTML: how much is shown, and with which characters."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mydf._native import core

_ROWS, _COLUMNS, _TEXT, _WIDTH = 10, 12, 32, 120
# The characters of a table, and their replacements in ASCII.
_SIGNS = dict(zip("┌┬┐╞╪╡└┴┘─═│…", "+++++++++-=|.", strict=True))


def text(frame: core.Frame, rows: int = _ROWS) -> str:
    """Return a table as wide as the terminal, in characters that standard output can encode.

    On Windows a pipe or file may have a code page (cp1252) without the lines of the table, and
    `print` would raise `UnicodeEncodeError`. Characters of the data are never replaced.
    """
    shown = frame.text((rows, _COLUMNS, _TEXT, _terminal_width()))
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if _can(encoding, "".join(_SIGNS)):
        return shown
    return shown.translate({ord(s): p for s, p in _SIGNS.items() if not _can(encoding, s)})


def html(frame: core.Frame) -> str:
    """Return a table of HTML, which has room for more and no limit to its lines."""
    return frame.html((_ROWS, 2 * _COLUMNS, 4 * _TEXT, 1 << 30))


def _can(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except LookupError:
        return True  # Python does not know the encoding, which is no reason to change the text.
    except UnicodeEncodeError:
        return False
    return True


def _terminal_width() -> int:
    try:
        import os

        return max(os.get_terminal_size(sys.stdout.fileno()).columns, 40)
    except (AttributeError, OSError, ValueError):
        # Standard output is not a terminal, or not a file at all (a notebook, a test).
        return _WIDTH
