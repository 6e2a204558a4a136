"""The command `rtvariants` itself: what it is asked before any subcommand, and how it fails."""

import pytest

from rtvariants.cli import main


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version(word, capsys, root):
    assert main([word]) == 0
    version = (root / "build_plugin/pyproject.toml").read_text().split('version = "')[1]
    assert capsys.readouterr().out == f"rtvariants {version.partition(chr(34))[0]}\n"


def test_a_file_that_can_not_be_written_is_a_line(capsys, tmp_path):
    path = tmp_path / "nowhere/schema.json"
    assert main(["schema", "--write", str(path)]) == 1
    assert capsys.readouterr().err == f"error: {path}: No such file or directory\n"
