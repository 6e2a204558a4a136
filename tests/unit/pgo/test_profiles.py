"""Which profile each runtime gets: a stored one, one of the command, or none."""

import hashlib
from dataclasses import replace

import pytest
from builds import CRATE, TOOLCHAIN
from folders import lay_out
from tables import LEAST

from rtvariants.config import load
from rtvariants.errors import MachineError
from rtvariants.pgo import note as notes
from rtvariants.pgo import profiles
from rtvariants.pgo.note import Note
from rtvariants.pgo.training import Task
from rtvariants.project import tree
from rtvariants.toolchain.rustflags import Ambient

DATA = b"counts"
TABLE = '[tool.rtvariants.pgo]\nprofiles = "pgo"\n'
COMMAND = 'command = "python train.py"\n'


@pytest.fixture
def task(tmp_path, monkeypatch):
    """Return a function that gives the task of a project with more in its table."""
    trained = []

    def train(task, *, again=False):
        trained.append(task.runtimes)
        for name in task.runtimes:
            write(task, task.kept(name), b"trained")
        return {name: task.kept(name) for name in task.runtimes}

    monkeypatch.setattr(profiles, "train", train)

    def task(table, **options):
        root = lay_out(tmp_path / "tree", {"pyproject.toml": LEAST + table, "Cargo.toml": ""})
        tools = replace(TOOLCHAIN, target_base=tmp_path / "target", llvm="22.1.2")
        with load.overriding(options=options):
            made = Task(tree.read(root), tools, replace(CRATE, locked="lock"), "1.0", ("a",))
        trained.clear()
        return made

    task.trained = trained
    return task


def write(task, path, data=DATA, **changes):
    subject = replace(task.subject("a"), **changes)
    notes.write(path, data, Note(subject, hashlib.sha256(data).hexdigest(), (), "c"))


def place(task):
    return task.project.root / "pgo" / task.tools.target / "a.profdata"


def test_without_the_table_nothing_is_asked(task):
    assert profiles.of(task("")) == {}
    assert profiles.of(task(TABLE + COMMAND, **{"pgo-mode": "off"})) == {}
    assert task.trained == []


def test_a_stored_profile_that_fits_is_used_under_a_name_with_its_digest(task):
    made = task(TABLE + COMMAND)
    write(made, place(made))
    found = profiles.of(made)["a"]
    assert found.path.read_bytes() == DATA
    assert found.path.name == f"a-{found.digest[:16]}.profdata"
    assert found.path.is_relative_to(made.tools.target_base)
    assert task.trained == []


def test_another_profile_has_another_name_and_the_old_one_goes(task):
    made = task(TABLE)
    write(made, place(made))
    first = profiles.of(made)["a"].path
    write(made, place(made), b"others")
    second = profiles.of(made)["a"].path
    assert first != second
    assert not first.exists()


def test_the_command_runs_where_no_stored_profile_fits_and_the_reason_is_shown(task, capsys):
    made = task(TABLE + COMMAND)
    assert profiles.of(made)["a"].path.read_bytes() == b"trained"
    write(made, place(made), rustc="rustc 1.0.0")
    assert profiles.of(made)["a"].path.read_bytes() == b"trained"
    assert task.trained == [("a",), ("a",)]
    assert "it is for rustc `rustc 1.0.0`, not `rustc 1.95.0`" in capsys.readouterr().err


def test_the_command_also_runs_where_the_mode_says_so(task):
    made = task(TABLE + COMMAND, **{"pgo-mode": "run"})
    write(made, place(made))
    assert profiles.of(made)["a"].path.read_bytes() == b"trained"


@pytest.mark.parametrize("table", [TABLE, TABLE + COMMAND + 'mode = "stored"\n'])
def test_a_runtime_without_a_profile_is_refused_with_the_reason(task, table):
    made = task(table)
    with pytest.raises(MachineError, match="runtime `a`: no stored profile: `pgo/x86_64-unknown-"):
        profiles.of(made)
    write(made, place(made), level="x86_64_v3")
    with pytest.raises(MachineError, match="it is for level `x86_64_v3`, not `x86_64`\nhint: "):
        profiles.of(made)
    place(made).write_bytes(b"damaged")
    with pytest.raises(MachineError, match="profile that its note does not describe"):
        profiles.of(made)
    assert task.trained == []


def test_other_dependencies_are_a_warning(task, capsys):
    made = task(TABLE)
    write(made, place(made), lock="another")
    assert profiles.of(made)
    assert "warning: Cargo.lock has changed since the profile of `a`" in capsys.readouterr().err


def test_flags_of_the_machine_that_use_profiles_are_refused(task):
    made = task(TABLE)
    write(made, place(made))
    flags = Ambient(("-Cprofile-use=/x",), "RUSTFLAGS")
    with pytest.raises(MachineError, match="RUSTFLAGS holds `-Cprofile-use=/x`"):
        profiles.of(replace(made, tools=replace(made.tools, ambient=flags)))


def test_what_is_stored_holds_nothing_of_this_machine(task):
    made = task(TABLE + COMMAND)
    found = profiles.store(made)
    assert found == {"a": place(made)}
    note, data = notes.read(found["a"])
    assert (note.key, data) == ("", b"trained")
    assert str(made.project.root) not in place(made).with_suffix(".json").read_text()
