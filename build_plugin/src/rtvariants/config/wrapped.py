"""The backend behind a backend: what a module of the project's own tree, or a package, wraps.

The modules are read and not run: a wrapper may do anything when it is imported.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from . import pyproject

#: The backends that a wrapper calls, by the package that it imports.
KNOWN = {
    "flit_core": "flit_core.buildapi",
    "hatchling": "hatchling.build",
    "jupyter_packaging": "jupyter_packaging.build_api",
    "maturin": "maturin",
    "mesonpy": "mesonpy",
    "pbr": "pbr.build",
    "pdm": "pdm.backend",
    "poetry": "poetry.core.masonry.api",
    "scikit_build_core": "scikit_build_core.build",
    "setuptools": "setuptools.build_meta",
    "uv_build": "uv_build",
}
#: Our own backends that build every runtime.
ADAPTERS = ("rtvariants.backends.in_tree", "rtvariants.backends.maturin")
_OURS = "rtvariants"


def called(root: Path, data: Mapping[str, Any]) -> str:
    """Return the backend that builds a project's wheel in the end; empty where that is not known.

    `data` is the project's pyproject.toml.
    """
    backend = pyproject.backend(data)
    paths = data.get("build-system", {}).get("backend-path", [])
    if backend in ADAPTERS or (backend.partition(".")[0] in KNOWN and not paths):
        # setuptools' own second one, `__legacy__`, differs in the search path alone.
        return backend.partition(":")[0]
    return behind(backend, root, paths)


def behind(backend: str, root: Path, paths: Sequence[str]) -> str:
    """Return the backend that a wrapper calls in the end; empty where its modules name none.

    `paths` is `backend-path`. A wrapper that calls an adapter of this package gives that adapter.
    """
    module = backend.partition(":")[0]
    places = [str(root / path) for path in paths] or sys.path
    seen: set[str] = set()
    found = set(_imported(module, places, seen))
    ours = sorted(name for name in found if name.startswith(f"{_OURS}.backends."))
    if ours:
        return ours[0]
    tops = {name.partition(".")[0] for name in found}
    # A wrapper of another backend often imports setuptools in addition, to compile something.
    return next((KNOWN[top] for top in sorted(KNOWN, key=_setuptools_last) if top in tops), "")


def _setuptools_last(top: str) -> tuple[bool, str]:
    return top == "setuptools", top


def _imported(module: str, places: Sequence[str], seen: set[str]) -> Iterator[str]:
    """Yield what a module imports, and what the modules next to it import that it uses."""
    top = module.partition(".")[0]
    if module in seen or top in sys.stdlib_module_names:
        return
    seen.add(module)
    if top in KNOWN or top == _OURS:
        yield module
        return
    file = _file(module, places)
    if file is None:
        return
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for name in _names(file, package):
        yield from _imported(name, places, seen)


def _file(module: str, places: Sequence[str]) -> Path | None:
    """Return the source of a module, without importing the packages that it is in."""
    path: Sequence[str] | None = places
    origin = None
    for part in module.split("."):
        spec = PathFinder.find_spec(part, list(path or ()))
        if spec is None:
            return None
        origin, path = spec.origin, spec.submodule_search_locations
    return Path(origin) if origin and origin.endswith(".py") else None


def _names(file: Path, package: str) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            above = parents[: len(parents) - node.level + 1] if node.level else []
            whole = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{whole}.{alias.name}" for alias in node.names if alias.name != "*")
            yield whole
