"""Reads a small configuration with what overrides it."""

import pytest
from sample_settings import TABLE

from rtvariants.config import load
from rtvariants.config.overrides import Overrides


@pytest.fixture
def parse(tmp_path):
    (tmp_path / "Cargo.toml").touch()

    def parse(environ=None, settings=None, options=None, **changes):
        return load.parse(TABLE | changes, tmp_path, Overrides(environ, settings, options))

    return parse
