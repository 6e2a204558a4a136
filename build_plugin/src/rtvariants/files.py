"""Files and folders written whole or not at all.

New content is written under another name next to the target and takes the target's place last. So
an error, a full disk or a killed process leaves the old content as it was. After an error nothing
temporary is left; what a killed process leaves has one fixed name, and the next run replaces it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path, *, loaded: bool = False) -> Iterator[Path]:
    """Yield a path to write to; at the end of the block it becomes `path`.

    `loaded` is for a file that another process may have loaded as code. Folders above `path` are
    created.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
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
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; at the end of the block it becomes `folder`.

    The old folder goes only after the new one has its name, and comes back if that fails.
    """
    # A name that no user gives a folder: an `out.old` next to `out` is left alone.
    work = folder.with_name(f".{folder.name}.rtvariants")
    new, old = work / "new", work / "old"
    _bring_back(old, folder)  # A killed process may have stopped between the two renames.
    shutil.rmtree(work, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        with contextlib.suppress(FileNotFoundError):
            folder.rename(old)
        new.rename(folder)
    finally:
        _bring_back(old, folder)
        shutil.rmtree(work, ignore_errors=True)


def _bring_back(old: Path, folder: Path) -> None:
    if old.exists() and not folder.exists():
        old.rename(folder)


def write_together(folder: Path, write: Callable[[Path], Sequence[Path]]) -> list[Path]:
    """Let `write` put files into a temporary folder, then move them to `folder` in its order.

    If `write` raises an error, `folder` is as it was. Returns where the files are now.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".rtvariants-", dir=folder) as name:
        written = write(Path(name))
        for path in written:
            os.replace(path, folder / path.name)
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
