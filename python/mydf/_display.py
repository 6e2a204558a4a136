"""How much of a frame is shown."""

from __future__ import annotations

import sys

_ROWS, _COLUMNS, _TEXT, _WIDTH = 10, 12, 32, 120
# What a table is drawn with, and what stands in its place.
_SIGNS = dict(zip("┌┬┐╞╪╡└┴┘─═│…", "+++++++++-=|.", strict=True))


def limits() -> tuple[int, int, int, int]:
    """Return rows, columns, characters of a text and characters of a line for a `repr`."""
    return (_ROWS, _COLUMNS, _TEXT, _terminal_width())


def html_limits() -> tuple[int, int, int, int]:
    """Return the same for HTML, where a line has no width."""
    return (_ROWS, 2 * _COLUMNS, 4 * _TEXT, 1 << 30)


def printable(text: str) -> str:
    """Return a table with lines of ASCII where standard output has no others.

    On Windows a pipe or file may be of a code page (cp1252) that lacks them, and `print` would
    raise `UnicodeEncodeError`. What else is in a table is the user's, and stays.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if _can(encoding, "".join(_SIGNS)):
        return text
    return text.translate({ord(s): p for s, p in _SIGNS.items() if not _can(encoding, s)})


def _can(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except LookupError:
        return True  # An encoding that Python doesn't know is no reason to change anything.
    except UnicodeEncodeError:
        return False
    return True


def _terminal_width() -> int:
    try:
        import os

        return max(os.get_terminal_size(sys.stdout.fileno()).columns, 40)
    except (AttributeError, OSError, ValueError):
        # No terminal, or a standard output that is none (a notebook, a test).
        return _WIDTH
