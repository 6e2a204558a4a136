"""The walk of a build: which modules its adapter and the pipeline call, in what order.

The inside of a module does not count, nor what runs in other threads, nor cached properties. A stay
is a call into another module than the one before. The walk climbs back where the next stay is in a
module that is lower in the order of imports than the one before; late and type-only imports count.
"""

import ast
import contextlib
import functools
import itertools
import sys
from pathlib import Path

import rtvariants

ROOT = Path(rtvariants.__file__).parent
FLOW = ("backends.hatchling", "pipeline")


def name_of(file):
    """Return the module of a file, without `rtvariants`; None for a file of others."""
    path = Path(file)
    if not path.is_relative_to(ROOT):
        return None
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def heights():
    """Return each module's height above those that import nothing of the plugin."""
    files = {name_of(path): path for path in ROOT.rglob("*.py")}
    found = {}

    def height(name, above=()):
        if name not in found and name not in above:
            inner = imports(files[name], name) & files.keys() - {"", name}
            found[name] = 1 + max((height(each, (*above, name)) for each in inner), default=0)
        return found.get(name, 0)

    return {name: height(name) for name in files}


def imports(path, name):
    """Return what a module may import: names of modules, and of what is in them."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base += [
                part for part in (node.module or "").split(".") if part not in ("rtvariants", "")
            ]
            own = node.level or (node.module or "").split(".")[0] == "rtvariants"
            named = (".".join([*base, alias.name]) for alias in node.names)
            found |= {".".join(base), *named} if own else set()
    return found


@contextlib.contextmanager
def stays():
    """Give the list of stays of what is called inside."""
    found = []

    def called(frame, event, _):
        mine = name_of(frame.f_code.co_filename) if event == "call" else None
        if mine is None or frame.f_code.co_name == "<module>":
            return
        back = frame.f_back
        if back is not None and back.f_code.co_filename == functools.__file__:
            return  # A value that is computed when it is first read.
        while back is not None and name_of(back.f_code.co_filename) is None:
            back = back.f_back
        if back is None or back.f_code.co_name == "<module>":
            return
        caller = name_of(back.f_code.co_filename)
        if caller in FLOW and caller != mine and found[-1:] != [mine]:
            found.append(mine)

    sys.setprofile(called)
    try:
        yield found
    finally:
        sys.setprofile(None)


def climbs(walk, order):
    """Return how often a walk climbs back."""
    return sum(order[after] < order[before] for before, after in itertools.pairwise(walk))
