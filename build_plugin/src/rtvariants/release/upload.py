"""Sends one file to an index with twine.

twine rather than `uv publish`: it sends one file and returns the answer, so that this package
decides about the order, the wait between runtimes and base, and the reaction to each status. It
exchanges a CI system's identity for a token (trusted publishing), reads tokens from the
environment, the keyring or the section of `~/.pypirc` that has the index's address, and attaches
attestations. Its skipping of existing files is not used, since it compares only names.
"""

from __future__ import annotations

import contextlib
import functools
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from rtvariants.errors import MachineError, RtvariantsError

from .extra import needs
from .retry import seconds
from .secrets import get, given, redact

# After so many seconds without a byte from the index, an answer counts as lost.
_TIMEOUT = 300.0


class UploadRefusedError(RtvariantsError):
    """The index refused a file: `status` is its HTTP status, `reason` its message."""

    def __init__(self, name: str, status: int, reason: str) -> None:
        self.status = status
        self.reason = redact(reason)
        super().__init__(f"{name}: refused with status {status}: {self.reason}", _hint(status))


class UploadLostError(RtvariantsError):
    """No answer, or one that does not say whether the file was accepted.

    `wait` is how many seconds the index asks to wait before the next try.
    """

    def __init__(self, what: str, *, wait: float = 0.0) -> None:
        self.wait = wait
        hint = f"the index asks to wait {wait:.0f} s; then run the command again" if wait else ""
        super().__init__(what, hint)


class ChangedFileError(RtvariantsError):
    """A file that is not the frozen one any more."""

    def __init__(self, name: str, found: str, frozen: str) -> None:
        super().__init__(
            f"{name}: sha256 here: {found}; frozen: {frozen}",
            "something has replaced the file since the release was frozen; fetch the frozen files "
            "again",
        )


class Uploader(Protocol):
    """What sends a file; after an `UploadLostError`, the index may have the file or not.

    Staged uploads (PEP 694, a draft that no index accepts) would be a second class here: `send`
    would put the file into the session of its distribution, and `publish.Publisher` would publish
    that session at the end of a stage, before it waits for the index. A session holds one version
    of one distribution, so the order of the stages would stay what keeps a base from coming before
    its runtimes; only the files of one distribution would appear at once.
    """

    def send(self, path: Path, sha256: str) -> None:
        """Send one file with this hash; raises `UploadRefusedError` or `UploadLostError`.

        Raises `ChangedFileError`, and sends nothing, if the file has another hash.
        """

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
                username, password = _credentials(address)
                chosen = settings.Settings(
                    repository_url=address,
                    username=username,
                    password=password,
                    non_interactive=True,
                    disable_progress_bar=True,
                )
                with given():  # the identity that is exchanged for a token
                    if not (chosen.username and chosen.password):
                        # requests would look for a password in `~/.netrc`, which is for reading.
                        raise ValueError("no user name or no password")
                    self._repository: Any = chosen.create_repository()
            # Without a timeout, an index that stops answering would hold the release forever.
            session = self._repository.session
            session.request = functools.partial(session.request, timeout=timeout)
        except Exception as error:  # those of twine, requests and id have no common root
            raise MachineError(
                f"no credentials for the index: {redact(str(error))}",
                "set `TWINE_PASSWORD` to a token, write it into `~/.pypirc`, or run where trusted "
                "publishing is set up (`id-token: write`)",
            ) from error

    def send(self, path: Path, sha256: str) -> None:
        """Send one file once; the caller decides whether to send it again after a lost answer."""
        # twine reads a file twice, for the hash and for the body: both come from a private copy.
        with tempfile.TemporaryDirectory(prefix="rtvariants-") as folder:
            copy = Path(shutil.copy(path, folder))
            package = self._package.from_filename(str(copy), None)
            if package.sha2_digest != sha256:
                raise ChangedFileError(path.name, package.sha2_digest, sha256)
            self._send(path, package)

    def _send(self, path: Path, package: Any) -> None:
        if self._attestations is not None:
            mine = self._attestations / f"{path.name}.publish.attestation"
            if mine.is_file():
                package.add_attestations([str(mine)])
        try:
            with _quiet(), given():  # a token that has expired is exchanged again
                # One try: after a 5xx, twine would send again without looking at the index.
                answer = self._repository.upload(package, max_redirects=1)
        except OSError as error:  # requests' errors are such
            raise UploadLostError(
                f"{path.name}: no answer: {redact(type(error).__name__)}"
            ) from error
        if answer.status_code >= 500 or answer.status_code in (408, 429):
            raise UploadLostError(
                f"{path.name}: status {answer.status_code}: {redact(_reason(answer))}",
                wait=seconds(answer.headers.get("Retry-After")),
            )
        if answer.status_code >= 300:
            raise UploadRefusedError(path.name, answer.status_code, _reason(answer))

    def close(self) -> None:
        """Close the connections."""
        self._repository.close()


def _credentials(address: str) -> tuple[str | None, str | None]:
    """Return user name and password of the environment, or of `~/.pypirc` for this address."""
    password, username = get("TWINE_PASSWORD") or None, get("TWINE_USERNAME") or None
    if password is None:
        utils = needs("twine.utils")
        for section in utils.get_config(utils.DEFAULT_CONFIG_FILE).values():
            if str(section.get("repository", "")).rstrip("/") == address.rstrip("/"):
                username = username or section.get("username")
                password = section.get("password")
    return username or ("__token__" if password else None), password


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
