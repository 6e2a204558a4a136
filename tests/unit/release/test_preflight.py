"""Whether a release may go out: each reason against it, and none where there is none."""

from dataclasses import replace

import pytest
import release_kit as kit

from rtvariants.release import preflight, source
from rtvariants.release.simple_api import Remote
from rtvariants.release.source import Source


@pytest.fixture
def facts(tmp_path):
    declaration = kit.declare(tmp_path)
    manifest = replace(kit.freeze(declaration, tmp_path / "out"), locks={"Cargo.lock": "aa"})
    clean = Source(kit.COMMIT, (), "v1.4.0", kit.COMMIT, 0, {"Cargo.lock": "aa"})
    return declaration, clean, manifest


def told(declaration, clean, manifest, shown=None):
    outcome = preflight.preflight(declaration, clean, manifest, shown or {})
    return [p.render() for p in outcome.problems], outcome.notes


def remote(file, **changes):
    facts = {"name": file.name, "sha256": file.sha256, "size": file.size, "url": ""}
    return {file.name: Remote(**(facts | changes))}


def test_a_clean_first_release_may_go(facts):
    problems, notes = told(*facts)
    assert problems == []
    assert len(notes) == 3
    assert all(note.startswith("first release under the name") for note in notes)


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
def test_each_fault_of_the_tree_is_named_alone(facts, change, words):
    declaration, clean, manifest = facts
    (problem,), _ = told(declaration, replace(clean, **change), manifest)
    assert words in problem
    assert "hint: " in problem


def test_a_version_that_is_out_with_other_bytes_is_refused(facts):
    file = facts[2].files[0]
    (problem,), _ = told(*facts, {file.project: remote(file, sha256="ee")})
    assert problem.startswith(f"{file.name}: sha256 on the index: ee; here: {file.sha256}")


def test_a_file_of_this_version_that_was_never_frozen_is_refused(facts):
    name = "lamp-1.4.0-cp39-abi3-win_amd64.whl"
    (problem,), _ = told(*facts, {"lamp": {name: Remote(name, "ee", 1, "")}})
    assert "the manifest does not name" in problem


def test_files_that_are_out_with_the_same_bytes_are_a_note(facts):
    file = facts[2].files[0]
    problems, notes = told(*facts, {file.project: remote(file)})
    assert problems == []
    assert "1 of 8 files are out already, with these bytes" in notes


def test_a_file_above_the_limit_is_refused(facts):
    declaration, clean, manifest = facts
    big = replace(manifest.files[0], size=100_000_001)
    (problem,), _ = told(declaration, clean, replace(manifest, files=(big, *manifest.files[1:])))
    assert "100.0 MB, the index takes 100 MB" in problem


def test_a_project_without_room_is_refused_and_one_with_little_is_noted(facts):
    declaration, clean, manifest = facts
    file = manifest.files[0]
    old = {"old.whl": Remote("old.whl", "aa", 10_000_000_000 - 100, "")}
    (problem,), _ = told(declaration, clean, manifest, {file.project: old})
    assert f"project `{file.project}` has room for 0 MB" in problem
    mine = sum(f.size for f in manifest.files if f.project == file.project)
    old = {"old.whl": Remote("old.whl", "aa", 10_000_000_000 - 2 * mine, "")}
    problems, notes = told(declaration, clean, manifest, {file.project: old})
    assert problems == []
    assert f"project `{file.project}` has room for 2 releases of this size" in notes


def test_a_tag_that_indexes_refuse_is_named(tmp_path):
    platforms = '[{ name = "linux-x64", tag = "linux_x86_64" }]'
    declaration = kit.declare(tmp_path, platforms=platforms)
    manifest = kit.freeze(declaration, tmp_path / "out")
    clean = Source(kit.COMMIT, (), "v1.4.0", kit.COMMIT, 0, {})
    problems, _ = told(declaration, clean, manifest)
    assert len(problems) == 2
    assert "platform tag that indexes refuse: `linux_x86_64`" in problems[0]


def test_a_real_tree_is_read(tmp_path):
    kit.declare(tmp_path)
    commit = kit.commit_all(tmp_path, "v1.4.0")
    found = source.inspect(tmp_path, "v1.4.0", ("Cargo.lock", "absent.lock"))
    assert (found.commit, found.tag_commit, found.dirty) == (commit, commit, ())
    assert found.locks == {"Cargo.lock": source.sha256(tmp_path / "Cargo.lock")}
    assert found.date > 1_700_000_000
    (tmp_path / "Cargo.lock").write_text("")
    (tmp_path / "new.py").write_text("")
    kit.git(tmp_path, "tag", "-a", "-m", "annotated", "v1.5.0")
    found = source.inspect(tmp_path, "v1.5.0")
    assert (found.dirty, found.tag_commit) == (("Cargo.lock", "new.py"), commit)
    assert source.inspect(tmp_path, "v9").tag_commit == ""
