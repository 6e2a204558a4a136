"""Every example in the docstrings of mydf runs and gives the output that it shows."""

import doctest
import importlib
import pkgutil

import pytest

import mydf

MODULES = [
    f"mydf.{found.name}"
    for found in pkgutil.iter_modules(mydf.__path__)
    if not found.name.startswith("__")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0


def test_there_are_examples():
    modules = [importlib.import_module(name) for name in MODULES]
    assert sum(doctest.testmod(module).attempted for module in modules) > 50
