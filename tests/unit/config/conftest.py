"""Reads a small configuration with what overrides it, or one that is written out."""

import pytest
from sample_settings import TABLE

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
