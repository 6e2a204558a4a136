"""The loader's files, compared with each other and with the runtimes in the wheel."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rtvariants.archives.consistency import AGAIN, Violation
from rtvariants.archives.wheel import Wheel
from rtvariants.loader.types import Table
from rtvariants.shim import generated, place
from rtvariants.wheels.contents import Contents, contents


def loader(found: Contents) -> Iterator[Violation]:
    """Compare what the loader's files know, and see that the package calls the loader."""
    for table in found.tables[:1]:
        yield from _call(found.wheel, table)
    if found.tables:
        yield from _missing(found.wheel, place.loader_of(found.package))
        there = {place.loader_of(part.package) for part in contents(found.wheel).parts}
        for name in sorted(set(found.tables[0].peers) - there):
            yield f"the loader's table names a loader that is not in the wheel: `{name}`", AGAIN
        name = f"{place.loader_of(found.package)}/{generated.FIRST}"
        said = generated.read(found.wheel.files.get(name, b"").decode(errors="replace"))
        for key, value in generated.facts(found.tables).items():
            # A file without any of them belongs to a loader that reads its table at every import.
            if said and said.get(key) != value:
                yield f"`{name}` has another `{key}` than the table next to it", AGAIN
    for table in found.tables:
        for runtime in table.runtimes:
            # If a runtime may come from another wheel, only its named fields are compared.
            held = runtime.module.rpartition(".")[0] in found.runtimes
            if held and not runtime.stamp:
                yield f"the loader's table does not state the stamp of `{runtime.name}`", AGAIN
            elif runtime.stamp and not held:
                what = "the stamp of a runtime that is not in the wheel"
                yield f"the loader's table states {what}: `{runtime.name}`", AGAIN


def _missing(wheel: Wheel, loader: str) -> Iterator[Violation]:
    """Name what the loader's files import from next to them and is not in the wheel."""
    for name in sorted(wheel.files):
        folder, _, file = name.rpartition("/")
        if folder != loader or not file.endswith(".py"):
            continue
        for module in _imported(wheel.files[name]):
            if f"{loader}/{module}.py" not in wheel.files:
                yield f"`{name}` imports `{module}.py`, which is not in the wheel", AGAIN


def _imported(text: bytes) -> list[str]:
    """Return the modules that a file imports from its own folder."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    found = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
    }
    return sorted(name for name in found if "." not in name)


def _call(wheel: Wheel, table: Table) -> Iterator[Violation]:
    file, loader = place.file_of(table.alias), place.loader_of(table.package)
    text = wheel.files.get(file)
    if wrong := place.fault(table.alias, table.package, text):
        yield wrong
    elif text is None and not _names(wheel, loader):
        hint = f"write `import {loader}` and `{loader}.bind()` into `{file}`"
        yield f"nothing calls the loader: no `{file}`, and no other file names `{loader}`", hint


def _names(wheel: Wheel, loader: str) -> bool:
    """Return whether a Python file outside of the loaders names it: it may call `load`."""
    return any(
        loader.encode() in text
        for name, text in wheel.files.items()
        if name.endswith(".py") and not name.partition("/")[0].endswith("_loader")
    )
