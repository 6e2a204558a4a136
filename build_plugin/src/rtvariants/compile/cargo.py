"""Runs the builds of a plan: one cargo process each, under one jobserver, all or none."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from rtvariants.errors import BuildError
from rtvariants.files import replacing
from rtvariants.toolchain.metadata import identity

from . import diagnosis
from .build import Build
from .environment import environment
from .jobserver import Job, Pool, jobserver
from .memory import Peak
from .processes import KILLED, Children, end, terminating
from .progress import Progress
from .reuse import Handover, note, revive

_STEP = re.compile(rb"\s*Building \[[^\]]*\] (\d+)/(\d+)(?:: ([^\r\n\x1b]*))?")
# `CARGO_TERM_COLOR=always`, as CI systems set it, is the user's choice for what is shown.
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_CLEAR = b"\x1b[K"
# Lines of cargo's own begin with a word that is set to the right.
_STATUS = re.compile(r" {2,}[A-Z][a-z]+ ")


@dataclass(frozen=True)
class Unit:
    """One thing that cargo compiled or had compiled: a library, a build script, a macro.

    `for_host` tells what runs while building from what becomes part of the native; `folder` is
    where a build script put its files.
    """

    package_id: str
    name: str
    kinds: tuple[str, ...]
    features: tuple[str, ...]
    manifest: Path
    source: Path
    files: tuple[Path, ...]
    for_host: bool
    folder: Path | None = None

    @property
    def crate(self) -> str:
        """Return the name of its package, which is that of a crate in Cargo.toml."""
        return identity(self.package_id)[0]


@dataclass(frozen=True)
class Artifact:
    """What cargo made: a copy of its cdylib, and the features that it says it built with.

    `compiled` counts the crates that were not fresh; `units` are all that took part.
    """

    build: Build
    path: Path
    features: tuple[str, ...]
    pyo3_features: tuple[str, ...]
    compiled: int
    units: tuple[Unit, ...] = ()


T = TypeVar("T")


def run(
    builds: Sequence[Build],
    cpus: int,
    progress: Progress,
    check: Callable[[Artifact], T],
    *,
    frugal: bool = False,
) -> tuple[T, ...]:
    """Run every build, check each artifact, and return what the checks gave, in the same order.

    They run side by side and share `cpus` jobs, unless `frugal` allows one at a time; what several
    need alike is compiled once (`handover`). An artifact is checked while others still compile.
    Raises `BuildError` when cargo fails, and what a check raises; then, and on Ctrl-C, every cargo
    that still runs is ended before this returns.
    """
    width = 1 if frugal else max(1, min(len(builds), cpus))
    children = Children()
    handover = Handover(builds, cpus)
    with (
        jobserver(cpus, width) as pool,
        terminating(children),
        _measured(children, progress),
        _Checks(check, children, wait=frugal) as checks,
        ThreadPoolExecutor(max_workers=width) as executor,
    ):
        shared = _Shared(pool, children, progress, handover)
        waiting = deque(handover.order)
        futures = [executor.submit(_lane, waiting, shared, checks) for _ in range(width)]
        try:
            wait(futures)
            wait(checks.begun.values())
        except BaseException:
            children.end()
            raise
        begun = [checks.begun[b.runtime] for b in builds if b.runtime in checks.begun]
        raise_cause([f.exception() for f in futures] + [f.exception() for f in begun])
        return tuple(future.result() for future in begun)


@dataclass(frozen=True)
class _Shared:
    """What the lanes of one run have in common."""

    pool: Pool
    children: Children
    progress: Progress
    handover: Handover


class _Checks(Generic[T]):
    """Checks artifacts, one after the other, beside the cargos that still run.

    A thread does, though the disassembler holds Python's lock: what it takes is hidden behind
    compilers, but for the last artifact's share. Where processors are many and all end at once, the
    checks stand in line; other processes would have to import somebody else's main module.
    What a check raises ends the cargos, since nothing would come of their work; a violation is a
    result and no error, so that all of them are told at once. With `wait`, nothing runs beside.
    """

    def __init__(self, check: Callable[[Artifact], T], children: Children, *, wait: bool) -> None:
        self._check = check
        self._children = children
        self._wait = wait
        self._executor = ThreadPoolExecutor(max_workers=1)
        self.begun: dict[str, Future[T]] = {}

    def begin(self, artifact: Artifact) -> None:
        """Check an artifact soon, unless the run has failed already."""
        if self._children.ended:
            return
        self.begun[artifact.build.runtime] = future = self._executor.submit(self._one, artifact)
        if self._wait:
            wait([future])

    def _one(self, artifact: Artifact) -> T:
        try:
            return self._check(artifact)
        except BaseException:
            self._children.end()
            raise

    def __enter__(self) -> _Checks[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(cancel_futures=True)


class BuildStoppedError(BuildError):
    """A build that was ended, or never began, because another one failed."""


def raise_cause(errors: Iterable[BaseException | None]) -> None:
    """Raise the error that ended the run; a build that was merely stopped is not the cause.

    Which lane sees its end first is chance, and the cause carries the compiler's own words.
    """
    raised = sorted(
        (e for e in errors if e is not None), key=lambda e: isinstance(e, BuildStoppedError)
    )
    if raised:
        raise raised[0]


def _lane(waiting: deque[Build], shared: _Shared, checks: _Checks[T]) -> None:
    """Run one build after the other, until none is left."""
    job = Job(shared.pool)
    try:
        while waiting:
            try:
                build = waiting.popleft()
            except IndexError:
                break  # Another lane was faster.
            try:
                _take(build, shared, job)
                artifact = _one(build, shared)
            finally:
                shared.handover.over(build)
            checks.begin(artifact)
    except BaseException:
        shared.children.end()
        raise
    finally:
        job.give_back()


def _take(build: Build, shared: _Shared, job: Job) -> None:
    """Let a build have what another one compiles for both; others compile meanwhile."""
    handover = shared.handover
    revive(build)
    if not handover.wanted(build):
        return
    if not handover.ready(build):
        shared.progress.waits(build.runtime)
        job.give_back()
    handover.take(build)


def _one(build: Build, shared: _Shared) -> Artifact:
    children, progress = shared.children, shared.progress
    build.output_dir.mkdir(parents=True, exist_ok=True)
    progress.start(build.runtime)
    env = {**environment(build.command, os.environ), **shared.pool.env}
    child = children.start(build, env, shared.pool.pipe)
    if child is None:
        raise BuildStoppedError(
            build.runtime, f"runtime `{build.runtime}` not built: another one failed"
        )
    try:
        log: list[str] = []
        reader = threading.Thread(target=_watch, args=(child, build.runtime, log, progress))
        reader.start()
        messages = _messages(child, lambda crate: shared.handover.said(build, crate))
        code = child.wait()
        if code < 0:
            end(child)  # Compilers outlive a cargo that was killed.
        reader.join()
    finally:
        children.forget(child)
        for stream in filter(None, (child.stdout, child.stderr)):
            stream.close()
    text = "".join(log)
    if code:
        stopped = children.ended and code == KILLED
        progress.failed(build.runtime, "stopped" if stopped else "failed")
        if stopped:
            what = f"runtime `{build.runtime}` stopped: another one failed"
            raise BuildStoppedError(build.runtime, what)
        raise BuildError(build.runtime, *diagnosis.of_cargo(text, code, build), text)
    note(build)
    artifact = _collect(build, messages, text)
    progress.warned(warnings(text))
    progress.done(build.runtime, artifact.compiled)
    return artifact


def warnings(log: str) -> list[str]:
    r"""Return the compilers' warnings in what cargo has said, each with all its lines.

    >>> warnings("   Compiling a v1\nwarning: unused\n --> src/lib.rs:1:1\n    Finished x\n")
    ['warning: unused\n --> src/lib.rs:1:1']
    """
    found: list[list[str]] = []
    inside = False
    for line in log.splitlines():
        plain = _COLOUR.sub(b"", line.encode()).decode()
        if plain.startswith("warning"):
            found.append([])
            inside = True
        elif _STATUS.match(plain):
            inside = False
        if inside:
            found[-1].append(line)
    return ["\n".join(lines) for lines in found]


def _watch(
    child: subprocess.Popen[bytes], runtime: str, log: list[str], progress: Progress
) -> None:
    """Read cargo's stderr to its end: its progress bar becomes ours, all else goes to the log."""
    assert child.stderr is not None
    rest = b""
    while chunk := os.read(child.stderr.fileno(), 65536):
        *lines, rest = re.split(rb"(?<=[\r\n])", rest + chunk)
        for raw in lines:
            line = raw.replace(_CLEAR, b"")
            step = _STEP.match(_COLOUR.sub(b"", line))
            if step:
                names = (step[3] or b"").decode("utf-8", "replace").strip()
                progress.step(runtime, int(step[1]), int(step[2]), names)
            elif line.strip():
                log.append(line.decode("utf-8", "replace").replace("\r", ""))
    log.append(rest.decode("utf-8", "replace"))


