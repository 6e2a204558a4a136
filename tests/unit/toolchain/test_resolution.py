"""What a runtime is compiled from: cargo's own answer, and the same as cargo then compiles."""

from dataclasses import replace
from pathlib import Path

import pytest
from builds import PYTHON
from feature_workspace import TARGET, compiled, write

from rtvariants.config import load
from rtvariants.toolchain import crate as crates
from rtvariants.toolchain import resolution
from rtvariants.toolchain.resolution import Node, Resolution, read


@pytest.fixture(params=["1", "2", "3"])
def app(request, tmp_path):
    """Return the folder of a crate in a workspace with a version of cargo's resolver."""
    return write(tmp_path, request.param)


FEATURES = [
    (),
    ("python",),
    ("deep",),
    ("both",),
    ("python", "deep", "both"),
    ("py/abi3-py39", "python"),
]


@pytest.mark.parametrize("features", FEATURES, ids="+".join)
@pytest.mark.parametrize("default", [True, False])
def test_it_is_what_cargo_compiles(app, features, default):
    options = ["--target", TARGET, *resolution.arguments(features, default=default)]
    for flags in ("", "-Ctarget-cpu=x86-64-v3"):
        env = {"CARGO_ENCODED_RUSTFLAGS": flags}
        found = resolution.ask("cargo", app / "Cargo.toml", app, ["--offline", *options], env)
        assert found.nodes == compiled(app, options, env)


def test_another_member_and_tests_change_nothing_where_cargo_separates_them(app):
    options = ["--offline", "--target", TARGET, "--features", "python"]
    found = resolution.ask("cargo", app / "Cargo.toml", app, options)
    assert found.features("pyo3-ffi") == ("abi3-py310",)
    assert found.features("nothing") is None
    old = 'resolver = "1"' in (app.parent / "Cargo.toml").read_text()
    # The first resolver turns on the features of tests in every build; that is so then.
    assert found.features("middle") == (("tests",) if old else ())


def test_a_tree_is_read_by_its_sections_and_its_depths():
    tree = """\
app v1.0.0 (/w/a b|c)|x,y
|-- core v2.0.0+1.2 (https://example.org/core?rev=1#0123456)|
|   `-- derive v1.0.0 (proc-macro)|full
|       `-- syn v2.0.0|parsing
|   [build-dependencies]
|   `-- cc v1.0.0|
|       `-- shlex v1.0.0|std
`-- shlex v1.0.0|
[build-dependencies]
`-- core v2.0.0+1.2 (https://example.org/core?rev=1#0123456)|big (*)
"""
    assert read(tree) == Resolution(
        frozenset({
            Node("app", "1.0.0", ("x", "y")),
            Node("core", "2.0.0+1.2"),
            Node("derive", "1.0.0", ("full",), linked=False),
            Node("syn", "2.0.0", ("parsing",), linked=False),
            Node("cc", "1.0.0", linked=False),
            Node("shlex", "1.0.0", ("std",), linked=False),
            Node("shlex", "1.0.0"),
            Node("core", "2.0.0+1.2", ("big",), linked=False),
        })
    )  # fmt: skip


def test_the_packages_are_those_of_all_runtimes(app):
    table = {
        "crate": "app", "module": "g._core", "env": "G",
        "runtimes": [
            {"name": "fast", "level": "x86_64_v3", "features": ["python"]},
            {"name": "safe", "level": "x86_64", "features": ["python", "both"]},
        ],
    }  # fmt: skip
    config = load.parse(table, app.parent)
    crate = crates.read("cargo", config, TARGET)
    names = {package.name for package in crate.graph.packages.values()}
    assert {"app", "pyo3-ffi", "both", "macros"} <= names
    assert set(crate.own) == names
    assert crate.by_level
    levels = {}

    def env(level):
        levels[level] = None
        return {"CARGO_ENCODED_RUSTFLAGS": "-Ctarget-cpu=x86-64-v3" if level[-1] == "3" else ""}

    crate = crates.resolve("cargo", crate, config, TARGET, env=env, python=PYTHON)
    assert crate.abi == "cp310-abi3"
    assert list(levels) == ["x86_64_v3", "x86_64"]
    assert crate.resolved["fast"].features("only-avx2") == ()
    assert crate.resolved["safe"].features("only-avx2") is None
    assert crate.resolved["fast"].features("both") is None
    assert "one" in (crate.resolved["safe"].features("both") or ())
    assert Path(crate.target_directory) == app.parent / "target"


def test_default_members_of_the_workspace_take_no_part(app):
    manifest = app.parent / "Cargo.toml"
    manifest.write_text(manifest.read_text() + 'default-members = ["app", "other"]\n')
    table = {
        "crate": "app", "module": "g._core", "env": "G",
        "runtimes": [{"name": "safe", "level": "x86_64", "features": ["python"]}],
    }  # fmt: skip
    config = load.parse(table, app.parent)
    crate = crates.read("cargo", config, TARGET)
    crate = crates.resolve("cargo", crate, config, TARGET, env=lambda _: {}, python=PYTHON)
    assert crate.resolved["safe"].features("pyo3-ffi") == ("abi3-py310",)


def test_runtimes_of_equal_features_are_asked_for_once(app, monkeypatch):
    asked = []
    real = resolution.ask
    monkeypatch.setattr(resolution, "ask", lambda *a: asked.append(a) or real(*a))
    runtimes = [
        {"name": "fast", "level": "x86_64_v3", "features": ["python"]},
        {"name": "safe", "level": "x86_64", "features": ["python"]},
    ]
    table = {"crate": "app", "module": "g._core", "env": "G", "runtimes": runtimes}
    config = load.parse(table, app.parent)
    crate = crates.read("cargo", config, TARGET)
    for by_level, times in ((False, 1), (True, 3)):
        again = replace(crate, by_level=by_level)
        crates.resolve(
            "cargo", again, config, TARGET, env=lambda level: {"LEVEL": level}, python=PYTHON
        )
        assert len(asked) == times
