"""The commit of a project."""

import subprocess

from rtvariants.toolchain.git import COMMIT_FILE, commit


def test_a_project_in_a_folder_of_a_repository_has_its_commit(tmp_path):
    project, other = tmp_path / "python", tmp_path / "python/dist/unpacked"
    for folder in (project, other):
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").write_text("[project]")
    (other / "PKG-INFO").touch()
    git = ["git", "-C", tmp_path, "-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    for argv in (["init", "-q"], ["add", "python/pyproject.toml"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *argv], check=True)
    assert len(commit(project)) == 40
    assert commit(other) == "", "an sdist is not of the repository that it was unpacked in"
    (other / "PKG-INFO").unlink()
    assert commit(other) == "", "nor is a tree that is not added"
    (project / "pyproject.toml").write_text("[project] # edited")
    assert commit(project) == ""


def test_the_commit_travels_in_the_sdist(tmp_path):
    tree, unpacked = tmp_path / "tree", tmp_path / "unpacked"
    for folder in (tree, unpacked):
        folder.mkdir()
        (folder / "pyproject.toml").write_text("[project]")
    (unpacked / "PKG-INFO").touch()
    (unpacked / COMMIT_FILE).write_text("c0ffee\n")
    assert commit(unpacked) == "c0ffee"
    assert commit(tree) == ""
