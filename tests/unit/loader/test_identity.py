"""One module under one name: what the bound module says of itself, and how it survives imports.

The natives are Python files here; tests/integration/test_identity.py has real ones.
"""

import zipapp

import pytest

NATIVE = """
from collections import OrderedDict
from fractions import Fraction as Borrowed
NAME = {name!r}
class Plain: pass
class Guarded: __module__ = "_core_unguarded"
class Own: __module__ = "sample._core"
class Nobody: __module__ = "builtins"
Builtin = ValueError
count = globals().get("count", 0) + 1
"""


@pytest.fixture
def package(sample):
    for name in ("fast", "wide", "plain"):
        sample.native(name, NATIVE.format(name=name))
    return sample


def ok(sample, code, **env):
    done = sample.python("-c", code, **env)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("runtime", ["fast", "wide", "plain"])
def test_nothing_that_the_module_says_about_itself_names_the_runtime(package, runtime):
    code = """
import sample, sys
core = sys.modules["sample._core"]
spec = core.__spec__
assert spec.loader is core.__loader__, spec.loader
print(core.NAME, core.__name__, spec.name, core.__package__, spec.parent, spec.has_location)
print(core.__file__ == spec.origin, repr(core).split("'")[1])
"""
    assert ok(package, code, SAMPLE_RUNTIME=runtime).splitlines() == [
        f"{runtime} sample._core sample._core sample sample True",
        "True sample._core",
    ]


def test_classes_without_a_module_of_their_own_get_the_public_one(package):
    code = """
import sample
c = sample.core
for kind in (c.Plain, c.Guarded, c.Own, c.Nobody, c.OrderedDict, c.Borrowed, c.Builtin):
    print(kind.__module__)
"""
    assert ok(package, code).split() == [
        *["sample._core"] * 4, "collections", "fractions", "builtins",
    ]  # fmt: skip


def test_a_reload_leaves_the_module_as_it_is(package):
    code = """
import importlib, sample, sample._core as core
before = dict(vars(core))
assert importlib.reload(core) is core
assert importlib.reload(sample).core is core
changed = {k for k, v in vars(core).items() if before.get(k) != v} - {"__cached__"}
print(core.count, core.__name__, core.__spec__.name, *changed)
"""
    assert ok(package, code) == "1 sample._core sample._core"


@pytest.mark.parametrize("dropped", ["sample", "sample._core", "sample _sample_loader", "sample."])
def test_a_package_dropped_from_sys_modules_comes_back_with_the_same_module(package, dropped):
    code = f"""
import sys, sample
core = sample.core
for word in {dropped!r}.split():
    for name in [n for n in sys.modules if n == word or n.startswith(word + ".")]:
        del sys.modules[name]
import sample as again, sample._core
assert again.core is core is sample._core is sys.modules["sample._core"]
print(core.count, [f for f in sys.meta_path if "sample" in repr(f)])
"""
    assert ok(package, code) == "1 []"


def test_only_the_public_name_is_found(package):
    code = """
import importlib.util, sample
assert importlib.util.find_spec("sample._core") is sample.core.__spec__
print(importlib.util.find_spec("sample.other"), importlib.util.find_spec("_core"))
"""
    assert ok(package, code) == "None None"


def test_the_loader_answers_inspection_like_the_one_of_the_file(package):
    code = """
import inspect, pkgutil, sample
print(inspect.getsourcefile(sample.core) == sample.core.__file__)
print(sample.core.__loader__.is_package("sample._core"))
"""
    assert ok(package, code).split() == ["True", "False"]


def test_a_package_without_the_file_gets_the_module_from_load(package):
    (package.folder / "sample" / "_core.py").unlink()
    init = package.folder / "sample" / "__init__.py"
    init.write_text("from _sample_loader import load\ncore = load()\n")
    code = """
import sys, sample, sample._core, _sample_loader
core = sample.core
assert core is sample._core is sys.modules["sample._core"] is _sample_loader.load()
del sys.modules["sample._core"], sample._core
assert core is _sample_loader.load() is sample._core
del sys.modules["sample"], sys.modules["sample._core"]
import sample as again
print(again.core is core is again._core, core.count, core.__name__, core.NAME)
"""
    assert ok(package, code) == "True 1 sample._core fast"
    refused = package.python("-c", "import sample", SAMPLE_RUNTIME="nix")
    assert "UnknownRuntimeError" in refused.stderr
    assert "ModuleNotFoundError" not in refused.stderr


