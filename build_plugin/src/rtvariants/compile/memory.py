"""The most memory that the compilers of a build use together."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

_PROC = Path("/proc")
#: Seconds between two measurements. A peak that is shorter than this may be missed.
INTERVAL = 0.25


class Peak:
    """Watches the processes of some sessions until it is stopped; only on Linux.

    Memory that processes share, such as the compiler's own code, is left out: it exists once and
    would be counted for each process.
    """

    def __init__(self, sessions: Callable[[], frozenset[int]]) -> None:
        self._sessions = sessions
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.bytes = 0

    def start(self) -> None:
        """Start to watch."""
        if sys.platform == "linux" and (_PROC / "self" / "stat").is_file():
            self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(INTERVAL):
            self.bytes = max(self.bytes, used(self._sessions()))


def used(sessions: frozenset[int]) -> int:
    """Return the bytes that only the processes of these sessions use."""
    if not sessions:
        return 0
    page = os.sysconf("SC_PAGE_SIZE")
    pages = 0
    for name in os.listdir(_PROC):
        if name.isdigit():
            try:
                stat = (_PROC / name / "stat").read_bytes()
                # After the name, which may hold anything: state, parent, group, session.
                if int(stat.rpartition(b")")[2].split()[3]) in sessions:
                    _, resident, shared, *_ = (_PROC / name / "statm").read_bytes().split()
                    pages += int(resident) - int(shared)
            except (OSError, IndexError, ValueError):
                continue  # The process has ended.
    return pages * page
