"""A line that shows how far a long call is."""

from __future__ import annotations

import sys

from mydf._guided import guided
from mydf._native import core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # Seconds, and work done and all work if both are known.
    State = tuple[float, tuple[int, int] | None]

# A call that ends sooner shows nothing.
_PATIENCE = 0.5
_CELLS = 24


@guided
def show_progress(enabled: bool = True) -> None:
    r"""Show how far calls are that take longer than half a second.

    Reading CSV and JSON lines shows a bar, other work the seconds that it takes. The line is on
    standard error if that is a terminal, or below a notebook's cell, and disappears when the call
    ends, fails or is interrupted. Elsewhere, as in a log file, nothing is shown.

    Args:
        enabled: False hides it again, which is how mydf starts.

    Raises:
        ArgumentTypeError: If this is no bool.

    Examples:
        >>> import mydf
        >>> mydf.show_progress()
        >>> mydf.read_csv(b"a\n1\n").height
        1
        >>> mydf.show_progress(False)
    """
    from mydf import _options

    _options.flag("enabled", enabled)
    core.set_progress(_Line().take if enabled else None)


class _Line:
    """What is shown of the calls of this process, one at a time."""

    def __init__(self) -> None:
        self._width = 0
        self._handle: Any = None

    def take(self, state: State | None) -> None:
        """Show a state, or remove what is shown."""
        if state is None:
            self._remove()
            return
        if state[0] < _PATIENCE:
            return
        if (display := _notebook()) is not None:
            self._in_notebook(display, state)
        elif sys.stderr is not None and sys.stderr.isatty():
            self._in_terminal(state)

    def _in_terminal(self, state: State) -> None:
        import shutil

        text = _text(state, _marks(sys.stderr.encoding))
        text = text[: max(1, shutil.get_terminal_size().columns - 1)]
        # Blanks remove what a longer text has left.
        sys.stderr.write("\r" + text + " " * (self._width - len(text)))
        sys.stderr.flush()
        self._width = len(text)

    def _in_notebook(self, display: Any, state: State) -> None:
        import html

        content = {"text/plain": _text(state, "#-"), "text/html": _bar(state)}
        content["text/html"] += html.escape(_text(state, ""))
        if self._handle is None:
            self._handle = display(content, raw=True, display_id=True)
        else:
            self._handle.update(content, raw=True)

    def _remove(self) -> None:
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)
            self._handle = None


def _notebook() -> Any:
    """Return the function that shows something below a notebook's cell, or None elsewhere."""
    shell = sys.modules.get("IPython")
    found = None if shell is None else shell.get_ipython()
    if found is None or not hasattr(found, "kernel"):
        return None
    from IPython.display import display

    return display


def _marks(encoding: str | None) -> str:
    """Return the characters of what is done and of what is left."""
    try:
        "━─".encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return "#-"
    return "━─"


def _text(state: State, marks: str) -> str:
    seconds, work = state
    took = f"{seconds:.0f} s"
    if work is None:
        return f"mydf  {took}"
    done, total = work
    bar = ""
    if marks:
        full = _CELLS * done // total
        bar = marks[0] * full + marks[1] * (_CELLS - full) + "  "
    return f"mydf  {bar}{100 * done // total:3} %  {took}"


def _bar(state: State) -> str:
    if state[1] is None:
        return ""
    done, total = state[1]
    return f'<progress value="{done}" max="{total}"></progress> '
