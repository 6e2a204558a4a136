"""Where an sdist that a frontend has unpacked is built."""

import tempfile

import pytest

from rtvariants.errors import MachineError
from rtvariants.project import staging
from rtvariants.project.tree import Project, read


@pytest.fixture
def trees(tmp_path, monkeypatch):
    """Return the project's tree, and its sdist unpacked elsewhere."""
    monkeypatch.delenv("CARGO_TARGET_DIR", raising=False)
    tree, unpacked = tmp_path / "tree", tmp_path / "tmp" / "unpacked"
    for folder in (tree, unpacked):
        (folder / "src").mkdir(parents=True)
        (folder / "pyproject.toml").write_text("[project]")
        (folder / "src" / "lib.rs").write_text("fn a() {}")
    (unpacked / "PKG-INFO").touch()
    return tree, unpacked


def _home(root, output):
    return staging._home_target(Project(root, {}, None), output)


def test_a_wheel_on_its_way_back_to_the_tree_uses_the_trees_target(trees, tmp_path, monkeypatch):
    tree, unpacked = trees
    assert _home(unpacked, tree / "dist") == tree / "target"
    assert _home(unpacked, tree / "dist" / ".tmp" / "x") == tree / "target"
    assert _home(unpacked, tmp_path / "elsewhere") is None
    assert _home(tree, tree / "dist") is None, "a tree builds in itself"
    (tree / "pyproject.toml").write_text("[no TOML")
    assert _home(unpacked, tree / "dist") is None
    (tree / "pyproject.toml").write_text("[project] # another")
    assert _home(unpacked, tree / "dist") is None
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "cargo"))
    assert _home(unpacked, tree / "dist") == tmp_path / "cargo"


def test_crates_in_a_folder_are_compiled_where_cargo_puts_its_files(trees):
    tree, unpacked = trees
    for folder in trees:
        (folder / "rust").mkdir()
        (folder / "rust/Cargo.toml").write_text('[package]\nname = "a"\n')
        (folder / "pyproject.toml").write_text(
            '[tool.rtvariants]\ncrate = "rust"\nmodule = "a._b"\nenv = "A"\n'
            '[[tool.rtvariants.runtimes]]\nname = "one"\nlevel = "x86_64"\n'
        )
    assert _home(unpacked, tree / "dist") == tree / "rust/target"


def test_crates_that_maturin_has_moved_are_compiled_where_the_trees_are(trees):
    tree, unpacked = trees
    text = (
        '[build-system]\nrequires = []\nbuild-backend = "rtvariants.backends.maturin"\n'
        '[tool.maturin]\nmanifest-path = "{}/Cargo.toml"\n'
        '[tool.rtvariants]\ncrate = "{}"\nmodule = "a._b"\nenv = "A"\n'
        '[[tool.rtvariants.runtimes]]\nname = "one"\nlevel = "x86_64"\n'
    )
    project = tree / "python"
    for folder in (project, tree / "crates/a"):
        folder.mkdir(parents=True)
    (tree / "Cargo.toml").write_text('[workspace]\nmembers = ["crates/*"]\n')
    (tree / "crates/a/Cargo.toml").write_text('[package]\nname = "a"\n')
    (project / "pyproject.toml").write_text(text.format(*["../crates/a"] * 2))
    (unpacked / "pyproject.toml").write_text(text.format(*["crates/a"] * 2))
    assert _home(unpacked, project / "dist") == tree / "target"
    (unpacked / "pyproject.toml").write_text(text.format(*["crates/a"] * 2).replace('"one"', '"b"'))
    assert _home(unpacked, project / "dist") is None


