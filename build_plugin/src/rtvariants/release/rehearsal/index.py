"""A package index that behaves like the real one in everything that a release depends on.

It accepts the same bytes again and does nothing, refuses other bytes under a used name, and accepts
one sdist for each version. Files can be yanked. The simple API has JSON and HTML (PEP 691, 503)
with hashes, sizes, yanks (PEP 592, 700), the metadata of wheels (PEP 658, 714) and attestations
(PEP 740).

Every state after an upload stays readable: `/at/3/simple/` is the index as it was after its third
file. Tests plant faults in the hooks `before` and `after`.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from packaging.utils import canonicalize_name

from rtvariants.release import simple_api
from rtvariants.release.index import INTEGRITY

from .server import LocalServer, StatusError


@dataclass
class Stored:
    """One file of the index; `looks` counts how often its project has been asked for since."""

    project: str
    version: str
    name: str
    data: bytes
    metadata: bytes
    requires_python: str
    yanked: str = ""
    provenance: bytes = b""
    looks: int = field(default=0)

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


class LocalIndex(LocalServer):
    """The index. `lag` is how many looks at a project a new file stays hidden for.

    Only `token` is accepted, or any if it is empty; `limit` is the largest file in bytes. `posts`
    lists the names of all files that were sent, `doubles` those that it already had, `attested`
    those that came with attestations (PEP 740). Their signatures are not verified. If `publisher`
    is set, it is stated as the publisher of files with attestations, as an index does for
    those that come with trusted publishing; otherwise the index shows no attestations.
    """

    def __init__(self, *, token: str = "", lag: int = 0, limit: int = 100_000_000) -> None:
        super().__init__()
        self.stored: list[Stored] = []
        self.posts: list[str] = []
        self.doubles: list[str] = []
        self.attested: list[str] = []
        self.publisher: dict[str, Any] = {}
        self.token, self.lag, self.limit = token, lag, limit

    @property
    def simple(self) -> str:
        """Return the address of the simple API."""
        return f"{self.address}/simple/"

    @property
    def upload(self) -> str:
        """Return the address that files are sent to."""
        return f"{self.address}/legacy/"

    @property
    def yanks(self) -> str:
        """Return where yanks are sent, with places for `{project}` and `{file}`."""
        return f"{self.address}/yank/{{project}}/{{file}}"

    def at(self, count: int) -> str:
        """Return the address of the simple API as it was after `count` files."""
        return f"{self.address}/at/{count}/simple/"

    def before(self, name: str) -> None:
        """Act before a file is accepted; raise `CutError` or `StatusError` to plant a fault."""

    def after(self, name: str) -> None:
        """Act after a file was accepted, before the answer."""

    def yank(self, name: str, reason: str = "yanked") -> None:
        """Yank one file."""
        next(f for f in self.stored if f.name == name).yanked = reason

    def hashes(self) -> dict[str, str]:
        """Return the hash of every file by name."""
        return {file.name: file.sha256 for file in self.stored}

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        """Answer one request."""
        with self.lock:
            if method == "POST" and path == "/legacy/":
                return self._take(headers, body)
            if method == "POST" and (found := re.fullmatch(r"/yank/[^/]+/([^/]+)", unquote(path))):
                return self._yank(found.group(1), headers, body)
            return self._show(unquote(urlsplit(path).path), headers.get("Accept", ""))

    def _take(self, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        self._authorized(headers.get("Authorization", ""))
        fields = form(headers["Content-Type"], body)
        name, data = fields["content"]
        self.posts.append(name)
        self.before(name)
        project = canonicalize_name(fields["name"][1].decode())
        version = fields["version"][1].decode()
        kept = next((f for f in self.stored if f.name == name), None)
        digest = hashlib.sha256(data).hexdigest()
        if fields.get("sha256_digest", ("", digest.encode()))[1].decode() != digest:
            raise StatusError(400, "The digest supplied does not match a digest calculated here")
        if len(data) > self.limit:
            raise StatusError(400, f"File too large. Limit for project is {self.limit} bytes")
        if kept is not None and kept.sha256 != digest:
            raise StatusError(400, f"File already exists ('{name}', with other content)")
        if kept is not None:
            self.doubles.append(name)
        else:
            self._store(project, version, name, data, fields)
            if "attestations" in fields:
                self.attested.append(name)
                self.stored[-1].provenance = self._provenance(fields["attestations"][1])
        self.after(name)
        return 200, "text/plain", b"OK"

    def _provenance(self, attestations: bytes) -> bytes:
        if not self.publisher:
            return b""
        bundle = {"publisher": self.publisher, "attestations": json.loads(attestations)}
        return json.dumps({"version": 1, "attestation_bundles": [bundle]}).encode()

    def _yank(self, name: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        self._authorized(headers.get("Authorization", ""))
        if name not in self.hashes():
            raise StatusError(404, "Not Found")
        self.yank(name, parse_qs(body.decode()).get("reason", ["yanked"])[0])
        return 200, "text/plain", b"OK"

    def _store(
        self, project: str, version: str, name: str, data: bytes, fields: dict[str, Any]
    ) -> None:
        if not name.endswith(".whl") and any(
            f.project == project and f.version == version and not f.name.endswith(".whl")
            for f in self.stored
        ):
            raise StatusError(400, "Only one sdist may be uploaded per release")
        requires = fields.get("requires_python", ("", b""))[1].decode()
        self.stored.append(Stored(project, version, name, data, _metadata(name, data), requires))

    def mirror(self, path: Path) -> None:
        """Add a file that is not a part of the release, such as a dependency."""
        project, version = path.name.removesuffix(".tar.gz").split("-")[:2]
        data = path.read_bytes()
        made = Stored(canonicalize_name(project), version, path.name, data,
                      _metadata(path.name, data), "")  # fmt: skip
        with self.lock:
            self.stored.append(made)

    def _authorized(self, header: str) -> None:
        given = base64.b64decode(header.removeprefix("Basic ") or b"").decode()
        if self.token and given != f"__token__:{self.token}":
            raise StatusError(403, "Invalid or non-existent authentication information")

    def _show(self, path: str, accept: str) -> tuple[int, str, bytes]:
        count = len(self.stored)
        if past := re.match(r"/at/(\d+)(/.*)", path):
            count, path = int(past.group(1)), past.group(2)
        if path.startswith("/files/"):
            return self._file(path.removeprefix("/files/"))
        if found := re.fullmatch(r"/integrity/[^/]+/[^/]+/([^/]+)/provenance", path):
            return self._integrity(found.group(1), accept)
        if path == "/simple/":
            names = sorted({f.project for f in self.stored[:count]})
            return self.json(200, {"meta": {"api-version": "1.1"}, "projects": names})
        project = path.removeprefix("/simple/").strip("/")
        shown = [f for f in self.stored[:count] if f.project == project]
        if past is None:
            for file in shown:
                file.looks += 1
            shown = [f for f in shown if f.looks > self.lag]
        if not shown:
            return 404, "text/plain", b"Not Found"
        if "json" in accept:
            return 200, simple_api.JSON, self._json(project, shown)
        return 200, "text/html", self._html(shown)

    def _file(self, name: str) -> tuple[int, str, bytes]:
        wheel = name.removesuffix(".metadata")
        for file in self.stored:
            if file.name == wheel:
                data = file.metadata if name != wheel else file.data
                return 200, "application/octet-stream", data
        return 404, "text/plain", b"Not Found"

    def _integrity(self, name: str, accept: str) -> tuple[int, str, bytes]:
        if accept != INTEGRITY:
            return 406, "text/plain", b"Request not acceptable"
        found = next((f.provenance for f in self.stored if f.name == name), b"")
        return (200, INTEGRITY, found) if found else (404, "text/plain", b"Not Found")

    def _attestations(self, file: Stored) -> str | None:
        """Return where the attestations of a file are."""
        path = f"integrity/{file.project}/{file.version}/{file.name}/provenance"
        return f"{self.address}/{path}" if file.provenance else None

    def _json(self, project: str, shown: list[Stored]) -> bytes:
        files = [
            {
                "filename": file.name,
                "url": f"{self.address}/files/{file.name}",
                "hashes": {"sha256": file.sha256},
                "size": len(file.data),
                "requires-python": file.requires_python or None,
                "yanked": file.yanked or False,
                "core-metadata": {"sha256": hashlib.sha256(file.metadata).hexdigest()}
                if file.metadata
                else False,
                "provenance": self._attestations(file),
            }
            for file in shown
        ]
        versions = sorted({file.version for file in shown})
        meta = {"api-version": "1.3"}
        answer = {"meta": meta, "name": project, "versions": versions, "files": files}
        return self.json(200, answer)[2]

    def _html(self, shown: list[Stored]) -> bytes:
        rows = []
        for file in shown:
            link = f"{self.address}/files/{file.name}#sha256={file.sha256}"
            yank = f' data-yanked="{html.escape(file.yanked)}"' if file.yanked else ""
            where = self._attestations(file)
            attested = f' data-provenance="{where}"' if where else ""
            rows.append(f'<a href="{link}"{yank}{attested}>{file.name}</a><br>')
        return ("<!DOCTYPE html><body>" + "\n".join(rows) + "</body>").encode()


def form(content_type: str, body: bytes) -> dict[str, tuple[str, bytes]]:
    """Return the parts of a multipart form: name to file name and bytes."""
    found = re.search(r'boundary="?([^";]+)', content_type)
    if not found:
        raise StatusError(400, "not a form")
    parts = {}
    for part in body.split(b"--" + found.group(1).encode())[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        names = dict(re.findall(r'(\w+)="([^"]*)"', head.decode()))
        parts[names["name"]] = (names.get("filename", ""), data.removesuffix(b"\r\n"))
    return parts


def _metadata(name: str, data: bytes) -> bytes:
    if not name.endswith(".whl"):
        return b""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        path = next(n for n in packed.namelist() if n.endswith(".dist-info/METADATA"))
        text = packed.read(path)
    return text
