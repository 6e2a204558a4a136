"""The crates that cargo resolved: their versions, licences and feature tables, as frozen facts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: A cargo feature of a crate: `("serde", "derive")`.
Feature = tuple[str, str]


@dataclass(frozen=True)
class Package:
    """One resolved package; `source` is empty for one of the project's own.

    `table` is its `[features]`, each with the features that it turns on, here and elsewhere;
    `scripted` is set for one with a build script, `macro` for a procedural macro.
    """

    name: str
    version: str
    source: str = ""
    license: str = ""
    table: Mapping[str, tuple[Feature, ...]] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    checksum: str = ""
    folder: Path = Path()
    scripted: bool = False
    macro: bool = False


@dataclass(frozen=True)
class Graph:
    """Every package that may be part of a build, by cargo's package id."""

    packages: Mapping[str, Package] = field(default_factory=dict)

    def turned_on(self, crate: str, features: Iterable[str]) -> frozenset[Feature]:
        """Return everything that features of a crate turn on, in it and in what it depends on.

        >>> tables = {"core": {"wide": ()}, "app": {"big": (("app", "x"), ("core", "wide"))}}
        >>> graph = Graph({n: Package(n, "1.0.0", table=t) for n, t in tables.items()})
        >>> sorted(graph.turned_on("app", ["big"]))
        [('app', 'big'), ('app', 'x'), ('core', 'wide')]
        """
        found: set[Feature] = set()
        waiting = [(crate, feature) for feature in features]
        waiting = [tuple(f.split("/", 1)) if "/" in f else (c, f) for c, f in waiting]  # type: ignore[misc]
        while waiting:
            this = waiting.pop()
            if this not in found:
                found.add(this)
                waiting += self._next(this)
        return frozenset(found)

    def alike(self, package_id: str, differing: Collection[str]) -> tuple[Package, ...]:
        """Return the project's own crates behind one that are compiled alike for all runtimes.

        Those are all but the ones that know a runtime: by features, where they are among
        `differing`; or perhaps by variables, which a build script, or a macro in the crates that
        use it, may read without cargo's knowledge. What depends on such a crate is left out too.
        """
        knows: dict[str, bool] = {}

        def known(this: str) -> bool:
            if this not in knows:
                package = self.packages[this]
                uses = [(self.packages[d], known(d)) for d in package.dependencies]
                knows[this] = (
                    package.name in differing
                    or (package.scripted and not package.source)
                    or any(itself or (used.macro and not used.source) for used, itself in uses)
                )
            return knows[this]

        known(package_id)
        found = (self.packages[this] for this, itself in knows.items() if not itself)
        return tuple(sorted((p for p in found if not p.source), key=lambda p: p.name))

    def _next(self, feature: Feature) -> Iterator[Feature]:
        for package in self.packages.values():
            if package.name == feature[0]:
                yield from package.table.get(feature[1], ())


def read(metadata: Mapping[str, Any], lock: Mapping[str, Any] | None = None) -> Graph:
    """Return the graph of a `cargo metadata` answer (format version 1) and its Cargo.lock."""
    sums = {
        (entry["name"], entry["version"], entry.get("source")): entry.get("checksum", "")
        for entry in (lock or {}).get("package", [])
    }
    nodes = (metadata.get("resolve") or {}).get("nodes", [])
    uses = {node["id"]: tuple(dep["pkg"] for dep in node["deps"] if _built(dep)) for node in nodes}
    return Graph(
        {
            package["id"]: Package(
                name=package["name"],
                version=package["version"],
                source=package["source"] or "",
                license=package["license"] or "",
                table=_table(package),
                dependencies=uses.get(package["id"], ()),
                checksum=sums.get((package["name"], package["version"], package["source"]), ""),
                folder=Path(package.get("manifest_path", "")).parent,
                scripted=_has(package, "custom-build"),
                macro=_has(package, "proc-macro"),
            )
            for package in metadata["packages"]
        }
    )


def _built(dependency: Mapping[str, Any]) -> bool:
    """Return whether a dependency is compiled for anything but tests."""
    return any(kind["kind"] != "dev" for kind in dependency.get("dep_kinds", [{"kind": None}]))


def _has(package: Mapping[str, Any], kind: str) -> bool:
    return any(kind in target["kind"] for target in package.get("targets", []))


def _table(package: Mapping[str, Any]) -> dict[str, tuple[Feature, ...]]:
    # A dependency may be known by another name inside the crate.
    names = {d["rename"] or d["name"]: d["name"] for d in package["dependencies"]}
    return {
        feature: tuple(_turned_on(package["name"], text, names) for text in wanted)
        for feature, wanted in package["features"].items()
    }


def _turned_on(crate: str, text: str, names: Mapping[str, str]) -> Feature:
    """Read `x`, `dep:x`, `x/y` or `x?/y` of a feature's list.

    >>> _turned_on("app", "serde?/derive", {"serde": "serde"})
    ('serde', 'derive')
    """
    found = re.fullmatch(r"([^/?]+)\??/(.+)", text)
    if found:
        return names.get(found[1], found[1]), found[2]
    return crate, text


def identity(package_id: str) -> tuple[str, str]:
    """Return name and version of cargo's package id, in either of its spellings.

    >>> identity("registry+https://example.org/index#memchr@2.8.0")
    ('memchr', '2.8.0')
    >>> identity("path+file:///work/crates/greeter#1.4.0")
    ('greeter', '1.4.0')
    """
    where, _, rest = package_id.rpartition("#")
    name, found, version = rest.rpartition("@")
    return (name, version) if found else (where.rstrip("/").rpartition("/")[2], rest)
