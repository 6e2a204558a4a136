"""The cargo processes of one run: started together with what they start, and ended so."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator

from .build import Build

#: What `wait` gives for a process that the system, or this module, has killed.
KILLED = -signal.SIGKILL if hasattr(signal, "SIGKILL") else 1


class Children:
    """The cargo processes that run now; ending them also keeps later ones from starting."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self.ended = False

    def start(
        self, build: Build, env: dict[str, str], inherited: tuple[int, ...]
    ) -> subprocess.Popen[bytes] | None:
        """Start the cargo of a build; `None` once the run is to end."""
        with self._lock:
            if self.ended:
                return None
            # A session of its own, so that rustc and linkers end together with their cargo.
            child = subprocess.Popen(
                build.command.argv,
                cwd=build.command.cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                pass_fds=inherited,
            )
            self._running.add(child)
            return child

    def forget(self, child: subprocess.Popen[bytes]) -> None:
        """Take note that a cargo has ended."""
        with self._lock:
            self._running.discard(child)

    def sessions(self) -> frozenset[int]:
        """Return the sessions of the cargos that run now."""
        with self._lock:
            return frozenset(child.pid for child in self._running)

    def end(self) -> None:
        """End all of them, and let none begin."""
        with self._lock:
            self.ended = True
            for child in self._running:
                end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    """End a cargo and all that it has started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()  # On Windows cargo has put all that it starts into one job with itself.


@contextlib.contextmanager
def terminating(children: Children) -> Iterator[None]:
    """Turn SIGTERM into an exit that ends the children; Python would die and leave them alive."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: object) -> None:
        children.end()
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
