"""What rustc reports about a target, and where a target that does not exist comes from."""

import os
import shutil

import pytest

from rtvariants.config import load
from rtvariants.errors import MachineError
from rtvariants.targets import levels, platforms
from rtvariants.toolchain.compiler import Compiler
from rtvariants.toolchain.probe import (
    _require_plain,
    flag_sets,
    require_readable,
    target_cfg,
)

needs_rustc = pytest.mark.skipif(not shutil.which("rustc"), reason="no rustc")


@needs_rustc
def test_a_target_that_exists(tmp_path):
    rustc = Compiler(("rustc",), os.environ, tmp_path)
    assert target_cfg(rustc, "x86_64-unknown-linux-musl", ())["target_env"] == "musl"


@needs_rustc
def test_a_target_that_does_not_exist_cannot_be_installed(tmp_path):
    with pytest.raises(MachineError) as caught:
        target_cfg(Compiler(("rustc",), os.environ, tmp_path), "x86_64-no-such", ())
    problem = caught.value.problems[-1]
    assert problem.what == "unusable target: `x86_64-no-such`"
    assert "CARGO_BUILD_TARGET" in problem.hint
    assert "rustup target add" not in problem.hint


@pytest.mark.parametrize(
    "target", ["x86_64-linux-android", "aarch64-apple-ios", "x86_64-unknown-freebsd"]
)
def test_targets_that_can_not_be_read_back_are_refused(target):
    with pytest.raises(MachineError, match="can't be verified"):
        require_readable(target)
    require_readable("aarch64-unknown-linux-gnu")
    require_readable("aarch64-unknown-linux-musl")


@pytest.mark.parametrize("platform", ["macos-arm64", "macos-x64", "windows-x64", "windows-arm64"])
def test_targets_of_these_systems_are_read_back(platform):
    row = platforms.PLATFORMS[platform]
    for target in row.targets:
        require_readable(target)


def test_flags_of_every_level_of_the_configuration(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    both = {"x86_64": "x86_64_v3", "aarch64": "aarch64"}
    runtimes = [
        {"name": "fast", "level": both},
        {"name": "safe", "level": both | {"x86_64": "x86_64"}},
    ]
    data = {"crate": ".", "module": "g._core", "env": "G", "runtimes": runtimes}
    assert flag_sets(load.parse(data, tmp_path)) == {
        "x86_64": {name: levels.rustc_flags(name) for name in ("x86_64_v3", "x86_64")},
        "aarch64": {"aarch64": levels.rustc_flags("aarch64")},
    }


@needs_rustc
def test_a_wrapper_that_compiles_for_another_cpu_is_refused(tmp_path):
    target = "x86_64-unknown-linux-gnu"

    def checked(more):
        wrapper = tmp_path / "wrapper"
        wrapper.write_text(f'#!/bin/sh\nexec "$@" {more}\n')
        wrapper.chmod(0o755)
        rustc = Compiler((str(wrapper), "rustc"), os.environ, tmp_path)
        _require_plain(rustc, target, (), target_cfg(rustc, target, ()))

    checked("")
    with pytest.raises(MachineError, match=r"ambient-flags.*wrapper`, which .* to `\+sse3`"):
        checked("-Ctarget-feature=+sse3")
