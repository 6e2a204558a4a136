"""The rules of ARCHITECTURE.md: its paths exist, and nobody imports what they must not."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = ROOT / "build_plugin" / "src" / "rtvariants"
LOADER = PLUGIN / "loader"
MYDF = ROOT / "python" / "mydf"
# Each costs more than the loader's whole decision.
TOO_SLOW = {
    "ctypes", "dataclasses", "importlib.metadata", "json", "pathlib", "platform", "re",
    "subprocess", "typing",
}  # fmt: skip
# What the plugin and the copies in wheels must see alike.
SHARED = {
    "rtvariants.loader.types",
    "rtvariants.loader.stamp",
    "rtvariants.loader.editable",
}
ADAPTERS = {"hatch", "maturin", "setuptools"}
# The PEP 517 door of a tree that carries the plugin: hatchling with the hook put in by hand.
DOORS = {"backend"}


# ---------------------------------------------------------------------------- what files import


def imports(source, package=""):
    """Yield (module, at the top level or not, relative or not) of each import."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        top = node in tree.body
        if isinstance(node, ast.Import):
            yield from ((alias.name, top, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = parents[: len(parents) - node.level + 1] if node.level else []
            base += [node.module] if node.module else []
            yield from ((".".join([*base, a.name]), top, node.level > 0) for a in node.names)


def is_in(module, packages):
    return any(module == each or module.startswith(f"{each}.") for each in packages)


def loader_faults(source, package="rtvariants.loader"):
    faults = []
    for module, top, relative in imports(source, package):
        if is_in(module, {"archspec"}):
            faults += ["archspec is not imported late"] if top else []
        elif module.split(".")[0] not in sys.stdlib_module_names:
            # Copied into another package, the loader is not `rtvariants.loader` any more.
            inside = relative and is_in(module, {package})
            faults += [] if inside else [f"imports {module}"]
        elif top and is_in(module, TOO_SLOW):
            faults.append(f"imports {module} on the import path")
    return faults


def adapter_faults(name, source):
    others = {f"rtvariants.{other}" for other in ADAPTERS - {name}}
    return [f"imports {m}" for m, *_ in imports(source, "rtvariants") if is_in(m, others)]


def plugin_faults(name, source, package="rtvariants"):
    faults = [
        f"imports {module}"
        for module, *_ in imports(source, package)
        if is_in(module, {"rtvariants.loader"}) and not is_in(module, SHARED)
    ]
    if name not in ADAPTERS | DOORS:
        frameworks = {"hatchling", "maturin", "setuptools", "setuptools_rust"}
        faults += [f"imports {m}" for m, *_ in imports(source, package) if is_in(m, frameworks)]
    return faults


def release_faults(source, package="rtvariants.release"):
    """A release is made of built files: it knows no way of building them."""
    builders = {f"rtvariants.{name}" for name in (*ADAPTERS, *DOORS, "build", "cargo", "package")}
    return [f"imports {m}" for m, *_ in imports(source, package) if is_in(m, builders)]


def mydf_faults(name, source):
    return [
        f"imports {module}"
        for module, *_ in imports(source, "mydf")
        if is_in(module, {"rtvariants"})
        or (name != "_native" and (module.startswith("_mydf_") or is_in(module, {"mydf._core"})))
    ]


def sources(folder):
    files = sorted(folder.rglob("*.py"))
    assert files, f"no Python files in {folder}"
    return files


def package_of(path):
    parts = path.relative_to(PLUGIN.parent).parent.parts
    return ".".join(parts)


def test_the_loader_imports_the_standard_library_alone_and_archspec_late():
    found = {path.name: loader_faults(path.read_text()) for path in sources(LOADER)}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_plugin_takes_only_data_types_from_the_loader_and_adapters_stay_apart():
    found = {}
    for path in sources(PLUGIN):
        if LOADER not in path.parents:
            text = path.read_text()
            faults = plugin_faults(path.stem, text, package_of(path))
            found[path.name] = faults + (
                adapter_faults(path.stem, text) if path.stem in ADAPTERS else []
            )
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_release_knows_no_adapter():
    folder = PLUGIN / "release"
    found = {p.name: release_faults(p.read_text(), package_of(p)) for p in sources(folder)}
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert release_faults("from rtvariants import hatch") == ["imports rtvariants.hatch"]
    assert release_faults("from rtvariants.build import build") != []
    assert release_faults("from rtvariants import config, stamp") == []


def test_mydf_reaches_native_code_through_one_file():
    found = {path.name: mydf_faults(path.stem, path.read_text()) for path in sources(MYDF)}
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import archspec.cpu", "archspec is not imported late"),
        ("import numpy", "imports numpy"),
        ("def f():\n    import packaging.tags", "imports packaging.tags"),
        ("import re", "imports re on the import path"),
        ("from importlib import metadata", "imports importlib.metadata on the import path"),
        ("from rtvariants.loader.types import Table", "imports rtvariants.loader.types.Table"),
        ("from ..plan import make", "imports rtvariants.plan.make"),
    ],
)
def test_a_fault_in_the_loader_is_seen(source, fault):
    assert loader_faults(source) == [fault]


