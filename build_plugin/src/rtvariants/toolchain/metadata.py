"""The crates that cargo resolved: their versions, licences and feature tables, as frozen facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: A cargo feature of a package, by cargo's package id: `("registry+…#serde@1.0.2", "derive")`.
Feature = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """What a manifest's line of a dependency asks of it: features, `default` among them."""

    package_id: str
    features: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Package:
    """One resolved package; `source` is empty for one of the project's own.

    `table` is its `[features]`, each with the features that it turns on, here and elsewhere, and
    `lines` are its dependencies, by the names that it gives them. `license_file` is the name of a
    file in `folder`; `scripted` is set for one with a build script, `macro` for a procedural macro.
    `oldest_python` is the CPython that pyo3-ffi says it needs, such as `3.9`.
    """

    name: str
    version: str
    source: str = ""
    license: str = ""
    table: Mapping[str, tuple[Feature, ...]] = field(default_factory=dict)
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    checksum: str = ""
    folder: Path = Path()
    license_file: str = ""
    scripted: bool = False
    macro: bool = False
    oldest_python: str = ""


@dataclass(frozen=True)
class Graph:
    """Every package that may be part of a build, by cargo's package id."""

    packages: Mapping[str, Package] = field(default_factory=dict)

    def named(self, package_id: str, features: Iterable[str]) -> frozenset[Feature]:
        """Return the features that cargo's option `--features` names, for a package.

        A name with a slash is one of a dependency, by the name that the package gives it.
        """
        return frozenset(f for text in features for f in self._read(package_id, text))

    def asked(self, package_id: str, features: Iterable[str]) -> frozenset[Feature]:
        """Return what some features of a package ask for, in it and in what it depends on.

        What a crate's own line of a dependency asks for anyway is left out: there, a feature that
        names it again changes nothing.

        >>> tables = {"core": {"wide": ()}, "app": {"big": (("app", "x"), ("core", "wide"))}}
        >>> graph = Graph({n: Package(n, "1.0.0", table=t) for n, t in tables.items()})
        >>> sorted(graph.asked("app", ["big"]))
        [('app', 'big'), ('app', 'x'), ('core', 'wide')]
        """
        return self._closed(self.named(package_id, features), anyway=False)

    def implied(self, package_id: str, features: Iterable[str]) -> frozenset[Feature]:
        """Return all that a package asks for with some of its features, also by its own lines."""
        always = self._of_lines(package_id, lambda line: not line.optional)
        return self._closed(self.named(package_id, features) | always, anyway=True)

    def above(self, names: Collection[str]) -> frozenset[str]:
        """Return the names of these packages, and of all that depend on one of them."""
        found: set[str] = set()
        while True:
            more = {
                this
                for this, package in self.packages.items()
                if this not in found and (package.name in names or found & {*package.dependencies})
            }
            if not more:
                return frozenset(self.packages[this].name for this in found)
            found |= more

    def _closed(self, seeds: Iterable[Feature], *, anyway: bool) -> frozenset[Feature]:
        found: set[Feature] = set()
        waiting = list(seeds)
        while waiting:
            this = waiting.pop()
            if this in found:
                continue
            found.add(this)
            package = self.packages.get(this[0])
            if package is None:
                continue
            next_ = set(package.table.get(this[1], ()))
            if not anyway:
                next_ -= self._anyway(this[0])
            elif this[1].startswith("dep:"):
                lines = package.lines.get(this[1].removeprefix("dep:"), ())
                next_ |= {(line.package_id, f) for line in lines for f in line.features}
            waiting += next_
        return frozenset(found)

    def _anyway(self, package_id: str) -> frozenset[Feature]:
        """Return what the lines of a crate turn on in its dependencies, with every feature."""
        seeds = self._of_lines(package_id, lambda line: not line.optional)
        return self._closed(seeds, anyway=True) if seeds else frozenset()

    def _of_lines(self, package_id: str, wanted: Callable[[Line], bool]) -> frozenset[Feature]:
        package = self.packages.get(package_id)
        return frozenset(
            (line.package_id, feature)
            for lines in (package.lines.values() if package else ())
            for line in filter(wanted, lines)
            for feature in line.features
        )

    def _read(self, package_id: str, text: str) -> tuple[Feature, ...]:
        package = self.packages.get(package_id)
        lines = dict(package.lines) if package else {}
        if package and "/" in text:  # cargo knows the package itself by its name too.
            lines.setdefault(package.name, (Line(package_id),))
        return _turned_on(package_id, text, lines)

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


