"""Publishes a frozen release: in order, each file once, and resumable after any interruption."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rtvariants.errors import Problem

from . import manifest as manifests
from . import publish_plan
from .index import Index
from .journal import BEGUN, DONE, Journal
from .manifest import File, Manifest
from .publish_plan import PublishError
from .retry import LONGEST
from .simple_api import Remote
from .upload import Uploader, UploadLostError, UploadRefusedError

# How often one run sends a file that gets no answer.
_TRIES = 3

Say = Callable[[str], None]


@dataclass(frozen=True)
class Publisher:
    """What publishing needs: the frozen files in `folder`, the journal, and the index."""

    manifest: Manifest
    folder: Path
    journal: Journal
    index: Index
    uploader: Uploader
    say: Say = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    #: The distributions whose files are sent; empty for all.
    only: tuple[str, ...] = ()

    def publish(self) -> int:
        """Complete the release on the index; returns how many files were sent.

        A file that the index has with the frozen hash is skipped, a missing one is sent; another
        hash is an error before anything is sent. A second run after any failure ends in the same
        state. Raises
        `PublishError`, `UploadRefusedError`, `UploadLostError` or `PackageIndexError`.
        """
        if problems := manifests.changed(self.manifest, self.folder):
            raise PublishError(problems)
        shown = shown_files(self.manifest, self.index)
        if problems := publish_plan.conflicts(self.manifest, shown):
            raise PublishError(problems)
        paths = {path.name: path for path in self.folder.rglob("*") if path.is_file()}
        sent = 0
        for stage in publish_plan.stages(self.manifest):
            own = tuple(file for file in stage if not self.only or file.project in self.only)
            for file in own:
                sent += self._file(file, paths[file.name], shown.get(file.name))
            # The base needs the whole stage before it, also what another job has sent.
            whole = not self.only or self.manifest.project in self.only
            self._wait(stage if whole else own)
        self.journal.write("publish", DONE)
        return sent

    def _file(self, file: File, path: Path, remote: Remote | None) -> int:
        """Send one file if the index does not have it; returns 1 if it was sent, else 0."""
        step = publish_plan.step(file, remote, self.journal.state("upload", file.name))
        there = step.action == publish_plan.DONE or (
            step.action == publish_plan.LOOK and not self._missing(file)
        )
        if not there:
            self._send(file, path)
            self.say(f"sent {file.name} ({file.size / 1e6:.1f} MB)")
        if self.journal.state("upload", file.name) != DONE:
            self.journal.write("upload", DONE, file.name, sha256=file.sha256)
        return int(not there)

    def _send(self, file: File, path: Path) -> None:
        """Send one file; after a lost answer, look before sending again."""
        for attempt in range(1, _TRIES + 1):
            self.journal.write("upload", BEGUN, file.name, sha256=file.sha256, attempt=attempt)
            try:
                self.uploader.send(path, file.sha256)
            except UploadLostError as lost:
                if not self._missing(file):
                    return
                if attempt == _TRIES or lost.wait > LONGEST:
                    raise
                self.journal.write("upload", "lost", file.name, reason=str(lost))
                if lost.wait:
                    self.say(f"waiting {lost.wait:.0f} s, as the index asks")
                    self.sleep(lost.wait)
            except UploadRefusedError as refused:
                remote = self.index.files(file.project).get(file.name)
                if remote is not None and remote.sha256 != file.sha256:
                    raise PublishError(publish_plan.other_bytes(file, remote)) from refused
                if remote is not None:
                    return  # Some indexes refuse even equal bytes; the file is there.
                state = "denied" if refused.status in (401, 403) else "refused"
                self.journal.write("upload", state, file.name, status=refused.status)
                raise
            else:
                return

    def _missing(self, file: File) -> bool:
        """Wait for a file that may be there; returns whether it is missing. Refuses other bytes."""
        if not self.index.wait({file.project: {file.name: file.sha256}}):
            return False
        remote = self.index.files(file.project).get(file.name)
        if remote is not None and remote.sha256 != file.sha256:
            raise PublishError(publish_plan.other_bytes(file, remote))
        return True

    def _wait(self, stage: tuple[File, ...]) -> None:
        """Wait until the index shows every file of a stage with its hash."""
        missing = self.index.wait(wanted(stage))
        if missing:
            hint = "run the same command again later; nothing that depends on it has been sent"
            raise PublishError(
                Problem("uploaded, but the index does not list it with its hash", hint, name)
                for files in missing.values()
                for name in files
            )
        if stage:
            self.say(f"the index lists {len(stage)} files with their hashes")


def shown_files(manifest: Manifest, index: Index) -> dict[str, Remote]:
    """Return the index's files of the release's projects, by name."""
    return {name: remote for p in manifest.projects() for name, remote in index.files(p).items()}


def wanted(files: Iterable[File]) -> dict[str, dict[str, str]]:
    """Return files as projects to names to hashes."""
    found: dict[str, dict[str, str]] = {}
    for file in files:
        found.setdefault(file.project, {})[file.name] = file.sha256
    return found
