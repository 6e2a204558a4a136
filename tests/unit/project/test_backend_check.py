"""The backend check: a configuration that no backend reads gives wheels without runtimes."""

import sys

import pytest
from tables import LEAST

from rtvariants.cli import main
from rtvariants.project.backend_check import problem

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HATCH = """
[build-system]
requires = ["hatchling", "rtvariants>=0.1"]
build-backend = "hatchling.build"
[tool.hatch.build.hooks.rtvariants]
"""
MATURIN = """
[build-system]
requires = ["maturin", "rtvariants"]
build-backend = "rtvariants.backends.maturin"
"""
SETUPTOOLS = """
[build-system]
requires = ["setuptools>=77", "rtvariants"]
"""
HOOK = "[tool.hatch.build.hooks.rtvariants]"


@pytest.fixture
def said(tmp_path):
    def said(text, **files):
        (tmp_path / "pyproject.toml").write_text(text)
        for name, value in files.items():
            (tmp_path / f"{name}.toml").write_text(value)
        found = problem(tmp_path, tomllib.loads(text))
        return found and found.render()

    return said


FINE = {
    "hatchling": HATCH,
    "maturin": MATURIN,
    "setuptools": SETUPTOOLS,
    "setuptools by name": SETUPTOOLS + 'build-backend = "setuptools.build_meta"',
    "a backend in the tree": 'build-system = { backend-path = ["."], build-backend = "mine" }',
    "the hook for wheels alone": HATCH.replace("build.hooks", "build.targets.wheel.hooks"),
    "required by the hook": HATCH.replace(', "rtvariants>=0.1"', "")
    + 'dependencies = ["rtvariants"]',
}


@pytest.mark.parametrize("case", FINE)
def test_backends_that_build_the_runtimes(said, case):
    assert said(FINE[case]) is None


def test_a_hook_in_a_file_of_its_own(said):
    assert said(HATCH.replace(HOOK, ""), hatch="[build.hooks.rtvariants]") is None


OFF = HATCH + "enable-by-default = false"


@pytest.mark.parametrize(
    ("text", "variables", "place"),
    [
        (HATCH, ["HATCH_BUILD_NO_HOOKS"], "`HATCH_BUILD_NO_HOOKS`"),
        (OFF, [], "tool.hatch.build.hooks.rtvariants: hatchling's hook is off by default"),
        (OFF, ["HATCH_BUILD_NO_HOOKS", "HATCH_BUILD_HOOKS_ENABLE"], "`HATCH_BUILD_NO_HOOKS`"),
    ],
)
def test_a_hook_that_hatchling_leaves_out_is_reported(said, monkeypatch, text, variables, place):
    for name in variables:
        monkeypatch.setenv(name, "true")
    assert place in said(text)


@pytest.mark.parametrize("name", ["HOOKS_ENABLE", "HOOK_ENABLE_RTVARIANTS"])
def test_a_variable_switches_the_hook_on(said, monkeypatch, name):
    monkeypatch.setenv(f"HATCH_BUILD_{name}", "1")
    assert said(OFF) is None


@pytest.mark.parametrize(
    ("text", "fact", "hint"),
    [
        (HATCH.replace(HOOK, ""), "hatchling's hook is not enabled", HOOK),
        (HATCH.replace(', "rtvariants>=0.1"', ""), "`rtvariants` is not required", "add it"),
        (SETUPTOOLS.replace('"rtvariants"', ""), "`rtvariants` is not required", "add it"),
        (
            MATURIN.replace("rtvariants.backends.m", "m"),
            "ignores `[tool.rtvariants]`",
            '"rtvariants.backends.m',
        ),
        ("", "`rtvariants` is not required", "add it"),
        ('build-system.build-backend = "flit_core.api"', "`flit_core.api`", "hatchling"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_with_a_fix(said, text, fact, hint):
    first, second = said(text).splitlines()
    assert fact in first
    assert hint in second


WRAPPERS = {
    "setuptools": "from setuptools.build_meta import *",
    "setuptools, inside a function": "def build_wheel(*a):\n    from setuptools import build_meta",
    "setuptools, in another file": "from own.inner import *",
    "our backend over maturin": "import maturin\nfrom rtvariants.backends.maturin import *",
    "what nobody knows": "def build_wheel(*a):\n    raise NotImplementedError",
    "damaged": "def build_wheel(",
}
IN_TREE = """
[build-system]
requires = ["rtvariants", "archspec"]
build-backend = "own.backend"
backend-path = ["tools"]
"""


@pytest.fixture
def wrapping(tmp_path, said):
    def wrapping(code, text=IN_TREE):
        package = tmp_path / "tools/own"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
        (package / "inner.py").write_text("from setuptools import build_meta")
        (package / "backend.py").write_text(code)
        return said(text)

    return wrapping


@pytest.mark.parametrize("case", WRAPPERS)
def test_a_wrapper_of_a_backend_that_builds_the_runtimes(wrapping, case):
    assert wrapping(WRAPPERS[case]) is None


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("from maturin import *", "`own.backend` calls `maturin`, which ignores"),
        ("import maturin, setuptools", "`own.backend` calls `maturin`, which ignores"),
        ("import hatchling.build as b", "hatchling's hook is not enabled"),
        (
            "from flit_core.buildapi import *",
            "calls `flit_core.buildapi`, which builds no runtimes",
        ),
        ("from poetry.core.masonry import api", "calls `poetry.core.masonry.api`, which builds no"),
        ("from pdm.backend import *", "calls `pdm.backend`, which builds no runtimes"),
        ("import mesonpy", "calls `mesonpy`, which builds no runtimes"),
        ("from scikit_build_core import build", "`scikit_build_core.build`, which builds no"),
    ],
)
def test_a_wrapper_of_another_backend_is_named_with_it(wrapping, code, fact):
    assert fact in wrapping(code)


@pytest.mark.parametrize(
    "code", ["from . import other", "from .other import *", "import own.other"]
)
def test_a_wrapper_may_have_several_files(wrapping, tmp_path, code):
    (tmp_path / "tools/own").mkdir(parents=True)
    (tmp_path / "tools/own/other.py").write_text("from maturin import *")
    assert "`own.backend` calls `maturin`" in wrapping(code)


def test_a_wrapper_of_setuptools_needs_the_plugin_installed(wrapping):
    text = IN_TREE.replace('"rtvariants", ', "")
    assert "`rtvariants` is not required" in wrapping(WRAPPERS["setuptools"], text)


@pytest.mark.parametrize("command", ["develop", "package"])
def test_commands_that_go_through_the_backend_refuse(tmp_path, capsys, command):
    (tmp_path / "Cargo.toml").touch()
    (tmp_path / "pyproject.toml").write_text(HATCH.replace(HOOK, "") + LEAST)
    assert main([command, str(tmp_path)]) == 1
    assert "hatchling's hook is not enabled" in capsys.readouterr().err
