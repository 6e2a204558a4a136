"""Whether this machine can run instrumented modules."""

import sys
from dataclasses import replace

import pytest
from builds import TOOLCHAIN

from rtvariants.config import load
from rtvariants.errors import MachineError
from rtvariants.loader import host
from rtvariants.pgo import machine
from rtvariants.pgo.machine import Interpreter
from rtvariants.targets import levels

LINUX = "x86_64-unknown-linux-gnu"


@pytest.fixture
def config(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    runtimes = [
        {"name": "four", "level": "x86_64_v4"},
        {"name": "three", "level": "x86_64_v3"},
        {"name": "base", "level": "x86_64"},
    ]
    data = {"crate": ".", "module": "g._core", "env": "G", "runtimes": runtimes}
    return load.parse(data, tmp_path)


@pytest.fixture
def tools(tmp_path):
    folder = tmp_path / "lib/rustlib" / LINUX / "lib"
    folder.mkdir(parents=True)
    (folder / "libprofiler_builtins-1.rlib").touch()
    return replace(TOOLCHAIN, host=LINUX, sysroot=tmp_path)


@pytest.fixture
def cpu(monkeypatch):
    def cpu(level, emulator=None):
        features = frozenset(levels.needs(level, "linux"))
        found = host.described("x86_64", "linux", features)
        monkeypatch.setattr(machine.host, "kernel_host", lambda: found)
        monkeypatch.setattr(machine.host, "archspec_host", lambda before: before)
        monkeypatch.setattr(machine.shutil, "which", lambda _: emulator)

    return cpu


def test_a_runtime_that_this_cpu_runs_needs_no_emulator(config, tools, cpu):
    cpu("x86_64_v4", "/usr/bin/qemu-x86_64")
    found = machine.interpreters(config, tools)
    assert list(found) == ["four", "three", "base"]
    assert all(each == Interpreter((sys.executable,)) for each in found.values())


def test_a_runtime_above_this_cpu_runs_with_the_emulator_where_it_has_such_a_cpu(
    config, tools, cpu
):
    cpu("x86_64_v2", "/usr/bin/qemu-x86_64")
    narrow = replace(config, runtimes=config.runtimes[1:])
    found = machine.interpreters(narrow, tools)
    assert found["three"].words == ("/usr/bin/qemu-x86_64", "-cpu", "Haswell", sys.executable)
    assert found["three"].env == {"G_UNSAFE": "1"}
    assert found["base"].words == (sys.executable,)


def test_every_runtime_that_nothing_here_can_run_is_named(config, tools, cpu):
    cpu("x86_64_v2")
    with pytest.raises(MachineError) as caught:
        machine.interpreters(config, tools)
    first, second = caught.value.problems
    assert first.what.startswith("runtime `four` does not run on this CPU, which lacks `")
    assert "`avx2`" in second.what
    assert "rtvariants pgo" in second.hint


def test_the_emulator_has_no_cpu_for_some_levels(config, tools, cpu):
    cpu("x86_64_v3", "/usr/bin/qemu-x86_64")
    with pytest.raises(MachineError, match="runtime `four` does not run on this CPU"):
        machine.interpreters(config, tools)


def test_modules_for_another_platform_are_refused_with_a_hint_at_stored_profiles(tools):
    machine.require(tools)
    with pytest.raises(MachineError, match=r"do not run on this machine\nhint: write `profiles`"):
        machine.require(replace(tools, target="aarch64-unknown-linux-gnu"))


def test_a_toolchain_that_can_not_count_is_refused(tools, tmp_path):
    with pytest.raises(MachineError, match="no `profiler_builtins` in the toolchain"):
        machine.require(replace(tools, sysroot=tmp_path / "other"))
