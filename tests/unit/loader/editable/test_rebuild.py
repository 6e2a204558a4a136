"""When an editable install rebuilds: what counts as a change, and what turns it on."""

import os
import subprocess
from types import SimpleNamespace

import pytest

from rtvariants.loader.editable import rebuild

TABLE = SimpleNamespace(package="pkg")


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "src/deep").mkdir(parents=True)
    (tmp_path / "src/lib.rs").write_text("a")
    (tmp_path / "Cargo.toml").write_text("a")
    (tmp_path / "src/target").mkdir()
    (tmp_path / "src/target/CACHEDIR.TAG").touch()  # cargo writes it.
    return tmp_path


def sign(tree):
    return rebuild.signature((str(tree / "src"),), (str(tree / "Cargo.toml"),))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: (t / "src/lib.rs").write_text("ab"),
        lambda t: os.utime(t / "Cargo.toml", ns=(1, 1)),
        lambda t: (t / "src/deep/new.rs").write_text(""),
        lambda t: (t / "src/lib.rs").unlink(),
        lambda t: (t / "src/lib.rs").rename(t / "src/other.rs"),
        lambda t: (t / "Cargo.toml").unlink(),
    ],
    ids=["size", "time", "new", "deleted", "renamed", "single file deleted"],
)
def test_a_change_is_detected(tree, change):
    before = sign(tree)
    assert sign(tree) == before
    change(tree)
    assert sign(tree) != before


def test_files_that_cargo_and_python_write_do_not_count_as_a_change(tree):
    before = sign(tree)
    (tree / "src/target/x").write_text("")
    (tree / "src/mod.pyc").write_text("")
    (tree / "src/.hidden").mkdir()
    (tree / "src/.hidden/x").write_text("")
    assert sign(tree) == before


@pytest.mark.parametrize("name", ["target", "dist", "build", "node_modules"])
def test_a_module_may_have_the_name_of_a_build_folder(tree, name):
    (tree / "src" / name).mkdir(exist_ok=True)
    (tree / "src/target/CACHEDIR.TAG").unlink()
    before = sign(tree)
    (tree / "src" / name / "deep").mkdir()
    (tree / "src" / name / "deep/mod.rs").touch()
    assert sign(tree) != before


def test_only_what_a_build_tool_makes_is_left_out_below_a_project(tmp_path):
    kept = [
        "pyproject.toml", "Cargo.toml", "dist/mod.rs", "build/main.rs", "src/dist/a.c",
        "src/target/sub/mod.rs", "web/dist/index.html", "crates/a/Cargo.toml", "crates/a/dist/x.js",
        ".sqlx/query.json", "lib/libfast.so", "crates/a/target.rs",
    ]  # fmt: skip
    left = [
        "target/debug/x", "crates/a/target/debug/x", "web/node_modules/.package-lock.json",
        "venv/pyvenv.cfg", ".venv/x", "src/__pycache__/x", "a.egg-info/PKG-INFO", ".git/HEAD",
        "src/_core.abi3.so", "src/_core.cpython-311-x86_64-linux-gnu.so", "out/CACHEDIR.TAG",
    ]  # fmt: skip
    for name in (*kept, *left):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {os.path.relpath(path, tmp_path) for path in rebuild.walk(str(tmp_path))}
    assert found == set(kept)
    (tmp_path / "dist/mod.rs").rename(tmp_path / "dist/pkg-1.tar.gz")
    (tmp_path / "build/lib").mkdir()
    found = {os.path.relpath(path, tmp_path) for path in rebuild.walk(str(tmp_path))}
    assert found == set(kept) - {"dist/mod.rs", "build/main.rs"}


def refreshed(tree, monkeypatch, *, enabled, **env):
    """Return whether a rebuild would begin for an install that was never up to date."""
    begun = []
    here = tree / "_pkg_loader"
    here.mkdir(exist_ok=True)
    (here / "table.py").write_text("TABLE = 1\n")
    monkeypatch.setattr(rebuild, "__file__", str(here / "rebuild.py"))
    monkeypatch.setattr(rebuild, "_rebuild", lambda *_, **__: begun.append(1))
    for name in (rebuild.SWITCH, rebuild.GUARD):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    made = rebuild.refresh(TABLE, root="", enabled=enabled, folders=(), files=(), path=())
    assert made == (1 if begun else TABLE)
    return bool(begun)


@pytest.mark.parametrize(
    ("enabled", "value", "expected"),
    [(False, "", False), (True, "", True), (False, "1", True), (True, "off", False)],
)
def test_the_variable_wins_over_the_setting(tree, monkeypatch, enabled, value, expected):
    env = {rebuild.SWITCH: value} if value else {}
    assert refreshed(tree, monkeypatch, enabled=enabled, **env) is expected


def test_no_rebuild_begins_inside_another(tree, monkeypatch):
    assert not refreshed(tree, monkeypatch, enabled=True, **{rebuild.GUARD: "1"})


def test_another_word_is_refused(tree, monkeypatch):
    with pytest.raises(ImportError, match="`RTVARIANTS_REBUILD=maybe`: neither yes nor no\nhint:"):
        refreshed(tree, monkeypatch, enabled=False, **{rebuild.SWITCH: "maybe"})


def test_a_folder_that_is_not_writable_is_an_error(tree, monkeypatch):
    real = open

    def refusing(path, *rest, **more):
        if str(path).endswith(".rebuild.lock"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **more)

    # Root may write everywhere, so the error can't be produced for real wherever tests run.
    monkeypatch.setattr("builtins.open", refusing)
    with pytest.raises(ImportError, match=r"`pkg` can't be rebuilt: `.*` is not writable: "):
        refreshed(tree, monkeypatch, enabled=True)


@pytest.mark.parametrize("enabled", [True, False])
def test_a_rebuild_keeps_the_setting_of_the_installation(tmp_path, monkeypatch, enabled):
    # `pip install -C rebuild=true -e .` leaves nothing in pyproject.toml.
    given = []

    def run(argv, *, env, **_):
        given.append(env.get(rebuild.SWITCH))
        return subprocess.CompletedProcess(argv, 0, "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv(rebuild.SWITCH, "1")
    rebuild._rebuild(str(tmp_path), "pkg", "", (), enabled=enabled)
    assert given == (["1"] if enabled else [None])
