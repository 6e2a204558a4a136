"""The adapter of setuptools: every way that setuptools writes a wheel goes through the pipeline."""

import importlib
import os
import sys

import pytest
from setuptools import Distribution
from setuptools.errors import ModuleError
from tables import LEAST

from rtvariants import pipeline
from rtvariants.backends.build_lib import renewed
from rtvariants.errors import RtvariantsError

BACKENDS = {
    "setuptools by name": 'build-backend = "setuptools.build_meta"',
    "setuptools by default": "",
    "a module of the tree": 'build-backend = "own"\nbackend-path = ["tools"]',
    "a package that wraps setuptools": 'build-backend = "wrapper.api"',
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Cargo.toml").touch()
    (tmp_path / "greeter").mkdir()
    (tmp_path / "greeter/__init__.py").touch()

    def project(system=""):
        head = f'[build-system]\nrequires = ["setuptools", "rtvariants"]\n{system}\n'
        metadata = '[project]\nname = "greeter"\nversion = "1.0.0"\n'
        (tmp_path / "pyproject.toml").write_text(head + metadata + LEAST)
        return tmp_path

    return project


def distribution(**facts):
    made = Distribution(facts)
    made.parse_config_files()
    return made


@pytest.mark.parametrize("system", BACKENDS.values(), ids=BACKENDS)
def test_the_commands_are_ours_whatever_backend_calls_setuptools(project, system):
    project(system)
    found = distribution().cmdclass
    assert {"bdist_wheel", "editable_wheel", "sdist", "install"} <= set(found)


def test_a_project_without_the_table_is_left_alone(project):
    path = project() / "pyproject.toml"
    path.write_text(path.read_text().replace(LEAST, ""))
    assert distribution().cmdclass == {}


def remove_command(monkeypatch, missing):
    """Let setuptools be one that does not have a command."""
    found = Distribution.get_command_class

    def others(self, name):
        if name == missing:
            raise ModuleError(f"invalid command '{name}'")
        return found(self, name)

    monkeypatch.setattr(Distribution, "get_command_class", others)


def test_an_old_setuptools_is_named(project, monkeypatch):
    project()
    remove_command(monkeypatch, "bdist_wheel")
    with pytest.raises(SystemExit) as caught:
        distribution()
    assert "is too old: it has no command `bdist_wheel`\nhint: write" in str(caught.value)


def test_a_command_that_setuptools_has_no_more_is_not_missed(project, monkeypatch):
    project()
    remove_command(monkeypatch, "bdist_egg")
    assert "bdist_wheel" in distribution().cmdclass


@pytest.mark.parametrize("hook", ["build_wheel", "build_editable"])
def test_a_wrapper_of_setuptools_reaches_the_pipeline_each_time(project, monkeypatch, hook):
    root = project(BACKENDS["a module of the tree"])
    (root / "tools").mkdir()
    (root / "tools/own.py").write_text("from setuptools.build_meta import *\n")
    asked = []

    def build(project, *_, editable):
        asked.append(editable)
        raise RtvariantsError("the pipeline is reached")

    monkeypatch.setattr(pipeline, "build", build)
    monkeypatch.syspath_prepend(str(root / "tools"))
    monkeypatch.setattr(sys, "argv", ["setup.py"])
    own = importlib.import_module("own")
    monkeypatch.delitem(sys.modules, "own")
    for _ in range(2):
        with pytest.raises(SystemExit, match="the pipeline is reached"):
            getattr(own, hook)(str(root / "dist"))
    assert asked == [hook == "build_editable"] * 2
    assert not [name for name in os.listdir(root / "dist") if name.endswith(".whl")]


@pytest.mark.filterwarnings("ignore::setuptools.warnings.SetuptoolsDeprecationWarning")
@pytest.mark.parametrize(
    "command", ["install", "develop", "bdist", "bdist_dumb", "bdist_egg", "bdist_rpm"]
)
def test_a_command_that_leaves_the_runtimes_out_is_refused(project, command):
    project()
    made = distribution(script_name="setup.py", script_args=[command])
    made.parse_command_line()
    with pytest.raises(SystemExit, match=f"`setup.py {command}` leaves the runtimes out\nhint: "):
        made.run_commands()


@pytest.fixture
def built(project):
    """Build the project's Python files within `renewed`, over what is in `build/lib` already."""
    project()

    def built(script=""):
        made = distribution(script_name="setup.py", packages=["greeter"])
        command = made.get_command_obj("bdist_wheel")
        with renewed(command):
            command.run_command("build")
            exec(script, {})

    return built


def test_a_newer_copy_of_an_earlier_build_is_replaced(built, tmp_path):
    path = tmp_path / "build/lib/greeter/__init__.py"
    path.parent.mkdir(parents=True)
    path.write_text("old = True")
    os.utime(tmp_path / "greeter/__init__.py", (1, 1))
    built()
    assert path.read_text() == ""


def test_a_file_that_only_an_earlier_build_has_written_is_named(built, tmp_path, capsys):
    built()
    assert capsys.readouterr().err == ""
    (tmp_path / "build/lib/greeter/gone.py").touch()
    made = "open('build/lib/greeter/made.py', 'w').close()"
    exec(made, {})
    built(made)
    said = capsys.readouterr().err
    assert "only an earlier build has written it: `build/lib/greeter/gone.py`\n" in said
    assert "hint: remove the folder `build/lib` and build again" in said
