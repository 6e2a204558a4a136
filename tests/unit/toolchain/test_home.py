"""The folders of the user, and of a user who has none."""

from pathlib import Path

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain import home


@pytest.fixture
def homeless(monkeypatch):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)


@pytest.mark.usefixtures("homeless")
def test_a_user_without_a_home_builds_where_cargo_has_a_folder():
    assert home.home() is None
    assert home.cargo_home({"CARGO_HOME": "/cargo"}) == Path("/cargo")
    with pytest.raises(MachineError, match=r"no home folder.*\nhint: set `CARGO_HOME`, or `HOME`"):
        home.cargo_home({"CARGO_HOME": ""})


@pytest.mark.usefixtures("homeless")
def test_caches_are_where_the_standard_says(monkeypatch):
    assert home.cache_home({"XDG_CACHE_HOME": "/cache"}, "OURS") == Path("/cache")
    with pytest.raises(MachineError, match="hint: set `OURS`"):
        home.cache_home({"XDG_CACHE_HOME": "relative"}, "OURS")
    monkeypatch.setattr(Path, "home", lambda: Path("/me"))
    assert home.cache_home({"XDG_CACHE_HOME": "relative"}, "OURS") == Path("/me/.cache")


def test_a_relative_folder_of_cargo_is_below_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert home.cargo_home({"CARGO_HOME": "cargo"}) == tmp_path / "cargo"
