"""Both ways of the loader find one runtime, wherever else there are packages of its name."""

import os
import sys
import types
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.unit.loader.conftest import stamp

from rtvariants import loader
from rtvariants.loader import choice, installed, section
from rtvariants.loader.errors import NoRuntimeError
from rtvariants.shim import generated

from .test_decide import runtime, table

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the quick path is Linux's")

TABLE = table(runtime(name, (), "auto", 32, "system") for name in ("r0", "r1"))
#: Where a package of the name `_p_r0` may be, as Python searches it.
PLACES = ["start", "earlier", "beside", "later"]
GOOD = {"__init__.py": b"", "rtvariants.stamp": None, "_core.py": b""}
#: What a package is without: a whole one, an uninstalled one, damaged ones.
LACKS = [[], [], [], [*GOOD], *([name] for name in GOOD), ["__init__.py", "_core.py"]]
WORLDS = st.fixed_dictionaries({
    "files": st.fixed_dictionaries({p: st.none() | st.sampled_from(LACKS) for p in PLACES}),
    "version": st.fixed_dictionaries({p: st.sampled_from("111112") for p in PLACES}),
    "imported": st.dictionaries(
        st.sampled_from(["_p_r0", "_p_r0._core", "_p_r1"]), st.sampled_from(PLACES)
    ),
})  # fmt: skip


def write(folder, name, lacks, version):
    folder.mkdir(parents=True)
    facts = {"package": "p", "version": version, "runtime": name, "level": "x86_64"}
    text = stamp(**facts, target="x86_64-unknown-linux-gnu")
    for file, data in GOOD.items():
        if file not in lacks:
            (folder / file).write_bytes(text if data is None else data)


def install(world, root):
    for place in PLACES:
        (root / place).mkdir(parents=True)
        if (lacks := world["files"][place]) is not None:
            write(root / place / "_p_r0", "r0", lacks, world["version"][place])
    write(root / "beside" / "_p_r1", "r1", [], "1")


def imported(world, root):
    """Return the modules that the program has imported before, from anywhere."""
    found = {}
    for name, place in world["imported"].items():
        module = found[name] = types.ModuleType(name)
        folder = root / place / name.partition(".")[0]
        if "." in name:
            module.__file__ = str(folder / "_core.py")
        else:
            module.__path__, module.__file__ = [str(folder)], str(folder / "__init__.py")
    return found


def right(world, root):
    """Return the folder that the runtime must come from."""
    files, version = world["files"], world["version"]
    left = ("__init__.py", "rtvariants.stamp")
    beside = files["beside"] is not None and not set(left) <= set(files["beside"])
    others = [p for p in ("earlier", "later") if files[p] is not None]
    regular = [p for p in others if "__init__.py" not in files[p]]
    for place in ["beside"] if beside else regular[:1]:
        whole = not {"rtvariants.stamp", "_core.py"} & set(files[place])
        if whole and version[place] == "1":
            return root / place / "_p_r0"
    return root / "beside" / "_p_r1"


def found(world, root, way):
    """Return the folder of what one way takes in a process of this world; `None` for nothing."""
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as inside:
        for name, module in imported(world, root).items():
            inside.setitem(sys.modules, name, module)
        module = way()
        for name in set(sys.modules) - before - set(world["imported"]):
            del sys.modules[name]
    if module is None:
        return None
    return root / os.path.relpath(os.path.dirname(module.__file__), root)


def long():
    try:
        return choice.choose(TABLE)[0]
    except NoRuntimeError:
        return None


def answers(world, root):
    with pytest.MonkeyPatch.context() as patch:
        install(world, root)
        patch.chdir(root / "start")
        patch.setattr(sys, "path", ["", *(str(root / p) for p in PLACES[1:]), *sys.path])
        patch.setattr(sys.implementation, "_multiarch", "x86_64-linux-gnu", raising=False)
        # The natives of these worlds are Python files, which have no sections.
        patch.setattr(loader, "carries", lambda *_: True)
        patch.setattr(section, "contains", lambda *_: True)
        patch.setattr(loader, "__path__", [f"{root / 'beside'}/{loader.__name__}"])
        for name, value in generated.facts([TABLE]).items():
            patch.setattr(loader, name, value)
        quick = found(world, root, loader._quick)
        chosen = found(world, root, long)
    return quick, chosen


def the_long_way_finds_the_right_one(world, root):
    assert answers(world, root)[1] == right(world, root)


def the_quick_way_finds_no_other_one(world, root):
    quick, chosen = answers(world, root)
    assert quick in (None, chosen)


def a_whole_installation_is_quick(world, root):
    world["files"]["beside"], world["version"]["beside"] = [], "1"
    quick, chosen = answers(world, root)
    assert quick == chosen == root / "beside" / "_p_r0"


PROPERTIES = [
    the_long_way_finds_the_right_one, the_quick_way_finds_no_other_one,
    a_whole_installation_is_quick,
]  # fmt: skip


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda p: p.__name__)
def test(holds):
    @settings(max_examples=80, deadline=None)
    @given(WORLDS)
    def run(world):
        with TemporaryDirectory() as folder:
            holds(world, Path(folder))

    run()


# ------------------------------------------------------------------------------ planted errors


def as_python_does(package):
    """Find a package as an import does: what is first on the path, or already imported."""
    try:
        module = __import__(package)
    except ImportError:
        return None
    if module.__file__ is None:
        return None
    return next(iter(getattr(module, "__path__", [])), None), None


FAULTY = {
    "imports the package": (choice, "find", as_python_does, 0),
    "imports the package, but not on the quick way": (choice, "find", as_python_does, 1),
    "searches where the program starts": (
        installed, "_searched", lambda: (list(sys.path), []), 0,
    ),
    "takes every imported module": (loader, "_is_file_of", lambda *_: True, 0),
    "is never quick": (loader, "_quick", lambda: None, 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_planted_error_is_found(name, monkeypatch):
    module, what, faulty, which = FAULTY[name]
    monkeypatch.setattr(module, what, faulty)

    @settings(max_examples=2000, report_multiple_bugs=False, database=None, deadline=None,
              phases=[Phase.generate])  # fmt: skip
    @given(WORLDS)
    def run(world):
        with TemporaryDirectory() as folder:
            PROPERTIES[which](world, Path(folder))

    with pytest.raises(AssertionError):
        run()
