"""Rust's standard library, built from its sources."""

import subprocess

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
