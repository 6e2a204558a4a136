"""Whether a release may be published: every reason against it, and none if there is none."""

from dataclasses import replace

import pytest
import release_kit as kit

from rtvariants.release import preflight
from rtvariants.release.simple_api import UNKNOWN, Page, Remote
from rtvariants.release.source import Source


@pytest.fixture
def facts(tmp_path):
    declaration = kit.declare(tmp_path)
    manifest = replace(kit.freeze(declaration, tmp_path / "out"), locks={"Cargo.lock": "aa"})
    clean = Source(kit.COMMIT, (), "v1.4.0", kit.COMMIT, 0, {"Cargo.lock": "aa"})
    return declaration, clean, manifest


def checked(declaration, clean, manifest, shown=None):
    shown = shown or {}
    pages = {p: Page(shown[p]) if p in shown else UNKNOWN for p in manifest.projects()}
    outcome = preflight.preflight(declaration, clean, manifest, pages)
    return [p.render() for p in outcome.problems], outcome.notes


def remote(file, **changes):
    facts = {"name": file.name, "sha256": file.sha256, "size": file.size, "url": ""}
    return {file.name: Remote(**(facts | changes))}


def test_a_clean_first_release_may_be_published(facts):
    problems, notes = checked(*facts)
    assert problems == []
    assert len(notes) == 3
    assert all(note.startswith("first release of") for note in notes)


OTHER = "d" * 40


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dirty": ("a.py", "b.py")}, "changed or untracked files: a.py, b.py"),
        ({"commit": OTHER}, f"the tree is at {OTHER}"),
        ({"tag_commit": ""}, "no tag: `v1.4.0`"),
        ({"tag_commit": OTHER}, f"tag `v1.4.0` is at {OTHER}"),
        ({"locks": {"Cargo.lock": "bb"}}, "Cargo.lock: sha256 now: bb; frozen: aa"),
        ({"locks": {}}, "Cargo.lock: sha256 now: absent; frozen: aa"),
    ],
)
def test_each_problem_of_the_tree_is_reported_on_its_own(facts, change, words):
    declaration, clean, manifest = facts
    (problem,), _ = checked(declaration, replace(clean, **change), manifest)
    assert words in problem
    assert "hint: " in problem


def test_a_version_that_is_published_with_other_bytes_is_refused(facts):
    file = facts[2].files[0]
    (problem,), _ = checked(*facts, {file.project: remote(file, sha256="ee")})
    assert problem.startswith(f"{file.name}: sha256 on the index: ee; here: {file.sha256}")


@pytest.mark.parametrize(
    "name",
    [
        "lamp-1.4.0-cp39-abi3-win_amd64.whl",
        "lamp-1.4.0-1-py3-none-any.whl",
        "lamp-1.4-py3-none-any.whl",
        "Lamp-1.4.0-py3-none-any.whl",
        "lamp-1.4.0+evil-py3-none-any.whl",
        "lamp-1.4.zip",
    ],
)
def test_a_file_of_this_version_that_was_never_frozen_is_refused(facts, name):
    problems, _ = checked(*facts, {"lamp": {name: Remote(name, "ee", 1, "")}})
    what = "the index has a file of this version that is not in the manifest"
    assert any(problem.startswith(f"{name}: {what}") for problem in problems)


def test_files_that_are_published_with_the_same_bytes_are_a_note(facts):
    file = facts[2].files[0]
    problems, notes = checked(*facts, {file.project: remote(file)})
    assert problems == []
    assert "1 of 8 files are already published with these bytes" in notes


def test_a_file_above_the_limit_is_refused(facts):
    declaration, clean, manifest = facts
    big = replace(manifest.files[0], size=100_000_001)
    (problem,), _ = checked(declaration, clean, replace(manifest, files=(big, *manifest.files[1:])))
    assert "100.0 MB, the index accepts 100 MB" in problem


def test_a_project_without_space_is_refused_and_little_space_is_a_note(facts):
    declaration, clean, manifest = facts
    file = manifest.files[0]
    old = {"old.whl": Remote("old.whl", "aa", 10_000_000_000 - 100, "")}
    (problem,), _ = checked(declaration, clean, manifest, {file.project: old})
    assert f"project `{file.project}` has 0 MB left on the index" in problem
    mine = sum(f.size for f in manifest.files if f.project == file.project)
    old = {"old.whl": Remote("old.whl", "aa", 10_000_000_000 - 2 * mine, "")}
    problems, notes = checked(declaration, clean, manifest, {file.project: old})
    assert problems == []
    assert f"project `{file.project}` has space for 2 releases of this size" in notes


def test_a_tag_that_indexes_refuse_is_reported(tmp_path):
    platforms = '[{ name = "linux-x64", tag = "linux_x86_64" }]'
    declaration = kit.declare(tmp_path, platforms=platforms)
    manifest = kit.freeze(declaration, tmp_path / "out")
    clean = Source(kit.COMMIT, (), "v1.4.0", kit.COMMIT, 0, {})
    problems, _ = checked(declaration, clean, manifest)
    assert len(problems) == 2
    assert "platform tag that indexes refuse: `linux_x86_64`" in problems[0]
