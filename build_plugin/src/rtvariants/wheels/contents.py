"""The parts of a wheel by the names in it: package, loader, runtimes, metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rtvariants.archives.wheel import Wheel
from rtvariants.errors import Problem, WheelError
from rtvariants.loader.stamp import FILE_NAME, StampError, parse
from rtvariants.loader.types import Table
from rtvariants.shim import place
from rtvariants.shim import table as tables
from rtvariants.verify import sbom

NATIVE = (".so", ".pyd", ".dylib", ".dll")
_LOADER = "_loader/table.py"


@dataclass(frozen=True)
class Contents:
    """A wheel's members by the part that they belong to.

    `package` is the import name of the user's package. `tables` are the tables of the loader, none
    without a loader. `runtimes` maps each top-level package with an extension module to its
    members.
    """

    wheel: Wheel
    package: str
    tables: tuple[Table, ...]
    runtimes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return `fat`, `variant`, `base` (no runtime) or `runtime` (no loader)."""
        if not self.tables:
            return "runtime"
        if self.wheel.label:
            return "variant"
        return "fat" if self.runtimes else "base"

    @cached_property
    def table(self) -> Table | None:
        """Return the table of the wheel's one platform; `None` for a base or a runtime."""
        return self.tables[0] if len(self.tables) == 1 else None

    def runtime_name(self, package: str) -> str:
        """Return the name of the runtime in a package: `fast` for `_greeter_fast`."""
        return package.removeprefix(place.prefix(self.package))

    def native(self, package: str) -> str | None:
        """Return the member that is the runtime's extension module, if there is exactly one."""
        found = [name for name in self.runtimes[package] if name.endswith(NATIVE)]
        return found[0] if len(found) == 1 else None

    def stamp(self, package: str) -> dict[str, str] | None:
        """Return the facts of the runtime's stamp file; `None` if it is missing or damaged."""
        data = self.wheel.files.get(f"{package}/{FILE_NAME}")
        try:
            return None if data is None else parse(data)
        except StampError:
            return None


def contents(wheel: Wheel) -> Contents:
    """Return the parts of a wheel; raises `ValueError` if the loader's table can't be read."""
    found: dict[str, list[str]] = {}
    for name in wheel.files:
        found.setdefault(name.split("/")[0], []).append(name)
    loaders = [name for name in wheel.files if name.endswith(_LOADER) and name.count("/") == 1]
    made: tuple[Table, ...] = ()
    if len(loaders) > 1:
        raise ValueError(f"more than one loader: {', '.join(f'`{n}`' for n in sorted(loaders))}")
    if loaders:
        made = tables.read(wheel.files[loaders[0]].decode(errors="replace"))
    runtimes = {
        top: tuple(sorted(names))
        for top, names in sorted(found.items())
        if any(name.endswith((FILE_NAME, *NATIVE)) and name.count("/") == 1 for name in names)
        and not top.endswith(".data")
    }
    package = made[0].package if made else _package(wheel, runtimes)
    runtimes.pop(package.partition(".")[0], None)  # An extension module in there is a stray one.
    return Contents(wheel, package, made, runtimes)


def fat(wheel: Wheel, rule: str) -> tuple[Contents, Table]:
    """Return the parts of a fat wheel and its table; raises `WheelError` for any other wheel."""
    found = contents(wheel)
    if found.kind != "fat" or found.table is None:
        hint = "give the wheel that holds all runtimes of one platform"
        raise WheelError(Problem("not a fat wheel", hint, wheel.filename, rule))
    return found, found.table


def _package(wheel: Wheel, runtimes: Mapping[str, tuple[str, ...]]) -> str:
    for top in runtimes:
        facts = Contents(wheel, "", (), runtimes).stamp(top)
        if facts:
            return facts["package"]
    return ""


def sbom_members(fat: Wheel, package: str, runtime: str) -> list[str]:
    """Return the member that is the SBOM of one runtime, if the wheel has it."""
    name = f"{fat.dist_info}/sboms/{sbom.file_name(package, runtime)}"
    return [name] if name in fat.files else []
