"""What a wheel must hold next to the runtimes, and what it must not."""

from types import SimpleNamespace

import pytest
from sample_settings import TABLE

from rtvariants.backends.wheel_contents import (
    check_tree,
    refuse_own_names,
    refuse_second_module,
    require_call,
    require_package,
)
from rtvariants.config.load import parse
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


@pytest.fixture
def config_of(tmp_path):
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "a"\n')

    def config_of(module, namespace=""):
        return parse({**TABLE, "module": module, "namespace": namespace}, tmp_path)

    return config_of


def contents(names, text=b""):
    return dict.fromkeys(names, text)


def test_the_package_is_there(config_of):
    require_package(config_of("a.b._core"), contents(OTHERS))
    require_package(config_of("a.b._core", "a"), contents(["a/b/__init__.py"]))


@pytest.mark.parametrize(
    ("files", "there"),
    [
        (["b/__init__.py", "c/x.py", "b-1.0.dist-info/METADATA"], "it has `b`, `c`"),
        (["_a_v3/_core.abi3.so", "a-1.0.dist-info/METADATA"], "it has none"),
    ],
)
def test_a_wheel_without_the_package_is_refused(config_of, files, there):
    with pytest.raises(ConfigError, match=f"no package `a` in the wheel: {there}\nhint: "):
        require_package(config_of("a._core"), contents(files))


SHARED = {
    "no file": (["a/b/__init__.py", "a/b/_core.py"], b""),
    "pkgutil's": (["a/__init__.py"], b"__path__ = pkgutil.extend_path(__path__, __name__)"),
    "setuptools'": (["a/__init__.py"], b"import pkg_resources as p; p.declare_namespace(__name__)"),
}


@pytest.mark.parametrize("case", SHARED)
def test_a_package_that_other_distributions_may_share_is_refused(config_of, tmp_path, case):
    names, text = SHARED[case]
    for module in ("a.b._core", "a._core"):
        with pytest.raises(ConfigError, match=r'(?s)share: `a`: .*write `namespace = "a"`') as e:
            require_package(config_of(module), contents(names, text))
        assert "`a/__init__.py`" in str(e.value)
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text)
    with pytest.raises(ConfigError, match="other distributions may share"):
        check_tree(config_of("a.b._core"), lambda name: tmp_path / name.replace(".", "/"))


def test_a_namespace_needs_a_regular_package_below_it(config_of):
    with pytest.raises(ConfigError, match=r"share: `a\.b`: no `a/b/__init__\.py`\nhint: add"):
        require_package(config_of("a.b._core", "a"), contents(["a/b/_core.py"]))


def test_a_file_with_the_name_of_the_module_calls_the_loader(tmp_path):
    config = SimpleNamespace(module="a._core", package="a")
    require_call(config, {})
    require_call(config, {"a/_core.py": b"import _a_loader\n_a_loader.bind()\n"})
    file = tmp_path / "_core.py"
    file.write_text("answer = 42\n")
    for other in (file, file.read_bytes()):
        with pytest.raises(ConfigError, match=r"`a/_core\.py` has the name of the"):
            require_call(config, {"a/_core.py": other})


def test_a_module_outside_of_packages_needs_none(config_of):
    require_package(config_of("_fast"), {})
    require_package(config_of("a._core", "a"), contents(["a/b.py"]))


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("_core.py", "answer = 42", r"`a/b/_core\.py` has the name of the extension module"),
        ("_core/__init__.py", "", "two modules of one name: `a.b._core`"),
    ],
)
def test_a_name_that_is_taken_is_found_before_anything_is_compiled(
    config_of, tmp_path, name, text, what
):
    config = config_of("a.b._core")
    (tmp_path / "x/a/b/_core").mkdir(parents=True)
    (tmp_path / "x/a/__init__.py").touch()
    (tmp_path / "x/a/b/_core/__init__.pyi").touch()  # The stubs of its submodules.
    places = {"a": tmp_path / "x/a", "a.b": tmp_path / "x/a/b"}
    check_tree(config, lambda package: places.get(package, tmp_path / package))
    (places["a.b"] / name).write_text(text)
    with pytest.raises(ConfigError, match=what):
        check_tree(config, lambda package: places.get(package, tmp_path / package))


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (
            "_a_loader/__init__.py",
            "has the name of the package that the build makes for the loader",
        ),
        ("_a_fast/data.json", "makes for the runtime `fast`\nhint: rename it, or the runtime, or"),
        ("_A_Fast/__init__.py", "makes for the runtime `fast`"),
        ("_a_fast.py", "makes for the runtime `fast`"),
        ("_a_fast.pyi", "makes for the runtime `fast`"),
    ],
)
def test_a_package_that_the_build_makes_is_not_there_already(config_of, path, what):
    config = config_of("a._core")
    refuse_own_names(config, ["_a_v4/__init__.py", "a/_a_fast.py", "_a_fastx.py"])
    with pytest.raises(ConfigError) as caught:
        refuse_own_names(config, ["a/__init__.py", path])
    assert f"`{path}` " in str(caught.value)
    assert what in str(caught.value)


@pytest.mark.parametrize("name", ["_a_loader/__init__.py", "_a_fast/__init__.py", "_a_fast.py"])
def test_a_name_of_the_builds_own_is_found_before_anything_is_compiled(config_of, tmp_path, name):
    config = config_of("a._core")
    (tmp_path / "src/_a_fast").mkdir(parents=True)
    check_tree(config, lambda package: tmp_path / "src" / package)
    (tmp_path / "src" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "src" / name).touch()
    with pytest.raises(ConfigError, match="that the build makes"):
        check_tree(config, lambda package: tmp_path / "src" / package)
