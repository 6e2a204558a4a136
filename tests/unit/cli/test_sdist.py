"""`rtvariants sdist`: what it prints."""

from rtvariants.cli import main


def test_the_size_of_a_small_file_is_in_bytes(tmp_path, capfd):
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
