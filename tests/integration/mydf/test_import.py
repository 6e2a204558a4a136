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
