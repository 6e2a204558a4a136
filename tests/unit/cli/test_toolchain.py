"""`rtvariants toolchain`: the platforms that it knows."""

from prepared import cache, kept

from rtvariants import cli
from rtvariants.targets import platforms
from rtvariants.toolchain import cross, profdata
from rtvariants.toolchain.profdata import Profdata

__all__ = ["cache", "kept"]


def test_the_command_knows_no_other_platform(cache, capsys):
    assert cli.main(["toolchain", "prepare", "linux-arm46"]) == 1
    assert "did you mean `linux-arm64` or" in capsys.readouterr().err


def test_the_command_lists_every_platform(kept, capsys, monkeypatch):
    monkeypatch.setattr(profdata, "find", lambda _: Profdata("/usr/bin/llvm-profdata-22"))
    assert cli.main(["toolchain", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-2]] == list(platforms.PLATFORMS)
    (arm,) = (line for line in lines if line.startswith("linux-arm64"))
    assert arm.endswith("ready, runs with qemu-aarch64")
    assert lines[-2] == "llvm-profdata: /usr/bin/llvm-profdata-22"
    assert lines[-1] == f"cache: {cross.cache()}"


def test_a_missing_tool_for_profiles_is_named_with_its_package(kept, capsys, monkeypatch):
    monkeypatch.setenv(profdata.VARIABLE, "/nowhere/llvm-profdata")
    assert cli.main(["toolchain", "list"]) == 0
    (line,) = (n for n in capsys.readouterr().out.splitlines() if n.startswith("llvm-profdata: "))
    assert "no `llvm-profdata` of LLVM" in line
    assert "llvm-tools" in line
