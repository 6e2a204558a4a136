"""What goes into the wheel: the loader's table, and where sdists are built."""

import subprocess
import types
from dataclasses import replace

import pytest
from builds import build_of

from rtvariants import pipeline
from rtvariants.config import load
from rtvariants.errors import MachineError
from rtvariants.loader.types import Runtime, Table
from rtvariants.targets import levels, platforms
from rtvariants.toolchain.probe import COMMIT_FILE, abi_of, commit
from rtvariants.wheels import layout


@pytest.fixture
def table(tmp_path):
    (tmp_path / "Cargo.toml").touch()
    fast = {"name": "fast", "level": {"x86_64": "x86_64_v3"}, "select": "explicit"}
    safe = {"name": "safe", "level": {"x86_64": "x86_64"}}
    fast["index-bits"] = safe["index-bits"] = 32
    data = {"crate": ".", "module": "g._core", "env": "G_RT", "runtimes": [fast, safe]}
    return load.parse(data, tmp_path)


def test_the_written_table_is_what_the_loader_reads(table):
    facts = {"index_bits": 32, "allocator": "system", "abi": "cp310-abi3"}
    builds = [
        build_of(runtime="fast", level="x86_64_v3", **facts),
        build_of(runtime="safe", level="x86_64", **facts),
    ]
    tools = types.SimpleNamespace(machine="x86_64", system="linux")
    stamps = {"safe": b"what it says\n"}
    source = layout.frozen_files(table, tools, builds, "1.0", stamps)["table.py"]
    assert "from .types import Runtime, Table" in source
    space = {"Runtime": Runtime, "Table": Table}
    exec(source.replace("from .types import Runtime, Table", ""), space)
    assert space["TABLE"] == Table(
        package="g", version="1.0", alias="g._core", env="G_RT", machine="x86_64", system="linux",
        runtimes=(
            Runtime(
                name="fast", module="_g_fast._core", level="x86_64_v3", select="explicit", **facts,
                needs=levels.needs("x86_64_v3", "linux"),
            ),
            Runtime(
                name="safe", module="_g_safe._core", level="x86_64", select="auto", **facts,
                needs=(), stamp="what it says\n",
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    "target", ["x86_64-linux-android", "aarch64-apple-ios", "x86_64-unknown-freebsd"]
)
def test_targets_that_can_not_be_read_back_are_refused(target):
    with pytest.raises(MachineError, match="can't be verified"):
        layout.supported(target)
    layout.supported("aarch64-unknown-linux-gnu")
    layout.supported("aarch64-unknown-linux-musl")


def test_the_tags_python_is_the_lowest_that_pyo3_was_told():
    assert abi_of(["abi3", "abi3-py312", "abi3-py39", "macros"]) == "cp39-abi3"
    with pytest.raises(MachineError, match="pyo3 without a stable ABI"):
        abi_of(["macros"])


# ------------------------------------------------------------------ an sdist that was unpacked


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
    (unpacked / COMMIT_FILE).write_text("c0ffee\n")
    return tree, unpacked


def test_a_wheel_on_its_way_back_to_the_tree_uses_the_trees_target(trees, tmp_path, monkeypatch):
    tree, unpacked = trees
    assert pipeline._home_target(unpacked, tree / "dist") == tree / "target"
    assert pipeline._home_target(unpacked, tree / "dist" / ".tmp" / "x") == tree / "target"
    assert pipeline._home_target(unpacked, tmp_path / "elsewhere") is None
    assert pipeline._home_target(tree, tree / "dist") is None, "a tree builds in itself"
    (tree / "pyproject.toml").write_text("[no TOML")
    assert pipeline._home_target(unpacked, tree / "dist") is None
    (tree / "pyproject.toml").write_text("[project] # another")
    assert pipeline._home_target(unpacked, tree / "dist") is None
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "cargo"))
    assert pipeline._home_target(unpacked, tree / "dist") == tmp_path / "cargo"


