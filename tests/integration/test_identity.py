"""The bound module is one and the same whatever the runtime, in every place that it is imported.

With the natives of the second package; tests/unit/loader/test_identity.py plants what they can't.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipapp
import zipfile

import pytest

pytestmark = pytest.mark.slow

RUNTIMES = ("fast", "wide", "safe")


class Installed:
    """An environment of its own with the second package in it, and nothing else."""

    def __init__(self, folder, wheel):
        venv.create(folder, symlinks=True)
        self.python = str(folder / "bin" / "python")
        (self.site,) = folder.glob("lib/python*/site-packages")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self.site)

    def run(self, *argv, prefix=(), text=True, data=None, **env):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("GREETER_", "PYTHON"))}
        return subprocess.run(
            [*prefix, self.python, *map(str, argv)], env=clean | env, input=data, text=text,
            capture_output=True, check=False, cwd="/", timeout=120,
        )  # fmt: skip

    def ok(self, *argv, **options):
        done = self.run(*argv, **options)
        assert (done.returncode, done.stderr) == (0, "" if options.get("text", True) else b"")
        return done.stdout.strip()

    def files(self):
        return {path: path.stat().st_mtime_ns for path in self.site.rglob("*")}


@pytest.fixture(scope="module")
def installed(greeter_wheel, tmp_path_factory):
    return Installed(tmp_path_factory.mktemp("identity") / "env", greeter_wheel)


# ---------------------------------------------------------------------------------- one module

FACTS = """
import inspect, json, sys, greeter
from _greeter_loader import decision
core = sys.modules["greeter._hello"]
facts = {"chosen": decision().chosen.name, "file": core.__file__, "said": {}}
facts["same"] = core is greeter._hello is sys.modules[f"_greeter_{facts['chosen']}._hello"]
for name, item in (("module", core), ("spec", core.__spec__)):
    for key in ("__name__", "__package__", "name", "parent", "__module__"):
        facts["said"][f"{name}.{key}"] = getattr(item, key, None)
for name, item in vars(core).items():
    if name.startswith("__"):
        continue
    facts["said"][name] = item.__module__
    facts.setdefault("exports", {})[name] = [repr(type(item)), item.__doc__, signature(item)]
    for member, value in sorted(vars(item).items()) if isinstance(item, type) else ():
        facts["exports"][f"{name}.{member}"] = [repr(type(value)), value.__doc__, signature(value)]
print(json.dumps(facts))
"""
SIGNATURE = """
def signature(item):
    return getattr(item, "__text_signature__", None)
"""


@pytest.fixture(scope="module")
def facts(installed):
    """Return what each runtime says of itself and exports."""
    return {
        name: json.loads(installed.ok("-c", SIGNATURE + FACTS, GREETER_RUNTIME=name))
        for name in RUNTIMES
    }


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_only_the_file_names_the_runtime(facts, runtime):
    found = facts[runtime]
    assert (found["chosen"], found["same"]) == (runtime, True)
    assert f"_greeter_{runtime}/" in found["file"]
    said = {key: value for key, value in found["said"].items() if value is not None}
    assert {value for key, value in said.items() if not key.endswith(("parent", "package__"))} == {
        "greeter._hello", "_frozen_importlib",
    }  # fmt: skip
    assert said["module.__package__"] == said["spec.parent"] == "greeter"
    assert said["Greeter"] == said["greet"] == "greeter._hello"


def differences(exports):
    """Return each name whose kind, text or signature is not the same in all runtimes."""
    names = sorted(set().union(*exports.values()))
    return [name for name in names if len({str(found.get(name)) for found in exports.values()}) > 1]


def test_all_runtimes_export_the_same_names_texts_and_signatures(facts):
    exports = {name: found["exports"] for name, found in facts.items()}
    assert {"Greeter", "Greeter.greet", "greet", "most", "stamp"} <= set(exports["fast"])
    assert exports["fast"]["greet"][2] == "(name)"
    assert differences(exports) == []


def test_a_difference_between_runtimes_is_detected(facts):
    exports = {name: dict(found["exports"]) for name, found in facts.items()}
    del exports["wide"]["most"]
    exports["safe"]["greet"] = [*exports["safe"]["greet"][:2], "(name, loud=False)"]
    assert differences(exports) == ["greet", "most"]


def test_pickles_travel_between_all_runtimes(installed):
    code = """
