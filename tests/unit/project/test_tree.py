"""The project is read once, where a build tool or the command calls."""

import os
import subprocess
import sys

import pytest
from tables import LEAST

from rtvariants.config import load, pyproject
from rtvariants.errors import ConfigError, MachineError
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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have Unicode file names")
def test_a_path_that_is_not_unicode_is_refused(root):
    folder = root / os.fsdecode(b"J\xfcrgen")
    folder.mkdir()
    for name in ("pyproject.toml", "Cargo.toml"):
        (folder / name).write_bytes((root / name).read_bytes())
    with pytest.raises(MachineError, match=r"not UTF-8.*J\\udcfcrgen.*\nhint: rename it"):
        tree.read(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have Unicode file names")
def test_a_path_that_this_locale_cannot_read_is_refused_with_the_way_out(root):
    folder = root / "Jürgen"
    folder.mkdir()
    for name in ("pyproject.toml", "Cargo.toml"):
        (folder / name).write_bytes((root / name).read_bytes())
    code = "from pathlib import Path; from rtvariants.project import tree; tree.read(Path.cwd())"
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for more, clean in (locale, False), ({"LC_ALL": "C", "PYTHONUTF8": "1"}, True):
        env = {**os.environ, **more}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, check=False
        )
        assert (done.returncode == 0) == clean
        assert (b"hint: set `PYTHONUTF8=1`" in done.stderr) != clean


@pytest.mark.skipif(os.name == "nt", reason="names of files have no line breaks there")
def test_a_path_with_a_line_break_is_refused(root):
    folder = root / "one\ntwo"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(LEAST)
    with pytest.raises(
        MachineError, match=r"line break in its path: .*one\\ntwo.*\nhint: rename it"
    ):
        tree.read(folder)


@pytest.mark.parametrize("value", ["", "1.5", "-5", "now", "4294967296", "\u0663"])
def test_a_date_that_build_tools_fail_at_is_refused(root, monkeypatch, value):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    with pytest.raises(MachineError, match=r"`SOURCE_DATE_EPOCH` is not a number .*\nhint: unset"):
        tree.read(root)


def test_a_date_in_milliseconds_is_named_as_such(root, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1667997441000")
    with pytest.raises(MachineError, match="it may be in milliseconds"):
        tree.read(root)


@pytest.mark.parametrize("value", ["0", "1700000000", "4294967295"])
def test_any_other_date_is_fine(root, monkeypatch, value):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    assert tree.read(root).root == root
