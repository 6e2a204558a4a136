"""What `import mydf` reads: nothing that is costly, and no other library of frames."""

import os
import subprocess
import sys

FOREIGN = {"numpy", "pyarrow", "pandas", "polars", "archspec"}
# Not on the loader's path; mydf itself may take them when it is used.
COSTLY = {
    "ctypes", "dataclasses", "importlib.metadata", "json", "pathlib", "platform", "re",
    "subprocess", "typing",
}  # fmt: skip


def imported(statement):
    """Return the modules that a statement brings into a fresh interpreter without `site`."""
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
    # They are there to be imported.
    assert imported("import mydf, numpy") & FOREIGN == {"numpy"}


def test_the_loader_imports_nothing_costly():
    found = imported("import _mydf_loader; _mydf_loader.load()")
    assert "_mydf_loader" in found
    assert found & COSTLY == set()
