"""What a build needs at its end is missing: it is refused before anything is compiled."""

import os
import shutil
import stat

import pytest
from builds import TOOLCHAIN, build_of, replace

from rtvariants.errors import BuildError, MachineError
from rtvariants.verify import tools
from rtvariants.verify.cached import is_there

TARGET = "x86_64-unknown-linux-gnu"
needs_cargo = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")
NATIVE = replace(TOOLCHAIN, host=TARGET)
# To this machine's cargo, its own target is another one; so nothing has to be installed.
CROSS = replace(TOOLCHAIN, host="aarch64-unknown-linux-gnu")


@pytest.fixture
def build(tmp_path):
    return lambda **env: build_of(
        argv=("cargo", "build"), cwd=tmp_path, target=TARGET, env=env,
        target_dir=tmp_path / "base" / "x86_64" / "fast", output_dir=tmp_path / "natives",
    )  # fmt: skip


def program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_without_strip_nothing_is_compiled(build, monkeypatch):
    tools.require(build(), NATIVE)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("STRIP", raising=False)
    with pytest.raises(MachineError, match=f"no `strip` that can read files for `{TARGET}`"):
        tools.require(build(), NATIVE)


@needs_cargo
def test_a_linker_that_fails_for_another_target_is_found_first(build, tmp_path):
    linker = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER"
    tools.require(build(), CROSS)
    assert list((tmp_path / "base").iterdir()) == []
    broken = program(tmp_path / "ld", "echo file in wrong format; exit 1")
    with pytest.raises(BuildError, match=f"linker `{broken}` failed") as caught:
        tools.require(build(**{linker: broken}), CROSS)
    assert "file in wrong format" in caught.value.log
    with pytest.raises(BuildError, match="no linker `absent-ld`"):
        tools.require(build(**{linker: "absent-ld"}), CROSS)
    # For this machine, the first build script shows it.
    tools.require(build(**{linker: "absent-ld"}), NATIVE)


@needs_cargo
def test_a_strip_that_cannot_read_files_of_another_target_is_found_first(
    build, tmp_path, monkeypatch
):
    for name in ("x86_64-linux-gnu-strip", "llvm-strip", "strip"):
        program(tmp_path / name, "echo unknown format >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("STRIP", raising=False)
    with pytest.raises(MachineError, match=r"no `strip` that can read `libempty\.so`.*unknown"):
        tools.require(build(), CROSS)


def test_a_runtime_counts_as_built_once_it_has_been_checked(build, tmp_path):
    assert not is_there(build())
    (tmp_path / "natives").mkdir()
    (tmp_path / "natives/checked.json").touch()
    assert is_there(build())
