"""The program of every run: it loads the package, and prints facts of the loaded runtime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rtvariants.shim import place

from .sets import WheelSet

#: The exit status of a process in which the loader or the guard refused in words.
REFUSED = 3
#: The facts of the chosen runtime that the program prints, by their names in the loader's table.
FIELDS = ("name", "level", "allocator", "index_bits", "abi")
MARK = "rtvariants-probe "
# The loader runs first: what it reports must be true before the package adds anything.
_PROGRAM = """
import hashlib, importlib, importlib.metadata, json, sys
loader = importlib.import_module({loader!r})
try:
    loader.bind()
except ImportError as error:
    print("{mark}" + json.dumps({{"refused": str(error), "kind": type(error).__name__}}))
    sys.exit({refused})
# Python imports the package and its module afterwards, as it does in any process.
core = sys.modules.pop(loader.ALIAS)
chosen = loader.decision().chosen
with open(core.__file__, "rb") as file:
    digest = hashlib.sha256(file.read()).hexdigest()
facts = {{name: getattr(chosen, name) for name in {fields!r}}}
facts["version"] = importlib.metadata.version({project!r})
print("{mark}" + json.dumps({{"facts": facts, "native": digest}}), flush=True)
importlib.import_module({module!r})
exec(compile({code!r}, "<tool.rtvariants.test>", "exec"), {{"__name__": "__main__"}})
"""


def program(each: WheelSet, code: str) -> str:
    """Return the Python program that prints what was loaded and then runs `code`."""
    return _PROGRAM.format(
        loader=place.loader_of(each.table.package),
        mark=MARK,
        refused=REFUSED,
        fields=FIELDS,
        project=each.wheels[0].project,
        module=each.table.alias,
        code=code,
    )


# Imports what distributions consist of, if they are installed.
_IMPORTS = """
import importlib, importlib.metadata
for name in {names!r}:
    try:
        files = importlib.metadata.files(name) or ()
    except importlib.metadata.PackageNotFoundError:
        continue
    tops = {{str(f).partition("/")[0] for f in files if str(f).count("/") == 1}}
    for top in sorted(t for t in tops if t.isidentifier() and not t.startswith("_")):
        importlib.import_module(top)
"""


def imports(names: Sequence[str]) -> str:
    """Return a Python program that imports the packages of distributions."""
    return _IMPORTS.format(names=[*names])


def printed(out: str) -> dict[str, Any]:
    """Return what the program printed about itself; empty if it printed nothing."""
    lines = [line for line in out.splitlines() if line.startswith(MARK)]
    found: dict[str, Any] = json.loads(lines[0].removeprefix(MARK)) if lines else {}
    return found
