"""How pip runs for the plain wheel."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from rtvariants.fit import plain
from rtvariants.toolchain import stand_in

# What pip starts, such as cargo, ends with it.
CODE = """
import os, signal, sys
from pathlib import Path
from rtvariants.fit import plain
def stop(*_):
    raise SystemExit(7)
signal.signal(signal.SIGTERM, stop)
script = "sleep 60 & echo $! > child; sleep 1; kill -TERM $PPID; wait"
plain._run(["sh", "-c", script], Path("."), os.environ, Path("."))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without a signal")
def test_an_interrupt_ends_what_pip_has_started(tmp_path):
    done = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, check=False, timeout=50)
    assert done.returncode == 7
    child = int((tmp_path / "child").read_text())
    until = time.monotonic() + 20
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until, "the child still runs"
        time.sleep(0.05)


@pytest.fixture
def builds(monkeypatch):
    """Let each build fail, and leave this file next to the stand-in; returns which cargo ran."""
    ran = []

    def leaving(name):
        def built(_root, _cargo, folder, _python, *, compile_):
            ran.append("real" if compile_ else "stand-in")
            (folder / "bin").mkdir(parents=True)
            (folder / "bin" / name).touch()
            return "the log"

        monkeypatch.setattr(plain, "_built", built)
        return ran

    return leaving


def test_a_backend_that_needs_more_than_the_stand_in_gives_gets_the_real_cargo(builds, tmp_path):
    ran = builds("call-0.json")
    with pytest.raises(plain.PlainError, match="backend fails to build a wheel"):
        plain.made(tmp_path, "cargo", tmp_path)
    assert ran == ["stand-in", "real"]


def test_a_backend_that_calls_no_cargo_fails_at_once(builds, tmp_path):
    ran = builds("other")
    with pytest.raises(plain.PlainError, match="backend fails to build a wheel"):
        plain.made(tmp_path, "cargo", tmp_path)
    assert ran == ["stand-in"]


def test_a_program_is_refused_before_it_is_compiled(builds, tmp_path):
    ran = builds(stand_in.PROGRAM)
    with pytest.raises(plain.PlainError, match="is a program and has no extension module"):
        plain.made(tmp_path, "cargo", tmp_path)
    assert ran == ["stand-in"]


@pytest.mark.parametrize("configured", [True, False])
def test_a_stand_in_is_written_where_no_compiled_library_can_be(configured, tmp_path, monkeypatch):
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("")
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    place = tmp_path if configured else root
    monkeypatch.setattr(plain, "target_directory", lambda *_: place)
    seen = []

    def run(_argv, _cwd, env, _program):
        seen.append(env)
        return 1, "log"

    monkeypatch.setattr(plain, "_run", run)
    assert plain._built(root, "cargo", tmp_path / "plain", "", compile_=False) == "log"
    own = str(tmp_path / "plain/target") if configured else None
    assert [env.get("CARGO_TARGET_DIR") for env in seen] == [own]


@pytest.mark.skipif(os.name == "nt", reason="a script of a POSIX shell")
def test_a_backend_that_compiles_for_long_is_named_with_its_call(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(plain, "_PATIENCE", 0.2)
    script = f"echo said; printf 'run --bin gen' > {stand_in.COMPILED}; sleep 2; exit 3"
    ended = plain._run(["sh", "-c", script], tmp_path, os.environ, tmp_path)
    assert ended == (3, "said\n")
    assert capsys.readouterr().err == (
        "rtvariants: the backend itself compiles: `cargo run --bin gen`\n"
    )


@pytest.mark.parametrize("bindings", ["bin", "cffi", "uniffi", "pyo3", None])
def test_only_bindings_with_an_extension_module_are_taken(bindings, tmp_path):
    table = f"[tool.maturin]\nbindings = '{bindings}'\n" if bindings else ""
    (tmp_path / "pyproject.toml").write_text(table)
    if bindings in ("pyo3", None):
        plain.require_module(tmp_path)
        return
    with pytest.raises(plain.PlainError, match=r"has no extension module\nhint: .*pip wheel"):
        plain.require_module(tmp_path)
