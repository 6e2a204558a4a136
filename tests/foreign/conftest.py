"""Packages of other projects; only `python3 dev.py foreign` collects these tests."""

import os

import pytest
from foreign import page
from foreign.packages import read

# They fetch and compile for an hour. `dev.py foreign` sets the names, separated by spaces.
WANTED = os.environ.get("RTVARIANTS_FOREIGN")
collect_ignore_glob = [] if WANTED else ["*.py"]


def pytest_generate_tests(metafunc):
    """Repeat each test for each package that is asked for, all tests of one package in a row."""
    if "package" in metafunc.fixturenames:
        chosen = [package for name, package in read().items() if name in WANTED.split()]
        names = [package.name for package in chosen]
        metafunc.parametrize("package", chosen, ids=names, scope="session")


@pytest.fixture(scope="session", autouse=True)
def _page():
    yield
    page.write()
