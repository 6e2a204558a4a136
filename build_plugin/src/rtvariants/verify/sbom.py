"""The SBOM of one runtime: CycloneDX 1.6, written from what cargo says it compiled, and read back.

PEP 770 gives it a place in the wheel, `.dist-info/sboms/`. It lists the crates of this build with
the features that they were built with, and facts about the file that no list of crates has:
level, flags, allocator, outcome of the audit. The same inputs give the same bytes: it has
no time, no random number and no path of the build machine.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rtvariants.compile.artifact import Artifact, Unit
from rtvariants.config import toml
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.native import sizes
from rtvariants.toolchain.metadata import Graph, Package, identity

#: What the name of an SBOM in a wheel ends with.
SUFFIX = ".cdx.json"
_PREFIX = "rtvariants:"
# What cargo calls crates.io, by its two protocols.
_CRATES_IO = (
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
)
# Flags that name folders of the build machine, and say nothing about what the native does.
_LOCAL = ("--remap-path-prefix", "-ffile-prefix-map", "-Cprofile-use=")


@dataclass(frozen=True)
class Facts:
    """What the plugin read back from a native; `shipped` is the file that goes into the wheel.

    `crates` are the bytes of code by crate, `libraries` the static libraries of C code that build
    scripts made, by crate.
    """

    stamp: Mapping[str, str]
    shipped: Path
    glibc: str
    allowed: Sequence[tuple[str, int]] = field(default_factory=tuple)
    crates: Sequence[tuple[str, int]] = field(default_factory=tuple)
    libraries: Sequence[tuple[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Sbom:
    """What an SBOM says about its extension module; a repeated property has one line per value."""

    package: str
    hashes: frozenset[str]
    properties: Mapping[str, str]

    @property
    def runtime(self) -> str:
        """Return the runtime's name; empty where the SBOM has none."""
        return self.properties.get("runtime", "")


def file_name(package: str, runtime: str) -> str:
    """Return the name of a runtime's SBOM in a wheel.

    >>> file_name("greeter", "fast")
    'greeter-fast.cdx.json'
    """
    return f"{package}-{runtime}{SUFFIX}"


def read(data: bytes) -> Sbom:
    """Return what the SBOM of a runtime says; raises `ValueError` for any other text."""
    properties: dict[str, str] = {}
    try:
        native: dict[str, Any] = json.loads(data)["metadata"]["component"]
        for each in native["properties"]:
            key, value = str(each["name"]).removeprefix(_PREFIX), str(each["value"])
            properties[key] = "\n".join(filter(None, [properties.get(key, ""), value]))
        hashes = frozenset(str(each["content"]) for each in native["hashes"])
        return Sbom(str(native["name"]), hashes, properties)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("not the SBOM of a runtime") from error


def text(artifact: Artifact, graph: Graph, facts: Facts) -> str:
    """Return the SBOM of one build."""
    linked = _packages(unit for unit in artifact.units if not unit.for_host)
    used = _packages(artifact.units)
    graph = _completed(graph, artifact)
    names = _references(used)
    components = [
        _component(
            graph.packages[package_id],
            names[package_id],
            linked.get(package_id, used[package_id]),
            facts,
            linked=package_id in linked,
        )
        for package_id in sorted(used, key=identity)
    ]
    native = _native(artifact, facts)
    body: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": [{"type": "application", "name": "rtvariants"}]},
            "component": native,
        },
        "components": [*components, _standard_library(facts)],
        "dependencies": list(_dependencies(artifact, graph, names, native["bom-ref"])),
    }
    # A name made from the content, in place of a random one.
    import uuid  # slow to import, and not needed in a warm build

    number = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(body, sort_keys=True))
    body["serialNumber"] = number.urn
    return json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def leaks(said: str, private_paths: Sequence[Path]) -> Iterator[Problem]:
    """Yield a violation for each path of the build machine in an SBOM."""
    for path in private_paths:
        # As JSON writes it.
        if len(path.parts) > 2 and json.dumps(str(path))[1:-1] in said:
            yield Problem(f"path of the build machine in the SBOM: `{path}`", rule="build-paths")


def _packages(units: Iterable[Unit]) -> dict[str, tuple[str, ...]]:
    """Return each package with the features of all its units."""
    found: dict[str, set[str]] = {}
    for unit in units:
        found.setdefault(unit.package_id, set()).update(unit.features)
    return {package_id: tuple(sorted(features)) for package_id, features in found.items()}


