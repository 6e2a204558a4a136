"""How a toolchain is prepared, and for whom it is ready."""

import threading
from dataclasses import replace

import pytest
from prepared import ARM

from rtvariants import locking
from rtvariants.errors import MachineError
from rtvariants.toolchain import cross
from rtvariants.toolchain.cross.prepare import prepare


def test_what_is_ready_is_left_alone(kept, monkeypatch):
    monkeypatch.setenv("PATH", "")
    said = []
    assert prepare(ARM, said.append) == kept
    assert said == [f"linux-arm64: ready in {cross.cache()}"]


def test_the_error_without_debians_tools_names_an_alternative(cache, monkeypatch):
    zig = cache / "ziglang-0.17.1/lib/python3.11/site-packages/ziglang/zig"
    zig.parent.mkdir(parents=True)
    zig.touch()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MachineError, match=r"no `apt-get`.*\nhint: `rustup target add`"):
        prepare(ARM, lambda _: None)
    assert cross.prepared(ARM) is None


def test_compilers_alone_are_ready_only_for_a_build_without_python(cache, kept, monkeypatch):
    alone = replace(kept, python=())
    cross.keep(ARM, alone)
    zig = cache / "ziglang-0.17.1/lib/python3.11/site-packages/ziglang/zig"
    zig.parent.mkdir(parents=True)
    zig.touch()
    monkeypatch.setenv("PATH", "")
    said = []
    assert prepare(ARM, said.append, python=False) == alone
    assert said == [f"linux-arm64: ready in {cross.cache()}"]
    # Its Python is looked for, which this machine can't get.
    with pytest.raises(MachineError, match="no `apt-get`"):
        prepare(ARM, said.append)


def test_two_processes_that_prepare_wait_for_each_other(cache, kept, monkeypatch):
    # Nothing can be made: what is returned can only come from the other.
    monkeypatch.setenv("PATH", "")
    cross.note(ARM).unlink()
    said, found = [], []
    waits = threading.Event()

    def say(text):
        said.append(text)
        waits.set()

    with (cache / ".lock").open("wb") as other:
        locking.take(other, wait=False)
        waiting = threading.Thread(target=lambda: found.append(prepare(ARM, say)))
        waiting.start()
        assert waits.wait(60)
        cross.keep(ARM, kept)
    waiting.join()
    assert found == [kept]
    assert said == [
        f"waiting for another `prepare` in {cache}", f"linux-arm64: ready in {cache}",
    ]  # fmt: skip


def test_a_platform_without_a_recipe_is_refused(cache):
    with pytest.raises(MachineError, match=r"no recipe for a toolchain: `linux-arm64`"):
        prepare(replace(ARM, linker=""), print)