def test_threads_get_one_module_also_from_a_package_without_the_file(package):
    package.native("fast", NATIVE.format(name="fast") + "import time; time.sleep(0.2)\n")
    (package.folder / "sample" / "_core.py").unlink()
    (package.folder / "sample" / "__init__.py").write_text("")
    code = """
import threading
from _sample_loader import load
found = []
threads = [threading.Thread(target=lambda: found.append(load())) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), len({id(module) for module in found}), found[0].count)
"""
    assert ok(package, code) == "8 1 1"


def test_load_does_not_take_a_module_that_another_tool_left_for_the_chosen_one(package):
    (package.folder / "sample" / "_core.py").write_text("NAME = 'left by another tool'")
    code = "import _sample_loader; print(_sample_loader.load().NAME)"
    assert ok(package, code) == "fast"


def test_threads_that_load_at_once_get_one_module(package):
    package.native("fast", NATIVE.format(name="fast") + "import time; time.sleep(0.2)\n")
    code = """
import sys, threading, time
sys.setswitchinterval(1e-4)
barrier = threading.Barrier(16)
found, failed = [], []
def work(number):
    barrier.wait()
    try:
        if number % 3 == 0:
            import sample
            found.append(sample.core)
        elif number % 3 == 1:
            # Python refuses to import a submodule while another thread begins its package.
            while "sample" not in sys.modules:
                time.sleep(0.001)
            from sample._core import NAME, __name__ as said
            import sample._core as core
            found.append(core)
        else:
            from _sample_loader import load
            found.append(load())
    except BaseException as error:
        failed.append(error)
threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
core = sys.modules["sample._core"]
print(len(found), {id(m) for m in found} == {id(core)}, failed, core.count)
"""
    assert ok(package, code) == "16 True [] 1"


def test_load_does_not_deadlock_with_a_thread_that_begins_the_package(package):
    code = """
import sys, threading, time
from _sample_loader import load
begins = threading.Event()
class Slow:
    def find_spec(name, path=None, target=None):
        if name == "sample":
            begins.set()
            time.sleep(0.3)
sys.meta_path.insert(0, Slow)
failed = []
def work():
    try:
        import sample
    except BaseException as error:
        failed.append(error)
thread = threading.Thread(target=work)
thread.start()
begins.wait()
print(load().NAME)
thread.join()
print(failed)
"""
    assert ok(package, code).splitlines() == ["fast", "[]"]


# ---------------------------------------------------------- places where no runtime can be loaded


@pytest.mark.parametrize("request_", ["auto", "plain"])
def test_a_zip_file_is_refused_with_a_hint(package, tmp_path, request_):
    target = package.folder.parent / f"{package.folder.name}.pyz"
    (package.folder / "__main__.py").write_text("import sample")
    zipapp.create_archive(package.folder, target)
    done = package.python(str(target), SAMPLE_RUNTIME=request_, PYTHONPATH="")
    assert done.returncode == 1
    assert f"an extension module can't be loaded from a zip file: `{target}`" in done.stderr
    assert done.stderr.endswith(
        "hint: install `sample` next to the zip file instead of into it, or pack with a tool that "
        "unpacks extension modules at startup, such as `pex` or `shiv`\n"
    )


REFUSALS = {
    "isolated": "module _sample_fast._core does not support loading in subinterpreters",
    "pyo3": "PyO3 modules do not yet support subinterpreters, see its issue 576",
    "guard": "rtvariants: another interpreter of this process holds this module\\nhint: x",
}


@pytest.mark.parametrize("who", REFUSALS)
@pytest.mark.parametrize("request_", ["auto", "fast"])
def test_in_a_subinterpreter_no_other_runtime_is_tried(package, who, request_):
    package.native("fast", f"raise ImportError('{REFUSALS[who]}')")
    package.native("plain", "raise SystemExit('a second runtime in this process')")
    error = package.chosen(SAMPLE_RUNTIME=request_)
    fact = REFUSALS[who].removeprefix("rtvariants: ").partition("\\n")[0]
    assert f"it can't be imported in this interpreter: {fact}" in error
    assert "\nhint: import `sample` only in the main interpreter" in error
    assert error.startswith("NoRuntimeError" if request_ == "auto" else "UnrunnableRuntimeError")
