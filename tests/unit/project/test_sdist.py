"""Completing an sdist: what a build needs comes in, what its writer put in stays."""

import subprocess

import pytest
from folders import lay_out
from tables import LEAST

from rtvariants.archives.sdist import Sdist, read
from rtvariants.config import load
from rtvariants.errors import RtvariantsError
from rtvariants.project import sdist
from rtvariants.project.tree import read as project_of


def complete(path, root):
    sdist.complete(path, project_of(root))


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "tree"
    files = {
        "pyproject.toml": LEAST,
        "Cargo.toml": '[package]\nname = "pkg"\n',
        "Cargo.lock": "the tree's",
        "src/lib.rs": "",
        "src/c/configure": "#!/bin/sh\n",
        "python/pkg/__init__.py": "",
    }
    lay_out(root, files)
    (root / "src/c/configure").chmod(0o755)
    return root


@pytest.fixture
def written(tmp_path):
    files = {"PKG-INFO": b"x", "Cargo.toml": b"its writer's", "run.sh": b"#!"}
    return Sdist("pkg", "1.0", files, frozenset({"run.sh"})).write(tmp_path)


def test_what_is_missing_comes_in_and_the_rest_stays(tree, written):
    complete(written, tree)
    made = read(written)
    assert sorted(made.files) == [
        "Cargo.lock", "Cargo.toml", "PKG-INFO", "run.sh", "src/c/configure", "src/lib.rs"
    ]  # fmt: skip
    assert made.files["Cargo.toml"] == b"its writer's"
    assert made.programs == {"run.sh", "src/c/configure"}


def test_a_program_of_the_tree_is_one_in_the_sdist_whatever_its_writer_says(tree, tmp_path):
    files = {"PKG-INFO": b"x", "src/c/configure": b"#!/bin/sh\n", "src/lib.rs": b""}
    written = Sdist("pkg", "1.0", files).write(tmp_path)
    complete(written, tree)
    assert read(written).programs == {"src/c/configure"}


def test_what_the_settings_exclude_stays_out_unless_a_build_is_known_to_read_it(tree, tmp_path):
    for name in ("docs/big.bin", "data/table.bin"):
        (tree / name).parent.mkdir()
        (tree / name).touch()
    (tree / "src/lib.rs").write_text('include_bytes!("../data/table.bin")')
    written = Sdist("pkg", "1.0", {"PKG-INFO": b"x"}).write(tmp_path)
    sdist.complete(written, project_of(tree), lambda name: name.endswith(".bin"))
    made = set(read(written).files)
    assert "data/table.bin" in made
    assert "docs/big.bin" not in made


def test_a_missing_lock_file_is_reported(tree, written, capsys):
    complete(written, tree)
    assert capsys.readouterr().err == ""
    (tree / "Cargo.lock").unlink()
    written.unlink()
    complete(Sdist("pkg", "1.0", {"PKG-INFO": b"x"}).write(written.parent), tree)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"warning: no Cargo.lock in {tree}")
    assert second.startswith("hint: cargo generate-lockfile")


def test_it_is_left_alone_where_nothing_is_missing(tree, written):
    complete(written, tree)
    before = written.stat().st_mtime_ns
    complete(written, tree)
    assert written.stat().st_mtime_ns == before


