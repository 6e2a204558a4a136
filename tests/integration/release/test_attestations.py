"""`verify` and `status` compare who published each file, as a local index states it."""

import json
import sys

import pytest
import release_kit as kit

FOLDER = f"dist/release/{kit.VERSION}"
OURS = {"kind": "GitHub", "repository": "owner/lamp", "workflow": "release.yml"}


@pytest.fixture
def published(lamp, monkeypatch):
    """Return a function that publishes as some publisher, all files but one with an attestation."""

    def publish(publisher, *, without=""):
        made = json.loads((lamp.root / FOLDER / "manifest.json").read_text())
        folder = lamp.root.parent / "attestations"
        folder.mkdir()
        for file in made["files"]:
            if file["name"] != without:
                (folder / f"{file['name']}.publish.attestation").write_text('{"version": 1}')
        for project in ("lamp-fast", "lamp-runtime-safe", "lamp"):
            lamp.index.publisher = {"environment": f"release-{project}"} | publisher
            lamp.ok("publish", "--only", project, "--attestations", folder)
        return lamp

    lamp.ok("freeze", "--allow-untested")
    # These attestations have no signature: what is left to compare is the stated publisher.
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)
    return publish


def test_the_publisher_of_the_release_is_accepted(published):
    lamp = published(OURS)
    assert "SIGNATURES WERE NOT VERIFIED" in lamp.ok("verify", "--no-install")
    _, facts = lamp.json("status")
    state = facts["steps"]["status"]["attested"]
    assert set(state.values()) == {"attested"}
    assert len(state) == 8


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"repository": "other/lamp"}, "repository `other/lamp`, expected `owner/lamp`"),
        ({"workflow": "ci.yml"}, "workflow `ci.yml`, expected `release.yml`"),
    ],
)
def test_another_publisher_is_refused(published, other, words):
    lamp = published(OURS | other)
    assert lamp.refused("verify", "--no-install").count("published by another") == 8
    assert words in lamp.ok("status")


def test_a_file_without_attestation_is_named(published):
    bare = f"lamp-{kit.VERSION}-py3-none-any.whl"
    lamp = published(OURS, without=bare)
    said = lamp.refused("verify", "--no-install")
    assert f"{bare}: the index has no attestation of this file" in said
    assert said.count("no attestation") == 1
    assert f"there          {bare}: the index has no attestation" in lamp.ok("status")
    assert "files without an attestation: 1" in lamp.ok(
        "verify", "--no-install", "--allow-unattested"
    )


def test_an_index_without_attestations_is_noted(published):
    lamp = published({})
    lamp.index.publisher = {}
    for file in lamp.index.stored:
        file.provenance = b""
    assert "note: files without an attestation: 8" in lamp.ok("verify", "--no-install")


def test_attestations_without_a_signature_are_refused(published, monkeypatch):
    lamp = published(OURS)
    monkeypatch.delitem(sys.modules, "pypi_attestations")
    said = lamp.refused("verify", "--no-install")
    assert said.count("the signature is not that of the expected workflow") == 8


def test_an_index_that_lists_attestations_and_has_none_is_an_error(published):
    lamp = published(OURS)
    lamp.index._integrity = lambda *_: (404, "text/plain", b"")
    assert "but has none" in lamp.refused("verify", "--no-install")
    assert "but has none" in lamp.ok("status")
