"""`rtvariants toolchain`: the platforms that it knows."""

from prepared import cache, kept

from rtvariants import cli
from rtvariants.targets import platforms
from rtvariants.toolchain import cross

__all__ = ["cache", "kept"]


def test_the_command_knows_no_other_platform(cache, capsys):
    assert cli.main(["toolchain", "prepare", "linux-arm46"]) == 1
    assert "did you mean `linux-arm64` or" in capsys.readouterr().err


def test_the_command_lists_every_platform(kept, capsys):
    assert cli.main(["toolchain", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(platforms.PLATFORMS)
    (arm,) = (line for line in lines if line.startswith("linux-arm64"))
    assert arm.endswith("ready, runs with qemu-aarch64")
    assert lines[-1] == f"cache: {cross.cache()}"
