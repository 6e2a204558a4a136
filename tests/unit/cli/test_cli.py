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


def test_a_small_file_has_a_size(tmp_path, capfd):
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "a"\n')
    (tmp_path / "a.py").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "a"\nversion = "1"\n'
        '[tool.rtvariants]\ncrate = "."\nmodule = "a._b"\nenv = "A"\n'
        '[[tool.rtvariants.runtimes]]\nname = "one"\nlevel = "x86_64"\n'
    )
    assert main(["sdist", str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    size = (tmp_path / "out/a-1.tar.gz").stat().st_size
    assert capfd.readouterr().out.endswith(f"  {size} B\n")
