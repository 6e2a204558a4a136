"""Two extension modules without the stable ABI, each of a crate of its own, for two Pythons."""

import re
import shutil
import sys
import zipfile

import pytest
from folders import lay_out, scratch, unpack

from rtvariants.toolchain import interpreters

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
    pytest.mark.skipif(sys.platform != "linux", reason="modules that link with no library"),
]
HERE = "{}.{}".format(*sys.version_info)
CONFIG = """
[build-system]
requires = ["hatchling>=1.28", "rtvariants"]
build-backend = "hatchling.build"
[project]
name = "pair"
version = "1.0.0"
requires-python = ">=3.10"
[tool.hatch.build.hooks.rtvariants]
[tool.hatch.build.targets.wheel]
packages = ["python/pair"]
[tool.hatch.build.targets.sdist]
include = ["/python"]
[tool.rtvariants]
crate = "crates/one"
module = "pair._one"
modules = [{ module = "pair.sub._two", crate = "crates/two" }]
runtimes = [{ name = "v3", level = "x86_64_v3" }, { name = "base", level = "x86_64" }]
[tool.rtvariants.test]
run = '''
import sys, pair._one, pair.sub._two
for module in (pair._one, pair.sub._two):
    assert "cpython-3%d-" % sys.version_info[1] in module.__file__
assert (pair._one.VALUE, pair.sub._two.VALUE) == (1, 2)
'''
"""
# The C API alone, so that nothing else has to be compiled. pyo3 has no part in which Python a
# module is for.
CODE = """
use core::ffi::{c_char, c_int, c_long, c_void};
#[repr(C)]
struct Def([isize; 5], *const c_char, [isize; 7]);
unsafe impl Sync for Def {}
static mut DEF: Def = Def([1, 0, 0, 0, 0], NAME.as_ptr(), [0, -1, 0, 0, 0, 0, 0]);
const NAME: &core::ffi::CStr = c"EXTENSION";
unsafe extern "C" {
    fn PyModule_Create2(def: *mut Def, version: c_int) -> *mut c_void;
    fn PyModule_AddIntConstant(module: *mut c_void, name: *const c_char, value: c_long) -> c_int;
}
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInit_EXTENSION() -> *mut c_void {
    unsafe {
        let module = PyModule_Create2(&raw mut DEF, 1013);
        PyModule_AddIntConstant(module, c"VALUE".as_ptr(), NUMBER);
        module
    }
}
"""


def crate(name, number):
    manifest = f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2024"\n[workspace]\n'
    lock = f'version = 4\n\n[[package]]\nname = "{name}"\nversion = "1.0.0"\n'
    return {
        f"crates/{name}/Cargo.toml": manifest + '[lib]\ncrate-type = ["cdylib"]\n',
        f"crates/{name}/Cargo.lock": lock,
        f"crates/{name}/src/lib.rs": CODE.replace("EXTENSION", f"_{name}").replace(
            "NUMBER", number
        ),
    }


FILES = {
    "pyproject.toml": CONFIG,
    "python/pair/__init__.py": "",
    "python/pair/sub/__init__.py": "",
    **crate("one", "1"),
    **crate("two", "2"),
}


@pytest.fixture(scope="module")
def tree():
    folder = scratch("pair")
    for old in ("dist", "crates", "python"):
        shutil.rmtree(folder / old, ignore_errors=True)
    return lay_out(folder, FILES)


@pytest.fixture(scope="module")
def other():
    """Return another Python of this machine, by its version."""
    found = [v for v in interpreters.installed() if re.fullmatch(r"3\.1[0-9]", v) and v != HERE]
    if not found:
        pytest.skip(f"NOT TESTED: no Python but {HERE} on this machine")
    return found[0]


def modules(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    return sorted(name for name in names if name.endswith(".so"))


def tag(version):
    return "cp" + version.replace(".", "")


def test_each_python_gets_a_wheel_with_whole_loaders_that_runs_there(tree, other, ok, tmp_path):
    rtvariants = ("-m", "rtvariants")
    ok(*rtvariants, "build", "--python", f"{HERE},{other}", "--out", tmp_path, tree)
    wheels = sorted(tmp_path.iterdir())
    assert {wheel.name.split("-")[2] for wheel in wheels} == {tag(HERE), tag(other)}
    for wheel in wheels:
        suffix = f".{wheel.name.split('-')[2].replace('cp', 'cpython-')}-x86_64-linux-gnu.so"
        folders = ("_pair_base", "_pair_sub__two_base", "_pair_sub__two_v3", "_pair_v3")
        stems = ("_one", "_two", "_two", "_one")
        assert modules(wheel) == [
            f"{folder}/{stem}{suffix}" for folder, stem in zip(folders, stems, strict=True)
        ]
    said = ok(*rtvariants, "test", "--no-emulation", "--no-index", "--project", tree, *wheels)
    for python in ("", f", Python {other}"):
        for runtime in ("v3", "base"):
            assert f"ok      {runtime} runs on this CPU{python}: " in said
    assert "8 runs, 0 failed" in said


def test_the_sdist_has_each_crate_with_its_lock_file_and_builds_the_same_modules(
    tree, ok, tmp_path
):
    ok("-m", "build", "--no-isolation", "--outdir", tmp_path, tree)
    (sdist,), (wheel,) = tmp_path.glob("*.tar.gz"), tmp_path.glob("*.whl")
    unpack(sdist, tmp_path)
    assert {
        f"crates/{name}/{file}"
        for name in ("one", "two")
        for file in ("Cargo.toml", "Cargo.lock", "src/lib.rs")
    } <= {str(p.relative_to(tmp_path / "pair-1.0.0")) for p in tmp_path.glob("pair-1.0.0/**/*")}
    assert {name.split(".")[1] for name in modules(wheel)} == {
        f"cpython-{HERE.replace('.', '')}-x86_64-linux-gnu"
    }
    assert len(modules(wheel)) == 4
