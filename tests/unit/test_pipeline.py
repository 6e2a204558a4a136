"""The one flow of every build: what it reads, and how often."""

import collections
import io
import pathlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import walk
from builds import CRATE, TOOLCHAIN
from folders import lay_out
from tables import LEAST

from rtvariants import pipeline
from rtvariants.archives.sdist import Sdist, read
from rtvariants.backends import in_tree
from rtvariants.compile import cargo
from rtvariants.config import load
from rtvariants.errors import ConfigError
from rtvariants.project import sources, tree, uv_cache
from rtvariants.toolchain import interpreters, probe
from rtvariants.wheels import layout

SYSTEM = """
[build-system]
requires = []
build-backend = "rtvariants.backends.in_tree"
backend-path = ["."]
[project]
name = "pkg"
version = "1.0"
[tool.hatch.build.targets.wheel]
packages = ["pkg"]
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a project that can be built, but for cargo and what looks at its files."""
    root = tmp_path / "tree"
    files = {
        "pyproject.toml": SYSTEM + LEAST,
        "Cargo.toml": '[package]\nname = "pkg"\n',
        "Cargo.lock": 'version = 4\n[[package]]\nname = "pkg"\nversion = "0.0.0"\n',
        "src/lib.rs": "",
        "pkg/__init__.py": "",
    }
    lay_out(root, files)
    tools = replace(TOOLCHAIN, target_base=root / "target")
    monkeypatch.setattr(probe, "ready", lambda _: (tools, CRATE))
    monkeypatch.setattr(cargo, "run", lambda *_, **__: ())
    monkeypatch.setattr(layout, "assemble", lambda *_: layout.Package({}, "py3-none-any"))
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def counted(monkeypatch):
    """Count what the plugin does: hatchling reads pyproject.toml itself, by `open` alone."""
    counts = collections.Counter()

    def count(owner, name, key):
        original = getattr(owner, name)

        def counting(*words, **more):
            counts.update([key(*words)] if callable(key) else [key])
            return original(*words, **more)

        monkeypatch.setattr(owner, name, counting)

    count(pathlib.Path, "open", lambda path, *_: path.name)
    if pathlib.Path.read_text.__globals__.get("io") is io:  # Newer Pythons don't go by `open`.
        count(pathlib.Path, "read_text", lambda path, *_: f"text of {path.name}")
    count(load, "parse", "checks")
    count(sources, "find", "searches")
    return counts


def times(counts):
    reads = max(counts["pyproject.toml"], counts["text of pyproject.toml"])
    return reads, counts["checks"], counts["searches"]


def test_a_build_reads_the_project_once(root, counted):
    in_tree.build_wheel(str(root / "dist"))
    assert times(counted) == (1, 1, 1)


def test_an_editable_build_reads_the_project_once(root, counted):
    _, lock = pipeline.build(tree.read(root), "1.0", root / "dist", editable=True)
    lock.release()
    assert times(counted) == (1, 1, 1)


def test_an_sdist_reads_the_project_once(root, counted):
    in_tree.build_sdist(str(root / "dist"))
    assert times(counted) == (1, 1, 1)


def test_who_asks_for_requirements_does_not_read_the_project_at_all(root, counted):
    in_tree.get_requires_for_build_wheel()
    assert times(counted) == (0, 0, 0)


def test_a_build_of_an_unpacked_sdist_is_checked_again_where_it_is_staged(
    root, counted, monkeypatch, tmp_path
):
    monkeypatch.delenv("CARGO_TARGET_DIR", raising=False)
    unpacked = tmp_path / "unpacked"
    sdist = read(root / "dist" / in_tree.build_sdist(str(root / "dist")))
    assert isinstance(sdist, Sdist)
    for name, data in sdist.files.items():
        (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / name).write_bytes(data)
    counted.clear()
    monkeypatch.chdir(unpacked)
    in_tree.build_wheel(str(root / "dist"))
    # Here, its bytes compared with the tree's, and twice while it is copied; one check for each
    # folder: here, the tree's, and that of the copy.
    assert counted["checks"] == 3
    # The tree's, for its target directory, and the copy's.
    assert counted["searches"] == 2
    assert Path("target/rtvariants").exists() is False


def test_a_second_read_would_be_seen(root, counted):
    load.read(root)
    in_tree.build_wheel(str(root / "dist"))
    assert times(counted) == (2, 2, 1)


def test_the_walk_of_a_build_climbs_back_at_most_eight_times(root):
    # It was fourteen times, by the same count, before the project was read once. One of the eight
    # is the look at the names in the wheel before cargo starts.
    with walk.stays() as found:
        in_tree.build_wheel(str(root / "dist"))
    # What cargo makes is a stand-in here, and so is what lays it out.
    assert {"project.tree", "project.staging", "compile.plan", "wheels.layout"} <= set(found)
    order = walk.heights()
    assert walk.climbs(found, order) <= 8, "\n".join(f"{order[n]} {n}" for n in found)


def test_a_climb_is_seen():
    order = walk.heights()
    assert order["errors"] < order["config.model"] < order["compile.plan"] < order["pipeline"]
    there = ["config.model", "compile.plan", "wheels.layout"]
    assert walk.climbs(there, order) == 0
    assert walk.climbs([*there, "config.model", "compile.plan"], order) == 1


def test_names_of_split_packages_that_are_taken_are_found_before_anything_is_compiled(root):
    path = root / "pyproject.toml"
    text = path.read_text().replace("[tool.rtvariants]", '[tool.rtvariants]\npackaging = "split"')
    text += '[[tool.rtvariants.runtimes]]\nname = "same"\nlevel = "x86_64"\ndistribution = "pkg"\n'
    path.write_text(text)
    with pytest.raises(ConfigError, match="distribution `pkg` belongs to the package itself"):
        pipeline.build(tree.read(root), "1.0", root / "dist", editable=False)


def test_the_settings_of_a_build_reach_the_look_at_the_machine(monkeypatch):
    def ready(_config):
        return interpreters.asked()

    monkeypatch.setattr(probe, "ready", ready)
    monkeypatch.setattr(uv_cache, "warn", lambda _: None)
    with load.overriding({"python": "3.12"}):
        assert pipeline._inspected(SimpleNamespace(config=SimpleNamespace(units=[None]))) == (
            ("3.12",),
        )
