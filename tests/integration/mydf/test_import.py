"""`import mydf` imports no slow module and no other DataFrame library."""

import os
import subprocess
import sys

FOREIGN = {"numpy", "pyarrow", "pandas", "polars", "archspec"}
# The loader must not import these; mydf may, when it is used.
SLOW = {
    "ctypes", "dataclasses", "importlib.metadata", "json", "pathlib", "platform", "re",
    "subprocess", "typing",
}  # fmt: skip


def imported(statement):
    """Return the modules that a statement imports into a new interpreter without `site`."""
    code = (
        f"import os, sys; before = set(sys.modules); {statement};"
        "print(*(set(sys.modules) - before))"
    )
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stdout.split())


def test_no_other_library_is_imported():
    found = imported("import mydf")
    assert "mydf._core" in found
    assert found & FOREIGN == set()
    # The control: they can be imported.
    assert imported("import mydf, numpy") & FOREIGN == {"numpy"}


def test_the_loader_imports_no_slow_module():
    found = imported("import _mydf_loader; _mydf_loader.bind()")
    assert "_mydf_loader" in found
    assert found & SLOW == set()


def test_threads_start_with_the_first_work():
    code = """
import os, mydf
def threads():
    return len(os.listdir("/proc/self/task"))
before = threads()
mydf.runtime()
frame = mydf.DataFrame({"a": [2, 1]})
print(before, threads(), end=" ")
frame.sort("a")
print(threads())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"MYDF_THREADS": "3"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    at_import, before, after = map(int, done.stdout.split())
    assert (at_import, before) == (1, 1)
    # The control: they are there afterwards.
    assert after >= 4


def test_a_wrong_number_of_threads_is_an_error_of_the_first_work():
    code = """
import mydf
for work in (lambda: mydf.DataFrame({"a": [2, 1]}).sort("a"), mydf.runtime):
    try:
        work()
    except mydf.errors.ArgumentError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"MYDF_THREADS": "0"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    fact = "MYDF_THREADS: `0` is not a number from 1 to 1024"
    lines = done.stdout.splitlines()
    assert lines[0::2] == [fact, fact]
    assert all(line.startswith("hint: ") for line in lines[1::2])