def _messages(child: subprocess.Popen[bytes], said: Callable[[str], None]) -> list[dict[str, Any]]:
    """Read all messages of cargo; `said` is called at each, with the crate that is ready."""
    assert child.stdout is not None
    found = []
    for line in child.stdout:
        message: Any = None
        # A build script or linker may print lines of its own.
        with contextlib.suppress(ValueError):
            message = json.loads(line)
        if not isinstance(message, dict):
            said("")
            continue
        found.append(message)
        ready = message.get("reason") == "compiler-artifact"
        said(identity(message["package_id"])[0] if ready else "")
    return found


def _collect(build: Build, messages: list[dict[str, Any]], log: str) -> Artifact:
    path: Path | None = None
    features: tuple[str, ...] = ()
    pyo3: tuple[str, ...] = ()
    compiled: set[str] = set()
    for message in messages:
        if message.get("reason") != "compiler-artifact":
            continue
        target = message["target"]
        mine = tuple(str(f) for f in message["features"])
        if not message.get("fresh"):
            compiled.add(str(message["package_id"]))
        if target["name"] == "pyo3" and "lib" in target["kind"]:
            pyo3 = mine
        if target["name"] == build.contract.lib and "cdylib" in target["kind"]:
            features = mine
            path = _library([str(f) for f in message["filenames"]])
    if path is None:
        raise BuildError(
            build.runtime,
            f"cargo named no cdylib `{build.contract.lib}` for `{build.runtime}`",
            "",
            log,
        )
    kept = build.output_dir / path.name
    _keep(path, kept)
    return Artifact(build, kept, features, pyo3, len(compiled), _units(build, messages))


