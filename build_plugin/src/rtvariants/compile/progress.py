"""What a person sees while cargo works: live lines on a terminal, plain lines elsewhere.

The few escape codes are written here, without a library: this package is installed into every
isolated build environment of every adopter, where each dependency is one more download and one more
version to agree on.

A program can read the same events as JSON, one a line:

```json
{"event": "start", "time": 1767225600.0, "runtime": "fast"}
{"event": "step", "time": 1767225603.5, "runtime": "fast", "done": 18, "total": 29}
{"event": "done", "time": 1767225631.0, "runtime": "fast", "compiled": 15, "seconds": 31.0}
{"event": "checked", "time": 1767225631.2, "runtime": "fast", "violations": 0}
{"event": "failed", "time": 1767225631.0, "runtime": "safe", "seconds": 31.0}
{"event": "end", "time": 1767225631.2, "seconds": 31.2, "peak_memory": 812000000}
```

`time` is in seconds since 1970, `peak_memory` in bytes over all compilers that ran at once; it is
absent where the system does not report it, or nothing ran for long enough.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from rtvariants.errors import MachineError, Problem

from .estimate import Estimate

#: Seconds between two lines about one runtime where there is no terminal.
INTERVAL = 15.0
#: Seconds between two updates on a terminal while cargo is silent: the last crate takes longest.
TICK = 1.0


@dataclass
class _Running:
    """A runtime that cargo works on: when it began, when a line was last printed, cargo's count."""

    began: float
    said: float
    estimate: Estimate | None = None
    done: int = 0
    total: int = 0
    names: str = ""

    def text(self, now: float, live: bool) -> str:
        """Return the line at a moment."""
        seconds = now - self.began
        if not self.total:
            return f"cargo starts, {seconds:.0f} s"
        text = f"{self.done:>3}/{self.total} steps, {seconds:.0f} s"
        left = self.estimate.left(now) if self.estimate and self.done < self.total else None
        if left is not None:
            text += f", about {left:.0f} s to go" if left >= 2 else ", almost done"
        return f"{text}: {self.names}" if live and self.names else text


