"""What an index has, asked with bounded patience.

Answers never come from a cache: what matters is what an installer would get now.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name

from rtvariants.errors import MachineError

from . import simple_api
from .extra import needs
from .retry import LONGEST, seconds
from .simple_api import UNKNOWN, PackageIndexError, Page, Remote

#: The kind of a file's attestations (PEP 740).
INTEGRITY = "application/vnd.pypi.integrity.v1+json"
# Seconds before each further look at an index that lags: a minute and a half in total.
_PATIENCE = (0.5, 1, 2, 4, 8, 15, 30, 30)


@dataclass(frozen=True)
class Addresses:
    """Where an index is read (`simple`, with a final slash) and where files are sent (`upload`)."""

    simple: str
    upload: str


class Index:
    """Reads one index. `patience` has the seconds between looks at an index that lags."""

    def __init__(
        self,
        simple: str,
        *,
        patience: Iterable[float] = _PATIENCE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        requests = needs("requests")
        self.simple = simple.rstrip("/") + "/"
        self._patience = tuple(patience)
        self._sleep = sleep
        self._session = requests.Session()
        self._session.headers.update(
            {"Accept": simple_api.JSON, "Cache-Control": "no-cache, max-age=0"}
        )

    def files(self, project: str) -> Mapping[str, Remote]:
        """Return the files of a project by name; none if the index does not know it.

        Raises `PackageIndexError` if the index does not answer after a few tries.
        """
        return self.page(project).files

    def page(self, project: str) -> Page:
        """Return what the index shows of a project.

        Raises `PackageIndexError` if the index does not answer after a few tries, or answers
        something else than an index.
        """
        answer = self._get(f"{self.simple}{canonicalize_name(project)}/", project)
        if answer is None:
            return UNKNOWN
        return simple_api.read(answer.text, answer.headers.get("Content-Type", ""), answer.url)

    def check_address(self) -> None:
        """Raise `PackageIndexError` if the address is not that of an index.

        At a wrong address every project is unknown, which looks like a first release.
        """
        hint = "check the address; that of the public index ends in `/simple/`"
        try:
            # The list of the public index is long: its first part is enough.
            with self._session.get(self.simple, timeout=30, stream=True) as answer:
                kind = answer.headers.get("Content-Type", "")
                start = next(answer.iter_content(4096), b"").lower()
        except OSError as error:  # requests' errors are such
            raise PackageIndexError(
                f"the index does not answer: {self.simple}: {type(error).__name__}", hint
            ) from error
        simple = b'"meta"' in start if "json" in kind else b"simple" in start or _lists(start)
        if answer.status_code != 200 or not simple:
            raise PackageIndexError(
                f"not an index: {self.simple}: status {answer.status_code}, `{kind or 'no type'}`",
                hint,
            )

    def owners(self, project: str) -> tuple[str, ...] | None:
        """Return who owns a project, as the public index states it; `None` if it does not."""
        base = self.simple.removesuffix("simple/")
        answer = self._get(f"{base}pypi/{canonicalize_name(project)}/json", project)
        try:
            stated = answer.json()["ownership"] if answer else {}
            users = [role["user"] for role in stated.get("roles") or () if role["role"] == "Owner"]
            organization = stated.get("organization")
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        found = (*users, *([organization] if organization else []))
        return found or None

    def digest(self, remote: Remote) -> str:
        """Download a file; returns the SHA-256 of the bytes that the index gives.

        Raises `PackageIndexError`.
        """
        answer = self._get(remote.url, remote.name, stream=True)
        if answer is None:
            raise PackageIndexError(f"the index lists `{remote.name}`, but does not have it")
        made = hashlib.sha256()
        try:
            with answer:
                for block in answer.iter_content(1 << 20):
                    made.update(block)
        except OSError as error:  # requests' errors are such
            what = f"the download of `{remote.name}` broke off: {type(error).__name__}"
            raise PackageIndexError(what, "run the same command again") from error
        return made.hexdigest()

    def provenance(self, remote: Remote) -> str:
        """Return the attestations of a file as JSON, and who the index says has published it.

        Raises `PackageIndexError`.
        """
        answer = self._get(remote.provenance, remote.name, accept=INTEGRITY)
        if answer is None:
            what = f"the index says that it has attestations of `{remote.name}`, but has none"
            raise PackageIndexError(what, "run the same command again later")
        return str(answer.text)

    def _get(self, url: str, what: str, *, stream: bool = False, accept: str = "") -> Any:
        """Return the answer to one request; `None` if there is no such page."""
        said, wait = "", 0.0
        headers = {"Accept": accept} if accept else {}
        for pause in (*self._patience[:4], None):
            try:
                answer = self._session.get(url, headers=headers, timeout=30, stream=stream)
            except OSError as error:  # requests' errors are such
                said = type(error).__name__
            else:
                if answer.status_code in (404, 410):
                    return None
                if answer.status_code == 200:
                    return answer
                said = f"status {answer.status_code}"
                wait = seconds(answer.headers.get("Retry-After"))
                if (answer.status_code < 500 and answer.status_code != 429) or wait > LONGEST:
                    break
            if pause is not None:
                self._sleep(max(pause, wait))
        when = f"in {wait:.0f} s, as the index asks" if wait else "later"
        raise PackageIndexError(
            f"the index does not answer for `{what}`: {said}",
            f"run the same command again {when}; files already uploaded are skipped",
        )

    def wait(
        self, wanted: Mapping[str, Mapping[str, str]], *, patience: bool = True
    ) -> dict[str, dict[str, str]]:
        """Look until each project shows its file names with their hashes, or patience ends.

        `wanted` maps projects to names to sha256. Returns what is still not shown, in the same
        form; empty when everything is there.
        """
        missing = {project: dict(files) for project, files in wanted.items() if files}
        for pause in (*(self._patience if patience else ()), None):
            for project in list(missing):
                shown = self.files(project)
                missing[project] = {
                    name: digest
                    for name, digest in missing[project].items()
                    if name not in shown or shown[name].sha256 != digest
                }
                if not missing[project]:
                    del missing[project]
            if not missing or pause is None:
                break
            self._sleep(pause)
        return missing

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _lists(page: bytes) -> bool:
    """Return whether a page in HTML lists projects as PEP 503 says: links with normalised names.

    >>> _lists(b'<a href="flit-core/">Flit.Core</a>'), _lists(b'<a href="about/">About us</a>')
    (True, False)
    """
    links = re.findall(
        r"<a\s[^>]*href=[\"']([^\"']+)[\"'][^>]*>([^<]+)</a>", page.decode("latin-1")
    )
    return any(url.rstrip("/").rpartition("/")[2] == canonicalize_name(name) for url, name in links)


def addresses(index: str | Mapping[str, str]) -> Addresses:
    """Return the addresses of an index by its name, or the given ones.

    twine has those of the two well-known indexes. Raises `MachineError` for any other name.
    """
    if not isinstance(index, str):
        return Addresses(index["simple"].rstrip("/") + "/", index["upload"])
    repository, utils = needs("twine.repository"), needs("twine.utils")
    known = {
        "pypi": Addresses(f"{repository.WAREHOUSE_WEB}simple/", utils.DEFAULT_REPOSITORY),
        "testpypi": Addresses(f"{repository.TEST_WAREHOUSE}simple/", utils.TEST_REPOSITORY),
    }
    if index in known:
        return known[index]
    raise MachineError(
        f"unknown index: `{index}`",
        "use `pypi` or `testpypi`, or give both addresses: `index = { simple = …, upload = … }`",
    )
