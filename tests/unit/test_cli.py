"""The command `rtvariants` itself without a subcommand."""

import pytest

from rtvariants.cli import main


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_printed(word, capsys, root):
    assert main([word]) == 0
    version = (root / "build_plugin/pyproject.toml").read_text().split('version = "')[1]
    assert capsys.readouterr().out == f"rtvariants {version.partition(chr(34))[0]}\n"


def test_a_current_folder_that_was_deleted_is_named(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert main(["plan"]) == 1
    assert "the current folder does not exist any more\nhint: " in capsys.readouterr().err
