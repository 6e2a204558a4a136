"""Sends one file to an index, through twine.

Twine and not `uv publish`: it sends one given file and gives its answer back, so that the order,
the wait between runtimes and base and the reaction to each status stay ours; it exchanges a CI
system's identity for a token (trusted publishing), takes tokens from the environment, the keyring
or `~/.pypirc`, and attaches attestations. Its own skipping of existing files, which compares names
alone, is not used.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from rtvariants.errors import MachineError, RtvariantsError

from .extra import needs
from .secrets import redact

# Seconds without a byte from the index until an answer counts as lost.
_TIMEOUT = 300.0


class UploadRefusedError(RtvariantsError):
    """The index said no: `status` is its HTTP status, `reason` its words."""

    def __init__(self, name: str, status: int, reason: str) -> None:
        self.status = status
        self.reason = redact(reason)
        super().__init__(f"{name}: refused with status {status}: {self.reason}", _hint(status))


class UploadLostError(RtvariantsError):
    """No answer, or one that leaves open whether the file was taken."""


class Uploader(Protocol):
    """What sends a file; the file may or may not be there when `UploadLostError` is raised."""

    def send(self, path: Path) -> None:
        """Send one file; raises `UploadRefusedError` or `UploadLostError`."""

    def close(self) -> None:
        """Close the connections."""


class Twine:
    """Sends files by twine to the upload address of an index.

    `attestations` is a folder with `<file>.publish.attestation` files (PEP 740), or `None`.
    """

    def __init__(
        self, address: str, attestations: Path | None = None, *, timeout: float = _TIMEOUT
    ) -> None:
        settings = needs("twine.settings")
        self._attestations = attestations
        self._package: Any = needs("twine.package").PackageFile
        try:
            with _quiet():
                # A client that does not ask: a release has nobody at the keyboard.
                password = os.environ.get("TWINE_PASSWORD")
                self._repository: Any = settings.Settings(
                    repository_url=address,
                    username=os.environ.get("TWINE_USERNAME") or (password and "__token__"),
                    password=password,
                    non_interactive=True,
                    disable_progress_bar=True,
                ).create_repository()
            # Without one, an index that falls silent would hold the release for ever.
            session = self._repository.session
            session.request = functools.partial(session.request, timeout=timeout)
        except Exception as error:  # twine's, requests' and id's have no common root
            raise MachineError(
                f"no credentials for the index: {redact(str(error))}",
                "set `TWINE_PASSWORD` to a token, or run where trusted publishing is set up "
                "(`id-token: write`)",
            ) from error

    def send(self, path: Path) -> None:
        """Send one file once; a re-send after a lost answer is the caller's to decide."""
        package = self._package.from_filename(str(path), None)
        if self._attestations is not None:
            mine = self._attestations / f"{path.name}.publish.attestation"
            if mine.is_file():
                package.add_attestations([str(mine)])
        try:
            with _quiet():
                # One try: twine would send again at once after a 5xx, without a look at the index.
                answer = self._repository.upload(package, max_redirects=1)
        except OSError as error:  # requests' errors are such
            raise UploadLostError(
                f"{path.name}: no answer: {redact(type(error).__name__)}"
            ) from error
        if answer.status_code >= 500 or answer.status_code in (408, 429):
            raise UploadLostError(
                f"{path.name}: status {answer.status_code}: {redact(_reason(answer))}"
            )
        if answer.status_code >= 300:
            raise UploadRefusedError(path.name, answer.status_code, _reason(answer))

    def close(self) -> None:
        """Close the connections."""
        self._repository.close()


def _reason(answer: Any) -> str:
    # Indexes put their sentence into the status line or the page; the page may be a whole one.
    text = " ".join(str(answer.text).split())
    return str(answer.reason) if "<" in text or not text else text[:300]


def _hint(status: int) -> str:
    if status in (401, 403):
        return "the token is wrong, expired or of another project; set a new one and run again"
    if status == 413:
        return "ask the index for a higher limit of this project, then run again"
    return "mend what it says and run again; what is out is not sent twice"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    # twine prints; the release has its own progress.
    with contextlib.redirect_stdout(io.StringIO()):
        yield
