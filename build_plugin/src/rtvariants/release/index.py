"""What an index has, asked with bounded patience.

Answers never come from a cache: what matters is what an installer would get now.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from rtvariants.errors import MachineError

from . import simple_api
from .extra import needs
from .simple_api import PackageIndexError, Remote

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

    def files(self, project: str) -> dict[str, Remote]:
        """Return the files of a project by name; none if the index does not know it.

        Raises `PackageIndexError` if the index does not answer after a few tries.
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
                    return simple_api.read(answer.text, answer.headers.get("Content-Type", ""), url)
                said = f"status {answer.status_code}"
                if answer.status_code < 500 and answer.status_code != 429:
                    break
            if pause is not None:
                self._sleep(pause)
        raise PackageIndexError(
            f"the index does not answer for `{project}`: {said}",
            "run the same command again later; files already uploaded are skipped",
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
