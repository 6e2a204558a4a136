"""The journal: what a release has done, so that the next run continues where the last one stopped.

Each line is one JSON object, appended and synced to the disk before the action that it announces
and after the action that it records. A last line that a crash cut off is ignored; any other damage
is an error. The journal belongs to one manifest, and one process at a time holds it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

from rtvariants.errors import MachineError, RtvariantsError
from rtvariants.locking import take

FILE_NAME = "journal.jsonl"
BEGUN, DONE = "begun", "done"
_OTHER = {
    "manifest": "finish that release with its own files, or raise the version",
    "commit or declaration": "nothing is frozen yet: remove the folder, or use another (`--out`)",
}


class JournalError(RtvariantsError):
    """A journal that is damaged, belongs to another manifest, or is held by another release."""


class Subject(Protocol):
    """What a journal is about: a manifest, or the work before there is one."""

    @property
    def version(self) -> str:
        """Return the version of the release."""

    def text(self) -> str:
        """Return a text that only the same subject has."""


class Journal:
    """The open journal of one subject, locked until it is closed; a context manager.

    Raises `JournalError` if another process holds it, and `MachineError` if it can't be written.
    """

    def __init__(self, folder: Path, subject: Subject, name: str = FILE_NAME) -> None:
        self.path = folder / name
        self._entries: list[dict[str, Any]] = []
        try:
            # Unbuffered: closing the file must not try again what a full disk refused.
            self._file = self.path.open("ab+", buffering=0)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        try:
            self._lock()
            self._read()
            self._of(hashlib.sha256(subject.text().encode()).hexdigest(), subject)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Journal:  # noqa: PYI034 (typing.Self is newer than Python 3.10)
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the journal for other processes; closing it twice is no error."""
        self._file.close()

    def state(self, step: str, key: str = "") -> str:
        """Return how far a step has got: empty, `begun` or `done`."""
        states = [e["state"] for e in self._entries if (e["step"], e["key"]) == (step, key)]
        return str(states[-1]) if states else ""

    def facts(self, step: str, key: str = "") -> dict[str, Any]:
        """Return the last line about a step; empty if there is none."""
        found = [e for e in self._entries if (e["step"], e["key"]) == (step, key)]
        return found[-1] if found else {}

    def entries(self) -> tuple[dict[str, Any], ...]:
        """Return all lines from the first on."""
        return tuple(self._entries)

    def write(self, step: str, state: str, key: str = "", **facts: Any) -> None:
        """Append one line and wait until it is on the disk."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        entry = {"at": now, "step": step, "key": key, "state": state, **facts}
        line = json.dumps(entry, sort_keys=True).encode() + b"\n"
        before = os.fstat(self._file.fileno()).st_size
        try:
            rest = memoryview(line)
            while rest:  # a disk that is almost full accepts a part, and refuses the rest
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(before)
            raise _unwritable(self.path, error) from error
        self._entries.append(entry)

    def _lock(self) -> None:
        try:
            take(self._file, wait=False)
        except OSError as error:
            raise JournalError(
                f"another release is running: {self.path} is locked",
                "wait until it ends; the lock of a killed process is gone",
            ) from error

    def _read(self) -> None:
        self._file.seek(0)
        data = self._file.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            # Only the last line can be incomplete: the process was killed while it wrote. What it
            # announced has not begun, since the action waits for the disk.
            try:
                self._file.truncate(whole)
            except OSError as error:
                raise _unwritable(self.path, error) from error
        for number, line in enumerate(data[:whole].splitlines(), 1):
            try:
                entry = json.loads(line)
                _ = entry["step"], entry["key"], entry["state"]
            except (ValueError, KeyError, TypeError) as error:
                raise JournalError(
                    f"damaged journal: {self.path}, line {number}",
                    "`rtvariants release verify` shows what is published; then remove the journal",
                ) from error
            self._entries.append(entry)

    def _of(self, digest: str, subject: Subject) -> None:
        if not self._entries:
            self.write("release", BEGUN, manifest=digest, version=subject.version)
        elif self._entries[0].get("manifest") != digest:
            what = "manifest" if self.path.name == FILE_NAME else "commit or declaration"
            raise JournalError(f"the journal belongs to another {what}: {self.path}", _OTHER[what])


def peek(folder: Path, name: str = FILE_NAME) -> tuple[dict[str, Any], ...]:
    """Return the readable lines of a journal without locking it.

    `status` uses this: it writes nothing.
    """
    path = folder / name
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return tuple(found)


def _unwritable(path: Path, error: OSError) -> MachineError:
    return MachineError(
        f"can't write the journal: {path}: {error.strerror}",
        "free some space, or make the folder writable; nothing is sent without a journal",
    )
