"""pyproject.toml as a whole: where it is, and what it says about the build backend."""

import pytest

from rtvariants.config import pyproject
from rtvariants.errors import ConfigError


def test_a_folder_without_the_file_is_named(tmp_path):
    with pytest.raises(ConfigError) as caught:
        pyproject.read(tmp_path)
    (problem,) = caught.value.problems
    assert problem.what == f"no pyproject.toml in {tmp_path}"
    assert "name that folder" in problem.hint


def test_a_file_without_a_backend_means_setuptools(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    data = pyproject.read(tmp_path)
    assert pyproject.backend(data) == "setuptools.build_meta:__legacy__"
    assert pyproject.requires(data) == []


def test_the_backend_and_its_requirements_are_those_of_the_file(tmp_path):
    text = '[build-system]\nbuild-backend = "b"\nrequires = ["one"]\n'
    (tmp_path / "pyproject.toml").write_text(text)
    data = pyproject.read(tmp_path)
    assert (pyproject.backend(data), pyproject.requires(data)) == ("b", ["one"])


def test_a_requirement_is_missing_when_absent_or_too_old():
    wanted = ["pytest", "pytest>=1000", "no-such-package-here", "no-such; python_version < '3'"]
    assert pyproject.missing(wanted) == ["pytest>=1000", "no-such-package-here"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('build-system = "x"', "build-system: not a table: `'x'`"),
        ('build-system.requires = "x"', "build-system.requires: not a list of texts: `'x'`"),
        ("build-system.requires = [1]", "build-system.requires: not a list of texts: `[1]`"),
        ("build-system.build-backend = 3", "build-system.build-backend: not a text: `3`"),
        ("build-system.backend-path = 1", "build-system.backend-path: not a list of texts: `1`"),
        ('project = "x"', "project: not a table: `'x'`"),
        ("project.version = 1.0", "project.version: not a text: `1.0`"),
        ('project.dynamic = "version"', "project.dynamic: not a list of texts: `'version'`"),
        ('tool.hatch.build.hooks = "x"', "tool.hatch.build.hooks: not a table: `'x'`"),
        ("tool = [1]", "tool: not a table: `[1]`"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_named(tmp_path, text, said):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        pyproject.read(tmp_path)
    assert str(caught.value) == said


def test_all_values_of_another_type_are_named_at_once(tmp_path):
    (tmp_path / "pyproject.toml").write_text("build-system = 1\nproject = 2\n")
    with pytest.raises(ConfigError) as caught:
        pyproject.read(tmp_path)
    assert len(caught.value.problems) == 2
