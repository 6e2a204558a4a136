"""Whether the names of a release are free on the index, or this project's own."""

from dataclasses import replace

import pytest
import release_kit as kit

from rtvariants.release import names
from rtvariants.release.simple_api import UNKNOWN, Page, Remote
from rtvariants.release.source import Source


@pytest.fixture
def declaration(tmp_path):
    return kit.declare(tmp_path)


def page(*files, **facts):
    return Page({name: Remote(name, "aa", 1, "") for name in files}, **facts)


def found(declaration, shown, tags=(), **settings):
    notes = []
    declared = replace(declaration, settings=replace(declaration.settings, **settings))
    source = Source(kit.COMMIT, (), "v1.4.0", kit.COMMIT, 0, {}, tuple(tags))
    problems = names.problems(declared, source, "lamp", shown, notes)
    return [problem.render() for problem in problems], notes


def test_a_first_release_says_how_to_register_the_name(declaration):
    problems, (note,) = found(declaration, UNKNOWN)
    assert problems == []
    assert "pending publisher" in note
    assert "release-lamp" in note


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_project_that_takes_no_files_is_refused(declaration, status):
    (problem,), _ = found(declaration, page(status=status, reason="a new home"))
    assert f"`lamp` is {status}: a new home" in problem


def test_a_deprecated_project_is_a_note(declaration):
    assert found(declaration, page(status="deprecated"))[0] == []
    assert "deprecated" in found(declaration, page(status="deprecated"))[1][0]


def test_versions_without_a_tag_here_belong_to_somebody_else(declaration):
    shown = page("lamp-9.1-py3-none-any.whl", "lamp-1.0.tar.gz", "lamp.exe")
    (problem,), _ = found(declaration, shown, ["v1.0", "v9.1rc1", "w9.1"])
    assert "without a tag in this repository: 9.1" in problem
    assert 'owned = ["lamp"]' in problem
    assert found(declaration, shown, ["v1.0", "v9.1"])[0] == []
    assert found(declaration, shown, owned=("Lamp",))[0] == []
    # Who owns it is asked of the index then.
    assert found(declaration, shown, owners=("alice",))[0] == []


def test_equal_versions_may_be_spelled_differently(declaration):
    assert found(declaration, page("lamp-1.0.0.tar.gz"), ["v1.0"])[0] == []
    assert found(declaration, page("lamp-1.4.tar.gz"))[0] == []


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (("Alice", "bob"), ""),
        (("mallory",), "belongs to mallory, not to alice"),
        (None, "does not state who owns"),
    ],
)
def test_declared_owners_are_compared_with_those_of_the_index(stated, words):
    problems = names.stated("lamp", ("alice",), stated)
    assert [words in p.render() for p in problems] == ([True] if words else [])


def test_a_name_without_separators_is_the_similar_one():
    assert names.similar("lamp-runtime_safe") == "lampruntimesafe"
    assert names.similar("Lamp") == ""


def test_a_project_without_files_is_a_note_because_nothing_shows_whose_it_is(declaration):
    problems, (note,) = found(declaration, page())
    assert problems == []
    assert "without any file" in note
    assert found(declaration, page(), owners=("alice",)) == ([], [])


def test_files_of_this_version_that_the_release_does_not_have_are_another_projects():
    shown = page("lamp-1.4.tar.gz", "lamp-1.4.0-py3-none-any.whl", "lamp-1.3.tar.gz")
    (problem,) = names.strange("lamp", "1.4.0", shown, {"lamp-1.4.0-py3-none-any.whl"})
    assert "does not have: `lamp-1.4.tar.gz`" in problem.render()
    assert "`distribution` in [tool.rtvariants.release]" in problem.render()
    assert names.strange("lamp", "1.4.0", shown, set(shown.files)) == []
