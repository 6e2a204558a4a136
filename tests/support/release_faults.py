"""An index with planted faults, and publishing as a command runs it."""

import os
import signal
import time

import release_kit as kit

from rtvariants.release.index import Index
from rtvariants.release.journal import Journal
from rtvariants.release.publish import Publisher
from rtvariants.release.rehearsal.index import LocalIndex
from rtvariants.release.rehearsal.server import CutError, StatusError
from rtvariants.release.upload import Twine

TIMEOUT = 0.3
# What can happen to one upload, before the index took the file and after.
KINDS = ("400", "503", "cut", "timeout")


class Killed(BaseException):
    """The end of the process: nothing in the release catches it."""


class FaultyIndex(LocalIndex):
    """Plants faults by file name and phase; each occurs as often as it is listed."""

    def __init__(self, **options):
        super().__init__(**options)
        self.faults = {}
        self.pid = 0

    def plant(self, name, phase, *kinds):
        self.faults[name, phase] = list(kinds)

    def before(self, name):
        self._act(name, "before")

    def after(self, name):
        self._act(name, "after")

    def _act(self, name, phase):
        planned = self.faults.get((name, phase))
        if not planned:
            return
        kind = planned.pop(0)
        if kind == "kill":
            os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.05)
            raise CutError
        if kind == "cut":
            raise CutError
        if kind == "timeout":
            # Without the lock: the next request must not wait for it.
            self.lock.release()
            time.sleep(TIMEOUT * 1.5)
            self.lock.acquire()
            raise CutError
        raise StatusError(int(kind), "planted")


class Dying:
    """An uploader whose process ends before or after one file was sent."""

    def __init__(self, inner, name, phase):
        self.inner, self.name, self.phase = inner, name, phase

    def send(self, path, sha256):
        if path.name == self.name and self.phase == "before":
            raise Killed
        self.inner.send(path, sha256)
        if path.name == self.name:
            raise Killed

    def close(self):
        self.inner.close()


def publish(folder, made, server, *, dying=None, looks=6):
    """Publish as one run of the command does; returns how many files it sent."""
    os.environ["TWINE_USERNAME"], os.environ["TWINE_PASSWORD"] = "__token__", "secret-token-of-test"
    index = Index(server.simple, patience=(0.0,) * looks, sleep=lambda _: None)
    uploader = Twine(server.upload, timeout=TIMEOUT)
    try:
        with Journal(folder, made) as journal:
            sender = Dying(uploader, *dying) if dying else uploader
            return Publisher(made, folder / "files", journal, index, sender).publish()
    finally:
        uploader.close()
        index.close()


def frozen(folder, **options):
    """Return a frozen release below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return kit.freeze(kit.declare(folder, **options), folder)


def assert_released(server, made):
    """Check that the index has the release, each file sent once, the base after what it pins."""
    assert server.hashes() == {file.name: file.sha256 for file in made.files}
    assert server.doubles == []
    roles = {file.name: file.role for file in made.files}
    order = [roles[stored.name] for stored in server.stored]
    assert order.index("base-wheel") > max(
        i for i, role in enumerate(order) if role.startswith("runtime")
    )
