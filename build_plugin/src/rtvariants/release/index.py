"""What an index has: the simple API as JSON (PEP 691 with PEP 700), read with bounded patience.

Answers are never taken from a cache: what matters is what an installer would be told now.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from packaging.utils import canonicalize_name

from rtvariants.errors import MachineError, RtvariantsError

from .extra import needs

_JSON = "application/vnd.pypi.simple.v1+json"
# Seconds before each further look at an index that lags: a minute and a half in all.
_PATIENCE = (0.5, 1, 2, 4, 8, 15, 30, 30)


class PackageIndexError(RtvariantsError):
    """The index could not be asked, or never showed what it took."""


@dataclass(frozen=True)
class Remote:
    """One file as an index shows it; `yanked` is the reason, or empty."""

    name: str
    sha256: str
    size: int | None
    url: str
    yanked: str = ""
    requires_python: str = ""


@dataclass(frozen=True)
class Addresses:
    """Where an index is read (`simple`, with a final slash) and where files are sent (`upload`)."""

    simple: str
    upload: str


class Index:
    """Reads one index. `patience` are the seconds between looks where it lags."""

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
        self._session.headers.update({"Accept": _JSON, "Cache-Control": "no-cache, max-age=0"})

    def files(self, project: str) -> dict[str, Remote]:
        """Return the files of a project by name; none where the index does not know it.

        Raises `PackageIndexError` where the index answers neither after a few tries.
        """
        url = f"{self.simple}{canonicalize_name(project)}/"
        said = ""
        for pause in (*self._patience[:4], None):
            try:
                answer = self._session.get(url, timeout=30)
            except OSError as error:  # requests' errors are such
                said = type(error).__name__
            else:
                if answer.status_code == 404:
                    return {}
                if answer.status_code == 200:
                    return _files(answer, url)
                said = f"status {answer.status_code}"
                if answer.status_code < 500 and answer.status_code != 429:
                    break
            if pause is not None:
                self._sleep(pause)
        raise PackageIndexError(
            f"the index does not answer for `{project}`: {said}",
            "run the same command again when it is back; what is out is not sent twice",
        )

    def wait(
        self, wanted: Mapping[str, Mapping[str, str]], *, patience: bool = True
    ) -> dict[str, dict[str, str]]:
        """Look until each project shows its file names with their hashes, or patience ends.

        `wanted` maps projects to names to sha256. Returns what is still not shown, in the same
        form; empty when all is there.
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

    def download(self, remote: Remote) -> bytes:
        """Return the bytes of a file."""
        try:
            answer = self._session.get(remote.url, timeout=120)
        except OSError as error:
            raise PackageIndexError(
                f"can't fetch `{remote.name}`: {type(error).__name__}"
            ) from error
        if answer.status_code != 200:
            raise PackageIndexError(f"can't fetch `{remote.name}`: status {answer.status_code}")
        content: bytes = answer.content
        return content

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _files(answer: Any, base: str) -> dict[str, Remote]:
    """Read an answer as JSON, or as the HTML that older indexes give (PEP 503)."""
    if "json" in answer.headers.get("Content-Type", ""):
        entries = answer.json()["files"]
        return {
            f["filename"]: Remote(
                name=f["filename"],
                sha256=f.get("hashes", {}).get("sha256", ""),
                size=f.get("size"),
                url=urljoin(base, f["url"]),
                yanked=_yanked(f.get("yanked", False)),
                requires_python=f.get("requires-python") or "",
            )
            for f in entries
        }
    found = {}
    for attributes, name in re.findall(r"<a\s([^>]*)>\s*([^<]+?)\s*</a>", answer.text):
        href = re.search(r'href="([^"]+)"', attributes)
        link, _, digest = (href.group(1) if href else "").partition("#sha256=")
        yanked = re.search(r'data-yanked(?:="([^"]*)")?', attributes)
        reason = _yanked(yanked.group(1) or True) if yanked else ""
        found[name] = Remote(name, digest, None, urljoin(base, link), reason)
    return found


def _yanked(value: bool | str) -> str:
    return value if isinstance(value, str) else "yanked" if value else ""


def addresses(index: str | Mapping[str, str]) -> Addresses:
    """Return the addresses of an index by its name, or those that are given.

    Twine knows the two well-known ones. Raises `MachineError` for any other name.
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
        "name `pypi` or `testpypi`, or give both addresses: `index = { simple = …, upload = … }`",
    )
