"""The checks of a run's artifacts, each while other cargos still run."""

from __future__ import annotations

from collections.abc import Callable, Sized
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, Protocol, TypeVar

from .artifact import Artifact
from .processes import Processes
from .progress import Progress


class Checked(Protocol):
    """What the check of an artifact gives: at least its violations."""

    @property
    def problems(self) -> Sized:
        """Return the violations."""


T = TypeVar("T", bound=Checked)


class Checks(Generic[T]):
    """Checks artifacts, one after the other, in parallel with the cargos that still run.

    This takes a thread, though the disassembler holds Python's lock: the time is hidden behind the
    compilers, except for the last artifact's share. On machines with many processors, where all
    builds end at once, the checks wait in line; other processes would have to import the
    caller's main module. An error in a check stops the cargos, since their work would be
    useless; a violation is a result and no error, so that all of them are reported at once. With
    `wait`, nothing runs at the same time.
    """

    def __init__(
        self,
        check: Callable[[Artifact], T],
        processes: Processes,
        progress: Progress,
        *,
        wait: bool,
    ) -> None:
        self._check = check
        self._processes = processes
        self._progress = progress
        self._wait = wait
        self._executor = ThreadPoolExecutor(max_workers=1)
        self.begun: dict[str, Future[T]] = {}

    def begin(self, artifact: Artifact) -> None:
        """Check an artifact soon, unless the run has failed already."""
        if self._processes.stopped:
            return
        self.begun[artifact.build.runtime] = future = self._executor.submit(self._one, artifact)
        if self._wait:
            wait([future])

    def _one(self, artifact: Artifact) -> T:
        try:
            found = self._check(artifact)
        except BaseException:
            self._processes.stop()
            raise
        self._progress.checked(artifact.build.runtime, len(found.problems))
        return found

    def __enter__(self) -> Checks[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(cancel_futures=True)
