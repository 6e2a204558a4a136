"""Which files git ignores: it is asked itself, of the repository that each file is in."""

import subprocess

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain import git_files


def git(folder, *argv):
    options = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    options += ["-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", "-C", folder, *options, *argv], check=True, capture_output=True)


def grow(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def ignored(root):
    files = [p for p in root.rglob("*") if p.is_file() and ".git" not in p.parts]
    found = git_files.ignored(files, root)
    return sorted(path.relative_to(root).as_posix() for path in found)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home/.config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home/.gitconfig"))
    root = tmp_path / "tree"
    grow(
        root,
        {
            ".gitignore": "*.log\n/local/\n",
            "src/.gitignore": "!wanted.log\nsecret.txt\n",
            "src/wanted.log": "",
            "src/a.log": "",
            "src/secret.txt": "",
            "src/kept.log": "",
            "src/new ä\n.rs": "",
            "secret.txt": "",
            "local/x.rs": "",
        },
    )
    return root


PATTERNS = ["local/x.rs", "src/a.log", "src/secret.txt"]


def test_the_patterns_of_every_folder_count_and_what_is_in_the_index_is_not_ignored(tree):
    git(tree, "init")
    git(tree, "add", "-A")
    git(tree, "add", "-f", "src/kept.log")
    assert ignored(tree) == PATTERNS


def test_the_patterns_of_a_repository_and_of_a_user_count(tree, tmp_path):
    git(tree, "init")
    grow(tree, {".git/info/exclude": "kept.log\n/secret.txt\n"})
    patterns = {".gitconfig": "[core]\nexcludesFile = ~/patterns\n", "patterns": "wanted*\n"}
    grow(tmp_path / "home", patterns)
    # A pattern of the tree is stronger than one of the user.
    assert ignored(tree) == sorted([*PATTERNS, "secret.txt", "src/kept.log"])
    (tree / "src/.gitignore").write_text("secret.txt\n")
    assert "src/wanted.log" in ignored(tree)


def test_a_submodule_has_rules_of_its_own(tree, tmp_path):
    other = tmp_path / "other"
    grow(other, {".gitignore": "*.txt\n", "lib.rs": ""})
    git(other, "init")
    git(other, "add", "-A")
    git(other, "commit", "-m", "x")
    git(tree, "init")
    git(tree, "submodule", "add", str(other), "sub")
    grow(tree, {"sub/a.txt": "", "sub/a.log": ""})
    assert ignored(tree) == sorted([*PATTERNS, "src/kept.log", "sub/a.txt"])


def test_a_worktree_is_a_tree_like_any_other(tree, tmp_path):
    git(tree, "init")
    git(tree, "add", "-A")
    git(tree, "commit", "-m", "x")
    git(tree, "worktree", "add", str(tmp_path / "second"))
    grow(tmp_path / "second", {"src/a.log": "", "src/b.rs": ""})
    assert ignored(tmp_path / "second") == ["src/a.log"]


def test_a_linked_folder_is_asked_where_it_really_is(tree, tmp_path):
    other = tmp_path / "other"
    grow(other, {".gitignore": "*.txt\n", "crate/lib.rs": "", "crate/a.txt": ""})
    git(other, "init")
    git(tree, "init")
    (tree / "linked").symlink_to(other / "crate")
    files = [tree / "linked/lib.rs", tree / "linked/a.txt"]
    assert git_files.ignored(files, tree) == {tree / "linked/a.txt"}


def test_the_variables_of_a_hook_do_not_turn_git_to_another_repository(tree, tmp_path, monkeypatch):
    git(tree, "init")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert "src/a.log" in ignored(tree)


def test_the_patterns_count_without_a_repository_too(tree):
    assert ignored(tree) == sorted([*PATTERNS, "src/kept.log"])
    (tree / ".gitignore").unlink()
    assert ignored(tree) == ["src/secret.txt"]
    (tree / "src/.gitignore").unlink()
    assert ignored(tree) == []


def test_a_repository_that_git_can_not_be_asked_about_is_an_error(tree, monkeypatch):
    git(tree, "init")
    (tree / ".git/HEAD").write_text("broken")
    with pytest.raises(MachineError, match="git can't say which files it ignores:\nfatal: "):
        ignored(tree)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MachineError, match="git is not installed"):
        ignored(tree)
    (tree / ".git/HEAD").unlink()


def test_what_the_index_has_is_kept(tree):
    git(tree, "init")
    git(tree, "add", "-f", "src/a.log", "src/new ä\n.rs")
    files = [p for p in tree.rglob("*") if p.is_file()]
    found = git_files.kept(files)
    assert sorted(p.name for p in found) == ["a.log", "new ä\n.rs"]