def test_staging_touches_only_what_differs(trees, tmp_path):
    _, unpacked = trees
    stage = tmp_path / "stage"
    staging._updated(stage, unpacked)
    before = (stage / "pyproject.toml").stat().st_mtime_ns
    (unpacked / "src" / "lib.rs").unlink()
    (unpacked / "src" / "main.rs").write_text("fn b() {}")
    (unpacked / "target").mkdir()
    (unpacked / "target" / "big").touch()
    (unpacked / "pyproject.toml").chmod(0o755)
    staging._updated(stage, unpacked)
    assert (stage / "pyproject.toml").stat().st_mode & 0o777 == 0o755
    assert (stage / "pyproject.toml").stat().st_mtime_ns == before
    assert sorted(p.name for p in (stage / "src").iterdir()) == ["main.rs"]
    assert not (stage / "target").exists()


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Return a target directory below another project, and the cache."""
    monkeypatch.setenv("RTVARIANTS_CACHE", str(tmp_path / "cache"))
    other = tmp_path / "other"
    (other / "target").mkdir(parents=True)
    monkeypatch.setenv("CARGO_TARGET_DIR", str(other / "target"))
    return other / "target", tmp_path / "cache"


class Named:
    package = "fast"


def _stage(root, target):
    return staging._stage(target, Project(root, {}, Named))


@pytest.mark.parametrize("name", ["Cargo.toml", ".cargo/config.toml", "rust-toolchain"])
def test_an_sdist_is_not_built_where_cargo_finds_another_project_above(trees, places, name):
    _, unpacked = trees
    target, cache = places
    assert _stage(unpacked, target).is_relative_to(target)
    (target.parent / name).parent.mkdir(exist_ok=True)
    (target.parent / name).touch()
    stage = _stage(unpacked, target)
    assert stage.is_relative_to(cache)
    assert stage == _stage(unpacked, target), "the next build finds what this one has compiled"
    assert stage != _stage(unpacked, target.parent), "cargo's files in another folder are others"


def test_the_own_tree_above_is_no_other_project(trees, monkeypatch):
    tree, unpacked = trees
    (tree / "Cargo.toml").touch()
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tree / "target"))
    assert _stage(unpacked, tree / "target").is_relative_to(tree / "target")


def test_cargos_own_settings_are_not_those_of_another_project(trees, places, monkeypatch):
    _, unpacked = trees
    target, _ = places
    monkeypatch.setenv("CARGO_HOME", str(target.parent / ".cargo"))
    (target.parent / ".cargo").mkdir()
    (target.parent / ".cargo" / "config.toml").touch()
    assert _stage(unpacked, target).is_relative_to(target)


def test_copies_of_sources_are_made_apart_from_every_project(places, tmp_path, monkeypatch):
    target, cache = places
    monkeypatch.setattr(tempfile, "tempdir", str(target))
    assert staging.apart() == target
    (target.parent / "Cargo.toml").touch()
    assert staging.apart() == cache
    (tmp_path / "Cargo.toml").touch()
    with pytest.raises(MachineError) as caught:
        staging.apart()
    assert "Cargo.toml" in str(caught.value)
    assert "`TMPDIR`" in caught.value.problems[0].hint


def test_a_copy_is_locked_before_its_files_change_and_until_its_build_has_ended(
    trees, tmp_path, monkeypatch
):
    tree, unpacked = trees
    manifest = '[tool.rtvariants]\ncrate = "."\nmodule = "a._b"\nenv = "A"\n'
    for folder in trees:
        text = manifest + '[[tool.rtvariants.runtimes]]\nname = "one"\nlevel = "x86_64"\n'
        (folder / "pyproject.toml").write_text(text)
        (folder / "Cargo.toml").write_text('[package]\nname = "a"\n')
    steps = []

    class Noted:
        def __init__(self, folder):
            steps.append(f"locked {folder.relative_to(tree)}")

    update = staging._updated
    monkeypatch.setattr(staging, "Lock", Noted)
    monkeypatch.setattr(
        staging, "_updated", lambda *words: (steps.append("updated"), update(*words))[1]
    )
    moved, target, lock = staging.staged(read(unpacked), tree / "dist")
    assert (moved.root, target) == (tree / "target/rtvariants/.sdist/a", tree / "target")
    assert steps == ["locked target/rtvariants/.sdist", "updated"]
    assert isinstance(lock, Noted)
