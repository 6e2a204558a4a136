"""Pythons by their own account, and which of them can load what is about to be compiled."""

import sys
import sysconfig
import venv
from dataclasses import replace
from importlib.machinery import EXTENSION_SUFFIXES

import pytest
from builds import CRATE, PYTHON, TOOLCHAIN

from rtvariants.errors import MachineError
from rtvariants.targets import abi as abis
from rtvariants.toolchain import probe
from rtvariants.toolchain.interpreter import BuiltFor, ask, refusal, require, this

WHEEL = BuiltFor(
    "x86_64-unknown-linux-gnu", "x86_64", "gnu", abis.required("cp310-abi3"), ".abi3.so"
)
ONE = {"abi": abis.required("cp311-cp311"), "suffix": PYTHON.suffix}
THREADS = {
    "free_threaded": True, "version": (3, 14),
    "suffixes": (".cpython-314t-x86_64-linux-gnu.so", ".so"),
}  # fmt: skip


def said(wheel=WHEEL, /, **python):
    problem = refusal(wheel, replace(PYTHON, **python))
    return problem.what if problem else ""


def test_this_python_says_what_it_is():
    found = this()
    assert found.implementation == sys.implementation.name
    assert found.version == sys.version_info[:2]
    assert found.suffix == sysconfig.get_config_var("EXT_SUFFIX")
    assert list(found.suffixes) == EXTENSION_SUFFIXES


def test_another_process_of_it_says_the_same_and_so_does_a_virtual_environment(tmp_path):
    assert ask(sys.executable) == this()
    venv.create(tmp_path / "env", with_pip=False, symlinks=sys.platform != "win32")
    place = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    assert ask(str(place / "python")) == this()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#!/bin/sh\necho no library >&2; exit 127\n", "no library"),
        ("#!/bin/sh\nexit 3\n", "exit status 3"),
        ("#!/nowhere\n", "No such file or directory"),
        ("#!/bin/sh\necho '[1]'\n", "exit status 0"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="a program of Unix")
def test_a_python_that_does_not_start_is_named_with_the_reason(tmp_path, text, reason):
    python = tmp_path / "python3.12"
    python.write_text(text)
    python.chmod(0o755)
    with pytest.raises(MachineError, match="Python that does not start: ") as caught:
        ask(str(python))
    assert str(python) in str(caught.value)
    assert reason in str(caught.value)


def test_it_has_the_name_that_a_person_writes():
    assert PYTHON.shown == "3.11"
    assert replace(PYTHON, **THREADS).shown == "3.14t"
    assert replace(PYTHON, implementation="pypy", version=(3, 10)).shown == "PyPy 3.10"
    assert replace(PYTHON, **THREADS).abi.tag == "cp314-cp314t"


def test_a_python_of_the_floor_or_newer_can_load_modules_of_the_stable_abi():
    same = replace(WHEEL, abi=abis.required("cp311-abi3"))
    assert said() == said(same) == said(version=(3, 14)) == ""


def test_an_older_python_is_refused():
    wheel = replace(WHEEL, abi=abis.required("cp312-abi3"))
    assert said(wheel) == "Python 3.11 is too old for wheels of the stable ABI (`cp312-abi3`)"


def test_a_module_for_one_python_is_for_no_other():
    wheel = replace(WHEEL, **ONE)
    assert said(wheel) == ""
    what = "can't load wheels of the ABI (`cp311-cp311`)"
    assert said(wheel, version=(3, 12)) == f"this Python 3.12 {what}"
    assert said(wheel, **{**THREADS, "version": (3, 11)}).endswith(f"is free-threaded and {what}")


def test_a_free_threaded_python_is_refused_unless_the_abi_is_for_it():
    assert said(**THREADS).endswith(
        "3.14 is free-threaded and can't load wheels of the stable ABI (`cp310-abi3`)"
    )
    own = replace(WHEEL, abi=abis.required("cp314-cp314t"), suffix=THREADS["suffixes"][0])
    assert said(own, **THREADS) == ""


def test_another_implementation_is_refused():
    with pytest.raises(MachineError) as caught:
        require(WHEEL, replace(PYTHON, implementation="pypy", version=(3, 10)))
    (problem,) = caught.value.problems
    assert problem.what == "runtimes are built for CPython, and this Python is PyPy 3.10"
    assert problem.hint == (
        "run the build with CPython; for PyPy, build the package with its own backend, without "
        "`[tool.rtvariants]`"
    )


MACOS = {"target": "aarch64-apple-darwin", "machine": "aarch64", "libc": ""}
WINDOWS = {"target": "x86_64-pc-windows-msvc", "libc": "msvc", "suffix": ".pyd"}


@pytest.mark.parametrize(
    ("python", "wheel"),
    [
        ({"bits": 32}, {}),
        ({"platform": "linux-i686", "bits": 32}, {}),
        ({"libc": "musl"}, {}),
        ({}, {"machine": "aarch64", "target": "aarch64-unknown-linux-gnu"}),
        ({}, {"libc": "musl", "target": "x86_64-unknown-linux-musl"}),
        ({"platform": "macosx-11.0-x86_64", "libc": ""}, MACOS),
    ],
)
def test_a_python_of_another_machine_or_c_library_is_refused(python, wheel):
    assert said(replace(WHEEL, **wheel), **python).startswith("this Python is for `")


def test_machines_have_other_names_on_other_systems():
    def loads(platform, suffixes, wheel, bits=64):
        other = {"platform": platform, "suffixes": suffixes, "libc": "", "bits": bits}
        return not said(replace(WHEEL, **wheel), **other)

    assert loads("macosx-11.0-arm64", PYTHON.suffixes, MACOS)
    assert loads("win-amd64", (".pyd",), WINDOWS)
    assert not loads("win32", (".pyd",), WINDOWS, 32)


def test_a_debug_build_that_looks_for_other_names_is_refused():
    wheel = replace(WHEEL, **WINDOWS)
    what = said(wheel, suffixes=("_d.pyd",), platform="win-amd64")
    assert what.endswith("it looks for no `.pyd`")
    # On Linux, a debug build loads what others load, unless it traces references.
    assert said(traced=True)


def test_only_a_build_for_this_machine_asks_this_python(monkeypatch):
    def ready(target):
        pypy = replace(PYTHON, implementation="pypy")
        tools = replace(TOOLCHAIN, target=target, host=WHEEL.target, python=pypy)
        monkeypatch.setattr(probe, "inspect", lambda _: (tools, CRATE))
        monkeypatch.setattr(probe, "require_std", lambda _: None)
        return probe.ready(None)

    assert ready("aarch64-unknown-linux-gnu")
    with pytest.raises(MachineError):
        ready(WHEEL.target)
