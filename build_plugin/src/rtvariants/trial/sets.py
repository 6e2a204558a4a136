"""Which wheels are installed together, and whether they fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement

from rtvariants.archives.consistency import AGAIN
from rtvariants.archives.wheel import Wheel
from rtvariants.errors import Problem, WheelError
from rtvariants.loader.stamp import target_system
from rtvariants.loader.types import Runtime, Table
from rtvariants.targets import abi as abis
from rtvariants.targets.abi import Abi
from rtvariants.wheels.contents import Contents, contents


@dataclass(frozen=True)
class WheelSet:
    """Wheels that are installed together: one fat or variant wheel, or a base and its runtimes."""

    wheels: tuple[Wheel, ...]
    table: Table

    @property
    def name(self) -> str:
        """Return the file name of what a user asks for."""
        return self.wheels[0].filename

    @property
    def shown(self) -> str:
        """Return the name, with the module or the platform if several sets share the file."""
        more = [self.table.alias] if self.table.peers else []
        if len(self.wheels) > 1:
            more.append(self.platforms if self.abi.stable else self.wheels[-1].tag)
        return f"{self.name} ({', '.join(more)})" if more else self.name

    @property
    def abi(self) -> Abi:
        """Return the ABI of the extension modules: the wheels have been checked."""
        return abis.required(self.wheels[-1].tag.rpartition("-")[0])

    @property
    def platforms(self) -> str:
        """Return the platform part of the tag of the wheels with extension modules."""
        return self.wheels[-1].tag.rpartition("-")[2]

    def native(self, runtime: Runtime) -> bytes | None:
        """Return the runtime's extension module; `None` if the set does not have it."""
        package = runtime.module.rpartition(".")[0]
        for wheel in self.wheels:
            found = contents(wheel)
            name = found.native(package) if package in found.runtimes else None
            if name is not None:
                return wheel.files[name]
        return None

    @property
    def runtimes(self) -> tuple[Runtime, ...]:
        """Return the runtimes that the set has."""
        return tuple(r for r in self.table.runtimes if self.native(r) is not None)


def group(wheels: Sequence[Wheel]) -> list[WheelSet]:
    """Return the sets of wheels that are installed together.

    Raises `WheelError` if a base has no runtimes or a runtime no base, or if a wheel requires
    another version of a wheel in its set.
    """
    found = [part for wheel in wheels for part in contents(wheel).parts]
    made = [_whole(c) for c in found if c.kind in ("fat", "variant")]
    bases = {(c.wheel.project, c.wheel.version, c.package): c for c in found if c.kind == "base"}
    groups: dict[tuple[tuple[str, str, str], str], list[Contents]] = {}
    problems = []
    for each in (c for c in found if c.kind == "runtime"):
        version = each.wheel.version
        owner = next((key for key in bases if key[1:] == (version, each.package)), None)
        if owner is None:
            hint = f"give the base wheel of `{each.package}` {version} too"
            problems.append(Problem("runtime without its base", hint, each.wheel.filename))
        else:
            groups.setdefault((owner, each.wheel.tag), []).append(each)
    for key, base in bases.items():
        if not any(owner == key for owner, _ in groups):
            hint = f"give the wheels of its runtimes, of version {key[1]}, too"
            problems.append(Problem("base without a runtime", hint, base.wheel.filename))
    made += [_split(bases[owner], runtimes) for (owner, _), runtimes in groups.items()]
    problems += [p for each in made for p in (*_unmet(each), *_misplaced(each))]
    if problems:
        raise WheelError(problems)
    return made


def _whole(found: Contents) -> WheelSet:
    return WheelSet((found.wheel,), found.tables[0])


def _split(base: Contents, runtimes: Sequence[Contents]) -> WheelSet:
    """Return the set of a base, with its table for the platform of these runtimes."""
    stamp = runtimes[0].stamp(next(iter(runtimes[0].runtimes))) or {}
    target = stamp.get("target", "")
    wanted = (target.partition("-")[0], target_system(target))
    table = next((t for t in base.tables if (t.machine, t.system) == wanted), base.tables[0])
    return WheelSet((base.wheel, *(each.wheel for each in runtimes)), table)


def _unmet(each: WheelSet) -> Iterator[Problem]:
    """Find a wheel that requires another version of a wheel in its set."""
    versions = {wheel.project: wheel.version for wheel in each.wheels}
    for wheel in each.wheels:
        for requirement in requirements(wheel):
            version = versions.get(requirement.name)
            if version is not None and not requirement.specifier.contains(version):
                what = f"requires `{requirement}`, the set has {version}"
                yield Problem(what, "test the wheels of one release together", wheel.filename)


def _misplaced(each: WheelSet) -> Iterator[Problem]:
    """Find a wheel that holds another runtime than the runtime of its distribution."""
    owners = {r.name: r.install.partition("==")[0] for r in each.table.runtimes if r.install}
    for wheel in each.wheels[1:]:
        parts = [p for p in contents(wheel).parts if p.package == each.table.package]
        for name in (part.runtime_name(package) for part in parts for package in part.runtimes):
            if owners.get(name, wheel.project) != wheel.project:
                what = f"holds the runtime `{name}` of `{owners[name]}`"
                yield Problem(what, AGAIN, wheel.filename, "runtimes")


def requirements(wheel: Wheel) -> list[Requirement]:
    """Return what a wheel requires without any extra, in this environment."""
    found = [Requirement(text) for text in wheel.headers.get_all("Requires-Dist", [])]
    return [r for r in found if r.marker is None or r.marker.evaluate({"extra": ""})]


def missing(each: WheelSet) -> list[str]:
    """Return the requirements that no wheel of the set fulfils."""
    own = {wheel.project for wheel in each.wheels}
    found = {str(r) for wheel in each.wheels for r in requirements(wheel) if r.name not in own}
    return sorted(found)
