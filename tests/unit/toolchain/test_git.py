"""The commit of a project."""

import os
import subprocess

import pytest

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


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="takes root")
def test_the_commit_of_a_tree_that_somebody_else_owns_is_known(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]")
    git = ["git", "-C", tmp_path, "-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    for argv in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *argv], check=True)
    for path in (tmp_path, tmp_path / ".git"):
        os.chown(path, 12345, 12345)
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    argv = ["git", "-C", tmp_path, "describe"]
    done = subprocess.run(argv, env=env, capture_output=True, check=False)
    assert b"safe.directory" in done.stderr
    assert len(commit(tmp_path)) == 40


def test_the_variables_of_a_hook_do_not_give_the_commit_of_another_repository(
    tmp_path, monkeypatch
):
    project, other = tmp_path / "project", tmp_path / "other"
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.invalid", "-C"]
    for folder in (project, other):
        folder.mkdir()
        (folder / "pyproject.toml").write_text(f"[project] # {folder.name}")
        for argv in (["init", "-q"], ["add", "."], ["commit", "-qm", folder.name]):
            subprocess.run([*git, folder, *argv], check=True)
    mine = commit(project)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert commit(project) == mine != ""
