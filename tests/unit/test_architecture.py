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
    "rtvariants.loader.host",
    "rtvariants.loader.types",
    "rtvariants.loader.stamp",
    "rtvariants.loader.editable",
}
#: The layers of the plugin, bottom up: a package imports what stands in a line above its own.
#: Packages of one line do not import each other.
LAYERS = (
    ("errors", "loader"),
    ("files", "locking", "targets"),
    ("native",),
    ("config",),
    ("toolchain",),
    ("archives",),
    ("project", "shim"),
    ("compile",),
    ("verify",),
    ("wheels",),
    ("trial",),
    ("pgo",),
    ("pipeline",),
    ("backends",),
    ("fit",),
    ("release",),
    ("cli",),
    ("__main__",),
)
#: The one circle: the loader's first file is all that most imports read, so the others come late.
CIRCLES = [["loader", "loader.choice", "loader.need", "loader.process"]]
#: How a package imports its own modules by a name that it has in a table.
BY_NAME = 'import_module(f".{'
#: In mydf: a namespace such as `Expr.str` returns expressions; a frame returns its columns, and
#: `Series.to_frame` returns a frame.
MYDF_CIRCLES = [
    ["_expr_dt", "_expr_list", "_expr_name", "_expr_patterns", "_expr_str", "expr"],
    ["_plans", "frame", "groups", "lazy", "series"],
]
ADAPTERS = {"hatchling", "maturin", "pdm", "setuptools"}
# The adapters, and the PEP 517 backend of a tree that carries the plugin.
DOORS = {f"backends.{name}" for name in (*ADAPTERS, "in_tree", "part")}


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
    others = {f"rtvariants.backends.{other}" for other in ADAPTERS - {name}}
    found = imports(source, "rtvariants.backends")
    return [f"imports {module}" for module, *_ in found if is_in(module, others)]


def plugin_faults(name, source, package="rtvariants"):
    faults = [
        f"imports {module}"
        for module, *_ in imports(source, package)
        if is_in(module, {"rtvariants.loader"}) and not is_in(module, SHARED)
    ]
    if name not in DOORS:
        frameworks = {"hatchling", "maturin", "setuptools", "setuptools_rust"}
        faults += [f"imports {m}" for m, *_ in imports(source, package) if is_in(m, frameworks)]
    return faults


#: The file at the place of mydf's extension module, and the one module that imports it.
SEAM = {"_core", "_native"}


def mydf_faults(name, source):
    return [
        f"imports {module}"
        for module, *_ in imports(source, "mydf")
        if is_in(module, {"rtvariants"})
        or (name not in SEAM and (module.startswith("_mydf_") or is_in(module, {"mydf._core"})))
    ]


def sources(folder):
    files = sorted(folder.rglob("*.py"))
    assert files, f"no Python files in {folder}"
    return files


def modules(folder=PLUGIN):
    """Return the source of each module below a package, by its name without the package's own."""
    found = {}
    for path in sources(folder):
        parts = path.relative_to(folder).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def package_of(path):
    parts = path.relative_to(PLUGIN.parent).parent.parts
    return ".".join(parts)


def arrows(files, root="rtvariants"):
    """Return, by module, the modules that it imports: late and type-only imports count.

    So do the modules that a package imports by name.
    """
    found = {}
    for name, path in files.items():
        package = ".".join(filter(None, [root, name]))
        package = package if path.name == "__init__.py" else package.rpartition(".")[0]
        targets = set()
        for module, *_ in imports(path.read_text(), package):
            if is_in(module, {root}):
                inner = module[len(root) + 1 :]
                targets.add(inner if inner in files else inner.rpartition(".")[0])
        if path.name == "__init__.py" and BY_NAME in path.read_text():
            targets |= {other for other in files if other.rpartition(".")[0] == name}
        found[name] = targets & files.keys() - {name}
    return found


def against_the_layers(graph, layers=LAYERS):
    """Return every import that leads up, or to the side, in words."""
    floor = {name: number for number, layer in enumerate(layers) for name in layer}
    return sorted(
        f"{name} imports {target}"
        for name, targets in graph.items()
        for target in targets
        if name and target and name.split(".")[0] != target.split(".")[0]
        if floor[target.split(".")[0]] >= floor[name.split(".")[0]]
    )


def circles(graph):
    """Return the groups of modules that reach each other, each sorted."""
    reach = {name: set(targets) for name, targets in graph.items()}
    for middle, beyond in reach.items():
        for found in reach.values():
            if middle in found:
                found |= beyond  # noqa: PLW2901
    groups = {
        tuple(sorted(other for other in reach if other in reach[name] and name in reach[other]))
        for name in reach
    }
    return sorted(list(group) for group in groups if group)


def test_the_loader_imports_the_standard_library_alone_and_archspec_late():
    found = {path.name: loader_faults(path.read_text()) for path in sources(LOADER)}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_plugin_takes_only_data_types_from_the_loader_and_adapters_stay_apart():
    found = {}
    for name, path in modules().items():
        if LOADER not in path.parents:
            text = path.read_text()
            found[name] = plugin_faults(name, text, package_of(path))
            if name in DOORS and path.stem in ADAPTERS:
                found[name] += adapter_faults(path.stem, text)
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_plugin_keeps_its_layers():
    files = modules()
    tops = {name.split(".")[0] for name in files} - {""}
    assert tops == {name for layer in LAYERS for name in layer}
    assert against_the_layers(arrows(files)) == []


def test_no_module_of_the_plugin_imports_itself_by_a_detour():
    assert circles(arrows(modules())) == CIRCLES


def test_no_module_of_mydf_imports_itself_by_a_detour_but_the_named_ones():
    assert circles(arrows(modules(MYDF), "mydf")) == MYDF_CIRCLES