def _units(build: Build, messages: list[dict[str, Any]]) -> tuple[Unit, ...]:
    # Made with `--target`, what runs on this machine lies outside the folder of the target.
    ours = build.sharing.target_dir / build.contract.target
    folders: dict[str, Path] = {}
    for message in messages:
        if message.get("reason") == "build-script-executed" and message.get("out_dir"):
            folder = Path(message["out_dir"])
            # A crate that a macro needs too has its script run twice; this one is linked.
            if message["package_id"] not in folders or folder.is_relative_to(ours):
                folders[message["package_id"]] = folder
    found = []
    for message in messages:
        if message.get("reason") == "compiler-artifact":
            target = message["target"]
            files = tuple(Path(f) for f in message["filenames"])
            script = "custom-build" in target["kind"]
            found.append(
                Unit(
                    package_id=message["package_id"],
                    name=target["name"],
                    kinds=tuple(target["kind"]),
                    features=tuple(message["features"]),
                    manifest=Path(message["manifest_path"]),
                    source=Path(target["src_path"]),
                    files=files,
                    for_host=not any(f.is_relative_to(ours) for f in files),
                    folder=folders.get(message["package_id"]) if script else None,
                )
            )
    # cargo tells them as they get ready, in another order each time.
    return tuple(sorted(found, key=lambda u: (u.package_id, u.kinds, u.name, u.files)))


def _library(names: list[str]) -> Path | None:
    found = [Path(n) for n in names if Path(n).suffix in (".so", ".dylib", ".dll")]
    return found[0] if found else None


def _keep(source: Path, kept: Path) -> None:
    """Copy cargo's file at once: the next runtime of the same target directory replaces it.

    A copy of the same size and time is the same file; leaving it alone keeps a warm build warm.
    """
    was = source.stat()
    if kept.is_file():
        now = kept.stat()
        if (now.st_size, now.st_mtime_ns) == (was.st_size, was.st_mtime_ns):
            return
    with replacing(kept) as new:
        shutil.copyfile(source, new)
        os.utime(new, ns=(was.st_atime_ns, was.st_mtime_ns))


@contextlib.contextmanager
def _measured(children: Children, progress: Progress) -> Iterator[None]:
    """End the story of a run, also of one that fails, with the memory that it took."""
    peak = Peak(children.sessions)
    peak.start()
    try:
        yield
    finally:
        peak.stop()
        progress.end(peak.bytes)
