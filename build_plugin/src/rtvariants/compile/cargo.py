"""Runs the builds of a plan: one cargo process each, under one jobserver, all or none."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TextIO

from rtvariants.errors import BuildError

from . import diagnosis, freshness, guard_object, messages
from .artifact import Artifact, Message, collect
from .build import Build
from .checks import Checks, T
from .environment import environment
from .estimate import Estimate
from .jobserver import Job, Pool, jobserver
from .memory import Peak
from .processes import KILLED, Process, Processes, kill, stopped_by_sigterm
from .profile import without_discarded
from .progress import Progress
from .reuse import Reuse, record, restore
from .tools import stable_path


def run(
    builds: Sequence[Build],
    cpus: int,
    check: Callable[[Artifact], T],
    *,
    before: Callable[[], None] = lambda: None,
    frugal: bool = False,
    events: str = "",
    more: bool = False,
    stream: TextIO | None = None,
) -> tuple[T, ...]:
    """Run every build, check each artifact, and return what the checks returned, in the same order.

    The builds run in parallel and share `cpus` jobs, unless `frugal` allows one at a time; what
    several need alike is compiled once (`reuse`). `before` is called first; it may refuse the run.
    An artifact is checked while others still compile. The progress goes to `stream` (stderr) and,
    as JSON, to the file `events`, at its end if `more` is true. Raises `BuildError` when cargo
    fails, and what a check raises; then, and on Ctrl-C, every cargo that still runs is killed
    before this returns.
    """
    before()
    width = 1 if frugal else max(1, min(len(builds), cpus))
    progress = Progress(tuple(build.runtime for build in builds), stream, events, more=more)
    processes = Processes()
    reuse = Reuse(builds, cpus)
    with (
        jobserver(cpus, width) as pool,
        stopped_by_sigterm(processes),
        _measured(processes, progress),
        Checks(check, processes, progress, wait=frugal) as checks,
        ThreadPoolExecutor(max_workers=width) as executor,
    ):
        base = builds[0].sharing.target_dir.parents[1] if builds else None
        path = stable_path(os.environ, base / "tools") if base else ""
        shared = _Shared(pool, processes, progress, reuse, path)
        waiting = deque(reuse.order)
        lanes = [executor.submit(_lane, waiting, shared, checks) for _ in range(width)]
        try:
            wait(lanes)
            wait(checks.begun.values())
        except BaseException:
            processes.stop()
            raise
        begun = [checks.begun[b.runtime] for b in builds if b.runtime in checks.begun]
        raise_cause([lane.exception() for lane in lanes] + [each.exception() for each in begun])
        return tuple(each.result() for each in begun)


@dataclass(frozen=True)
class _Shared:
    """What the lanes of one run have in common."""

    pool: Pool
    processes: Processes
    progress: Progress
    reuse: Reuse
    path: str


class BuildStoppedError(BuildError):
    """A build that was stopped, or never started, because another one failed."""


def raise_cause(errors: Iterable[BaseException | None]) -> None:
    """Raise the error that ended the run; a build that was merely stopped is not the cause.

    Which lane sees its end first is chance, and the cause carries the compiler's own words.
    """
    raised = sorted(
        (e for e in errors if e is not None), key=lambda e: isinstance(e, BuildStoppedError)
    )
    if raised:
        raise raised[0]


def _lane(waiting: deque[Build], shared: _Shared, checks: Checks[T]) -> None:
    """Run one build after the other, until none is left."""
    job = Job(shared.pool)
    try:
        while waiting:
            try:
                build = waiting.popleft()
            except IndexError:
                break  # Another lane was faster.
            try:
                _reuse(build, shared, job)
                artifact = _one(build, shared)
            finally:
                shared.reuse.ended(build)
            checks.begin(artifact)
    except BaseException:
        shared.processes.stop()
        raise
    finally:
        job.give_back()


def _reuse(build: Build, shared: _Shared, job: Job) -> None:
    """Copy what another build compiles for both; others compile in the meantime."""
    restore(build)
    if not shared.reuse.wanted(build):
        return
    if not shared.reuse.ready(build):
        shared.progress.waits(build.runtime)
        job.give_back()
    shared.reuse.take(build)


def _one(build: Build, shared: _Shared) -> Artifact:
    """Run the cargo of one build to its end."""
    build.output_dir.mkdir(parents=True, exist_ok=True)
    estimate = Estimate(build.sharing.target_dir)
    shared.progress.start(build.runtime, estimate)
    env = {**environment(build.command, os.environ, shared.path), **shared.pool.env}
    guard_object.make(build, env)
    process = shared.processes.start(build.command, env, shared.pool.pipe)
    if process is None:
        what = f"runtime `{build.runtime}` not built: another one failed"
        raise BuildStoppedError(build.runtime, what)
    log: list[str] = []
    code, said = _read(process, build, shared, log, estimate)
    text = "".join(log)
    if code:
        raise _failed(build, shared, text, code)
    estimate.keep()
    record(build)
    artifact = collect(build, said, text)
    freshness.remember(artifact)
    shared.progress.warned(without_discarded(messages.warnings(text)))
    shared.progress.done(build.runtime, artifact.compiled)
    if artifact.discarded:
        count = len(artifact.discarded)
        what = f"functions that have changed since the profile was taken: {count}"
        shared.progress.say(build.runtime, what)
    return artifact


def _read(
    process: Process, build: Build, shared: _Shared, log: list[str], estimate: Estimate
) -> tuple[int, list[Message]]:
    """Read all that a cargo says, until it has ended; returns its exit code and its messages."""
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        reader = threading.Thread(
            target=messages.watch, args=(process.stderr, build.runtime, log, shared.progress)
        )
        reader.start()
        said = messages.read(
            process.stdout, lambda crate: shared.reuse.heard(build, crate), estimate.ready
        )
        code = process.wait()
        if code < 0:
            kill(process)  # Compilers outlive a cargo that was killed.
        reader.join()
    finally:
        shared.processes.forget(process)
        process.stdout.close()
        process.stderr.close()
    return code, said


def _failed(build: Build, shared: _Shared, log: str, code: int) -> BuildError:
    """Return the error of a cargo that failed, or that was stopped since another one has."""
    stopped = shared.processes.stopped and code == KILLED
    shared.progress.failed(build.runtime, "stopped" if stopped else "failed")
    if stopped:
        what = f"runtime `{build.runtime}` stopped: another one failed"
        return BuildStoppedError(build.runtime, what)
    return BuildError(build.runtime, *diagnosis.of_cargo(log, code, build), log)


@contextlib.contextmanager
def _measured(processes: Processes, progress: Progress) -> Iterator[None]:
    """End the report of a run, also of one that fails, with the memory that it took."""
    peak = Peak(processes.sessions)
    peak.start()
    try:
        yield
    finally:
        peak.stop()
        progress.end(peak.bytes)