def _native(artifact: Artifact, facts: Facts) -> dict[str, Any]:
    build, profile = artifact.build, artifact.build.contract.profile
    said = {
        **facts.stamp,
        "cargo-features": ",".join(artifact.features),
        "rustflags": _flags(build.contract.rustflags),
        "cflags": _flags(build.contract.c_flags),
        **({"profile": f"sha256:{profile.digest}"} if profile else {}),
        "glibc": facts.glibc,
        "instructions-above-level": "0",
    }
    package, version = said.pop("package", ""), said.pop("version", "")
    return {
        "type": "library",
        "bom-ref": f"{package}-{build.runtime}",
        "name": package,
        "version": version,
        "description": f"native runtime {build.runtime}",
        "hashes": [_sha256(hashlib.sha256(facts.shipped.read_bytes()).hexdigest())],
        "properties": [
            *(_property(key, value) for key, value in said.items()),
            *(
                _property("instructions-allowed", f"{count} function{'s' * (count != 1)}: {reason}")
                for reason, count in facts.allowed
            ),
            *(_property(sizes.PROPERTY, f"{crate} {size}") for crate, size in facts.crates),
        ],
    }


def _flags(words: Iterable[str]) -> str:
    return " ".join(word for word in words if not word.startswith(_LOCAL))


def _completed(graph: Graph, artifact: Artifact) -> Graph:
    """Return the graph with every package of a build.

    What only a flag of the level turns on, as `cfg(target_feature = …)` does, is described by its
    own manifest.
    """
    packages = dict(graph.packages)
    for unit in artifact.units:
        if unit.package_id not in packages:
            name, version = identity(unit.package_id)
            where = unit.package_id.partition("#")[0]
            source = "" if where.startswith("path+") else where
            said = _manifest(unit.manifest)
            texts = {key: value for key, value in said.items() if isinstance(value, str)}
            packages[unit.package_id] = Package(
                name,
                version,
                source,
                license=texts.get("license", ""),
                license_file=texts.get("license-file", ""),
            )
    return Graph(packages)


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = toml.read(path).get("package", {})
    except (OSError, RtvariantsError):
        return {}
    return found


def _component(
    package: Package, reference: str, features: tuple[str, ...], facts: Facts, *, linked: bool
) -> dict[str, Any]:
    libraries = sorted({name for crate, name in facts.libraries if crate == package.name})
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        # Build scripts and macros run during the build; nothing of them is in the native.
        "scope": "required" if linked else "excluded",
        "properties": [
            _property("cargo-features", ",".join(features)),
            *(_property("static-library", name) for name in (libraries if linked else ())),
        ],
    }
    if package.source:
        made["purl"] = _purl(package)
    if package.license:
        # Older manifests write a slash for OR.
        words = package.license.replace("/", " OR ").split()
        made["licenses"] = [{"expression": " ".join(words)}]
    elif package.license_file:
        file = package.license_file.replace("\\", "/").rpartition("/")[2]
        made["licenses"] = [{"license": {"name": f"file {file} of the crate"}}]
    if package.checksum:
        made["hashes"] = [_sha256(package.checksum)]
    return made


def _standard_library(facts: Facts) -> dict[str, Any]:
    words = facts.stamp.get("toolchain", "").split()
    return {
        "type": "library",
        "bom-ref": "rust-std",
        "name": "rust-std",
        "version": words[1] if len(words) > 1 else "",
        "description": "the standard library, as it comes with the compiler",
        "scope": "required",
    }


def _dependencies(
    artifact: Artifact, graph: Graph, names: Mapping[str, str], native: str
) -> Iterator[dict[str, Any]]:
    own = [
        u.package_id
        for u in artifact.units
        if u.name == artifact.build.contract.lib and not u.for_host
    ]
    yield {"ref": native, "dependsOn": [*sorted({names[i] for i in own}), "rust-std"]}
    for package_id in sorted(names, key=identity):
        uses = {names[d] for d in graph.packages[package_id].dependencies if d in names}
        yield {"ref": names[package_id], "dependsOn": sorted(uses)}


def _references(package_ids: Iterable[str]) -> dict[str, str]:
    """Return a name for each package; two sources may have the same version of a crate."""
    plain = {this: "cargo:{}@{}".format(*identity(this)) for this in package_ids}
    count = Counter(plain.values())
    return {
        this: name
        if count[name] == 1
        else f"{name}#{hashlib.sha256(this.encode()).hexdigest()[:8]}"
        for this, name in plain.items()
    }


def _purl(package: Package) -> str:
    """Return the package URL of a crate: without a place, that is one of crates.io.

    A place never has a password in it, nor a folder of the build machine.
    """
    url = f"pkg:cargo/{package.name}@{quote(package.version)}"
    kind, _, place = package.source.partition("+")
    place = re.sub(r"^([a-z]+://)[^/@]*@", r"\1", place)
    if package.source in _CRATES_IO or not re.match(r"(https?|ssh)://", place):
        return url
    if kind == "git":
        return f"{url}?vcs_url={quote(f'git+{place}', safe='')}"
    return f"{url}?repository_url={quote(place, safe='')}"


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"{_PREFIX}{name}", "value": value}


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}
