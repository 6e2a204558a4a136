"""One build at a time per target directory, until its wheel is written.

cargo locks its own files while it runs; the copies that go into the wheel need the same for as
long as they are read.
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
        """Lock an open file until it is closed; `OSError` where another holds it."""
        while not _taken(file):
            if not wait:
                raise BlockingIOError
            time.sleep(0.2)  # `LK_LOCK` gives up after ten seconds.

    def _taken(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno not in (errno.EACCES, 0):  # Wine says no more than 0.
                raise
            return False
        return True

else:
    import fcntl

    def take(file: IO[bytes], wait: bool) -> None:
        """Lock an open file until it is closed; `OSError` where another holds it."""
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


class Lock:
    """A lock on a folder, held from the moment it is made; the system frees it if we die."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / ".lock").open("wb")
        except OSError as error:
            raise MachineError(
                f"can't write the target directory: {folder}: {error.strerror}",
                "set `CARGO_TARGET_DIR` to a folder that can be written",
            ) from error
        try:
            take(self._file, wait=False)
        except OSError:
            sys.stderr.write(f"rtvariants: waiting for another build in {folder}{os.linesep}")
            take(self._file, wait=True)

    def release(self) -> None:
        """Let the next build begin; releasing twice is no error."""
        self._file.close()
