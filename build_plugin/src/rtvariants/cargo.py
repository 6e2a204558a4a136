"""Runs the builds of a plan: one cargo process each, under one jobserver, all or none."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import causes
from .errors import BuildError
from .graph import identity
from .memory import Peak
from .plan import Build
from .progress import Progress

_STEP = re.compile(rb"\s*Building \[[^\]]*\] (\d+)/(\d+)(?:: ([^\r\n\x1b]*))?")


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


def run(
    builds: Sequence[Build], cpus: int, progress: Progress, *, frugal: bool = False
) -> tuple[Artifact, ...]:
    """Run every build and return their artifacts in the same order.

    Builds of one target directory run one after the other, since cargo locks it; the others run
    side by side and share `cpus` jobs, unless `frugal` allows one at a time. Raises `BuildError`
    when cargo fails; then, and on Ctrl-C, every cargo that still runs is ended before this returns.
    """
    lanes: dict[Path, list[Build]] = {}
    for build in builds:
        lanes.setdefault(build.target_dir, []).append(build)
    width = 1 if frugal else max(1, min(len(lanes), cpus))
    children = _Children()
    with (
        _jobserver(cpus, width) as pool,
        _terminating(children),
        _measured(children, progress),
        ThreadPoolExecutor(max_workers=width) as executor,
    ):
        futures = [
            executor.submit(_lane, lane, pool, children, progress) for lane in lanes.values()
        ]
        try:
            wait(futures)
        except BaseException:
            children.end()
            raise
        raise_cause(future.exception() for future in futures)
        made = [artifact for future in futures for artifact in future.result()]
    order = {build.runtime: i for i, build in enumerate(builds)}
    return tuple(sorted(made, key=lambda artifact: order[artifact.build.runtime]))


class Stopped(BuildError):
    """A build that was ended, or never began, because another one failed."""


def raise_cause(errors: Iterable[BaseException | None]) -> None:
    """Raise the error that ended the run; a build that was merely stopped is not the cause.

    Which lane sees its end first is chance, and the cause carries the compiler's own words.
    """
    raised = sorted((e for e in errors if e is not None), key=lambda e: isinstance(e, Stopped))
    if raised:
        raise raised[0]


class _Children:
    """The cargo processes that run now; ending them also keeps later ones from starting."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self.ended = False

    def start(
        self, build: Build, env: dict[str, str], inherited: tuple[int, ...]
    ) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self.ended:
                return None
            # A session of its own, so that rustc and linkers end together with their cargo.
            child = subprocess.Popen(
                build.argv,
                cwd=build.cwd,
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
        with self._lock:
            self._running.discard(child)

    def sessions(self) -> frozenset[int]:
        with self._lock:
            return frozenset(child.pid for child in self._running)

    def end(self) -> None:
        with self._lock:
            self.ended = True
            for child in self._running:
                _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a cargo and all that it has started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _lane(
    builds: list[Build], pool: _Pool, children: _Children, progress: Progress
) -> list[Artifact]:
    try:
        return [_one(build, pool, children, progress) for build in builds]
    except BaseException:
        children.end()
        raise
    finally:
        pool.give_back()


def _one(build: Build, pool: _Pool, children: _Children, progress: Progress) -> Artifact:
    build.output_dir.mkdir(parents=True, exist_ok=True)
    progress.start(build.runtime)
    child = children.start(build, {**build.environment(os.environ), **pool.env}, pool.pipe)
    if child is None:
        raise Stopped(build.runtime, f"runtime `{build.runtime}` not built: another one failed")
    try:
        log: list[str] = []
        reader = threading.Thread(target=_watch, args=(child, build.runtime, log, progress))
        reader.start()
        messages = _messages(child)
        code = child.wait()
        if code < 0:
            _end(child)  # Compilers outlive a cargo that was killed.
        reader.join()
    finally:
        children.forget(child)
    text = "".join(log)
    if code:
        progress.failed(build.runtime)
        if children.ended and code == -signal.SIGKILL:
            what = f"runtime `{build.runtime}` stopped: another one failed"
            raise Stopped(build.runtime, what)
        raise BuildError(build.runtime, *causes.of_cargo(text, code, build), text)
    artifact = _collect(build, messages, text)
    progress.done(build.runtime, artifact.compiled)
    return artifact


def _watch(
    child: subprocess.Popen[bytes], runtime: str, log: list[str], progress: Progress
) -> None:
    """Read cargo's stderr to its end: its progress bar becomes ours, all else goes to the log."""
    assert child.stderr is not None
    rest = b""
    while chunk := os.read(child.stderr.fileno(), 65536):
        *lines, rest = re.split(rb"(?<=[\r\n])", rest + chunk)
        for line in lines:
            step = _STEP.match(line)
            if step:
                names = (step[3] or b"").decode("utf-8", "replace").strip()
                progress.step(runtime, int(step[1]), int(step[2]), names)
            elif line.strip():
                log.append(line.decode("utf-8", "replace").replace("\r", ""))
    log.append(rest.decode("utf-8", "replace"))


def _messages(child: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
    assert child.stdout is not None
    found = []
    for line in child.stdout:
        # A build script or linker may print lines of its own.
        with contextlib.suppress(ValueError):
            message = json.loads(line)
            if isinstance(message, dict):
                found.append(message)
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
        if target["name"] == build.lib and "cdylib" in target["kind"]:
            features = mine
            path = _library([str(f) for f in message["filenames"]])
    if path is None:
        raise BuildError(
            build.runtime, f"cargo named no cdylib `{build.lib}` for `{build.runtime}`", "", log
        )
    kept = build.output_dir / path.name
    _keep(path, kept)
    return Artifact(build, kept, features, pyo3, len(compiled), _units(build, messages))


def _units(build: Build, messages: list[dict[str, Any]]) -> tuple[Unit, ...]:
    # Made with `--target`, what runs on this machine lies outside the folder of the target.
    ours = build.target_dir / build.target
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
    temporary = kept.with_name(kept.name + ".new")
    shutil.copyfile(source, temporary)
    os.utime(temporary, ns=(was.st_atime_ns, was.st_mtime_ns))
    os.replace(temporary, kept)


class _Pool:
    """A jobserver's tokens. Each lane holds one by right; a finished lane gives its own away."""

    def __init__(self, env: dict[str, str], pipe: tuple[int, ...]) -> None:
        self.env = env
        self.pipe = pipe

    def give_back(self) -> None:
        if self.pipe:
            os.write(self.pipe[1], b"+")


@contextlib.contextmanager
def _jobserver(cpus: int, width: int) -> Iterator[_Pool]:
    """Share `cpus` jobs between `width` cargos, each of which may run one without asking."""
    progress = {"CARGO_TERM_PROGRESS_WHEN": "always", "CARGO_TERM_PROGRESS_WIDTH": "80"}
    if "CARGO_MAKEFLAGS" in os.environ:
        yield _Pool(progress, ())  # We are part of a larger build, which shares its own tokens.
        return
    if os.name != "posix":
        yield _Pool({**progress, "CARGO_BUILD_JOBS": str(max(1, cpus // width))}, ())
        return
    # A pipe and not a named one: GNU make before 4.4, which C dependencies are built with on
    # Debian 12 and Ubuntu 22.04, ends with an error where it is given `fifo:`.
    pipe = os.pipe()
    try:
        os.write(pipe[1], b"+" * (cpus - width))
        fds = f"{pipe[0]},{pipe[1]}"
        flags = f"-j --jobserver-fds={fds} --jobserver-auth={fds}"
        yield _Pool({**progress, "CARGO_MAKEFLAGS": flags}, pipe)
    finally:
        os.close(pipe[0])
        os.close(pipe[1])


@contextlib.contextmanager
def _measured(children: _Children, progress: Progress) -> Iterator[None]:
    """End the story of a run, also of one that fails, with the memory that it took."""
    peak = Peak(children.sessions)
    peak.start()
    try:
        yield
    finally:
        peak.stop()
        progress.end(peak.bytes)


@contextlib.contextmanager
def _terminating(children: _Children) -> Iterator[None]:
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
