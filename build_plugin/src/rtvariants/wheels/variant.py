"""Variant wheels: a fat wheel cut by CPU level, for installers that choose (PEP 825, PEP 850).

Installers that do not support variants ignore the labelled names, so the plain wheel is published
with them and is what most people get. PEP 825 is provisional and PEP 850 a draft; uv accepts the
URL of the schema below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rtvariants.archives.wheel import Wheel
from rtvariants.errors import Problem, WheelError
from rtvariants.loader.types import Runtime, Table
from rtvariants.shim import generated
from rtvariants.shim.table import changed

from . import contents
from .contents import sbom_members

FILE_NAME = "variant.json"
NULL = "null"
#: The schema of PEP 850 is that of PEP 825 with `providers`, which PEP 825 forbids.
SCHEMA = "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json"
_X86 = re.compile(r"x86_64_(v\d+)")
#: The distribution that an installer asks for the features of a CPU, by namespace; uv has its own.
PROVIDERS = {"x86_64": "x86-64-variant-provider"}

Properties = dict[str, dict[str, list[str]]]


def properties(level: str) -> Properties | None:
    """Return the properties that a level requires of a CPU, as its provider names them.

    The baseline requires none; `None` is for a level that no provider knows.

    >>> properties("x86_64_v3"), properties("x86_64"), properties("haswell")
    ({'x86_64': {'level': ['v3']}}, {}, None)
    """
    if level in ("x86_64", "aarch64"):
        return {}
    found = _X86.fullmatch(level)
    return {"x86_64": {"level": [found[1]]}} if found else None


def label(level: str) -> str:
    """Return the variant label of a level: its name, or `null` for the baseline.

    >>> label("x86_64_v3"), label("x86_64")
    ('x86_64_v3', 'null')
    """
    return level if properties(level) else NULL


def labelled(levels: Iterable[str]) -> tuple[str, ...]:
    """Return the levels that have variant wheels, among those of a platform's automatic runtimes.

    There are none if installers have nothing to choose by.

    >>> labelled(["x86_64_v3", "haswell", "x86_64"]), labelled(["aarch64", "aarch64"])
    (('x86_64_v3', 'x86_64'), ())
    """
    found = tuple(level for level in dict.fromkeys(levels) if properties(level) is not None)
    return found if any(properties(level) for level in found) else ()


def cut(fat: Wheel, providers: Mapping[str, str] = PROVIDERS) -> list[Wheel]:
    """Return the variant wheels of a fat wheel; none if all its runtimes have one level.

    The variant of a level holds the runtimes that are chosen automatically at this level, and the
    explicit ones that run on it. Raises `WheelError` for a wheel that is not fat.
    """
    tables = [table for _, table in contents.fat(fat, "variant")]
    table = tables[0]  # All modules have the same runtimes.
    first = {r.level: r for r in reversed(table.runtimes) if r.select == "auto"}
    levels = labelled(r.level for r in table.runtimes if r.select == "auto")
    return [_one(fat, tables, level, first[level], providers) for level in levels]


def _one(
    fat: Wheel, tables: Sequence[Table], level: str, first: Runtime, providers: Mapping[str, str]
) -> Wheel:
    files = dict(fat.files)
    for table in tables:
        kept = {
            _package(runtime)
            for runtime in table.runtimes
            if runtime.level == level
            or (runtime.select == "explicit" and set(runtime.needs) <= set(first.needs))
        }
        left = {_package(runtime) for runtime in table.runtimes} - kept
        files = {n: data for n, data in files.items() if n.split("/")[0] not in left}
        # The SBOM of a runtime goes where the runtime goes.
        for runtime in table.runtimes:
            if _package(runtime) not in kept:
                for name in sbom_members(fat, table.package, runtime.name):
                    files.pop(name, None)
        files |= generated.rewritten(fat, [_naming_the_rest(fat, table, kept)])
    asked = properties(level) or {}
    made = replace(fat, files=files, label=label(level))
    document = _document({made.label: asked}, providers)
    files[f"{fat.dist_info}/{FILE_NAME}"] = _text(document)
    return made.sealed()


def _package(runtime: Runtime) -> str:
    return runtime.module.rpartition(".")[0]


def _naming_the_rest(fat: Wheel, table: Table, kept: set[str]) -> Table:
    """Return the table that names, for each runtime that is left out, the wheel that has it.

    A runtime that is left out becomes explicit, because the loader refuses to replace a missing
    automatic one by a runtime with another allocator.
    """
    plain = f"{fat.project}=={fat.version}"
    runtimes = tuple(
        r if _package(r) in kept else changed(r, install=plain, select="explicit", stamp="")
        for r in table.runtimes
    )
    return changed(table, runtimes=runtimes)


def _document(variants: dict[str, Properties], providers: Mapping[str, str]) -> dict[str, Any]:
    # The null variant names the namespaces too, so that all files of a release agree.
    spaces = sorted({space for asked in variants.values() for space in asked} or set(providers))
    return {
        "$schema": SCHEMA,
        "default-priorities": {"namespace": spaces},
        "providers": {space: {"requires": [providers[space]]} for space in spaces},
        "variants": variants,
    }


def _text(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def index(wheels: Sequence[Wheel]) -> tuple[str, bytes]:
    """Return the name and the content of the index file: the union of the wheels' variants.

    Raises `WheelError` if two wheels give one label different meanings.
    """
    merged: dict[str, Any] = {}
    for wheel in wheels:
        found = json.loads(wheel.metadata(FILE_NAME))
        if not merged:
            merged = found
            continue
        for name, asked in found["variants"].items():
            if merged["variants"].setdefault(name, asked) != asked:
                what = f"variant label with two meanings: `{name}`"
                raise WheelError(Problem(what, "", wheel.filename, "variant"))
        spaces = merged["default-priorities"]["namespace"]
        spaces += [s for s in found["default-priorities"]["namespace"] if s not in spaces]
        merged["providers"] |= found["providers"]
    first = wheels[0]
    return f"{first.name}-{first.version}-variants.json", _text(merged)
