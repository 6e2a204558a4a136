"""One build at a time per target directory, until its wheel is written.

cargo locks its own files only while it runs, and the copies that go into the wheel are read later.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from typing import IO

from .errors import MachineError

if sys.platform == "win32":
    import msvcrt

    def take(file: IO[bytes], wait: bool) -> None:
        """Lock an open file until it is closed; `OSError` if another process holds the lock."""
        while not _taken(file):
            if not wait:
                raise BlockingIOError
            time.sleep(0.2)  # `LK_LOCK` gives up after ten seconds.

    def _taken(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno not in (errno.EACCES, 0):  # Wine reports 0.
                raise
            return False
        return True

else:
    import fcntl

    def take(file: IO[bytes], wait: bool) -> None:
        """Lock an open file until it is closed; `OSError` if another process holds the lock."""
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


class Lock:
    """A lock on a folder, held from its creation; the system releases it if the process dies.

    `outer` is a lock that was taken before, and that is released with this one.
    """

    def __init__(self, folder: Path, outer: Lock | None = None) -> None:
        self._outer = outer
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / ".lock").open("wb")
        except OSError as error:
            raise MachineError(
                f"can't write the target directory: {folder}: {error.strerror}",
                "set `CARGO_TARGET_DIR` to a writable folder",
            ) from error
        try:
            take(self._file, wait=False)
        except OSError:
            sys.stderr.write(f"rtvariants: waiting for another build in {folder}{os.linesep}")
            take(self._file, wait=True)

    def release(self) -> None:
        """Let the next build begin; a second call does nothing."""
        self._file.close()
        if self._outer:
            self._outer.release()
