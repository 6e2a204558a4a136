"""The version of a project, and what an environment lacks to tell it."""

import pytest

from rtvariants.errors import RtvariantsError
from rtvariants.project import version
from rtvariants.toolchain.probe import _abi

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
        version.version(tmp_path, None)
    (problem,) = caught.value.problems
    assert (problem.where, problem.what) == (
        "tool.hatch.version",
        "hatchling can't tell the version: Unknown version source: no-such-source",
    )
    assert problem.hint.startswith('install what tells it: pip install "no-such-vcs>=1;')
    assert "other" not in problem.hint


def test_a_crate_without_pyo3_is_named_with_what_mends_it():
    data = {
        "packages": [{"id": "path+file:///w#g@1", "name": "g"}],
        "resolve": {"nodes": [{"id": "path+file:///w#g@1", "features": []}]},
    }
    with pytest.raises(RtvariantsError, match="no pyo3 among the dependencies of `g`\nhint: name"):
        _abi(data, "path+file:///w#g@1")
