"""A project's page of the simple API: JSON (PEP 691, 700, 740) or HTML (PEP 503, 592).

pypi-simple reads the same pages, but takes twice as long for JSON and ten times as long for HTML,
and would add nine distributions to an installation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from rtvariants.errors import RtvariantsError

#: The kind of page that is asked for.
JSON = "application/vnd.pypi.simple.v1+json"
_VERSION, _STATUS = "pypi:repository-version", "pypi:project-status"
_SUFFIXES = (".whl", ".tar.gz", ".zip", ".egg", ".tar.bz2", ".tgz", ".exe", ".json")


class PackageIndexError(RtvariantsError):
    """The index did not answer, answered something else, or never showed what was uploaded."""


@dataclass(frozen=True)
class Remote:
    """One file as an index shows it; `yanked` is the reason, or empty.

    `provenance` is where the attestations of the file are (PEP 740); empty if it has none.
    """

    name: str
    sha256: str
    size: int | None
    url: str
    yanked: str = ""
    provenance: str = ""


@dataclass(frozen=True)
class Page:
    """What an index shows of a project: its files by name, and its status (PEP 792).

    `exists` is false if the index does not know the project. `reason` is what its owners say about
    the status, or empty.
    """

    files: Mapping[str, Remote]
    exists: bool = True
    status: str = "active"
    reason: str = ""


#: What an index shows of a project that it does not know.
UNKNOWN = Page({}, exists=False)


def read(text: str, content_type: str, url: str) -> Page:
    """Return a project's page; raises `PackageIndexError` for one that can't be read."""
    try:
        return _json(text, url) if "json" in content_type else _html(text, url)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PackageIndexError(
            f"unreadable page of the index: {url}: {error}",
            "check the address of the index, and whether something on the way answers for it",
        ) from error


def _json(text: str, url: str) -> Page:
    page = json.loads(text)
    version = str(page["meta"]["api-version"])
    if version.partition(".")[0] != "1":
        raise ValueError(f"version {version} of the simple API, expected 1")
    files = [_remote(file, url) for file in page["files"]]
    status = page.get("project-status") or {}
    return Page(
        {file.name: file for file in files},
        status=status.get("status", "active"),
        reason=status.get("reason") or "",
    )


def _remote(file: dict[str, Any], url: str) -> Remote:
    provenance = file.get("provenance")
    return Remote(
        name=file["filename"],
        sha256=file["hashes"].get("sha256", ""),
        size=file.get("size"),
        url=urljoin(url, file["url"]),
        yanked=_yanked(file.get("yanked", False)),
        provenance=urljoin(url, provenance) if provenance else "",
    )


def _html(text: str, url: str) -> Page:
    page = _Links(url)
    page.feed(text)
    page.close()
    files = {file.name: file for file in page.files if file.name.endswith(_SUFFIXES)}
    if not files and _VERSION not in page.meta:
        raise ValueError("not a page of the simple API")
    status = page.meta.get(_STATUS, "active")
    return Page(files, status=status, reason=page.meta.get(f"{_STATUS}-reason", ""))


class _Links(HTMLParser):
    """Collects links and facts of a page; `base` is what the addresses are relative to."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.files: list[Remote] = []
        self.meta: dict[str, str] = {}
        self._base = base
        self._link: dict[str, str | None] | None = None
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a link, or take the base of all links."""
        facts = dict(attrs)
        if tag == "base" and facts.get("href"):
            self._base = urljoin(self._base, facts["href"] or "")
        elif tag == "meta" and facts.get("name"):
            content = facts.get("content") or ""
            self.meta[facts["name"] or ""] = content
            if facts["name"] == _VERSION and content.partition(".")[0] != "1":
                raise ValueError(f"version {content} of the simple API, expected 1")
        elif tag == "a" and facts.get("href"):
            self._link, self._name = facts, ""

    def handle_data(self, data: str) -> None:
        """Collect the text of a link, which is the name of its file."""
        self._name += data

    def handle_endtag(self, tag: str) -> None:
        """End a link."""
        if tag != "a" or self._link is None:
            return
        address, _, fragment = (self._link["href"] or "").partition("#")
        kind, _, digest = fragment.partition("=")
        # Without a value, or with an empty one, a file is yanked for no reason that is given.
        yanked = "data-yanked" in self._link and (self._link["data-yanked"] or True)
        provenance = self._link.get("data-provenance")
        self.files.append(
            Remote(
                self._name.strip(),
                digest if kind == "sha256" else "",
                None,
                urljoin(self._base, address),
                _yanked(yanked),
                urljoin(self._base, provenance) if provenance else "",
            )
        )
        self._link = None


def _yanked(value: bool | str) -> str:
    return value if isinstance(value, str) else "yanked" if value else ""
