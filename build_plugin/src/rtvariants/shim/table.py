"""The loader's `table.py`: written from what a build knows, read back without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from rtvariants.config.model import Config
from rtvariants.loader.types import Runtime, Table, Value
from rtvariants.targets import levels

_V = TypeVar("_V", bound=Value)
_HEAD = '"""Written by rtvariants when this wheel was built: the runtimes that it may hold."""\n'
_HERE = """

def _here():
    triplet = getattr(sys.implementation, "_multiarch", "")
    if sys.platform == "linux" and "-linux" in triplet and sys.maxsize > 2**32:
        return "linux", triplet.partition("-")[0]
    from .host import interpreter

    machine, system = interpreter()
    return system, machine

"""


def of(
    config: Config,
    machine: str,
    system: str,
    abi: str,
    version: str,
    *,
    install: Mapping[str, str] | None = None,
) -> Table:
    """Return the table of one platform; `install` has requirements by runtime's name.

    Every value comes from pyproject.toml, so all builds of a version have the same table.
    """
    runtimes = tuple(
        Runtime(
            name=runtime.name,
            module=f"{config.runtime_package(runtime.name)}.{config.extension}",
            level=runtime.levels[machine],
            select=runtime.select,
            index_bits=runtime.index_bits,
            allocator=runtime.allocators[system],
            abi=abi,
            needs=levels.needs(runtime.levels[machine], system),
            install=(install or {}).get(runtime.name, ""),
        )
        for runtime in config.runtimes
    )
    return Table(
        package=config.package,
        version=version,
        alias=config.module,
        peers=config.peers,
        env=config.env,
        machine=machine,
        system=system,
        runtimes=runtimes,
    )


def all_of(config: Config, version: str, install: Mapping[str, str]) -> tuple[Table, ...]:
    """Return the tables of every platform that pyproject.toml has levels for.

    They are for every Python, and the stamp of a runtime says for which one it is.
    """
    machines = sorted({m for runtime in config.runtimes for m in runtime.levels}, reverse=True)
    systems = config.runtimes[0].allocators
    return tuple(
        of(config, machine, system, "", version, install=install)
        for system in systems
        for machine in machines
    )


def source(tables: Sequence[Table]) -> str:
    """Return the Python source for the platforms of one wheel.

    A wheel with natives has one platform, and the source is a constant. A base package is for all
    platforms; its source makes the table of this interpreter, or the first one, whose rejections
    say what it is for.
    """
    if len(tables) == 1:
        text = "\n".join(_lines(tables[0], ""))
        return f"{_HEAD}\nfrom .types import Runtime, Table\n\nTABLE = {text}\n"
    lines = ["_TABLES = {"]
    for table in tables:
        made = "\n".join(_lines(table, "    "))
        lines.append(f"    ({table.system!r}, {table.machine!r}): lambda: {made},")
    lines += ["}", f"_FIRST = ({tables[0].system!r}, {tables[0].machine!r})"]
    lines += ["TABLE = (_TABLES.get(_here()) or _TABLES[_FIRST])()", ""]
    head = f"{_HEAD}\nimport sys\n\nfrom .types import Runtime, Table\n"
    return head + _HERE + "\n" + "\n".join(lines)


def _lines(table: Table, indent: str) -> Iterable[str]:
    yield "Table("
    for name, value in table.as_dict().items():
        if name != "runtimes" and (name != "peers" or value):
            yield f"{indent}    {name}={value!r},"
    yield f"{indent}    runtimes=("
    for runtime in table.runtimes:
        yield f"{indent}        Runtime("
        for name, value in runtime.as_dict().items():
            if value != "" or name not in ("install", "stamp"):
                yield f"{indent}            {name}={value!r},"
        yield f"{indent}        ),"
    yield f"{indent}    ),"
    yield f"{indent})"


def read(text: str) -> tuple[Table, ...]:
    """Return the tables of a source that `source` wrote, without running it.

    Raises `ValueError` for any other source: a wheel from elsewhere is only data.
    """
    try:
        calls = [node for node in ast.walk(ast.parse(text)) if _is_call(node, "Table")]
        found = tuple(_table(node) for node in calls if isinstance(node, ast.Call))
    except (SyntaxError, TypeError, KeyError, ValueError, RecursionError) as error:
        raise ValueError(f"not a table of rtvariants: {error}") from error
    if not found:
        raise ValueError("not a table of rtvariants: it has no `Table`")
    return found


def _is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _table(call: ast.Call) -> Table:
    values = {k.arg: k.value for k in call.keywords if k.arg}
    runtimes = values.pop("runtimes")
    rows = runtimes.elts if isinstance(runtimes, ast.Tuple) else []
    made = tuple(Runtime(**_values(row)) for row in rows if isinstance(row, ast.Call))
    return Table(**{k: ast.literal_eval(v) for k, v in values.items()}, runtimes=made)


def _values(call: ast.Call) -> dict[str, Any]:
    return {k.arg: ast.literal_eval(k.value) for k in call.keywords if k.arg}


def stamped(table: Table, stamps: Mapping[str, bytes]) -> Table:
    """Return the table with these stamps, by runtime; all other runtimes get none."""
    rows = (
        changed(runtime, stamp=stamps.get(runtime.name, b"").decode()) for runtime in table.runtimes
    )
    return changed(table, runtimes=tuple(rows))


def changed(value: _V, **changes: object) -> _V:
    """Return a copy of one of the loader's values with other fields."""
    fields: dict[str, Any] = value.as_dict() | changes
    return type(value)(**fields)
