"""The generated files of the loader: its table, and its first file with the preferred runtimes.

An import without a request reads only that first file, so it holds what such an import needs of the
table. The two are written together, and a rule of wheels compares them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtvariants.loader.stamp import END, HEAD
from rtvariants.loader.types import Runtime, Table

from . import place, pyinstaller
from . import table as tables

if TYPE_CHECKING:
    from rtvariants.archives.wheel import Wheel

FIRST = "__init__.py"
_LOADER = Path(__file__).parents[1] / "loader"
_BEGIN = "# begin: written by the build\n"
_END = "# end: written by the build\n"
_KINDS = {
    "ALIAS": "",
    "ENV": "",
    "PEERS": ': "tuple[str, ...]"',
    "PREFERRED": ': "dict[str, Preferred]"',
}


def copied(package: str) -> dict[str, Path]:
    """Return the loader's files, PyInstaller's hook among them, by their path in the wheel.

    The ones that `files` returns are written instead of copied.
    """
    folder = place.loader_of(package)
    loader = {f"{folder}/{path.name}": path for path in sorted(_LOADER.glob("*.py"))}
    return loader | dict(pyinstaller.files(folder))


def files(found: Sequence[Table], *, watched: bool = False) -> dict[str, str]:
    """Return the loader's files for the platforms of one wheel that are not copied as they are.

    Where the table is `watched`, because reading it may rebuild an editable install, every import
    reads it: there is no preferred runtime.
    """
    values = facts(found) | ({"PREFERRED": {}} if watched else {})
    first = (_LOADER / FIRST).read_text(encoding="utf-8")
    return {FIRST: _filled(first, values), "table.py": tables.source(found)}


def rewritten(wheel: Wheel, found: Sequence[Table]) -> dict[str, bytes]:
    """Return the generated files of a wheel's loader for these tables instead of its own.

    The first file stays the one of its loader, which another version may have written.
    """
    loader = place.loader_of(found[0].package)
    first = _filled(wheel.files[f"{loader}/{FIRST}"].decode(), facts(found))
    table = tables.source(found)
    return {f"{loader}/{FIRST}": first.encode(), f"{loader}/table.py": table.encode()}


def facts(found: Sequence[Table]) -> dict[str, Any]:
    """Return what the first file says about these tables, by the names of its constants."""
    rows = {table.machine: _row(table) for table in found if table.system == "linux"}
    return {
        "ALIAS": found[0].alias,
        "ENV": found[0].env,
        "PEERS": found[0].peers,
        "PREFERRED": {machine: row for machine, row in rows.items() if row},
    }


def read(text: str) -> dict[str, Any]:
    """Return the facts of a first file, without running it; empty where it has none."""
    found: dict[str, Any] = {}
    try:
        for name, value in _assigned(ast.parse(text)):
            if name in _KINDS:
                found[name] = ast.literal_eval(value)
    except (SyntaxError, TypeError, ValueError, RecursionError):
        return {}
    return found


def _filled(first: str, values: dict[str, Any]) -> str:
    head, begin, rest = first.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not end:
        return first  # The loader of an older version, which reads its table at every import.
    lines = [f"{name}{kind} = {values[name]!r}\n" for name, kind in _KINDS.items()]
    return "".join([head, begin, *lines, end, tail])


def _assigned(tree: ast.Module) -> Iterable[tuple[str, ast.expr]]:
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _row(table: Table) -> tuple[str, tuple[bytes, ...], tuple[bytes, ...]] | None:
    """Return what the loader calls `Preferred`: the first runtime that is chosen automatically."""
    chosen = next((each for each in table.runtimes if each.select == "auto"), None)
    if chosen is None:
        return None
    needs = tuple(f" {need} ".encode() for need in chosen.needs)
    stated = (chosen.stamp,) if chosen.stamp else _known(table, chosen)
    return chosen.module, needs, tuple(part.encode() for part in stated)


def _known(table: Table, runtime: Runtime) -> tuple[str, ...]:
    """Return the parts of a stamp that the table knows; one unknown value is between each two."""
    head = (
        f"{HEAD}\npackage={table.package}\nversion={table.version}\nruntime={runtime.name}\n"
        f"level={runtime.level}\ntarget={table.machine}-"
    )
    facts = f"\nindex-bits={runtime.index_bits or ''}\nallocator={runtime.allocator}\nstated-by="
    # Each Python may have a module of its own.
    abi = (f"\nabi={runtime.abi}\npage-size=",) if runtime.abi else ("\nabi=", "\npage-size=")
    return (
        head, "-linux", "\nfeatures=", facts, *abi, "\ntoolchain=", "\ncommit=", f"\n{END}\n",
    )  # fmt: skip