import pickle, sys, greeter
data = sys.stdin.buffer.read()
if data:
    assert b"_greeter" not in data, data
    kind, function, one, both = pickle.loads(data)
    assert kind is greeter.Greeter and function is greeter.greet and both["in"][0] is one
else:
    one = greeter.Greeter("Ada", 0)
one.greet()
things = (greeter.Greeter, greeter.greet, one, {"in": [one]})
sys.stdout.buffer.write(pickle.dumps(things, protocol=int(sys.argv[1])))
"""
    for protocol in (0, 2, 5):
        data = b""
        for runtime in ("fast", "safe", "wide", "fast"):
            data = installed.ok(
                "-c", code, protocol, data=data, text=False, GREETER_RUNTIME=runtime
            )
        code_ = "import pickle, sys; print(pickle.load(sys.stdin.buffer)[2].greet())"
        said = installed.ok("-c", code_, data=data, text=False, GREETER_RUNTIME="safe")
        assert said == b"Hello number 5 from Ada!"


def test_a_reload_keeps_the_module_and_its_classes(installed):
    code = """
import importlib, pickle, sys, greeter
core, kind, one = greeter._hello, greeter.Greeter, greeter.Greeter("Ada", 0)
before = dict(vars(core))
assert importlib.reload(core) is core is importlib.import_module("greeter._hello")
assert importlib.reload(greeter).Greeter is kind
assert dict(vars(core)) == before
for name in [n for n in sys.modules if "greeter" in n]:
    del sys.modules[name]
import greeter as again
assert again is not greeter and again.Greeter is kind and isinstance(one, again.Greeter)
print(pickle.loads(pickle.dumps(one)).greet(), again._hello.__name__)
"""
    assert installed.ok("-c", code) == "Hello number 1 from Ada! greeter._hello"


def test_threads_that_import_at_once_get_one_module(installed):
    code = """
import pickle, sys, threading
one = b"cgreeter\\nGreeter\\n(VAda\\nI0\\ntR."
def plain():
    import greeter
    return greeter._hello
def loader():
    import _greeter_loader
    return _greeter_loader.load()
def unpickled():
    return sys.modules[type(pickle.loads(one)).__module__]
barrier, found = threading.Barrier(24), []
def work(do):
    barrier.wait()
    found.append(do())
threads = [threading.Thread(target=work, args=([plain, loader, unpickled][n % 3],))
           for n in range(24)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), {m.__name__ for m in found}, len({id(m) for m in found}))
"""
    for _ in range(5):
        assert installed.ok("-c", code) == "24 {'greeter._hello'} 1"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_worker_processes_get_the_same_runtime_and_the_objects_sent_to_them(
    installed, tmp_path, method
):
    script = tmp_path / "parent.py"
    script.write_text(f"""
import multiprocessing, greeter
def work(one):
    import greeter
    from _greeter_loader import decision
    return decision().chosen.name, greeter.most(), one.greet(), greeter.Greeter("Child", 1)
if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        for name, most, said, back in pool.map(work, [greeter.Greeter("Ada", 0)] * 2):
            print(name, most == greeter.most(), said, back.greet())
""")
    said = installed.ok("-W", "ignore::DeprecationWarning", script, GREETER_RUNTIME="wide")
    assert (
        said.splitlines() == ["wide True Hello number 1 from Ada! Hello number 2 from Child!"] * 2
    )


# ---------------------------------------------------------------------------- subinterpreters

INTERPRETERS = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
def other(code, isolated):
    if sys.version_info >= (3, 13):
        made = interpreters.create("isolated" if isolated else "legacy")
        failed = interpreters.exec(made, code)
        assert failed is None, failed
    elif sys.version_info >= (3, 12):
        interpreters.run_string(interpreters.create(isolated=isolated), code)
    else:
        interpreters.run_string(interpreters.create(), code)
TRY = '''
try:
    import greeter
    print("in", greeter.greet("x"), flush=True)
except ImportError as error:
    print(type(error).__name__, error, sep=": ", flush=True)
'''
"""
HINT = (
    "hint: import `greeter` only in the main interpreter; for parallel work use threads or "
    "processes instead of subinterpreters"
)


@pytest.mark.parametrize("request_", [{}, {"GREETER_RUNTIME": "safe"}])
@pytest.mark.parametrize("isolated", [False, True])
def test_a_second_interpreter_is_refused_whatever_the_runtime(installed, isolated, request_):
    code = f"{INTERPRETERS}\nexec(TRY)\nother(TRY, {isolated})\nprint(greeter.greet('again'))"
    first, kind, *_, hint, last = installed.ok("-c", code, **request_).splitlines()
    assert (first, last) == ("in Hello, x!", "Hello, again!")
    assert kind.partition(":")[0] == ("UnrunnableRuntimeError" if request_ else "NoRuntimeError")
    assert hint == HINT