def planted(folder, **files):
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return arrows(modules(folder))


def test_an_import_against_the_layers_is_seen_also_a_late_one(tmp_path):
    late = "def f():\n    from rtvariants.release import plan"
    typed = "if TYPE_CHECKING:\n    from rtvariants.cli.build import run"
    graph = planted(
        tmp_path, native__elf=late, release__plan=typed, cli__build="", shim__table="",
        project__tree="from rtvariants.shim import table",
    )  # fmt: skip
    assert against_the_layers(graph) == [
        "native.elf imports release.plan",
        "project.tree imports shim.table",
        "release.plan imports cli.build",
    ]


def test_a_circle_is_seen_also_one_of_types(tmp_path):
    typed = "if TYPE_CHECKING:\n    from .a import A"
    graph = planted(tmp_path, x__a="from . import b", x__b="from .c import C", x__c=typed)
    assert circles(graph) == [["x.a", "x.b", "x.c"]]


def test_a_circle_is_seen_also_one_of_modules_that_are_imported_by_name(tmp_path):
    table = 'def load(name):\n    return import_module(f".{name}", __name__)'
    (tmp_path / "x").mkdir()
    (tmp_path / "x/__init__.py").write_text(table)
    graph = planted(tmp_path, x__a="from . import load", x__b="")
    assert circles(graph) == [["x", "x.a"]]


def test_mydf_reaches_native_code_only_through_its_seam():
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
    assert plugin_faults("plan", "from .loader.decide import decide")
    assert plugin_faults("plan", "def f():\n    import hatchling.build")
    assert not plugin_faults(
        "backends.hatchling", "import hatchling\nfrom rtvariants.loader.types import Table"
    )
    assert adapter_faults("maturin", "from .hatchling import hook")
    assert mydf_faults("frame", "from _mydf_loader import load")
    assert mydf_faults("frame", "from . import _core")
    assert mydf_faults("_native", "import rtvariants")
    assert not mydf_faults("_native", "from mydf import _core")
    assert not mydf_faults("_core", "import _mydf_loader")


# ----------------------------------------------------------------------------- where tests are

UNIT = ROOT / "tests" / "unit"
#: What the loader's modules do together, on its sample packages and machines.
OF_THE_WHOLE_LOADER = {f"loader/test_{name}" for name in ("identity", "load", "masks", "parity")}


def strays(folder, plugin=PLUGIN):
    """Return the test files of packages whose names are not those of a module or a package."""
    found = set()
    for path in folder.rglob("test_*.py"):
        inner = path.relative_to(folder)
        place = plugin / inner.parent / path.stem.removeprefix("test_")
        package = (plugin / inner.parts[0]).is_dir()
        if package and not (place.with_suffix(".py").is_file() or place.is_dir()):
            found.add(inner.with_suffix("").as_posix())
    return found


def test_unit_tests_have_the_places_and_names_of_the_sources():
    assert strays(UNIT) == OF_THE_WHOLE_LOADER


def test_a_unit_test_of_no_module_is_seen(tmp_path):
    for name in ("native/test_elf", "native/test_gone", "toolchain/cross/test_std", "test_dev"):
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert strays(tmp_path) == {"native/test_gone"}


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
    below = {"mydf-core", "mydf-io", "mydf-query", "rtvariants-guard"}
    assert members == {*below, "mydf-python"}
    assert dependencies["mydf-core"] & members == set()
    assert dependencies["mydf-query"] & members == {"mydf-core"}
    assert dependencies["mydf-io"] & members == {"mydf-core"}
    assert dependencies["mydf-python"] & members == below
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


def recipe_paths(text):
    """Return the paths of each recipe, by the thing to add; short ones are the plugin's."""
    table = text.partition("\n## Recipes\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (an? .*?|the .*?) \|(.*)\|$", table, re.MULTILINE)
    plugin = PLUGIN.relative_to(ROOT).as_posix()
    tops = {path.name for path in ROOT.iterdir()}
    found = {}
    for thing, files in rows:
        words = [w for w in re.findall(r"`([\w./-]+)`", files) if "/" in w]
        found[thing] = [w if w.split("/")[0] in tops else f"{plugin}/{w}" for w in words]
    return found


def absent(paths, root=ROOT):
    return [path for path in paths if not any(root.glob(path.rstrip("/")))]


def test_every_path_that_the_architecture_names_exists():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    paths = [*map_paths(text), *inline_paths(text)]
    assert "build_plugin/src/rtvariants/loader/" in paths
    assert len(paths) > 25
    assert absent(paths) == []


def test_the_files_of_every_recipe_exist():
    recipes = recipe_paths((ROOT / "ARCHITECTURE.md").read_text())
    assert len(recipes) >= 10
    assert {thing: paths for thing, paths in recipes.items() if not paths} == {}
    assert absent([path for paths in recipes.values() for path in paths]) == []


def test_a_recipe_that_names_a_missing_file_is_detected():
    text = "\n## Recipes\n| a level | `targets/gone.py`, `docs/gone.md` | `KNOWN` |\n\n## Next\n"
    paths = recipe_paths(text)["a level"]
    assert absent(paths) == ["build_plugin/src/rtvariants/targets/gone.py", "docs/gone.md"]


def test_a_path_that_does_not_exist_is_seen():
    text = "## Map\n```\ncrates/\n  nothing/   it was here\n```\nand `tests/gone.py`"
    paths = [*map_paths(text), *inline_paths(text)]
    assert paths == ["crates/", "crates/nothing/", "tests/gone.py"]
    assert absent(paths) == ["crates/nothing/", "tests/gone.py"]
