"""How much of a frame is shown."""

from __future__ import annotations

import sys

_ROWS, _COLUMNS, _TEXT, _WIDTH = 10, 12, 32, 120


def limits() -> tuple[int, int, int, int]:
    """Return rows, columns, characters of a text and characters of a line for a `repr`."""
    return (_ROWS, _COLUMNS, _TEXT, _terminal_width())


def html_limits() -> tuple[int, int, int, int]:
    """Return the same for HTML, where a line has no width."""
    return (_ROWS, 2 * _COLUMNS, 4 * _TEXT, 1 << 30)


def _terminal_width() -> int:
    try:
        import os

        return max(os.get_terminal_size(sys.stdout.fileno()).columns, 40)
    except (AttributeError, OSError, ValueError):
        # No terminal, or a standard output that is none (a notebook, a test).
        return _WIDTH