def test_the_commit_comes_along(tree, written):
    git = ["git", "-C", tree, "-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    for argv in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *argv], check=True)
    complete(written, tree)
    assert len(read(written).files[".rtvariants-commit"]) == 41


def test_crates_without_a_lock_file_are_refused_and_no_sdist_is_left(tree, written):
    (tree / "Cargo.lock").unlink()
    with (
        load.overriding({"vendor": "true"}),
        pytest.raises(Exception, match=r"no Cargo\.lock in .*which crates"),
    ):
        complete(written, tree)
    assert list(written.parent.glob("*.tar.gz")) == []


MATURIN = """
[build-system]
requires = []
build-backend = "rtvariants.backends.maturin"
[tool.maturin]
manifest-path = "{place}/Cargo.toml"
[tool.rtvariants]
crate = '{other}'  # where it is
module = "pkg._core"
env = "PKG"
[[tool.rtvariants.runtimes]]
name = "a"
level = "x86_64"
"""


def test_the_configuration_follows_crates_that_maturin_brings_in_from_outside(tmp_path):
    root = tmp_path / "tree/python"
    (tmp_path / "tree/core").mkdir(parents=True)
    (tmp_path / "tree/core/Cargo.toml").write_text('[package]\nname = "pkg"\n')
    root.mkdir()
    (root / "pyproject.toml").write_text(MATURIN.format(place="../core", other="../core"))
    theirs = MATURIN.format(place="core", other="../core").encode()
    files = {"PKG-INFO": b"x", "pyproject.toml": theirs, "core/Cargo.toml": b"theirs"}
    written = Sdist("pkg", "1.0", files).write(tmp_path)
    complete(written, root)
    made = read(written)
    assert sorted(made.files) == sorted(files)
    expected = MATURIN.format(place="core", other="core").replace("'core'", '"core"')
    assert made.files["pyproject.toml"].decode() == expected


def test_without_a_crate_in_the_table_the_place_is_that_of_maturins_own_table(tmp_path):
    root = tmp_path / "tree/python"
    (tmp_path / "tree/core").mkdir(parents=True)
    (tmp_path / "tree/core/Cargo.toml").write_text('[package]\nname = "pkg"\n')
    root.mkdir()
    short = MATURIN.replace("crate = '{other}'  # where it is\n", "")
    (root / "pyproject.toml").write_text(short.format(place="../core"))
    theirs = short.format(place="core").encode()
    files = {"PKG-INFO": b"x", "pyproject.toml": theirs, "core/Cargo.toml": b"theirs"}
    written = Sdist("pkg", "1.0", files).write(tmp_path)
    complete(written, root)
    assert read(written).files["pyproject.toml"] == theirs


def test_members_that_maturin_removes_from_the_workspace_come_back_with_their_module(tmp_path):
    root = tmp_path / "tree"
    members = '[workspace]\nmembers = ["a", "b"]\n'
    more = '[[tool.rtvariants.modules]]\nmodule = "pkg._more"\ncrate = "b"\n'
    text = MATURIN.format(place="a", other="a") + more
    mine = {
        "Cargo.toml": members,
        "pyproject.toml": text,
        **{f"{name}/Cargo.toml": f'[package]\nname = "{name}"\n' for name in "ab"},
    }
    lay_out(root, mine)
    theirs = {
        "PKG-INFO": b"x",
        "Cargo.toml": members.replace(', "b"', "").encode(),
        "pyproject.toml": text.encode(),
        "a/Cargo.toml": mine["a/Cargo.toml"].encode(),
    }
    written = Sdist("pkg", "1.0", theirs).write(tmp_path)
    complete(written, root)
    made = read(written).files
    assert made["Cargo.toml"].decode() == members
    assert made["b/Cargo.toml"].decode() == mine["b/Cargo.toml"]


def test_crates_outside_are_refused_where_no_tool_brings_them_in(tree, tmp_path):
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside/Cargo.toml").write_text('[package]\nname = "pkg"\n')
    (tree / "pyproject.toml").write_text(LEAST.replace('"."', '"../beside"'))
    written = Sdist("pkg", "1.0", {"pyproject.toml": b""}).write(tmp_path)
    with pytest.raises(Exception, match="crate outside of the project"):
        complete(written, tree)
    assert not written.exists()


def test_an_unreadable_file_of_a_crate_is_named_and_no_sdist_is_left(tree, written, monkeypatch):
    secret, real = tree / "src/lib.rs", sdist.Path.read_bytes

    def refuse(path):
        if path == secret:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(sdist.Path, "read_bytes", refuse)
    monkeypatch.setattr(sdist.Path, "read_text", lambda path, **_: refuse(path).decode())
    with pytest.raises(
        RtvariantsError, match=r"unreadable file of a crate: `src/lib\.rs`: Permission denied\nhint"
    ):
        complete(written, tree)
    assert not written.exists()


def test_stored_profiles_come_in(tree, written):
    table = '[tool.rtvariants.pgo]\nprofiles = "pgo"\n'
    files = {
        "pyproject.toml": LEAST.replace('"."', '"rust"') + table,
        "rust/Cargo.toml": '[package]\nname = "pkg"\n',
        "pgo/t/v3.profdata": "counts",
        "pgo/t/v3.json": "{}",
        "pgo/t/notes.txt": "",
    }
    lay_out(tree, files)
    complete(written, tree)
    found = [name for name in read(written).files if name.startswith("pgo/")]
    assert sorted(found) == ["pgo/t/v3.json", "pgo/t/v3.profdata"]
