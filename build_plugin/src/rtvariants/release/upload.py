"""Sends one file to an index with twine.

twine rather than `uv publish`: it sends one file and returns the answer, so that this package
decides about the order, the wait between runtimes and base, and the reaction to each status. It
exchanges a CI system's identity for a token (trusted publishing), reads tokens from the
environment, the keyring or `~/.pypirc`, and attaches attestations. Its skipping of existing files
is not used, since it compares only names.
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

# After so many seconds without a byte from the index, an answer counts as lost.
_TIMEOUT = 300.0


class UploadRefusedError(RtvariantsError):
    """The index refused a file: `status` is its HTTP status, `reason` its message."""

    def __init__(self, name: str, status: int, reason: str) -> None:
        self.status = status
        self.reason = redact(reason)
        super().__init__(f"{name}: refused with status {status}: {self.reason}", _hint(status))


class UploadLostError(RtvariantsError):
    """No answer, or one that does not say whether the file was accepted."""


class Uploader(Protocol):
    """What sends a file; after an `UploadLostError`, the index may have the file or not."""

    def send(self, path: Path) -> None:
        """Send one file; raises `UploadRefusedError` or `UploadLostError`."""

    def close(self) -> None:
        """Close the connections."""


class Twine:
    """Sends files with twine to the upload address of an index.

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
                # Nobody is there to answer questions.
                password = os.environ.get("TWINE_PASSWORD")
                self._repository: Any = settings.Settings(
                    repository_url=address,
                    username=os.environ.get("TWINE_USERNAME") or (password and "__token__"),
                    password=password,
                    non_interactive=True,
                    disable_progress_bar=True,
                ).create_repository()
            # Without a timeout, an index that stops answering would hold the release forever.
            session = self._repository.session
            session.request = functools.partial(session.request, timeout=timeout)
        except Exception as error:  # those of twine, requests and id have no common root
            raise MachineError(
                f"no credentials for the index: {redact(str(error))}",
                "set `TWINE_PASSWORD` to a token, or run where trusted publishing is set up "
                "(`id-token: write`)",
            ) from error

    def send(self, path: Path) -> None:
        """Send one file once; the caller decides whether to send it again after a lost answer."""
        package = self._package.from_filename(str(path), None)
        if self._attestations is not None:
            mine = self._attestations / f"{path.name}.publish.attestation"
            if mine.is_file():
                package.add_attestations([str(mine)])
        try:
            with _quiet():
                # One try: after a 5xx, twine would send again without looking at the index.
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
    # The reason is in the status line or in the body, which may be a whole HTML page.
    text = " ".join(str(answer.text).split())
    return str(answer.reason) if "<" in text or not text else text[:300]


def _hint(status: int) -> str:
    if status in (401, 403):
        return "the token is wrong, expired or for another project; set a new one and run again"
    if status == 413:
        return "request a higher limit for this project from the index, then run the command again"
    return "fix the error and run the command again; files already uploaded are skipped"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    # twine prints its own progress.
    with contextlib.redirect_stdout(io.StringIO()):
        yield
