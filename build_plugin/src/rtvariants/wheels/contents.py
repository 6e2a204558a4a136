"""The parts of a wheel by the names in it: package, loader, runtimes, metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    members. `parts` are the same for each extension module alone, if the wheel has several:
    `package` and `tables` are then those of the first one.
    """

    wheel: Wheel
    package: str
    tables: tuple[Table, ...]
    runtimes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    further: tuple[Contents, ...] = ()

    @property
    def parts(self) -> tuple[Contents, ...]:
        """Return the contents of each extension module."""
        return self.further or (self,)

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
    made = [tables.read(wheel.files[name].decode(errors="replace")) for name in loaders]
    # The first one has the name of the package, and each further one the name of its module.
    made.sort(key=lambda each: (each[0].alias == each[0].package, each[0].package))
    if strangers := sorted(set(map(place.loader_of, _packages(made))) - _peers(made)):
        names = ", ".join(f"`{name}/table.py`" for name in strangers)
        raise ValueError(f"more than one loader, and they do not name each other: {names}")
    runtimes = {
        top: tuple(sorted(names))
        for top, names in sorted(found.items())
        if any(name.endswith((FILE_NAME, *NATIVE)) and name.count("/") == 1 for name in names)
        and not top.endswith(".data")
    }
    owned = {top: _stated(wheel, top) for top in runtimes}
    packages = _packages(made) or tuple(dict.fromkeys(filter(None, owned.values())))
    for package in packages:  # An extension module in there is a stray one.
        runtimes.pop(package.partition(".")[0], None)
    first = packages[0] if packages else ""
    whole = Contents(wheel, first, made[0] if made else (), runtimes)
    if len(packages) < 2:
        return whole
    # One that states no package, or another one, is reported with the first module.
    of = {top: owned[top] if owned[top] in packages else first for top in runtimes}
    further = tuple(
        Contents(
            wheel,
            package,
            made[i] if made else (),
            {top: names for top, names in runtimes.items() if of[top] == package},
        )
        for i, package in enumerate(packages)
    )
    return replace(whole, further=further)


def _packages(made: Sequence[Sequence[Table]]) -> tuple[str, ...]:
    return tuple(found[0].package for found in made)


def _peers(made: Sequence[Sequence[Table]]) -> set[str]:
    """Return the loaders that each other loader names; one alone needs no other to name it."""
    loaders = {place.loader_of(package) for package in _packages(made)}
    return {
        name
        for name in loaders
        if all(name in each[0].peers or place.loader_of(each[0].package) == name for each in made)
    }


def fat(wheel: Wheel, rule: str) -> tuple[tuple[Contents, Table], ...]:
    """Return the contents and the table of each extension module of a fat wheel.

    Raises `WheelError` for any other wheel.
    """
    found = contents(wheel)
    made = tuple((part, part.table) for part in found.parts if part.table is not None)
    if found.kind != "fat" or len(made) != len(found.parts):
        hint = "give the wheel that holds all runtimes of one platform"
        raise WheelError(Problem("not a fat wheel", hint, wheel.filename, rule))
    return made


def _stated(wheel: Wheel, top: str) -> str:
    """Return the package that the stamp of a runtime names; empty if there is none to read."""
    facts = Contents(wheel, "", (), {top: ()}).stamp(top)
    return facts["package"] if facts else ""


def sbom_members(fat: Wheel, package: str, runtime: str) -> list[str]:
    """Return the member that is the SBOM of one runtime, if the wheel has it."""
    name = f"{fat.dist_info}/sboms/{sbom.file_name(package, runtime)}"
    return [name] if name in fat.files else []
