"""The cargo processes of one run: each with all that it starts, stopped together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping

from .build import Command

Process = subprocess.Popen[bytes]
#: What `wait` returns for a process that the system, or this module, has killed.
KILLED = -signal.SIGKILL if hasattr(signal, "SIGKILL") else 1


class Processes:
    """The cargo processes that run now; stopping them also keeps later ones from starting."""

    def __init__(self) -> None:
        # The handler of a signal may stop the processes while this thread is about to.
        self._lock = threading.RLock()
        self._running: set[Process] = set()
        self.stopped = False

    def start(
        self,
        command: Command,
        env: Mapping[str, str],
        inherited: tuple[int, ...],
        *,
        merged: bool = False,
    ) -> Process | None:
        """Start a cargo; `None` once the run is stopped. If `merged`, stdout has all it says."""
        with self._lock:
            if self.stopped:
                return None
            # A session of its own, so that rustc and linkers are killed together with their cargo.
            process = subprocess.Popen(
                command.argv,
                cwd=command.cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if merged else subprocess.PIPE,
                start_new_session=True,
                pass_fds=inherited,
            )
            self._running.add(process)
            return process

    def forget(self, process: Process) -> None:
        """Remove a cargo that has ended."""
        with self._lock:
            self._running.discard(process)

    def sessions(self) -> frozenset[int]:
        """Return the sessions of the cargos that run now."""
        with self._lock:
            return frozenset(process.pid for process in self._running)

    def stop(self) -> None:
        """Kill all of them, and let none start."""
        with self._lock:
            self.stopped = True
            for process in self._running:
                kill(process)


def kill(process: Process) -> None:
    """Kill a cargo and all that it has started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()  # On Windows cargo has put all that it starts into one job with itself.


@contextlib.contextmanager
def stopped_by_sigterm(processes: Processes) -> Iterator[None]:
    """Turn SIGTERM into an exit that stops the processes; Python would die and leave them alive."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: object) -> None:
        # `timeout` and service managers send the signal to the command and to its group: twice.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        processes.stop()
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
