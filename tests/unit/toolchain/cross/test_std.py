"""Rust's standard library, built from its sources."""

import os
import subprocess

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain.cross import std


def test_the_cache_folder_may_be_inside_another_workspace(tmp_path):
    (tmp_path / "Cargo.toml").write_text('[workspace]\nresolver = "3"\nmembers = []\n')
    manifest = tmp_path / "cache" / "std" / "Cargo.toml"
    (manifest.parent / "src").mkdir(parents=True)
    (manifest.parent / "src" / "lib.rs").touch()

    def metadata(text):
        manifest.write_text(text)
        argv = ["cargo", "metadata", "--no-deps", "--offline", "--format-version=1"]
        return subprocess.run(
            [*argv, "--manifest-path", manifest], capture_output=True, text=True, check=False
        )

    assert metadata(std._MANIFEST).returncode == 0
    without = metadata(std._MANIFEST.replace("[workspace]\n", ""))
    assert "believes it's in a workspace when it's not" in without.stderr


def test_the_settings_of_the_users_builds_have_no_part_in_it(tmp_path, monkeypatch):
    sources = tmp_path / "sysroot/lib/rustlib/src/rust/library"
    sources.mkdir(parents=True)
    (sources / "Cargo.lock").touch()
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (
        ("rustc", f"echo {tmp_path}/sysroot"),
        ("cargo", "env | grep -E '^(CARGO_BUILD_|RUST)'; exit 1"),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    for name in ("CARGO_BUILD_BUILD_DIR", "RUSTC_WRAPPER", "RUSTFLAGS"):
        monkeypatch.setenv(name, "mine")
    work = tmp_path / "work"
    with pytest.raises(MachineError, match="can't be built") as caught:
        std.build(programs / "rustc", "x86_64-unknown-linux-musl", {}, work)
    said = str(caught.value).splitlines()
    assert f"CARGO_BUILD_BUILD_DIR={work}/target" in said
    assert "RUSTC_WRAPPER=" in said
    assert not any(line.startswith("RUSTFLAGS") for line in said)
