"""The version of a project, and what is missing to determine it."""

import sys

import pytest

from rtvariants.errors import RtvariantsError
from rtvariants.project.tree import Project
from rtvariants.project.version import version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

VCS = """
[build-system]
requires = ["hatchling", "no-such-vcs>=1; python_version > '3'", "other; python_version < '3'"]
build-backend = "hatchling.build"
[project]
name = "x"
dynamic = ["version"]
[tool.hatch.version]
source = "no-such-source"
"""


def test_a_version_that_a_missing_plugin_tells(tmp_path):
    (tmp_path / "pyproject.toml").write_text(VCS)
    with pytest.raises(RtvariantsError) as caught:
        version(Project(tmp_path, tomllib.loads(VCS), None), None)
    (problem,) = caught.value.problems
    assert (problem.where, problem.what) == (
        "tool.hatch.version",
        "hatchling can't determine the version: Unknown version source: no-such-source",
    )
    assert problem.hint.startswith('install what determines it: pip install "no-such-vcs>=1;')
    assert "other" not in problem.hint
