"""What tests of the release command share: tokens, servers, and a tree of the package `lamp`."""

import pytest
import release_command as commands
import release_kit as kit

from rtvariants.release import index as indexes
from rtvariants.release.rehearsal.forge import LocalForge
from rtvariants.release.rehearsal.index import LocalIndex


@pytest.fixture
def _tokens(monkeypatch):
    monkeypatch.setenv("TWINE_PASSWORD", commands.TOKEN)
    monkeypatch.setenv("GITHUB_TOKEN", commands.FORGE_TOKEN)
    # Seconds of patience are for indexes that are far away.
    monkeypatch.setattr(indexes, "_PATIENCE", (0.01,) * 6)
    monkeypatch.setattr(indexes.Index.__init__, "__kwdefaults__", {
        **indexes.Index.__init__.__kwdefaults__, "patience": (0.01,) * 6,
    })  # fmt: skip


@pytest.fixture
def lamp(_tokens, tmp_path, capsys):
    """Return the command on a tree of `lamp`, tagged, with its files as if just built."""
    with LocalIndex(token=commands.TOKEN) as index, LocalForge(token=commands.FORGE_TOKEN) as forge:
        root = tmp_path / "lamp"
        kit.tree(root, more='notify = [{ repository = "owner/docs", event = "lamp-out" }]')
        yield commands.Command(root, index, forge, capsys)
