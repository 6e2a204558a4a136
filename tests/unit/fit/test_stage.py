import json
import os

import pytest

from rtvariants.errors import MachineError
from rtvariants.fit import stage


@pytest.fixture
def cargo(tmp_path):
    """Return a cargo that says what `metadata.json` next to a manifest says."""
    program = tmp_path / "bin" / "cargo"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nfor last in "$@"; do :; done\ncat "$(dirname "$last")/m.json"\n')
    program.chmod(0o755)
    return str(program)


def crate(folder, workspace=None, paths=()):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").touch()
    dependencies = [{"path": str(path)} for path in paths] + [{"path": None}]
    package = {"manifest_path": str(folder / "Cargo.toml"), "dependencies": dependencies}
    said = {"workspace_root": str(workspace or folder), "packages": [package]}
    (folder / "m.json").write_text(json.dumps(said))


def test_the_copy_has_the_sources_and_nothing_that_a_build_left(cargo, tmp_path):
    root = tmp_path / "p"
    crate(root)
    (root / "src").mkdir()
    (root / "src" / "lib.rs").write_text("x")
    (root / ".git").mkdir()
    (root / "target" / "release").mkdir(parents=True)
    (root / "target" / "CACHEDIR.TAG").touch()
    copy = stage.staged(root, cargo, tmp_path / "work")
    assert sorted(os.listdir(copy)) == [".git", "Cargo.toml", "m.json", "src"]
    assert (copy / "src" / "lib.rs").read_text() == "x"


def test_a_workspace_above_and_crates_outside_keep_their_places(cargo, tmp_path):
    root, other, far = tmp_path / "w" / "py", tmp_path / "w" / "core", tmp_path / "far"
    crate(root, tmp_path / "w", [other, far])
    crate(tmp_path / "w")
    crate(other, tmp_path / "w")
    crate(far)
    copy = stage.staged(root, cargo, tmp_path / "work")
    assert (copy / "../core/Cargo.toml").is_file()
    assert (copy / "../../far/Cargo.toml").is_file()
    assert (copy / "../Cargo.toml").is_file()


def test_the_settings_of_cargo_and_rustup_above_come_along(cargo, tmp_path):
    root = tmp_path / "a" / "p"
    crate(root)
    (tmp_path / ".cargo").mkdir()
    (tmp_path / ".cargo" / "config.toml").write_text("[build]")
    (tmp_path / "a" / "rust-toolchain.toml").write_text("[toolchain]")
    copy = stage.staged(root, cargo, tmp_path / "work")
    assert (copy / "../../.cargo/config.toml").read_text() == "[build]"
    assert (copy / "../rust-toolchain.toml").is_file()


def test_links_are_followed_and_one_that_leads_up_is_left_out(cargo, tmp_path):
    root, other = tmp_path / "p", tmp_path / "other"
    crate(root)
    other.mkdir()
    (other / "x.rs").touch()
    (root / "linked").symlink_to(other)
    (root / "up").symlink_to(root)
    copy = stage.staged(root, cargo, tmp_path / "work")
    assert (copy / "linked" / "x.rs").is_file()
    assert not (copy / "linked").is_symlink()
    assert not (copy / "up").exists()


def test_a_manifest_that_cargo_refuses_is_an_error(tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "Cargo.toml").touch()
    with pytest.raises(MachineError, match="failed with exit code"):
        stage.staged(tmp_path / "p", "false", tmp_path / "work")
