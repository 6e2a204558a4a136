"""`llvm-profdata` of the compiler's own LLVM, and what it says."""

import os
import shutil
from dataclasses import replace

import pytest
from build_kit import fake
from builds import TOOLCHAIN

from rtvariants.errors import MachineError
from rtvariants.toolchain import profdata

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs are of the shell")

SHOWN = """\
Counters:
  _RNvCs1_1g3hot:
    Hash: 0x0550aa894fffffff
    Counters: 2
    Block counts: [334, 167]
  g.1234-cgu.0;_ZN1g4cold17h92b7f9344a1d2922E:
    Hash: 0x1
    Counters: 1
    Block counts: [0]
Instrumentation level: IR  entry_first = 0
Functions shown: 2
"""


def tools(tmp_path, llvm="22.1.2"):
    made = replace(TOOLCHAIN, llvm=llvm, sysroot=tmp_path / "toolchains" / "1.95")
    return profdata.of(made)


def program(folder, name, version):
    folder.mkdir(parents=True, exist_ok=True)
    return fake(folder, name, f'echo "Debian LLVM version {version}"')


@pytest.fixture(autouse=True)
def empty_path(monkeypatch, tmp_path):
    """Leave only the programs of a test in PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv(profdata.VARIABLE, raising=False)
    real = shutil.which
    usual = str(tmp_path / "usr")
    monkeypatch.setattr(
        profdata.shutil, "which", lambda name: real(name.replace("/usr/lib", usual))
    )


def test_the_tool_of_the_toolchain_comes_first(tmp_path):
    other = program(tmp_path / "bin", "llvm-profdata", "22.1.8")
    assert profdata.find(tools(tmp_path)).path == other
    own = tmp_path / "toolchains/1.95/lib/rustlib" / TOOLCHAIN.host / "bin"
    mine = program(own, "llvm-profdata", "22.1.2-rust-1.95.0-stable")
    assert profdata.find(tools(tmp_path)).path == mine


def test_a_tool_of_another_llvm_is_passed_over(tmp_path):
    program(tmp_path / "bin", "llvm-profdata", "14.0.6")
    right = program(tmp_path / "usr/llvm-22/bin", "llvm-profdata", "22.1.8")
    assert profdata.find(tools(tmp_path)).path == right


def test_a_missing_tool_is_named_with_its_package(tmp_path):
    other = program(tmp_path / "bin", "llvm-profdata", "14.0.6")
    with pytest.raises(MachineError) as caught:
        profdata.find(tools(tmp_path))
    said = str(caught.value)
    assert (
        f"no `llvm-profdata` of LLVM 22, which rustc 1.95.0 has (`{other}` is of LLVM 14)" in said
    )
    assert "hint: `rustup component add --toolchain 1.95 llvm-tools`" in said
    assert "`apt-get install llvm-22`" in said


def test_a_program_that_the_user_names_is_the_only_one(tmp_path, monkeypatch):
    program(tmp_path / "bin", "llvm-profdata", "22.1.8")
    old = program(tmp_path / "mine", "profdata", "21.0.0")
    monkeypatch.setenv(profdata.VARIABLE, old)
    with pytest.raises(MachineError, match="profdata` is of LLVM 21"):
        profdata.find(tools(tmp_path))


def test_functions_are_counted_by_the_names_of_the_symbol_table():
    assert profdata.counts(SHOWN) == {
        "_RNvCs1_1g3hot": 501,
        "_ZN1g4cold17h92b7f9344a1d2922E": 0,
    }


def test_what_the_tool_says_about_a_damaged_file_is_shown(tmp_path):
    tmp_path.joinpath("bin").mkdir()
    broken = fake(
        tmp_path / "bin", "llvm-profdata", 'echo "error: bad.profraw: no header" >&2; false'
    )
    with pytest.raises(MachineError, match="no header"):
        profdata.Profdata(broken).counts(tmp_path / "bad.profraw")
