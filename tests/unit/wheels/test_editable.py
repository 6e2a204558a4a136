"""What an editable install watches: the sources, and what a build has shown that it reads."""

import os

import pytest
from tables import LEAST

from rtvariants.loader.editable.rebuild import signature
from rtvariants.project import tree
from rtvariants.shim import table
from rtvariants.wheels.editable import State, complete
from rtvariants.wheels.layout import Package

LONG_AGO = 1_600_000_000


@pytest.fixture
def project(tmp_path):
    for name in ("Cargo.toml", "src/lib.rs", "python/pkg/data.bin", "python/schema/x.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('[package]\nname = "pkg"\n')
    (tmp_path / "pyproject.toml").write_text(LEAST)
    for path in tmp_path.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return tree.read(tmp_path)


def is_fresh(state):
    return signature(state.folders, state.files) == state.digest


def test_what_only_the_build_shows_is_watched_too(project):
    root = project.root
    named = [root / "src/lib.rs", root / "python/pkg/data.bin", root / "python/schema", root / "no"]
    state = State.of(project).after_build(named)
    assert is_fresh(state)
    new = root / "python/schema/y.json"
    new.touch()
    assert not is_fresh(state)
    new.unlink()
    (root / "python/pkg/data.bin").write_text("new")
    assert not is_fresh(state)


@pytest.mark.parametrize("name", ["src/lib.rs", "python/pkg/data.bin"])
def test_an_edit_during_the_build_is_not_taken_for_what_was_built(project, name):
    state = State.of(project)
    (project.root / name).write_text("edited while cargo runs")
    state = state.after_build([project.root / "python/pkg/data.bin"])
    assert not is_fresh(state)


def test_a_finder_stands_in_for_the_file_at_the_place_of_the_module(project, tmp_path):
    made = Package({}, "cp310-abi3-any", places={"pkg/_core.py": tmp_path / "_core.py"})
    config = project.config
    whole = table.of(config, "x86_64", "linux", "cp310-abi3", "1.0")
    done = complete(made, config, whole, State.of(project), tmp_path / "editable")
    assert done.places == {}
    (pth,) = (path for name, path in done.files.items() if name.endswith(".pth"))
    assert pth.read_text() == f"import {config.loader}.finder\n"
    text = done.files[f"{config.loader}/module.py"].read_text()
    assert f"{config.loader}.bind()" in text
    assert done.files[f"{config.loader}/finder.py"].is_file()
