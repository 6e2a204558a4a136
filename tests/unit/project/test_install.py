"""What an editable installation requires and this environment does not have."""

import pytest

from rtvariants.config import pyproject
from rtvariants.project import install
from rtvariants.project.tree import Project

BACKEND = """
def get_requires_for_build_editable(config_settings=None):
    print("unrelated output")
    return {requires}
"""


@pytest.fixture
def missing(tmp_path):
    def missing(system, requires="[]"):
        (tmp_path / "pyproject.toml").write_text(f"[build-system]\n{system}")
        (tmp_path / "made_here.py").write_text(BACKEND.format(requires=requires))
        return install.missing(Project(tmp_path, pyproject.read(tmp_path), None))

    return missing


OWN = 'build-backend = "made_here"\nbackend-path = ["."]\n'


def test_what_is_installed_is_not_missing(missing, capfd):
    assert missing(f"requires = ['packaging>=1']\n{OWN}", "['packaging>=1']") == []
    assert capfd.readouterr() == ("", "")


def test_requirements_of_the_project_and_of_its_backend_are_missing(missing):
    assert missing(f"requires = ['packaging>=999']\n{OWN}") == ["packaging>=999"]
    assert missing(f"requires = []\n{OWN}", "['packaging', 'no-such-one']") == ["no-such-one"]
    other = "no-such-one; python_version < '3'"
    assert missing(f'requires = ["{other}"]\n{OWN}') == []


def test_a_backend_that_fails_is_left_to_the_frontend(missing):
    assert missing(f"requires = []\n{OWN}", "1 / 0") == []
    assert missing("requires = []\nbuild-backend = 'no_such_backend'\n") == []
