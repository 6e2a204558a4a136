"""A second build: which files of a tree are copied, and what is found under another home."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from rtvariants.archives import sdist
from rtvariants.backends import part
from rtvariants.cli import main, options
from rtvariants.toolchain import cross
from rtvariants.wheels.reproducibility import rebuild


def grow(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


LEFT = (
    "target/x", "dist/x", ".git/x", ".venv/x", "pkg/__pycache__/x", "env/pyvenv.cfg",
    "crates/a/target/rtvariants/x", "crates/b/target/CACHEDIR.TAG",
)  # fmt: skip
KEPT = ("pkg/dist/__init__.py", "pkg/target/__init__.py", "src/target/mod.rs", "target.py")


def test_a_package_may_have_the_name_of_a_build_folder(tmp_path, monkeypatch):
    root = tmp_path / "root"
    grow(root, *LEFT, *KEPT)
    monkeypatch.setattr(rebuild.frontend, "wheel", lambda tree, *_: tree)
    monkeypatch.setattr(rebuild.frontend, "sdist", lambda tree, *_: tree)
    tree, _ = rebuild.build(root, tmp_path / "again", "once")
    found = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    assert found - {rebuild.COMMIT_FILE} == set(KEPT)


def test_the_sdist_of_a_runtime_may_have_such_a_package_too(tmp_path, monkeypatch):
    grow(tmp_path, *LEFT, *KEPT, "pyproject.toml")
    (tmp_path / "PKG-INFO").write_text("Name: A-b\nVersion: 2026.01\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    out = tmp_path.parent / "out"
    name = part.build_sdist(str(out))
    assert name == "a_b-2026.1.tar.gz"
    made = sdist.read(out / name)
    assert set(made.files) == {*KEPT, "pyproject.toml", "PKG-INFO"}


def test_a_platform_from_the_environment_finds_its_toolchain_under_another_home(monkeypatch):
    monkeypatch.setenv(cross.PLATFORM, "linux-arm64")
    monkeypatch.setenv(cross.CACHE, "")
    before = cross.cache()
    options.use_platform(argparse.Namespace(platform=None))
    monkeypatch.setenv("HOME", "/elsewhere")
    assert cross.cache() == before


def test_packages_of_one_user_are_found_under_another_home(tmp_path, monkeypatch):
    (tmp_path / "cargo").mkdir()
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    env = rebuild.circumstances(tmp_path / "place", "once")
    asked = [sys.executable, "-c", "import site; print(site.getuserbase())"]
    before, after = (
        subprocess.run(asked, env=os.environ | more, capture_output=True, text=True, check=True)
        for more in ({}, env)
    )
    assert before.stdout == after.stdout


def test_downloaded_crates_are_there_and_cargo_unpacks_those_that_it_needs(tmp_path, monkeypatch):
    own = tmp_path / "cargo"
    kept = ["registry/cache/x/a-1.0.crate", "registry/index/x/.cache/a", "git/db/a/HEAD"]
    unpacked = ["registry/src/x/a-1.0/src/lib.rs", "git/checkouts/a/1/src/lib.rs"]
    for name in (*kept, *unpacked):
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).touch()
    monkeypatch.setenv("CARGO_HOME", str(own))
    home = Path(rebuild.circumstances(tmp_path / "place", "once")["CARGO_HOME"])
    found = [p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()]
    assert sorted(found) == sorted(kept)


def test_a_missing_file_is_reported_before_anything_is_built(tmp_path, capsys):
    (tmp_path / "Cargo.toml").touch()
    (tmp_path / "pyproject.toml").write_text(
        '[tool.rtvariants]\ncrate = "."\nmodule = "a._b"\nenv = "A"\n'
        '[[tool.rtvariants.runtimes]]\nname = "base"\nlevel = "x86_64"\n'
    )
    assert main(["repro", str(tmp_path), "--against", "absent.whl"]) == 1
    assert "error: no file to compare with: `absent.whl`" in capsys.readouterr().err