class Progress:
    """Reports the builds of one plan; every method may be called from any thread.

    `events` is a file for the JSON lines, with `more` one that has some already. Raises
    `MachineError` where it can't be written.
    """

    def __init__(
        self,
        runtimes: tuple[str, ...],
        stream: TextIO | None = None,
        events: str = "",
        *,
        more: bool = False,
    ) -> None:
        self._stream = stream or sys.stderr
        # Older terminals of Windows print the codes themselves.
        self._live = self._stream.isatty() and (os.name != "nt" or "WT_SESSION" in os.environ)
        self._lock = threading.RLock()
        self._runtimes = runtimes
        self._width = max((len(r) for r in runtimes), default=0)
        self._zero = time.monotonic()
        self._running: dict[str, _Running] = {}
        # On a terminal, each runtime has a line from the beginning.
        self._lines = dict.fromkeys(runtimes, "waits") if self._live else {}
        self._warnings: dict[str, None] = {}
        self._drawn = 0
        self._worked = False
        self._events = _opened(events, "a" if more else "w")
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def waits(self, runtime: str) -> None:
        """Show that the runtime waits for what another one compiles for both."""
        self.say(runtime, "waits for what is compiled once for both")

    def start(self, runtime: str, estimate: Estimate | None = None) -> None:
        """Show that cargo runs for this runtime now, and for how long as `estimate` says."""
        now = time.monotonic()
        with self._lock:
            self._running[runtime] = _Running(now, now, estimate)
            self._event("start", runtime=runtime)
            self._show(runtime, "cargo starts", plain=True)
            if not self._ticker.is_alive() and not self._ended.is_set():
                self._ticker.start()

    def step(self, runtime: str, done: int, total: int, now_at: str = "") -> None:
        """Show cargo's own count of finished and planned steps, and what it compiles."""
        now = time.monotonic()
        with self._lock:
            running = self._running[runtime]
            running.done, running.total, running.names = done, total, now_at
            if running.estimate:
                running.estimate.runs(now_at)
            self._event("step", runtime=runtime, done=done, total=total)
            self._line(runtime, now)

    def tick(self) -> None:
        """Update the lines of what runs, also while cargo is silent."""
        now = time.monotonic()
        with self._lock:
            for runtime in self._running:
                self._line(runtime, now)

    def _tick(self) -> None:
        while not self._ended.wait(TICK):
            self.tick()

    def _line(self, runtime: str, now: float) -> None:
        running = self._running[runtime]
        plain = now - running.said >= INTERVAL
        if plain:
            running.said = now
        self._show(runtime, running.text(now, self._live), plain)

    def done(self, runtime: str, compiled: int) -> None:
        """Show that the runtime is compiled, or that nothing had to be."""
        with self._lock:
            seconds = time.monotonic() - self._running.pop(runtime).began
            self._worked |= compiled > 0
            crates = "1 crate" if compiled == 1 else f"{compiled} crates"
            what = f"{crates} compiled" if compiled else "nothing to compile"
            self._event("done", runtime=runtime, compiled=compiled, seconds=round(seconds, 3))
            self._show(runtime, f"{what}, {seconds:.1f} s", plain=True)

    def warned(self, warnings: Iterable[str]) -> None:
        """Keep the compilers' warnings; each is shown once, when everything is built."""
        with self._lock:
            self._warnings.update(dict.fromkeys(warnings))

    def checked(self, runtime: str, violations: int) -> None:
        """Show that the artifact is checked; its violations are reported when all are."""
        with self._lock:
            self._event("checked", runtime=runtime, violations=violations)
            if violations:
                what = f"{violations} violation{'s' if violations > 1 else ''}"
                self.say(runtime, f"{what}, reported when all are built")

    def failed(self, runtime: str, what: str = "failed") -> None:
        """Show that cargo failed, or was stopped; the error itself gives the reason."""
        with self._lock:
            seconds = time.monotonic() - self._running.pop(runtime).began
            self._warnings.clear()  # The error is shown alone; its log has them.
            self._event("failed", runtime=runtime, seconds=round(seconds, 3))
            self._show(runtime, what, plain=True)

    def say(self, runtime: str, text: str) -> None:
        """Show a line of the plugin's own about a runtime."""
        with self._lock:
            self._show(runtime, text, plain=True)

    def end(self, peak: int = 0) -> None:
        """End the report; `peak` is the most bytes that all compilers used at once."""
        self._ended.set()
        with self._lock:
            for text in self._warnings:
                print(text, file=self._stream, flush=True)
            facts = {"peak_memory": peak} if peak else {}
            self._event("end", seconds=round(time.monotonic() - self._zero, 3), **facts)
            if peak and self._worked:
                text = f"rtvariants: peak memory of the compilers: {peak / 1e6:.0f} MB"
                print(text, file=self._stream, flush=True)
            if self._events is not None:
                self._events.close()
                self._events = None

    def _event(self, event: str, **facts: object) -> None:
        if self._events is not None:
            line = {"event": event, "time": round(time.time(), 3), **facts}
            self._events.write(json.dumps(line) + "\n")
            self._events.flush()

    def _show(self, runtime: str, text: str, plain: bool) -> None:
        self._lines[runtime] = text
        if self._live:
            self._draw()
        elif plain:
            print(f"rtvariants: {runtime:<{self._width}}  {text}", file=self._stream, flush=True)

    def _draw(self) -> None:
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        # A line that the terminal wraps takes two, and the cursor would not go up far enough.
        width = shutil.get_terminal_size().columns - 1
        # In the configuration's order, not in that of events.
        lines = (f"  {name:<{self._width}}  {self._lines[name]}"[:width] for name in self._runtimes)
        rows = "\n".join(f"\x1b[2K{line}" for line in lines)
        print(up + rows, file=self._stream, flush=True)
        self._drawn = len(self._lines)


def _opened(events: str, mode: str) -> IO[str] | None:
    if not events:
        return None
    try:
        Path(events).parent.mkdir(parents=True, exist_ok=True)
        return Path(events).open(mode, encoding="utf-8")
    except OSError as error:
        what = f"can't write the events to {events}: {error.strerror}"
        raise MachineError(Problem(what, "name another file for `events`")) from error
