"""The journal: what a release has done, so that the next run continues where the last one stopped.

Each line is one JSON object, appended and synced to the disk before the action that it announces
and after the action that it records. A last line that a crash cut off is ignored; any other damage
is an error. The journal belongs to one manifest and one index, and one process at a time holds it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

from rtvariants.errors import MachineError, RtvariantsError
from rtvariants.locking import take

FILE_NAME = "journal.jsonl"
#: The journal of the work before there is a manifest.
WORK = "work.jsonl"
BEGUN, DONE = "begun", "done"
_OTHER = {
    "manifest": "finish that release with its own files, or raise the version",
    "index": "remove it only if nothing of this release is on the index",
    "commit or declaration": "nothing is frozen yet: remove its folder, or use `--out`",
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

    `index` is the address of the index that it is about; empty for none. Raises `JournalError` if
    another process holds it, and `MachineError` if it can't be written.
    """

    def __init__(
        self, folder: Path, subject: Subject, name: str = FILE_NAME, *, index: str = ""
    ) -> None:
        self.path = folder / name
        self._index = index
        self._entries: list[dict[str, Any]] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
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
                entry = _entry(line)
            except (ValueError, KeyError, TypeError) as error:
                raise JournalError(
                    f"damaged journal: {self.path}, line {number}",
                    "`rtvariants release verify` shows what is published; then remove the journal",
                ) from error
            self._entries.append(entry)

    def _of(self, digest: str, subject: Subject) -> None:
        if not self._entries:
            facts = {"manifest": digest, "version": subject.version, "index": self._index}
            self.write("release", BEGUN, **facts)
            return
        first, what = self._entries[0], ""
        if first.get("manifest") != digest:
            what = "commit or declaration" if self.path.name == WORK else "manifest"
        elif first.get("index", "") != self._index:
            what = "index"
        if what:
            raise JournalError(f"the journal belongs to another {what}: {self.path}", _OTHER[what])


def peek(path: Path) -> tuple[dict[str, Any], ...]:
    """Return the readable lines of a journal without locking it.

    `status` uses this: it writes nothing.
    """
    return tuple(entry for _, entry in _lines(path) if entry)


def damage(path: Path) -> tuple[int, ...]:
    """Return the numbers of the lines that `peek` leaves out."""
    return tuple(number for number, entry in _lines(path) if not entry)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each line's number and its entry; empty for a line that can't be read."""
    lines = path.read_bytes().splitlines() if path.is_file() else ()
    for number, line in enumerate(lines, 1):
        entry: dict[str, Any] = {}
        with contextlib.suppress(ValueError, KeyError, TypeError):
            entry = _entry(line)
        yield number, entry


def _entry(line: bytes) -> dict[str, Any]:
    """Return one line of a journal; raises `ValueError`, `KeyError` or `TypeError`."""
    entry: dict[str, Any] = json.loads(line)
    _ = str(entry["step"]), str(entry["key"]), str(entry["state"])
    return entry


def _unwritable(path: Path, error: OSError) -> MachineError:
    return MachineError(
        f"can't write the journal: {path}: {error.strerror}",
        "free some space, or make the folder writable; nothing is sent without a journal",
    )
