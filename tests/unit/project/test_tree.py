"""The project is read once, where a build tool or the command calls."""

import pytest
from tables import LEAST

from rtvariants.config import load, pyproject
from rtvariants.errors import ConfigError
from rtvariants.project import sources, tree


@pytest.fixture
def root(tmp_path):
    (tmp_path / "pyproject.toml").write_text(LEAST)
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "pkg"\n')
    return tmp_path


def test_a_project_is_the_whole_file_and_the_checked_configuration(root):
    project = tree.read(root)
    assert project.root == root
    assert project.pyproject == pyproject.read(root)
    assert project.config == load.read(root)


def test_sources_are_searched_once_and_only_when_asked_for(root, monkeypatch):
    found = []
    search = sources.find
    monkeypatch.setattr(sources, "find", lambda *words: found.append(words) or search(*words))
    project = tree.read(root)
    assert found == []
    assert project.sources is project.sources
    assert project.sources.crates == (root,)
    assert len(found) == 1


def test_a_copy_elsewhere_is_the_same_project_with_other_folders(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("stage")
    (other / "Cargo.toml").write_text('[package]\nname = "pkg"\n')
    moved = tree.read(root).moved(other)
    assert (moved.root, moved.config.crate, moved.sources.crates) == (other, other, (other,))


def test_a_wrong_configuration_is_no_project(root):
    (root / "pyproject.toml").write_text(LEAST.replace('level = "x86_64"', 'level = "x86"'))
    with pytest.raises(ConfigError):
        tree.read(root)
