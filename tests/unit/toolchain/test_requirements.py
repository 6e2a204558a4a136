"""What a build for another system needs in addition, and that the distribution says the same."""

import shutil

import pytest

from rtvariants.config import pyproject
from rtvariants.errors import MachineError
from rtvariants.toolchain import cargo_path, cross, requirements
from rtvariants.toolchain.requirements import BY_SYSTEM, requested


def test_a_build_requires_the_readers_of_its_target_system():
    assert requested({}) == []
    assert requested({cross.PLATFORM: "linux-arm64"}) == []
    assert requested({cross.PLATFORM: "macos-x64"}) == ["lief>=0.17,<2"]
    there = requested({"CARGO_BUILD_TARGET": "aarch64-pc-windows-msvc"})
    assert [each.split(">")[0] for each in there] == ["lief", "delvewheel"]


def test_the_distribution_requires_the_same_readers(root):
    said = (root / "build_plugin/pyproject.toml").read_text(encoding="utf-8")
    for requirement in BY_SYSTEM["windows"]:
        assert said.count(f'"{requirement}') == 2


@pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")
def test_the_target_may_be_that_of_cargos_configuration(tmp_path, monkeypatch):
    for name in ("CARGO_BUILD_TARGET", cross.PLATFORM):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "home"))
    project = tmp_path / "a" / "project"
    project.mkdir(parents=True)
    monkeypatch.chdir(project)
    assert cargo_path.readers() == []
    (tmp_path / "a/.cargo").mkdir()
    (tmp_path / "a/.cargo/config.toml").write_text('[build]\ntarget = "x86_64-apple-darwin"\n')
    assert cargo_path.readers() == ["lief>=0.17,<2"]
    (tmp_path / "a/.cargo/config.toml").write_text("[build")
    assert cargo_path.readers() == []


def test_what_verifies_another_systems_files_is_looked_for_first(monkeypatch):
    monkeypatch.setattr(pyproject, "missing", lambda wanted: wanted)
    requirements.require("x86_64-unknown-linux-gnu")
    with pytest.raises(MachineError, match=r"verifying files of windows needs `lief") as caught:
        requirements.require("x86_64-pc-windows-gnu")
    hint = caught.value.problems[0].hint
    assert hint == "pip install 'lief>=0.17,<2' 'delvewheel>=1.10,<2'"
