"""Which Python is built for: this one, or one that is asked for and found on the machine."""

import json
import sys
from dataclasses import asdict, replace

import pytest
from builds import PYTHON

from rtvariants.config import load
from rtvariants.errors import ConfigError, MachineError
from rtvariants.toolchain import interpreter, interpreters

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs of Unix")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return a function that puts Pythons on a machine that has no others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(interpreter, "this", lambda: PYTHON)
    interpreters.find.cache_clear()

    def put(name, place="bin", text="", **facts):
        path = tmp_path / place / f"python{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not text:
            version = (3, int(name[2:].rstrip("t")))
            made = {"version": version, "free_threaded": name.endswith("t"), **facts}
            known = asdict(replace(PYTHON, executable=str(path), **made))
            text = f"echo '{json.dumps(known)}'"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)

    yield put
    interpreters.find.cache_clear()


def asked(text):
    with load.overriding({"python": text}):
        return interpreters.asked()


def chosen(text):
    with load.overriding(options={"python": text}):
        return interpreters.chosen()


def test_without_a_request_it_is_this_one(machine):
    del machine
    assert interpreters.asked() == ()
    assert interpreters.chosen() == PYTHON


def test_options_the_variable_and_settings_ask_for_it(monkeypatch):
    assert asked("3.12") == ("3.12",)
    assert asked("3.12, 3.14t 3.12") == ("3.12", "3.14t")
    monkeypatch.setenv("RTVARIANTS_PYTHON", "3.11")
    assert interpreters.asked() == ("3.11",)
    with (
        pytest.raises(ConfigError, match="unknown setting: `-C pyton`"),
        load.overriding({"pyton": "3.12"}),
    ):
        pass


@pytest.mark.parametrize("text", ["3", "python3.12", "3.12.1", "cp312", "2.7"])
def test_what_is_not_a_python_is_refused(text):
    with pytest.raises(MachineError, match=f"not a Python: `{text}`\nhint: write a version"):
        asked(text)


def test_this_one_is_taken_where_it_has_the_version(machine):
    machine("3.11")
    assert chosen("3.11") == PYTHON


def test_one_is_found_on_the_path_and_at_pyenvs_the_newest_first(machine):
    old = machine("3.12", "pyenv/versions/3.12.9/bin")
    new = machine("3.12", "pyenv/versions/3.12.10/bin")
    assert chosen("3.12").executable == new
    interpreters.find.cache_clear()
    mine = machine("3.12")
    assert chosen("3.12").executable == mine
    assert chosen(old).executable == old


def test_those_that_uv_knows_are_found_too(machine, tmp_path):
    path = machine("3.13", "uv")
    rows = json.dumps([{"version": "3.13.2", "path": path}, {"version": "3.12.1", "path": None}])
    uv = tmp_path / "bin" / "uv"
    uv.write_text(f"#!/bin/sh\necho '{rows}'\n")
    uv.chmod(0o755)
    assert chosen("3.13").executable == path


def test_a_free_threaded_one_is_another_one(machine):
    machine("3.14")
    with pytest.raises(MachineError, match=r"no Python 3.14t on this machine"):
        chosen("3.14t")
    machine("3.14t")
    assert chosen("3.14t").free_threaded


def test_one_that_is_not_here_is_one_error_with_those_that_are(machine):
    machine("3.9")
    machine("3.10", "pyenv/versions/3.10.1/bin")
    with pytest.raises(MachineError) as caught:
        chosen("3.12")
    (problem,) = caught.value.problems
    assert problem.what == "no Python 3.12 on this machine"
    assert problem.hint.endswith("here are 3.9, 3.10")


def test_one_that_does_not_start_is_named(machine):
    path = machine("3.12", text="echo 'error while loading libfoo.so' >&2; exit 127")
    with pytest.raises(MachineError, match=r"no Python 3.12") as caught:
        chosen("3.12")
    assert f"{path}: error while loading libfoo.so" in str(caught.value)
    # One that starts is enough.
    good = machine("3.12", "pyenv/versions/3.12.1/bin")
    assert chosen("3.12").executable == good


def test_a_program_of_another_version_or_implementation_does_not_count(machine):
    machine("3.12", version=(3, 11))
    machine("3.12", "pyenv/versions/pypy3.12/bin", implementation="pypy")
    with pytest.raises(MachineError, match=r"no Python 3.12 on this machine"):
        chosen("3.12")


def test_pypy_is_refused_in_words(machine):
    path = machine("3.11", implementation="pypy")
    with pytest.raises(MachineError, match="runtimes are built for CPython, and this Python is Py"):
        chosen(path)


def test_several_are_not_for_one_wheel(machine):
    del machine
    with pytest.raises(MachineError) as caught:
        chosen("3.11,3.12")
    assert "`rtvariants build --python 3.11,3.12` makes a wheel for each" in str(caught.value)


def test_a_build_for_another_platform_needs_only_the_version(machine, monkeypatch):
    del machine
    monkeypatch.setenv("RTVARIANTS_PLATFORM", "linux-arm64")
    found = chosen("3.14t")
    assert (found.executable, found.abi.tag) == ("", "cp314-cp314t")
