"""How long a build takes, by what each crate took in the last build of the same directory.

Counts of steps say little: the last crates of a build, which depend on all others, often take half
of its time. So each build records when cargo began and ended each crate, as seconds before the
build's end. In the next build, the crates that are not ready yet are looked up there. A crate that
was never built has no record, and a first build shows no estimate.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

from rtvariants.files import write_text

NOTE = "times.json"
#: A first estimate needs this many seconds: cargo says at once which crates are still fresh.
_SETTLED = 2.0
#: An estimate is corrected by the speed of this build, within these limits.
_SLOWEST, _FASTEST = 3.0, 0.5


class Estimate:
    """The time that one build still takes; every method may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NOTE
        # Seconds before the end of a build, when a crate began and when it ended.
        self._before = _read(self._file)
        self._lock = threading.Lock()
        self._zero = time.monotonic()
        self._began: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._ready: set[str] = set()
        self._first: tuple[float, float] | None = None

    def ready(self, crate: str) -> None:
        """Note that cargo has a crate, compiled or fresh."""
        with self._lock:
            self._ready.add(crate)

    def runs(self, names: str) -> None:
        """Note what cargo compiles at this moment, in the words of its progress bar."""
        now = time.monotonic()
        running = {name.strip() for name in names.split(",")} - {""}
        # A list that is too long for the bar does not say what has ended.
        cut = names.rstrip().endswith("...")
        with self._lock:
            for name in running:
                if not name.endswith("..."):
                    self._began.setdefault(name, now)
            for name in () if cut else self._began.keys() - running - self._ended.keys():
                self._ended[name] = now

    def left(self, now: float) -> float | None:
        """Return the seconds until the end; None if they are unknown."""
        with self._lock:
            if now - self._zero < _SETTLED:
                return None
            waiting = {name: times for name, times in self._before.items() if self._waits(name)}
            if not waiting:
                return None
            rest = max(self._rest(name, *times, now) for name, times in waiting.items())
            if self._first is None:
                self._first = (now, rest)
            return rest * self._speed(now, rest)

    def keep(self) -> None:
        """Record what this build took, once it has ended well."""
        now = time.monotonic()
        with self._lock:
            for name, began in self._began.items():
                ended = self._ended.get(name, now)
                self._before[name] = (round(now - began, 1), round(now - ended, 1))
            compiled = bool(self._began)
            text = json.dumps(self._before, indent=1)
        if compiled:
            write_text(self._file, text + "\n")

    def _waits(self, name: str) -> bool:
        # The bar names `zstd-sys(build)` what cargo's messages name `zstd-sys`.
        return name not in self._ended and name.partition("(")[0] not in self._ready

    def _rest(self, name: str, began: float, ended: float, now: float) -> float:
        """Return the seconds from now to the end, as this crate alone tells them."""
        since = self._began.get(name)
        return began if since is None else max(began - (now - since), ended, 1.0)

    def _speed(self, now: float, rest: float) -> float:
        """Return how many times as long this build takes as the recorded one."""
        assert self._first is not None
        at, whole = self._first
        # The first tenth says too little.
        if whole - rest < whole / 10:
            return 1.0
        return min(max((now - at) / (whole - rest), _FASTEST), _SLOWEST)


def _read(file: Path) -> dict[str, tuple[float, float]]:
    """Return a record; an empty one where there is none, or one that another version wrote."""
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
        return {str(name): (float(began), float(ended)) for name, (began, ended) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
