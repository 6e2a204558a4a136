"""Pages of the simple API are read as their specifications say, in JSON and in HTML."""

import json

import pytest

from rtvariants.release import simple_api
from rtvariants.release.simple_api import PackageIndexError, Remote

URL = "https://index.example/simple/lamp/"
SDIST = Remote("lamp-1.0.tar.gz", "aa", None, "https://index.example/f/lamp-1.0.tar.gz")
HREF = 'href="/f/lamp-1.0.tar.gz#sha256=aa"'
NAME = "lamp-1.0.tar.gz"


def html(text):
    return list(simple_api.read(text, "text/html; charset=utf-8", URL).files.values())


def page(**changes):
    file = {"filename": NAME, "url": "/f/lamp-1.0.tar.gz", "hashes": {"sha256": "aa"}, "size": 3}
    return json.dumps({"meta": {"api-version": "1.4"}, "files": [file | changes]})


@pytest.mark.parametrize(
    "text",
    [
        f"<a {HREF}>{NAME}</a>",
        f"<A class=x {HREF} >\n {NAME}\n</A><br>",
        f"<a href='/f/lamp-1.0.tar.gz#sha256=aa'>{NAME}</a>",
        f"<a {HREF}><b>lamp</b>-1.0.tar.gz</a>",
        f'<a {HREF} data-requires-python="&gt;=3.10">{NAME}</a>',
        f'<base href="https://index.example/f/"><a href="lamp-1.0.tar.gz#sha256=aa">{NAME}</a>',
        f'<!-- <a href="/f/old.whl">old.whl</a> --><a {HREF}>{NAME}</a>',
        f'<meta name="pypi:repository-version" content="1.3"><a {HREF}>{NAME}</a>',
    ],
)
def test_every_form_of_a_link_is_the_same_file(text):
    assert html(text) == [SDIST]


def test_an_address_is_decoded_and_only_sha256_counts_as_a_hash():
    (file,) = html(f'<a href="/f/lamp-1.0.tar.gz?a=1&amp;b=2#md5=aa">{NAME}</a>')
    assert (file.sha256, file.url) == ("", f"{SDIST.url}?a=1&b=2")


@pytest.mark.parametrize(
    ("attribute", "yanked"),
    [("data-yanked", "yanked"), ('data-yanked=""', "yanked"), ('data-yanked="a &amp; b"', "a & b")],
)
def test_a_yank_in_html_has_its_reason(attribute, yanked):
    (file,) = html(f"<a {attribute} {HREF}>{NAME}</a>")
    assert file.yanked == yanked


@pytest.mark.parametrize(("value", "yanked"), [(False, ""), (True, "yanked"), ("dark", "dark")])
def test_a_yank_in_json_has_its_reason(value, yanked):
    found = simple_api.read(page(yanked=value), simple_api.JSON, URL).files
    assert found == {NAME: Remote(NAME, "aa", 3, SDIST.url, yanked)}


@pytest.mark.parametrize("value", ["/i/lamp/provenance", "https://index.example/i/lamp/provenance"])
def test_attestations_are_found_in_both_forms(value):
    where = "https://index.example/i/lamp/provenance"
    (file,) = html(f'<a data-provenance="{value}" {HREF}>{NAME}</a>')
    assert file.provenance == where
    for given, wanted in ((value, where), (None, "")):
        found = simple_api.read(page(provenance=given), simple_api.JSON, URL).files
        assert found[NAME].provenance == wanted


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (simple_api.JSON, "<html>"),
        (simple_api.JSON, "[]"),
        (simple_api.JSON, '{"files": []}'),
        (simple_api.JSON, '{"meta": {"api-version": "2.0"}, "files": []}'),
        (simple_api.JSON, '{"meta": {"api-version": "1.0"}, "files": [{"filename": "a"}]}'),
        ("text/html", '<meta name="pypi:repository-version" content="2.0">'),
    ],
)
def test_a_page_that_cannot_be_read_is_an_error_and_not_an_empty_project(kind, text):
    with pytest.raises(PackageIndexError, match=f"unreadable page of the index: {URL}"):
        simple_api.read(text, kind, URL)