def test_a_subinterpreter_may_be_the_only_one_with_the_module(installed):
    # As under `mod_wsgi`, whose main interpreter imports nothing. Since Python 3.13 the guard
    # can't tell interpreters apart, and the loader refuses all but the main one.
    code = f"{INTERPRETERS}\nother(TRY, False)\nprint()\nexec(TRY)"
    said = installed.ok("-c", code).split("\n\n")
    refusal = said.pop(0 if sys.version_info >= (3, 13) else 1).splitlines()
    assert said[0].strip() == "in Hello, x!"
    assert refusal[0].startswith("NoRuntimeError: no runtime of `greeter` 1.4.0 can run here")
    reason = "it can't be imported in this interpreter: "
    assert [reason in line for line in refusal[1:4]] == [True] * 3
    assert refusal[-1] == HINT


def test_without_the_guard_a_second_interpreter_gets_in(installed):
    # The control: PyO3's own init function asks for nothing.
    path = installed.site / "_greeter_safe" / "_hello.abi3.so"
    load = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("_hello_unguarded", {str(path)!r})
print(importlib.util.module_from_spec(spec).__name__, flush=True)
"""
    code = f"{INTERPRETERS}\nload = {load!r}\nexec(load)\nother(load, False)"
    assert installed.ok("-c", code).split() == ["_hello_unguarded"] * 2


# -------------------------------------------------------------------------- where it is imported

SAY = "import greeter; print(greeter.greet('x'), greeter._hello.__name__)"
SAID = "Hello, x! greeter._hello"


@pytest.mark.parametrize("flags", ["-I", "-P", "-B", "-OO", "-E -s", "-X utf8 -W error"])
def test_flags_of_python_change_nothing(installed, flags):
    if flags == "-P" and sys.version_info < (3, 11):
        pytest.skip("Python 3.11 brought it")
    assert installed.ok(*flags.split(), "-c", SAY) == SAID


def test_without_site_the_path_is_all_it_needs(installed):
    code = f"import sys; sys.path.append({str(installed.site)!r}); {SAY}"
    for flags in (["-S"], ["-I", "-S"]):
        assert installed.ok(*flags, "-c", code) == SAID


def test_only_bytecode_is_written_and_nothing_where_that_is_off(installed):
    shutil.rmtree(installed.site / "_greeter_loader" / "__pycache__", ignore_errors=True)
    before = installed.files()
    assert installed.ok("-c", SAY, PYTHONDONTWRITEBYTECODE="1") == SAID
    assert installed.files() == before
    assert installed.ok("-c", SAY) == SAID
    new = set(installed.files()) - set(before)
    assert {path.suffix for path in new} == {"", ".pyc"}


def test_a_read_only_installation_works(installed):
    folders = [path for path in (installed.site, *installed.site.rglob("*")) if path.is_dir()]
    # Root writes where it likes, unless it gives up the right to.
    prefix = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    if prefix and not shutil.which(prefix[0]):
        pytest.skip("root without `setpriv`")
    write = f"open({str(installed.site / '_greeter_loader' / 'x')!r}, 'w')"
    for folder in folders:
        folder.chmod(0o555)
    try:
        for runtime in ("auto", "safe"):
            assert installed.ok("-c", SAY, prefix=prefix, GREETER_RUNTIME=runtime) == SAID
        refused = installed.run("-c", write, prefix=prefix)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert "PermissionError" in refused.stderr


def test_a_zipapp_is_refused_with_a_hint(installed, tmp_path):
    shutil.copytree(installed.site, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "app" / "__main__.py").write_text(SAY)
    app = tmp_path / "app.pyz"
    zipapp.create_archive(tmp_path / "app", app)
    done = installed.run("-I", "-S", app)
    assert done.returncode == 1
    assert f"fast: an extension module can't be loaded from a zip file: `{app}`" in done.stderr
    assert "hint: install `greeter` next to the zip file instead of into it" in done.stderr
    # Next to the zip file it works as usual.
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "__main__.py").write_text(SAY)
    zipapp.create_archive(tmp_path / "small", app)
    assert installed.ok(app) == SAID
