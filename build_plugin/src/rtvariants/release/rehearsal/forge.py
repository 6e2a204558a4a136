"""A forge with the part of GitHub's REST API that a release uses.

The hooks `before` and `after` get the method and route of each request; tests plant faults there.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .server import LocalServer, StatusError

_Route = tuple[str, str, Callable[..., tuple[int, str, bytes]]]


class LocalForge(LocalServer):
    """The forge. It accepts only `token`, or any if that is empty; `tags` map names to commits."""

    def __init__(self, *, token: str = "") -> None:
        super().__init__()
        self.token = token
        self.tags: dict[str, str] = {}
        self.releases: list[dict[str, Any]] = []
        self.contents: dict[int, bytes] = {}
        self.dispatches: list[tuple[str, dict[str, Any]]] = []
        self.runs: list[dict[str, Any]] = []
        self.writes: list[str] = []
        self._next = 1

    @property
    def api(self) -> str:
        """Return the address of the API."""
        return f"{self.address}/api/v3"

    def before(self, method: str, route: str) -> None:
        """Act before a request; raise `CutError` or `StatusError` here to plant a fault."""

    def after(self, method: str, route: str) -> None:
        """Act after a request, before its answer."""

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        """Answer one request."""
        if self.token and headers.get("Authorization") != f"token {self.token}":
            return self._error(401, "Bad credentials")
        parts = urlsplit(path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        for verb, pattern, act in self._routes():
            found = re.fullmatch(rf"/api/v3/repos/[^/]+/[^/]+/{pattern}", unquote(parts.path))
            if verb == method and found:
                with self.lock:
                    return self._acted(
                        method,
                        pattern,
                        functools.partial(act, *found.groups(), query=query, body=body),
                    )
        return self._error(404, "Not Found")

    def _acted(self, method: str, route: str, act: Any) -> tuple[int, str, bytes]:
        if method != "GET":
            self.writes.append(f"{method} {route}")
        try:
            self.before(method, route)
            answer: tuple[int, str, bytes] = act()
            self.after(method, route)
        except StatusError as fault:
            return self._error(fault.status, str(fault))
        return answer

    def _routes(self) -> tuple[_Route, ...]:
        return (
            ("GET", r"commits/tags/(.+)", self._commit),
            ("GET", r"releases", self._list),
            ("POST", r"releases", self._create),
            ("PATCH", r"releases/(\d+)", self._update),
            ("DELETE", r"releases/(\d+)", self._remove),
            ("GET", r"releases/(\d+)/assets", self._assets),
            ("POST", r"releases/(\d+)/assets", self._upload),
            ("DELETE", r"releases/assets/(\d+)", self._delete),
            ("POST", r"dispatches", self._event),
            ("POST", r"actions/workflows/([^/]+)/dispatches", self._workflow),
            ("GET", r"actions/runs", self._runs),
        )

    def _error(self, status: int, words: str) -> tuple[int, str, bytes]:
        return self.json(status, {"message": words})

    def _id(self) -> int:
        self._next += 1
        return self._next

    def _commit(self, tag: str, **_: Any) -> tuple[int, str, bytes]:
        if tag not in self.tags:
            return self._error(422, f"No commit found for SHA: tags/{tag}")
        return self.json(200, {"sha": self.tags[tag]})

    def _list(self, **_: Any) -> tuple[int, str, bytes]:
        return self.json(200, self.releases)

    def _create(self, body: bytes, **_: Any) -> tuple[int, str, bytes]:
        facts = json.loads(body)
        number = self._id()
        url = f"{self.api}/repos/o/r/releases/{number}"
        made = {**facts, "id": number, "url": url, "assets": [], "assets_url": f"{url}/assets"}
        made["upload_url"] = f"{url}/assets{{?name,label}}"
        made["html_url"] = f"{self.address}/o/r/releases/{facts['tag_name']}"
        self.releases.append(made)
        return self.json(201, made)

    def _one(self, number: str) -> dict[str, Any]:
        for release in self.releases:
            if release["id"] == int(number):
                return release
        raise StatusError(404, "Not Found")

    def _update(self, number: str, body: bytes, **_: Any) -> tuple[int, str, bytes]:
        release = self._one(number)
        release.update(json.loads(body))
        if not release["draft"]:
            self.tags.setdefault(release["tag_name"], release["target_commitish"])
        return self.json(200, release)

    def _remove(self, number: str, **_: Any) -> tuple[int, str, bytes]:
        self.releases.remove(self._one(number))
        return 204, "application/json", b""

    def _assets(self, number: str, **_: Any) -> tuple[int, str, bytes]:
        return self.json(200, self._one(number)["assets"])

    def _upload(self, number: str, query: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        release, name = self._one(number), query["name"]
        if any(asset["name"] == name for asset in release["assets"]):
            return self._error(422, "Validation Failed: already_exists")
        asset = {"id": self._id(), "name": name, "size": len(body), "state": "uploaded"}
        asset["url"] = f"{self.api}/repos/o/r/releases/assets/{asset['id']}"
        asset["digest"] = f"sha256:{hashlib.sha256(body).hexdigest()}"
        release["assets"].append(asset)
        self.contents[int(str(asset["id"]))] = body
        return self.json(201, asset)

    def _delete(self, number: str, **_: Any) -> tuple[int, str, bytes]:
        for release in self.releases:
            release["assets"] = [a for a in release["assets"] if a["id"] != int(number)]
        return 204, "application/json", b""

    def _event(self, body: bytes, **_: Any) -> tuple[int, str, bytes]:
        facts = json.loads(body)
        return self._dispatched(facts["event_type"], facts["client_payload"], "repository_dispatch")

    def _workflow(self, name: str, body: bytes, **_: Any) -> tuple[int, str, bytes]:
        return self._dispatched(name, json.loads(body)["inputs"], "workflow_dispatch")

    def _dispatched(self, name: str, facts: dict[str, Any], event: str) -> tuple[int, str, bytes]:
        self.dispatches.append((name, facts))
        path = f".github/workflows/{name}"
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        run = {"id": self._id(), "display_title": name, "path": path, "event": event}
        self.runs.append({**run, "created_at": now})
        return 204, "application/json", b""

    def _runs(self, query: dict[str, str], **_: Any) -> tuple[int, str, bytes]:
        # As the real one does, the newest first.
        found = [run for run in reversed(self.runs) if run["event"] == query.get("event")]
        return self.json(200, {"total_count": len(found), "workflow_runs": found})
