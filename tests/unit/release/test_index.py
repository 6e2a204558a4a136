"""What an index answers, also when it is not one."""

import hashlib
import json

import pytest

from rtvariants.release.index import Index
from rtvariants.release.rehearsal.server import LocalServer
from rtvariants.release.simple_api import JSON, PackageIndexError, Remote


class Scripted(LocalServer):
    """Answers each path with what a test has written down; `None` for an unknown one."""

    def __init__(self, pages):
        super().__init__()
        self.pages = pages
        self.asked = []

    def answer(self, _, path, *__):
        self.asked.append(path)
        return self.pages.get(path) or (404, "text/html", b"<h1>Not Found</h1>")


@pytest.fixture
def served():
    """Return a function that gives the index of some pages, and the waits that it took."""
    running = []

    def serve(pages):
        server = Scripted(pages).__enter__()
        running.append(server)
        waits = []
        index = Index(f"{server.address}/simple/", patience=(0.0,) * 6, sleep=waits.append)
        return index, server, waits

    yield serve
    for server in running:
        server.__exit__(None, None, None)


PORTAL = b"<html><title>Sign in</title><a href='/login'>Sign in to the network</a></html>"


@pytest.mark.parametrize(
    "page", [(200, "text/html", PORTAL), (200, JSON, b'{"meta": {"api-ver'), (200, JSON, b"[]"),
             (200, "text/html", b"")],
)  # fmt: skip
def test_nonsense_is_never_an_empty_project(served, page):
    index, _, _ = served({"/simple/lamp/": page})
    with pytest.raises(PackageIndexError, match="unreadable page"):
        index.page("lamp")


@pytest.mark.parametrize("page", [None, (200, "text/html", PORTAL), (200, JSON, b"{}")])
def test_a_wrong_address_is_no_index(served, page):
    index, _, _ = served({"/simple/": page})
    assert not index.page("lamp").exists
    with pytest.raises(PackageIndexError, match="not an index"):
        index.check_address()


@pytest.mark.parametrize(
    "page",
    [(200, JSON, b'{"meta": {"api-version": "1.4"}, "projects": []}'),
     (200, "text/html", b"<title>Simple index</title>")],
)  # fmt: skip
def test_the_address_of_an_index_is_accepted(served, page):
    served({"/simple/": page})[0].check_address()


@pytest.mark.parametrize("status", ["archived", "active"])
def test_the_status_of_a_project_is_read_in_both_forms(served, status):
    facts = {"status": status, "reason": "why"}
    as_json = {"meta": {"api-version": "1.4"}, "files": [], "project-status": facts}
    rows = {"repository-version": "1.4", "project-status": status, "project-status-reason": "why"}
    html = "".join(f'<meta name="pypi:{k}" content="{v}">' for k, v in rows.items())
    for page in ((200, JSON, json.dumps(as_json).encode()), (200, "text/html", html.encode())):
        found = served({"/simple/lamp/": page})[0].page("lamp")
        assert (found.status, found.reason, found.exists) == (status, "why", True)


def test_the_digest_is_that_of_the_bytes_that_are_given(served):
    index, server, _ = served({"/files/a.whl": (200, "x/y", b"other bytes")})
    remote = Remote("a.whl", "aa", 1, f"{server.address}/files/a.whl")
    assert index.digest(remote) == hashlib.sha256(b"other bytes").hexdigest()
    with pytest.raises(PackageIndexError, match="but does not have it"):
        index.digest(Remote("b.whl", "aa", 1, f"{server.address}/files/b.whl"))


ROLES = [{"role": "Owner", "user": "a"}, {"role": "Maintainer", "user": "b"}]


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ({"ownership": {"roles": ROLES, "organization": "c"}}, ("a", "c")),
        ({"ownership": {"roles": ROLES[1:], "organization": None}}, None),
        ({"info": {}}, None),
        ([], None),
    ],
)
def test_owners_are_those_that_the_index_states(served, page, wanted):
    answer = (200, "application/json", json.dumps(page).encode())
    assert served({"/pypi/lamp/json": answer})[0].owners("lamp") == wanted


def test_a_wait_that_the_index_asks_for_is_kept_or_named(served, monkeypatch):
    index, _, waits = served({"/simple/lamp/": (429, "text/plain", b"slow down")})
    monkeypatch.setattr("rtvariants.release.index.seconds", lambda _: 7.0)
    with pytest.raises(PackageIndexError, match="in 7 s, as the index asks"):
        index.page("lamp")
    assert set(waits) == {7.0}
    monkeypatch.setattr("rtvariants.release.index.seconds", lambda _: 3600.0)
    waits.clear()
    with pytest.raises(PackageIndexError, match="in 3600 s, as the index asks"):
        index.page("lamp")
    assert waits == []
