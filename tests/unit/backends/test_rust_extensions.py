"""setuptools-rust keeps its programs, and loses its modules only to runtimes that are the same."""

from types import SimpleNamespace

import pytest
from setuptools_rust import Binding, RustExtension

from rtvariants.backends import rust_extensions
from rtvariants.config import load
from rtvariants.errors import ConfigError
from rtvariants.project.tree import Project

TEXT = """
[build-system]
requires = ["setuptools", "setuptools-rust", "rtvariants"]
build-backend = "setuptools.build_meta"
[tool.rtvariants]
crate = "."
module = "fast._core"
runtimes = [{ name = "base", level = "x86_64", features = ["python"] }]
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Cargo.toml").touch()
    (tmp_path / "pyproject.toml").write_text(TEXT)
    return Project(tmp_path, {}, load.read(tmp_path))


def test_a_module_is_replaced_and_a_program_stays(project):
    program = RustExtension({"tool": "fast.tool"}, binding=Binding.Exec)
    module = RustExtension("fast._core", features=["python"], binding=Binding.NoBinding)
    distribution = SimpleNamespace(rust_extensions=[module, program])
    rust_extensions.replace(distribution, project)
    assert distribution.rust_extensions == [program]


def test_a_module_that_the_runtimes_would_change_stops_the_build(project):
    module = RustExtension("fast._core", features=["python", "simd"], env={"CC": "x"})
    distribution = SimpleNamespace(rust_extensions=[module])
    with pytest.raises(ConfigError) as caught:
        rust_extensions.replace(distribution, project)
    assert "`env`" in str(caught.value)
    module.env.env = None
    with pytest.raises(ConfigError, match='lacks: "simd"'):
        rust_extensions.replace(distribution, project)


def test_a_project_without_setuptools_rust_is_left_alone(project):
    distribution = SimpleNamespace()
    rust_extensions.replace(distribution, project)
    assert not hasattr(distribution, "rust_extensions")