def test_crates_in_a_folder_are_compiled_where_cargo_puts_its_files(trees):
    tree, unpacked = trees
    for folder in trees:
        (folder / "rust").mkdir()
        (folder / "rust/Cargo.toml").write_text('[package]\nname = "a"\n')
        (folder / "pyproject.toml").write_text(
            '[tool.rtvariants]\ncrate = "rust"\nmodule = "a._b"\nenv = "A"\n'
            '[[tool.rtvariants.runtimes]]\nname = "one"\nlevel = "x86_64"\n'
        )
    assert pipeline._home_target(unpacked, tree / "dist") == tree / "rust/target"


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
    assert pipeline._home_target(unpacked, project / "dist") == tree / "target"
    (unpacked / "pyproject.toml").write_text(text.format(*["crates/a"] * 2).replace('"one"', '"b"'))
    assert pipeline._home_target(unpacked, project / "dist") is None


def test_staging_touches_only_what_differs(trees, tmp_path):
    _, unpacked = trees
    stage = tmp_path / "stage"
    pipeline._stage(unpacked, stage)
    before = (stage / "pyproject.toml").stat().st_mtime_ns
    (unpacked / "src" / "lib.rs").unlink()
    (unpacked / "src" / "main.rs").write_text("fn b() {}")
    (unpacked / "target").mkdir()
    (unpacked / "target" / "big").touch()
    pipeline._stage(unpacked, stage)
    assert (stage / "pyproject.toml").stat().st_mtime_ns == before
    assert sorted(p.name for p in (stage / "src").iterdir()) == ["main.rs"]
    assert not (stage / "target").exists()


def test_a_project_in_a_folder_of_a_repository_has_its_commit(tmp_path):
    project, other = tmp_path / "python", tmp_path / "python/dist/unpacked"
    for folder in (project, other):
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").write_text("[project]")
    (other / "PKG-INFO").touch()
    git = ["git", "-C", tmp_path, "-c", "user.name=x", "-c", "user.email=x@example.invalid"]
    for argv in (["init", "-q"], ["add", "python/pyproject.toml"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *argv], check=True)
    assert len(commit(project)) == 40
    assert commit(other) == "", "an sdist is not of the repository that it was unpacked in"
    (other / "PKG-INFO").unlink()
    assert commit(other) == "", "nor is a tree that nobody has added"
    (project / "pyproject.toml").write_text("[project] # edited")
    assert commit(project) == ""


def test_the_commit_travels_in_the_sdist(trees):
    tree, unpacked = trees
    assert commit(unpacked) == "c0ffee"
    assert commit(tree) == ""


def test_an_edit_under_the_compilers_is_told(capsys):
    pipeline._unchanged({"a": (1, 1), "b": (1, 1)}, {"a": (1, 1), "b": (1, 1)})
    assert capsys.readouterr().err == ""
    pipeline._unchanged(
        {"a": (1, 1), "b": (1, 1), "c": (1, 1)}, {"a": (1, 2), "b": (1, 1), "d": (1, 1)}
    )
    first, second = capsys.readouterr().err.splitlines()
    assert first == "warning: changed while the build was on: `a`, and 2 more"
    assert second.startswith("hint: build again")


def test_a_wheel_of_a_part_of_the_runtimes_is_told(table, capsys, monkeypatch):
    pipeline._whole(table)
    assert capsys.readouterr().err == ""
    part = replace(table, build=replace(table.build, runtimes=("fast",)))
    pipeline._whole(part)
    said = capsys.readouterr().err
    assert said == (
        "warning: tool.rtvariants.build.runtimes: built without `safe`: for development alone\n"
    )
    monkeypatch.setenv("RTVARIANTS_RUNTIMES", "fast")
    pipeline._whole(part)
    assert capsys.readouterr().err.startswith("warning: RTVARIANTS_RUNTIMES: built without `safe`")
    # The command has just been told so.
    with load.overriding(options={"runtimes": ["fast"]}):
        pipeline._whole(part)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("platform", ["macos-arm64", "macos-x64", "windows-x64", "windows-arm64"])
def test_targets_of_these_systems_are_read_back(platform):
    row = platforms.PLATFORMS[platform]
    for target in filter(None, (row.target, row.foreign)):
        layout.supported(target)
