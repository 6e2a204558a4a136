"""From instrumented modules to profiles, without a compiler."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from builds import CRATE, TOOLCHAIN, build_of
from folders import lay_out
from tables import LEAST

from rtvariants.config import load
from rtvariants.errors import BuildError, RtvariantsError
from rtvariants.pgo import note as notes
from rtvariants.pgo import training
from rtvariants.pgo.instrumented import Instrumented
from rtvariants.pgo.machine import Interpreter
from rtvariants.pgo.training import Task, train
from rtvariants.project import tree
from rtvariants.toolchain.profdata import Profdata
from rtvariants.verify.cached import Checked
from rtvariants.wheels.layout import Package

HOT = "_RNvCs1_1g3hot"
TABLE = (
    '[tool.rtvariants.pgo]\ncommand = "python train.py"\n[tool.rtvariants.sizes]\nwheel = "1 MB"\n'
)


@pytest.fixture
def task(tmp_path):
    files = {"pyproject.toml": LEAST + TABLE, "Cargo.toml": "", "train.py": "1"}
    root = lay_out(tmp_path / "tree", files)
    tools = replace(TOOLCHAIN, target_base=tmp_path / "target")
    with load.overriding():
        return Task(tree.read(root), tools, CRATE, "1.0", ("a",))


@pytest.fixture
def ran(task, tmp_path, monkeypatch):
    """Return the runs of the command, which counts one function; nothing is compiled."""
    native = tmp_path / "native.so"
    native.write_bytes(b"module")
    checked = Checked(build_of(runtime="a"), native, native, native, (2, 17), [])
    module = Instrumented(checked, b"\0%b\0" % HOT.encode())
    runs = []

    def wheel(_project, made, _folder):
        assert made.sboms == ()

    def start(run, folder):
        runs.append(run)
        (folder / "1.profraw").parent.mkdir(parents=True, exist_ok=True)
        (folder / "1.profraw").write_text("")
        return [folder / "1.profraw"]

    monkeypatch.setattr(training.machine, "require", lambda _: None)
    monkeypatch.setattr(training.machine, "interpreters", lambda *_: {"a": Interpreter(("py",))})
    monkeypatch.setattr(training.profdata, "find", lambda _: Profdata("llvm-profdata"))
    monkeypatch.setattr(training, "_compiled", lambda _: (module,))
    made = Package({}, "t", (Path("no-such-sbom"),))
    monkeypatch.setattr(training.layout, "assemble", lambda *_: made)
    monkeypatch.setattr(training.site, "wheel", wheel)
    monkeypatch.setattr(training.site, "requirements", lambda *_: ())
    monkeypatch.setattr(training.site, "lay_out", lambda *_: Path("/site"))
    monkeypatch.setattr(training.Run, "start", start)
    monkeypatch.setattr(Profdata, "counts", lambda *_: {HOT: 7})
    monkeypatch.setattr(Profdata, "merge", lambda _self, _raw, target: target.write_text("merged"))
    return runs


def test_instrumented_builds_have_no_limits_and_no_entries_of_the_audit(task):
    assert task.project.config.sizes.wheel
    assert not task.config.sizes.wheel
    assert task.config.build.runtimes == ("a",)


def test_the_command_runs_with_the_runtime_forced_and_its_counts_are_kept(task, ran):
    found = train(task)
    note, data = notes.read(found["a"])
    assert data == b"merged"
    assert note.sha256 == hashlib.sha256(b"merged").hexdigest()
    assert note.hot == ((HOT, 7),)
    (run,) = ran
    assert run.forced == {"PKG": "a"}
    assert run.cwd == task.project.root


def test_it_runs_again_only_after_a_change_of_module_command_or_script(task, ran):
    train(task)
    train(task)
    assert len(ran) == 1
    (task.project.root / "train.py").write_text("2")
    train(task)
    assert len(ran) == 2
    train(task, again=True)
    assert len(ran) == 3
    other = replace(task, tools=replace(task.tools, version="rustc 1.96.0"))
    train(other)
    assert len(ran) == 4


def test_counts_of_other_programs_are_refused(task, ran, monkeypatch):
    monkeypatch.setattr(Profdata, "counts", lambda *_: {"_RNvCs1_5other4main": 7})
    with pytest.raises(BuildError, match="only other programs have written profiles"):
        train(task)
    assert not task.kept("a").exists()


def test_a_table_without_a_command_makes_no_profile(task, ran):
    with load.overriding(options={"pgo-mode": "run"}):
        root = lay_out(task.project.root, {"pyproject.toml": LEAST})
        bare = replace(task, project=tree.read(root))
    with pytest.raises(RtvariantsError, match="no command that makes profiles\nhint: write `comm"):
        train(bare)
    assert ran == []