def read(metadata: Mapping[str, Any], lock: Mapping[str, Any] | None = None) -> Graph:
    """Return the graph of a `cargo metadata` answer (format version 1) and its Cargo.lock."""
    sums = {
        (entry["name"], entry["version"], entry.get("source")): entry.get("checksum", "")
        for entry in (lock or {}).get("package", [])
    }
    nodes = (metadata.get("resolve") or {}).get("nodes", [])
    uses = {node["id"]: tuple(dep["pkg"] for dep in node["deps"] if _built(dep)) for node in nodes}
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    deps = {node["id"]: node["deps"] for node in nodes}
    lines = {p["id"]: _lines(p, deps.get(p["id"], []), names) for p in metadata["packages"]}
    return Graph(
        {
            package["id"]: Package(
                name=package["name"],
                version=package["version"],
                source=package["source"] or "",
                license=package["license"] or "",
                table=_table(package, lines[package["id"]]),
                lines=lines[package["id"]],
                dependencies=uses.get(package["id"], ()),
                checksum=sums.get((package["name"], package["version"], package["source"]), ""),
                folder=Path(package.get("manifest_path", "")).parent,
                license_file=package.get("license_file") or "",
                scripted=_has(package, "custom-build"),
                macro=_has(package, "proc-macro"),
                oldest_python=_oldest_python(package),
            )
            for package in metadata["packages"]
        }
    )


def _built(dependency: Mapping[str, Any]) -> bool:
    """Return whether a dependency is compiled for anything but tests."""
    return any(kind["kind"] != "dev" for kind in dependency.get("dep_kinds", [{"kind": None}]))


def _oldest_python(package: Mapping[str, Any]) -> str:
    """Return what pyo3-ffi states in the table `[package.metadata.cpython]` of its manifest."""
    cpython = (package.get("metadata") or {}).get("cpython")
    return str(cpython.get("min-version", "")) if isinstance(cpython, Mapping) else ""


def _has(package: Mapping[str, Any], kind: str) -> bool:
    return any(kind in target["kind"] for target in package.get("targets", []))


def _lines(
    package: Mapping[str, Any], resolved: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, tuple[Line, ...]]:
    """Return the lines of dependencies that hold for the target, by the names in the manifest."""
    found: dict[str, tuple[Line, ...]] = {}
    renamed = {d["rename"].replace("-", "_") for d in package["dependencies"] if d["rename"]}
    for line in package["dependencies"]:
        if line.get("kind") is not None:
            continue  # For a build script or tests: compiled apart from what is linked.
        for dep in resolved:
            own = dep.get("name", "")
            known = (
                own == line["rename"].replace("-", "_") if line["rename"] else own not in renamed
            )
            kinds = [(k["kind"], k.get("target")) for k in dep.get("dep_kinds", [])]
            here = not kinds or (None, line.get("target")) in kinds
            if names.get(dep["pkg"]) == line["name"] and known and here:
                default = ("default",) if line.get("uses_default_features", True) else ()
                features = (*default, *line.get("features", ()))
                one = Line(dep["pkg"], features, bool(line.get("optional")))
                key = line["rename"] or line["name"]
                found[key] = (*found.get(key, ()), one)
    return found


def _table(
    package: Mapping[str, Any], lines: Mapping[str, tuple[Line, ...]]
) -> dict[str, tuple[Feature, ...]]:
    return {
        feature: tuple(f for text in wanted for f in _turned_on(package["id"], text, lines))
        for feature, wanted in package["features"].items()
    }


def _turned_on(
    package_id: str, text: str, lines: Mapping[str, tuple[Line, ...]]
) -> tuple[Feature, ...]:
    """Read `x`, `dep:x`, `x/y` or `x?/y` of a feature's list.

    >>> _turned_on("app", "json?/derive", {"json": (Line("serde", optional=True),)})
    (('serde', 'derive'),)
    >>> _turned_on("app", "json/derive", {"json": (Line("serde", optional=True),)})
    (('serde', 'derive'), ('app', 'dep:json'))
    """
    found = re.fullmatch(r"([^/?]+)(\??)/(.+)", text)
    if not found:
        return ((package_id, text),)
    name, weak, feature = found.groups()
    mine = lines.get(name, ())
    there = tuple((line.package_id, feature) for line in mine) or ((name, feature),)
    on = not weak and any(line.optional for line in mine)
    return (*there, *([(package_id, f"dep:{name}")] if on else []))


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