def test_what_the_loader_may_import_is_no_fault():
    good = "import os, sys\nfrom .types import Table\ndef f():\n    import archspec.cpu, re"
    assert loader_faults(good) == []


def test_faults_in_the_plugin_and_in_mydf_are_seen():
    assert plugin_faults("plan", "from .loader.host import detect")
    assert plugin_faults("plan", "def f():\n    import hatchling.build")
    assert not plugin_faults("hatch", "import hatchling\nfrom .loader.types import Table")
    assert adapter_faults("maturin", "from .hatch import hook")
    assert mydf_faults("frame", "from _mydf_loader import load")
    assert mydf_faults("frame", "from . import _core")
    assert mydf_faults("_native", "import rtvariants")
    assert not mydf_faults("_native", "from _mydf_loader import load")


# ------------------------------------------------------------------------------ what crates use


@pytest.fixture(scope="module")
def dependencies():
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--offline"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {
        package["name"]: {each["name"] for each in package["dependencies"]}
        for package in json.loads(found.stdout)["packages"]
    }


def test_crates_depend_in_one_direction(dependencies):
    members = set(dependencies)
    assert members == {"mydf-core", "mydf-io", "mydf-python", "rtvariants-guard"}
    assert dependencies["mydf-core"] & members == set()
    assert dependencies["mydf-io"] & members == {"mydf-core"}
    assert dependencies["mydf-python"] & members == {"mydf-core", "mydf-io", "rtvariants-guard"}
    assert dependencies["rtvariants-guard"] & members == set()


def test_one_crate_alone_knows_python(dependencies):
    users = {n for n, uses in dependencies.items() if any(u.startswith("pyo3") for u in uses)}
    assert users == {"mydf-python"}


# --------------------------------------------------------------------- what the reusable parts say


def naming(folder, word="mydf"):
    """Return the text files below a folder that contain a word."""
    files = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert files
    return [
        str(path) for path in files if word in path.read_bytes().decode(errors="replace").lower()
    ]


@pytest.mark.parametrize("folder", ["build_plugin/src", "crates/rtvariants-guard"])
def test_nothing_reusable_names_mydf(folder):
    assert naming(ROOT / folder) == []


def test_a_name_in_a_reusable_part_is_seen(tmp_path):
    (tmp_path / "a.py").write_text("# as in MyDF")
    assert naming(tmp_path) == [str(tmp_path / "a.py")]


# ------------------------------------------------------------------- what ARCHITECTURE.md promises

PATH = re.compile(r"[\w.-]+/?(?:[\w.-]+/?)*")


def map_paths(text):
    """Yield the paths in the tree under `## Map`: nested by indentation, described after blanks."""
    tree = re.search(r"## Map\n+```\n(.*?)```", text, re.DOTALL)
    above = []
    for line in tree.group(1).splitlines() if tree else []:
        indent = len(line) - len(line.lstrip())
        above = [(depth, name) for depth, name in above if depth < indent]
        names = re.split(r" {3,}", line.strip())[0].split()
        for name in names:
            yield "".join(parent for _, parent in above) + name
        above.append((indent, names[-1]))


def inline_paths(text):
    """Yield the paths in backticks that begin with a folder of the project."""
    folders = ("crates/", "python/", "build_plugin/", "tests/", "benches/", "docs/", ".ci/")
    for word in re.findall(r"`([^`\s]+)`", text):
        if word.startswith(folders):
            yield word


def absent(paths, root=ROOT):
    return [path for path in paths if not any(root.glob(path.rstrip("/")))]


def test_every_path_that_the_architecture_names_exists():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    paths = [*map_paths(text), *inline_paths(text)]
    assert "build_plugin/src/rtvariants/loader/" in paths
    assert len(paths) > 25
    assert absent(paths) == []


def test_a_path_that_does_not_exist_is_seen():
    text = "## Map\n```\ncrates/\n  nothing/   it was here\n```\nand `tests/gone.py`"
    paths = [*map_paths(text), *inline_paths(text)]
    assert paths == ["crates/", "crates/nothing/", "tests/gone.py"]
    assert absent(paths) == ["crates/nothing/", "tests/gone.py"]
