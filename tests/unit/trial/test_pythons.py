"""Which Pythons of this machine wheels are tried with."""

from dataclasses import replace

import pytest
from builds import PYTHON
from sample_wheels import MACHINE, fat_wheel

from rtvariants.errors import MachineError
from rtvariants.targets.abi import required
from rtvariants.toolchain import interpreter, interpreters
from rtvariants.trial import pythons, runner, sets

HERE = {
    name: replace(
        PYTHON, executable=f"/usr/bin/python{name}", version=(3, int(name[2:4])),
        free_threaded=name.endswith("t"),
    )
    for name in ("3.10", "3.12", "3.14", "3.14t")
}  # fmt: skip


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """A machine with these Pythons, which runs 3.11."""

    def find(name):
        if name not in HERE:
            raise MachineError(f"no Python {name} on this machine")
        return HERE[name]

    monkeypatch.setattr(interpreter, "this", lambda: PYTHON)
    monkeypatch.setattr(interpreters, "find", find)
    monkeypatch.setattr(interpreters, "installed", lambda: [*HERE, "3.15"])


def fitting(tag, *names):
    return [python.shown for python in pythons.fitting(required(tag), names)]


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("cp310-abi3", ["3.11"]),
        ("cp311-cp311", ["3.11"]),
        ("cp312-cp312", ["3.12"]),
        ("cp314-cp314t", ["3.14t"]),
        # This one is too old for the stable ABI of a later version.
        ("cp312-abi3", ["3.12"]),
        ("cp313-cp313", []),
        ("cp315-abi3.abi3t", []),
    ],
)
def test_this_one_is_taken_or_one_that_fits(tag, found):
    assert fitting(tag) == found


def test_those_that_are_asked_for_are_taken_where_they_fit():
    asked = ("3.10", "3.12", "3.14t")
    assert fitting("cp310-abi3", *asked) == ["3.10", "3.12"]
    assert fitting("cp314-cp314t", *asked) == ["3.14t"]
    with pytest.raises(MachineError, match=r"no Python 3\.13"):
        fitting("cp313-cp313", "3.13")


@pytest.mark.parametrize("facts", [{"implementation": "pypy"}, {"bits": 32}, {"traced": True}])
def test_a_python_that_loads_none_of_our_modules_is_never_taken(monkeypatch, facts):
    monkeypatch.setattr(interpreter, "this", lambda: replace(PYTHON, **facts))
    assert fitting("cp311-cp311") == []


def test_a_wheel_without_a_python_is_said_to_be_not_run(native, table_of, tmp_path):
    path = fat_wheel(native, table_of(), "cp313-cp313").write(tmp_path)
    said = []
    tally = runner.run([path], runner.Request(), said.append)
    assert (tally.ran, tally.passed) == (0, False)
    assert said == [f"NOT RUN {path.name}: no Python 3.13 on this machine"]
    assert runner.run([path], runner.Request(strict=True), said.append).failed == 1
    assert MACHINE in path.name


def test_the_sets_of_split_wheels_are_named_by_their_python(native, table_of):
    each = sets.group([fat_wheel(native, table_of(), "cp313-cp313")])[0]
    assert each.abi.tag == "cp313-cp313"
    assert pythons.is_for_this_machine(each)


def test_values_of_the_option_are_pythons_or_commands_by_platform():
    assert runner.given(["3.12", "aarch64=qemu x", "/opt/python3"]) == (
        ("3.12", "/opt/python3"), {"aarch64": ["qemu", "x"]},
    )  # fmt: skip
