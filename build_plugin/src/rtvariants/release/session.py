"""What the steps of a release share: declaration, folder, journals, index, and how to report."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from rtvariants.errors import ConfigError, RtvariantsError

from . import addresses, expected, index, manifest, notes, source
from .declaration import Declaration
from .journal import WORK, Journal
from .manifest import Manifest
from .provenance import WORKFLOW, Expected
from .source import Source
from .workflow import FOLDER


@dataclass(frozen=True)
class Work:
    """The work before a manifest: of one commit and one declaration."""

    version: str
    commit: str
    names: tuple[str, ...]

    def text(self) -> str:
        """Return a text that only the same work has."""
        return json.dumps([self.version, self.commit, self.names])


@dataclass
class Session:
    """One run of the command.

    `simple` and `upload` replace the addresses of the declared index, `api` that of the forge.
    With `dry`, nothing is sent. In a rehearsal, an unreleased section of the changelog is enough.
    """

    declaration: Declaration
    folder: Path
    simple: str = ""
    upload: str = ""
    api: str = ""
    dry: bool = False
    rehearsal: bool = False
    #: The hash of the manifest that this run accepts; `None` for any.
    manifest_sha256: str | None = None
    #: Reports a line of progress.
    say: Callable[[str], None] = print
    _work: Journal | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.upload and not self.simple:
            raise RtvariantsError("`--upload` without `--index`", "give both addresses")
        given = self.manifest_sha256
        if given is not None and not re.fullmatch("[0-9a-fA-F]{64}", given):
            raise RtvariantsError(
                f"`--manifest-sha256` is no SHA-256: `{given}`",
                "give the 64 digits that `rtvariants release freeze` printed",
            )

    @property
    def root(self) -> Path:
        """Return the folder of pyproject.toml."""
        return self.declaration.root

    @property
    def files(self) -> Path:
        """Return the folder of the release's files."""
        return self.folder / "files"

    @property
    def journals(self) -> Path:
        """Return the folder of the journals: each index has one."""
        return self.folder / "journal"

    @cached_property
    def addresses(self) -> index.Addresses:
        """Return where the index is."""
        if self.simple:
            found = index.Addresses(self.simple.rstrip("/") + "/", self.upload)
        else:
            found = index.addresses(self.declaration.settings.index)
        for address in (found.simple, found.upload):
            if address:
                addresses.checked(address)
        return found

    @property
    def repository(self) -> str:
        """Return the declared repository, else that of the running workflow; empty for none."""
        return self.declaration.settings.repository or os.environ.get("GITHUB_REPOSITORY", "")

    @property
    def local(self) -> bool:
        """Return whether the index is on this machine."""
        return addresses.loopback(urlsplit(self.addresses.simple).hostname or "")

    @property
    def workflow(self) -> bool:
        """Return whether the project has the release workflow, which attests what it builds."""
        return (self.root / FOLDER / WORKFLOW).is_file()

    @property
    def attests(self) -> bool:
        """Return whether the workflow signs what it publishes: for the well-known indexes."""
        named = isinstance(self.declaration.settings.index, str) and not self.simple
        return named and self.workflow

    def publisher(self, declaration: Declaration, made: Manifest | None) -> Expected | None:
        """Return who must have published a release; `None` if no repository is known."""
        if not self.repository:
            return None
        return Expected(self.repository, declaration.tag, made.commit if made else "")

    def source(self) -> Source:
        """Return the current state of the tree, without the release's own folder."""
        if self.folder.is_dir():
            with contextlib.suppress(OSError):
                self.made()
        return source.inspect(self.root, self.declaration.tag, self.declaration.settings.lock)

    def clean(self) -> Source:
        """Return the state of a tree that is exactly its commit; raises if it is not."""
        found = self.source()
        if problem := found.uncommitted():
            raise RtvariantsError(problem)
        return found

    def manifest(self) -> Manifest:
        """Return the frozen manifest; raises `ManifestError` for another one than expected."""
        return manifest.load(self.folder / manifest.FILE_NAME, self.manifest_sha256)

    @property
    def frozen(self) -> bool:
        """Return whether there is a manifest."""
        return (self.folder / manifest.FILE_NAME).is_file()

    def made(self) -> Path:
        """Make the folder of the release, which git ignores; returns it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.is_file():
            ignore.write_text("*\n", encoding="utf-8")
        return self.folder

    def work(self) -> Journal:
        """Return the journal of the work, held until this process ends.

        Raises `JournalError` if another release is running, or has begun from another commit.
        """
        if self._work is None:
            at = self.source().commit
            if self.frozen and (then := self.manifest().commit) != at:
                version = self.declaration.version
                raise RtvariantsError(
                    f"the tree is at {at}, version {version} is frozen from {then}",
                    "check out that commit, or raise the version",
                )
            names = tuple(file.name for file in expected.expected(self.declaration))
            subject = Work(self.declaration.version, at, names)
            self._work = Journal(self.made(), subject, WORK)
        return self._work

    def close(self) -> None:
        """Let another release begin."""
        if self._work is not None:
            self._work.close()
            self._work = None

    def journal(self, made: Manifest) -> Journal:
        """Return the journal of a manifest on the index, to be used as a context manager."""
        return Journal(self.journals, made, self.journal_name, index=self.addresses.simple)

    @property
    def journal_name(self) -> str:
        """Return the name of the index's journal."""
        host = urlsplit(self.addresses.simple).netloc
        return f"{re.sub(r'[^A-Za-z0-9.-]', '-', host)}.jsonl"

    def changes(self, version: str) -> str:
        """Return the changelog's text about a version; raises `ConfigError` if it has none."""
        root, name = self.root, self.declaration.settings.changelog
        try:
            return notes.changes(root, name, version)
        except ConfigError:
            if not self.rehearsal:
                raise
            return notes.changes(root, name, version, unreleased=True)

    def notes(self, made: Manifest) -> str:
        """Return the notes of a release; raises `ConfigError` if the changelog has none."""
        attested = self.repository if self.workflow else ""
        return notes.notes(made, self.changes(made.version), attested=attested)

    @contextlib.contextmanager
    def reading(self) -> Iterator[index.Index]:
        """Give the index, and close it."""
        shown = index.Index(self.addresses.simple)
        try:
            yield shown
        finally:
            shown.close()
