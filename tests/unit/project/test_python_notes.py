"""What surprises about the Pythons of a wheel is said before it is compiled."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from builds import CRATE, PYTHON, TOOLCHAIN

from rtvariants.errors import MachineError
from rtvariants.project import python_notes
from rtvariants.toolchain import interpreter
from rtvariants.toolchain.resolution import Node, Resolution


def resolved(*features):
    return {"fast": Resolution(frozenset({Node("pyo3-ffi", "0.30.1", features)}))}


def notes(*features, stated="", of=PYTHON, **facts):
    project = SimpleNamespace(pyproject={"project": {"requires-python": stated}})
    crate = replace(CRATE, resolved=resolved(*features), **facts)
    tools = replace(TOOLCHAIN, python=of)
    return [problem.render() for problem in python_notes.notes(project, tools, crate)]


STABLE = ("abi3", "abi3-py310", "abi3-py311")


def test_a_stated_version_of_the_stable_abi_is_no_surprise():
    assert notes(*STABLE) == notes(*STABLE, stated=">=3.10") == []
    assert notes(*STABLE, stated="not a specifier") == []


def test_older_pythons_that_the_project_supports_find_no_wheel():
    (said,) = notes(*STABLE, stated=">=3.8,<4")
    assert "`requires-python` is `>=3.8,<4`, and the wheel is for CPython 3.10 or newer" in said
    assert 'Python 3.8 finds none\nhint: write `requires-python = ">=3.10"`' in said


def test_a_stable_abi_without_a_version_is_that_of_the_python_that_builds():
    (said,) = notes("abi3", abi="cp311-abi3", python="3.11")
    assert "pyo3 with `abi3` and no version: the wheel is for CPython 3.11 or newer" in said
    assert "turn on `abi3-py311`" in said


def test_a_free_threaded_python_without_a_stable_abi_gets_a_wheel_of_its_own():
    facts = {"abi": "cp314-cp314t", "python": "3.14t"}
    (said,) = notes(*STABLE, **facts)
    assert "no stable ABI for Python 3.14t: the wheel is for free-threaded CPython 3.14" in said
    assert notes("macros", **facts, stated=">=3.8") == []


def test_a_python_that_is_not_here_can_not_run_what_is_built():
    absent = replace(PYTHON, executable="", version=(3, 14))
    (said,) = notes("macros", abi="cp314-cp314", python="3.14", of=absent)
    assert said.startswith("no Python 3.14 on this machine: what is built for it is checked, but ")


def test_an_editable_build_is_for_the_python_that_runs_it(monkeypatch):
    monkeypatch.setattr(interpreter, "this", lambda: PYTHON)
    crate = replace(CRATE, abi="cp312-cp312", python="3.12", resolved=resolved("macros"))
    tools = replace(TOOLCHAIN, python=replace(PYTHON, version=(3, 12)))
    project = SimpleNamespace(pyproject={})
    with pytest.raises(MachineError, match=r"editable build for Python 3.12 in Python 3.11"):
        python_notes.say(project, tools, crate, editable=True)
    python_notes.say(project, tools, crate, editable=False)
