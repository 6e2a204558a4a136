"""What a wheel holds, told apart by its own names: package, loader, runtimes, metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rtvariants.archives.wheel import Wheel
from rtvariants.loader.stamp import FILE_NAME, StampError, parse
from rtvariants.loader.types import Table
from rtvariants.shim import table as tables
from rtvariants.verify import sbom

NATIVE = (".so", ".pyd", ".dylib", ".dll")
_LOADER = "_loader/table.py"


@dataclass(frozen=True)
class Contents:
    """A wheel's members in their parts.

    `tables` are those of its loader, none where it has no loader; `runtimes` maps each top-level
    package with a native to its members; `package` is the adopting package's import name.
    """

    wheel: Wheel
    package: str
    tables: tuple[Table, ...]
    runtimes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return `fat`, `variant`, `base` (no native) or `runtime` (no loader)."""
        if not self.tables:
            return "runtime"
        if self.wheel.label:
            return "variant"
        return "fat" if self.runtimes else "base"

    @cached_property
    def table(self) -> Table | None:
        """Return the table of the wheel's one platform; `None` for a base and for a runtime."""
        return self.tables[0] if len(self.tables) == 1 else None

    def runtime_name(self, package: str) -> str:
        """Return the runtime's name of a package: `fast` of `_greeter_fast`."""
        return package.removeprefix(f"_{self.package}_")

    def native(self, package: str) -> str | None:
        """Return the member that is the runtime's native module."""
        found = [name for name in self.runtimes[package] if name.endswith(NATIVE)]
        return found[0] if len(found) == 1 else None

    def stamp(self, package: str) -> dict[str, str] | None:
        """Return the facts of the runtime's stamp file; `None` where it is absent or damaged."""
        data = self.wheel.files.get(f"{package}/{FILE_NAME}")
        try:
            return None if data is None else parse(data)
        except StampError:
            return None


def contents(wheel: Wheel) -> Contents:
    """Return the parts of a wheel; raises `ValueError` where its table can't be read."""
    found: dict[str, list[str]] = {}
    for name in wheel.files:
        found.setdefault(name.split("/")[0], []).append(name)
    loaders = [name for name in wheel.files if name.endswith(_LOADER) and name.count("/") == 1]
    made: tuple[Table, ...] = ()
    if len(loaders) > 1:
        raise ValueError(f"more than one table: {', '.join(f'`{n}`' for n in sorted(loaders))}")
    if loaders:
        made = tables.read(wheel.files[loaders[0]].decode(errors="replace"))
    runtimes = {
        top: tuple(sorted(names))
        for top, names in sorted(found.items())
        if any(name.endswith((FILE_NAME, *NATIVE)) and name.count("/") == 1 for name in names)
        and not top.endswith(".data")
    }
    package = made[0].package if made else _package(wheel, runtimes)
    runtimes.pop(package, None)  # A native in there is a stray one.
    return Contents(wheel, package, made, runtimes)


def _package(wheel: Wheel, runtimes: Mapping[str, tuple[str, ...]]) -> str:
    for top in runtimes:
        facts = Contents(wheel, "", (), runtimes).stamp(top)
        if facts:
            return facts["package"]
    return ""


def sbom_members(fat: Wheel, package: str, runtime: str) -> list[str]:
    """Return the metadata files that speak of one runtime alone: its bill of materials."""
    name = f"{fat.dist_info}/sboms/{sbom.file_name(package, runtime)}"
    return [name] if name in fat.files else []
