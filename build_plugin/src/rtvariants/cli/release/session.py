"""What the steps of a release share: declaration, folder, journals, index, and how to speak."""

from __future__ import annotations

import argparse
import contextlib
import errno
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rtvariants.errors import MachineError, Problem, RtvariantsError
from rtvariants.release import declaration as declarations
from rtvariants.release import expected, index, journal, manifest, source
from rtvariants.release.declaration import Declaration
from rtvariants.release.journal import Journal
from rtvariants.release.manifest import Manifest
from rtvariants.release.secrets import redact
from rtvariants.release.source import Source

#: The journal of the work before there is a manifest.
WORK = "work.jsonl"
_HINTS = {
    errno.ENOSPC: "make room and run the same command again; it goes on where it stopped",
    errno.EDQUOT: "make room and run the same command again; it goes on where it stopped",
    errno.EROFS: "name a folder that can be written: `--out DIR`",
    errno.EACCES: "name a folder that can be written: `--out DIR`",
}
# These steps send something; the journal says when they begin and how they end.
_SENDING = ("publish", "forge", "notify", "yank")


@dataclass(frozen=True)
class Work:
    """The work before a manifest: of one commit and one declaration."""

    version: str
    commit: str
    names: tuple[str, ...]

    def text(self) -> str:
        """Return a text that is the same for the same work alone."""
        return json.dumps([self.version, self.commit, self.names])


@dataclass
class Session:
    """One run of the command."""

    declaration: Declaration
    folder: Path
    simple: str = ""
    upload: str = ""
    api: str = ""
    dry: bool = False
    json: bool = False
    #: A release that is only rehearsed: an unreleased section of the changelog will do.
    rehearsal: bool = False
    _work: Journal | None = field(default=None, repr=False)

    @classmethod
    def of(cls, options: argparse.Namespace) -> Session:
        """Make the session that the options ask for."""
        given = vars(options)
        root = Path(given.get("project", ".")).resolve()
        declared = declarations.read(root)
        if only := given.get("only"):
            declared = declared.only(only)
        out = given.get("out")
        folder = Path(out) if out else root / "dist" / "release" / declared.version
        simple, upload = given.get("index", ""), given.get("upload", "")
        if upload and not simple:
            raise RtvariantsError("`--upload` without `--index`", "give both addresses")
        return cls(
            declared,
            folder.resolve(),
            simple,
            upload,
            given.get("forge_api", ""),
            bool(given.get("dry_run")),
            bool(given.get("json")),
            bool(given.get("rehearsal")),
        )

    @property
    def root(self) -> Path:
        """Return the folder of pyproject.toml."""
        return self.declaration.root

    @property
    def files(self) -> Path:
        """Return the folder of the release's files."""
        return self.folder / "files"

    @cached_property
    def addresses(self) -> index.Addresses:
        """Return where the index is."""
        if self.simple:
            return index.Addresses(self.simple.rstrip("/") + "/", self.upload)
        return index.addresses(self.declaration.settings.index)

    @property
    def repository(self) -> str:
        """Return the declared repository, else that of the workflow we are in; empty for none."""
        return self.declaration.settings.repository or os.environ.get("GITHUB_REPOSITORY", "")

    def say(self, text: str) -> None:
        """Show a line of progress; JSON has the output for itself."""
        print(text, file=sys.stderr if self.json else sys.stdout, flush=True)

    def head(self, name: str) -> None:
        """Announce a step of a whole release."""
        self.say(f"\n==> {name}")

    def source(self) -> Source:
        """Return the state of the tree now; the release's own folder is no part of it."""
        if self.folder.is_dir():
            with contextlib.suppress(OSError):
                self.made()
        return source.inspect(self.root, self.declaration.tag, self.declaration.settings.lock)

    def clean(self) -> Source:
        """Return the state of a tree that is exactly its commit; raises where it is not."""
        found = self.source()
        if found.dirty:
            shown = ", ".join(found.dirty[:3]) + (" …" if len(found.dirty) > 3 else "")
            raise RtvariantsError(
                f"changed or untracked files: {shown}", "commit, stash or ignore them"
            )
        return found

    def manifest(self) -> Manifest:
        """Return the frozen manifest."""
        return manifest.load(self.folder / manifest.FILE_NAME)

    def made(self) -> Path:
        """Make the folder of the release, which git does not look at; returns it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.is_file():
            ignore.write_text("*\n", encoding="utf-8")
        return self.folder

    def work(self) -> Journal:
        """Return the journal of the work, held until this process ends.

        Raises `JournalError` where another release is at work, or has begun from another commit.
        """
        if self._work is None:
            at = self.source().commit
            frozen = self.folder / manifest.FILE_NAME
            if frozen.is_file() and (then := manifest.load(frozen).commit) != at:
                what = f"the tree is at {at}, version {self.declaration.version} is frozen of"
                raise RtvariantsError(
                    f"{what} {then}", "check out that commit, or raise the version"
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
        """Return the journal of a manifest, to be used as a context manager."""
        return Journal(self.folder, made)

    @contextlib.contextmanager
    def reading(self, simple: str = "") -> Iterator[index.Index]:
        """Give the index, and close it."""
        shown = index.Index(simple or self.addresses.simple)
        try:
            yield shown
        finally:
            shown.close()

    @contextlib.contextmanager
    def noted(self, step: str) -> Iterator[None]:
        """Let the journal say when a sending step begins and how it ends."""
        path = self.folder / manifest.FILE_NAME
        if self.dry or step not in _SENDING or not path.is_file():
            yield
            return
        made = self.manifest()
        with self.journal(made) as book:
            book.write("step", journal.BEGUN, step)
        try:
            yield
        except BaseException as error:
            said = redact(str(error)).splitlines() or [type(error).__name__]
            with contextlib.suppress(RtvariantsError), self.journal(made) as book:
                book.write("step", "stopped", step, reason=said[0])
            raise
        with self.journal(made) as book:
            book.write("step", journal.DONE, step)


@contextlib.contextmanager
def disk(session: Session) -> Iterator[None]:
    """Say what the disk refuses as a fact and a hint."""
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        where = str(error.filename or session.folder)
        hint = _HINTS.get(error.errno or 0, "mend it and run the same command again")
        raise MachineError(
            Problem(f"can't write: {error.strerror or error}", hint, where)
        ) from error


def facts_of(problem: Any) -> dict[str, str]:
    """Return a problem as JSON has it."""
    return {"what": problem.what, "hint": problem.hint, "where": problem.where}
