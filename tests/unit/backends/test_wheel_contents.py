"""What a wheel must hold next to the runtimes, and what it must not."""

from types import SimpleNamespace

import pytest

from rtvariants.backends.wheel_contents import (
    refuse_second_module,
    require_call,
    require_package,
)
from rtvariants.errors import ConfigError

OTHERS = [
    "a/__init__.py",
    "a/_core.pyi",
    "a/_core.py",
    "a/_core_more.py",
    "_a_v3/_core.abi3.so",
    "a/b/_core.py",
]


def test_other_files_are_fine():
    refuse_second_module("a._core", OTHERS)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a/_core/__init__.py", "two modules of one name: `a._core`"),
        ("a/_core.abi3.so", "extension module of another build in the wheel: `a/_core.abi3.so`"),
        ("a/_core.cpython-312-x86_64-linux-gnu.so", "extension module of another build"),
        ("a/_core.pyd", "extension module of another build"),
    ],
)
def test_a_second_module_of_the_name_is_refused(name, what):
    with pytest.raises(ConfigError) as caught:
        refuse_second_module("a._core", [*OTHERS, name])
    (problem,) = caught.value.problems
    assert problem.what.startswith(what)
    assert problem.hint


@pytest.mark.parametrize("files", [OTHERS, ["a.py"], ["a/b/data.txt", "_other/x.py"]])
def test_the_package_is_there(files):
    require_package("a.b._core", files)


@pytest.mark.parametrize(
    ("files", "there"),
    [
        (["b/__init__.py", "c/x.py", "b-1.0.dist-info/METADATA"], "it has `b`, `c`"),
        (["_a_v3/_core.abi3.so", "a-1.0.dist-info/METADATA"], "it has none"),
    ],
)
def test_a_wheel_without_the_package_is_refused(files, there):
    with pytest.raises(ConfigError, match=f"no package `a` in the wheel: {there}\nhint: "):
        require_package("a._core", files)


def test_a_file_with_the_name_of_the_module_calls_the_loader(tmp_path):
    config = SimpleNamespace(module="a._core", package="a")
    require_call(config, {})
    require_call(config, {"a/_core.py": b"import _a_loader\n_a_loader.bind()\n"})
    file = tmp_path / "_core.py"
    file.write_text("answer = 42\n")
    for other in (file, file.read_bytes()):
        with pytest.raises(ConfigError, match=r"`a/_core\.py` has the name of the"):
            require_call(config, {"a/_core.py": other})
