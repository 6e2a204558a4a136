"""A Python that can't load what is about to be compiled is refused first."""

import platform
import sys
import sysconfig
from dataclasses import replace

import pytest
from builds import CRATE, TOOLCHAIN
from packaging.tags import Tag, cpython_tags, parse_tag

from rtvariants.errors import MachineError
from rtvariants.toolchain import probe
from rtvariants.toolchain.interpreter import BuiltFor, refusal

WHEEL = BuiltFor("x86_64-unknown-linux-gnu", "x86_64", "gnu", "cp310-abi3", ".abi3.so")
LINUX = ("manylinux_2_17_x86_64", "linux_x86_64")
UNIX = (".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so")


def tags(version=(3, 11), abis=None, platforms=LINUX):
    """Return the tags of a CPython, as packaging works them out."""
    return tuple(cpython_tags(version, abis, platforms))


def said(suffixes=UNIX, python=None, **wheel):
    problem = refusal(replace(WHEEL, **wheel), tags(**python or {}), suffixes)
    return problem.what if problem else ""


def test_a_python_of_the_floor_or_newer_can_load_them():
    assert said() == said(abi="cp311-abi3") == said(python={"version": (3, 14)}) == ""


def test_an_older_python_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 11, 2, "final", 0))
    assert (
        said(abi="cp312-abi3")
        == "Python 3.11 is too old for wheels of the stable ABI (`cp312-abi3`)"
    )


def test_a_free_threaded_python_is_refused(monkeypatch):
    real = sysconfig.get_config_var
    monkeypatch.setattr(
        sysconfig, "get_config_var", lambda name: 1 if name == "Py_GIL_DISABLED" else real(name)
    )
    what = said(python={"version": (3, 13), "abis": ["cp313t"]})
    assert "is free-threaded and can't load wheels of the stable ABI" in what


def test_another_implementation_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "python_implementation", lambda: "PyPy")
    pypy = tuple(parse_tag("pp310-pypy310_pp73-linux_x86_64"))
    problem = refusal(WHEEL, pypy, UNIX)
    assert problem is not None
    assert problem.what == "PyPy can't load wheels of the stable ABI (`cp310-abi3`)"
    assert problem.hint == "use CPython 3.10 or newer, with the GIL"


MACOS = {"target": "aarch64-apple-darwin", "machine": "aarch64", "libc": ""}
WINDOWS = {"target": "x86_64-pc-windows-msvc", "libc": "msvc", "suffix": ".pyd"}


@pytest.mark.parametrize(
    ("platforms", "wheel"),
    [
        (("manylinux_2_17_i686", "linux_i686"), {}),
        (("musllinux_1_2_x86_64", "linux_x86_64"), {}),
        (LINUX, {"machine": "aarch64", "target": "aarch64-unknown-linux-gnu"}),
        (LINUX, {"libc": "musl", "target": "x86_64-unknown-linux-musl"}),
        (("macosx_11_0_x86_64",), MACOS),
    ],
)
def test_a_python_of_another_machine_or_c_library_is_refused(platforms, wheel):
    assert said(python={"platforms": platforms}, **wheel).startswith("this Python is for `")


def test_machines_have_other_names_on_other_systems():
    def loads(platform, suffixes, wheel):
        return not said(suffixes, {"platforms": (platform,)}, **wheel)

    assert loads("macosx_11_0_arm64", UNIX, MACOS)
    assert loads("win_amd64", (".pyd",), WINDOWS)
    assert not loads("win32", (".pyd",), WINDOWS)


def test_a_debug_build_that_looks_for_other_names_is_refused():
    what = said(("_d.pyd",), {"platforms": ("win_amd64",)}, **WINDOWS)
    assert what.endswith("it looks for no `.pyd`")
    # On Linux, a debug build loads what others load.
    assert said(python={"abis": ["cp311d", "cp311"]}) == ""


def test_only_a_build_for_this_machine_asks_this_python(monkeypatch):
    def ready(target):
        tools = replace(TOOLCHAIN, target=target, host=WHEEL.target)
        monkeypatch.setattr(probe, "inspect", lambda _: (tools, CRATE))
        monkeypatch.setattr(probe, "require_std", lambda _: None)
        return probe.ready(None)

    monkeypatch.setattr("packaging.tags.sys_tags", lambda: iter([Tag("pp310", "x", "any")]))
    assert ready("aarch64-unknown-linux-gnu")
    with pytest.raises(MachineError):
        ready(WHEEL.target)
