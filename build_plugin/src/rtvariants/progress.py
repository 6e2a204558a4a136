"""What a person sees while cargo works: live lines on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO

#: Seconds between two lines about one runtime where there is no terminal.
INTERVAL = 15.0


class Progress:
    """Reports the builds of one plan; every method may be called from any thread."""

    def __init__(self, runtimes: tuple[str, ...], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._lock = threading.Lock()
        self._width = max((len(r) for r in runtimes), default=0)
        self._began: dict[str, float] = {}
        self._said: dict[str, float] = {}
        self._lines: dict[str, str] = {}
        self._drawn = 0

    def start(self, runtime: str) -> None:
        """Say that cargo runs for this runtime now."""
        now = time.monotonic()
        with self._lock:
            self._began[runtime] = self._said[runtime] = now
            self._show(runtime, "cargo starts", plain=True)

    def step(self, runtime: str, done: int, total: int) -> None:
        """Take note of cargo's own count of finished and planned steps."""
        now = time.monotonic()
        with self._lock:
            plain = now - self._said[runtime] >= INTERVAL
            if plain:
                self._said[runtime] = now
            seconds = now - self._began[runtime]
            text = f"{done:>3}/{total} steps, {seconds:.0f} s"
            # An estimate from a few steps would be noise, and the last crates are the slow ones.
            if 0 < done < total and seconds >= 5 and done * 4 >= total:
                text += f", about {seconds * (total - done) / done:.0f} s to go"
            self._show(runtime, text, plain)

    def done(self, runtime: str, compiled: int) -> None:
        """Say that the runtime is compiled, or that nothing had to be."""
        with self._lock:
            seconds = time.monotonic() - self._began[runtime]
            what = f"{compiled} crates compiled" if compiled else "nothing to compile"
            self._show(runtime, f"{what}, {seconds:.1f} s", plain=True)

    def failed(self, runtime: str) -> None:
        """Say that cargo failed; the error itself tells why."""
        with self._lock:
            self._show(runtime, "failed", plain=True)

    def say(self, runtime: str, text: str) -> None:
        """Show a line of the plugin's own about a runtime."""
        with self._lock:
            self._show(runtime, text, plain=True)

    def _show(self, runtime: str, text: str, plain: bool) -> None:
        self._lines[runtime] = text
        if self._live:
            self._draw()
        elif plain:
            print(f"rtvariants: {runtime:<{self._width}}  {text}", file=self._stream, flush=True)

    def _draw(self) -> None:
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        rows = (f"\x1b[2K  {name:<{self._width}}  {line}" for name, line in self._lines.items())
        print(up + "\n".join(rows), file=self._stream, flush=True)
        self._drawn = len(self._lines)
