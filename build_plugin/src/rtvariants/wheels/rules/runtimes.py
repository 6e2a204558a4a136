"""The packages of the runtimes and their stamp files, compared with the loader's table."""

from __future__ import annotations

from collections.abc import Iterator

from rtvariants.archives.consistency import AGAIN, Violation
from rtvariants.loader.stamp import FILE_NAME, StampError, edited, mismatch, parse
from rtvariants.shim.place import prefix
from rtvariants.wheels.contents import Contents, contents

_RENAMED = (
    "a runtime's package, its entry in the table and its stamp have one name; never rename one"
)


def runtimes(found: Contents) -> Iterator[Violation]:
    """Compare the packages that hold extension modules with the table and their stamps."""
    yield from _names(found)
    for package in found.runtimes:
        if found.wheel.files.get(f"{package}/__init__.py"):
            yield f"`{package}/__init__.py` is not empty: the loader does not run it", AGAIN
    if found.kind == "fat":
        for package in sorted(_wanted(found) - set(found.runtimes)):
            yield f"runtime of the table that is not in the wheel: `{package}`", AGAIN
    if found.kind == "base" and found.table is not None:
        yield "no extension module of any runtime", AGAIN
    if found.kind == "runtime":
        parts = contents(found.wheel).parts
        names = {part.runtime_name(package) for part in parts for package in part.runtimes}
        if len(names) != 1 or len(found.runtimes) != 1:
            count = max(len(names), len(found.runtimes))
            yield f"no loader, and {count} runtimes instead of one", AGAIN


def _wanted(found: Contents) -> set[str]:
    entries = found.table.runtimes if found.table else ()
    return {runtime.module.rpartition(".")[0] for runtime in entries}


def _names(found: Contents) -> Iterator[Violation]:
    wanted = _wanted(found)
    for package in found.runtimes:
        facts = found.stamp(package)
        if found.table and package not in wanted:
            yield f"package `{package}` is not a runtime of the table", _RENAMED
        elif facts and package != (own := prefix(facts["package"]) + facts["runtime"]):
            yield f"package `{package}` holds the runtime `{own}`", _RENAMED


def stamp(found: Contents) -> Iterator[Violation]:
    """Compare the stamp file of each runtime with the wheel's version and the table."""
    for package in found.runtimes:
        name = f"{package}/{FILE_NAME}"
        data = found.wheel.files.get(name)
        if data is None:
            yield f"no stamp: `{name}`", AGAIN
            continue
        try:
            facts = parse(data)
        except StampError as error:
            yield f"damaged stamp: `{name}`: {error}", AGAIN
            continue
        if facts["version"] != found.wheel.version:
            yield f"`{name}` is of version `{facts['version']}`", AGAIN
        for table in found.tables:
            for runtime in table.runtimes:
                if runtime.module.rpartition(".")[0] != package:
                    continue
                if what := mismatch(facts, table, runtime) or edited(data, runtime):
                    yield f"`{name}`: {what}", AGAIN
