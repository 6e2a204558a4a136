"""Reads a small configuration with what overrides it, or one that is written out."""

import pytest
from sample_settings import GOOD, TABLE

from rtvariants.config import load
from rtvariants.config.overrides import Overrides
from rtvariants.errors import ConfigError


@pytest.fixture
def parse(tmp_path):
    (tmp_path / "Cargo.toml").touch()

    def parse(environ=None, settings=None, options=None, **changes):
        return load.parse(TABLE | changes, tmp_path, Overrides(environ, settings, options))

    return parse


@pytest.fixture
def read(tmp_path):
    (tmp_path / "Cargo.toml").touch()

    def read(text):
        (tmp_path / "pyproject.toml").write_text(text)
        return load.read(tmp_path)

    return read


@pytest.fixture
def problems(read):
    def problems(text):
        with pytest.raises(ConfigError) as caught:
            read(text)
        return caught.value.problems

    return problems


@pytest.fixture
def one_problem(problems):
    """Return a function that makes one mistake in the good configuration, and checks the report."""

    def one_problem(old, new, where, what, hint):
        assert old in GOOD
        (problem,) = problems(GOOD.replace(old, new, 1))
        assert problem.where.endswith(where)
        assert what in problem.what
        assert hint in problem.hint

    return one_problem
