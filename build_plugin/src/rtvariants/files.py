"""Files and folders written whole or not at all.

New content is written under another name next to the target and takes the target's place last. So
an error, a full disk or a killed process leaves the old content as it was. Each writer has a name
of its own, so of two writers the last one wins, and neither sees the other's half. After an error
nothing temporary is left; the next writer removes what a killed process leaves.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .errors import MachineError

# No writer takes a day: whatever is older was left by a process of another machine.
_STALE = 24 * 60 * 60
_count = itertools.count()


@contextlib.contextmanager
def replacing(path: Path, *, loaded: bool = False) -> Iterator[Path]:
    """Yield a path to write to; at the end of the block it becomes `path`.

    `loaded` is for a file that another process may have loaded as code. Folders above `path` are
    created.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in _leftovers(path, "new"):
        left.unlink(missing_ok=True)
    new = _own_name(path, "new")
    try:
        yield new
        if loaded:
            _replace_loaded(new, path)
        else:
            os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes, *, loaded: bool = False, sync: bool = False) -> None:
    """Replace a file; with `sync`, return only after the disk has it."""
    with replacing(path, loaded=loaded) as new, new.open("wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    if sync:
        _sync_folder(path.parent)


def write_text(path: Path, text: str, *, sync: bool = False) -> None:
    """Replace a text file: UTF-8, with the line ends that `text` has on every system."""
    write_bytes(path, text.encode(), sync=sync)


@contextlib.contextmanager
def temporary_folder(above: Path | None = None) -> Iterator[Path]:
    """Yield an empty folder that is gone after the block: below `above`, or the system's own.

    Raises `MachineError` where none can be made.
    """
    try:
        made = tempfile.TemporaryDirectory(prefix="rtvariants-", dir=above)
    except OSError as error:
        hint = "set `TMPDIR` to a folder that this user can write to, with space in it"
        raise MachineError(f"no usable temporary folder: {error.strerror}", hint) from error
    with made as name:
        yield Path(name)


@contextlib.contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; at the end of the block it becomes `folder`.

    The old folder goes only after the new one has its name, and comes back if that fails.
    """
    # A name that no user gives a folder: an `out.old` next to `out` is left alone.
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in _leftovers(folder, "rtvariants"):
        _bring_back(left, folder)  # The process may have died between the two renames.
        shutil.rmtree(left, ignore_errors=True)
    work = _own_name(folder, "rtvariants")
    new = work / "new"
    new.mkdir(parents=True)
    try:
        yield new
        _exchange(new, folder)
    finally:
        _bring_back(work, folder)
        shutil.rmtree(work, ignore_errors=True)


def _exchange(new: Path, folder: Path) -> None:
    """Move the old folder aside and the new one to its place, again if another writer is faster."""
    for attempt in itertools.count():
        old = new.with_name(f"old{attempt}")
        with contextlib.suppress(FileNotFoundError):
            folder.rename(old)
        try:
            new.rename(folder)
            return
        except OSError:
            # If it exists now, another writer has put its own there since.
            if not folder.exists():
                raise


def _bring_back(work: Path, folder: Path) -> None:
    for old in sorted(work.glob("old*")):
        if folder.exists():
            return
        try:
            old.rename(folder)
        except OSError:
            # If it exists now, another writer has put its own there since.
            if not folder.exists():
                raise


@functools.cache
def _machine() -> str:
    """Return a short name of what process numbers are unique in: this machine, or a container."""
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return hashlib.sha256(f"{socket.gethostname()} {space}".encode()).hexdigest()[:8]


def _own_name(path: Path, kind: str) -> Path:
    """Return a name next to `path` that no other writer uses, in this process or another."""
    return path.with_name(f".{path.name}.{_machine()}-{os.getpid()}-{next(_count)}.{kind}")


def _leftovers(path: Path, kind: str) -> Iterator[Path]:
    """Yield what writers of `path` have left that no longer run."""
    begin, name = f".{path.name}.", re.compile(rf"([0-9a-f]{{8}})-(\d+)-\d+\.{kind}")
    # Folders of compiled code have thousands of names, and each of them is written so.
    found = [n for n in os.listdir(path.parent) if n.startswith(begin)]
    for other in found:
        said = name.fullmatch(other, len(begin))
        if said and (_ended(said[1], int(said[2])) or _is_old(path.with_name(other))):
            yield path.with_name(other)


def _ended(machine: str, process: int) -> bool:
    # On Windows, the call that asks for a process ends it.
    if machine != _machine() or os.name == "nt":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # It belongs to another user.
    return False


def _is_old(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - _STALE
    except OSError:
        return False


def write_together(folder: Path, write: Callable[[Path], Sequence[Path]]) -> list[Path]:
    """Let `write` put files into a temporary folder, then move them to `folder` in its order.

    If `write` raises an error, `folder` is as it was. Returns where the files are now.
    """
    there = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".rtvariants-", dir=folder) as name:
            written = write(Path(name))
            for path in written:
                os.replace(path, folder / path.name)
    except BaseException:
        if not there:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    return [folder / path.name for path in written]


def _replace_loaded(new: Path, path: Path) -> None:
    for old in path.parent.glob(f".{path.name}.*.old"):
        with contextlib.suppress(OSError):
            old.unlink()
    try:
        os.replace(new, path)
    except PermissionError:
        if os.name != "nt":
            raise
        # Windows lets a loaded file be renamed, and nothing else.
        os.replace(path, path.with_name(f".{path.name}.{os.getpid()}.old"))
        os.replace(new, path)


def _sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder; Windows can't open folders and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
