"""A view of an index as it would be after a yank: what pip and uv would then install.

It fetches the pages of projects from the index and adds the yank; the files are those of the
index.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urljoin

from packaging.utils import canonicalize_name

from rtvariants.release import simple_api
from rtvariants.release.extra import needs

from .server import LocalServer


class WhatIf(LocalServer):
    """Serves the simple API of `simple` with some files yanked."""

    def __init__(self, simple: str, yanked: Collection[str]) -> None:
        super().__init__()
        self._upstream, self._yanked = simple, frozenset(yanked)
        self._session = needs("requests").Session()

    @property
    def simple(self) -> str:
        """Return the address of the simple API."""
        return f"{self.address}/simple/"

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        """Answer one request for a project's page."""
        del headers, body
        project = canonicalize_name(path.removeprefix("/simple/").strip("/"))
        url = f"{self._upstream}{project}/"
        got = self._session.get(url, headers={"Accept": simple_api.JSON}, timeout=30)
        if method != "GET" or got.status_code != 200 or "json" not in got.headers["Content-Type"]:
            return got.status_code if got.status_code != 200 else 404, "text/plain", b"no page"
        page: dict[str, Any] = got.json()
        for file in page["files"]:
            file["url"] = urljoin(got.url, file["url"])
            if file["filename"] in self._yanked:
                file["yanked"] = file.get("yanked") or "as if yanked"
        return 200, simple_api.JSON, self.json(200, page)[2]
