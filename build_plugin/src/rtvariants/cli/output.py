"""What the command writes to a terminal: errors with colored labels."""

from __future__ import annotations

import os
import re
import sys
from typing import TextIO

_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "hint": "\x1b[1;36m"}
_LABEL = re.compile(r"^(error|warning|hint):", re.MULTILINE)


def complain(text: str) -> None:
    """Write facts and hints to standard error, in colors if that is a terminal."""
    if colors(sys.stderr):
        text = _LABEL.sub(lambda found: f"{_COLORS[found[1]]}{found[0]}\x1b[0m", text)
    print(text, file=sys.stderr)


def colors(stream: TextIO) -> bool:
    """Return whether a stream takes colors: a terminal, unless the user has turned them off."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
