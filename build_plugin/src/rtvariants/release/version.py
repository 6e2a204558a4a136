"""One version in every place that states it, spelt right for Python and for Cargo.

Cargo's spelling is SemVer (`1.2.0-rc.1`), Python's is PEP 440 (`1.2.0rc1`). What SemVer cannot say
(post and development releases, epochs, local versions) is refused, so that both worlds order
versions alike.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rtvariants.errors import ConfigError, Problem, RtvariantsError
from rtvariants.files import write_text

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_PHASES = {"a": "alpha", "b": "beta", "rc": "rc"}
_SEMVER = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-(alpha|beta|rc)\.(\d+))?\Z")


class VersionError(RtvariantsError):
    """A version that one of the two worlds cannot spell, or places that disagree."""


@dataclass(frozen=True)
class Site:
    """One place that states the version: a file, where in it, what stands there and what should.

    `old` and `new` are texts of the file, so that writing is replacing one by the other.
    """

    file: str
    place: str
    found: str
    wanted: str
    line: int


def to_cargo(version: str) -> str:
    """Return the SemVer spelling of a PEP 440 version.

    >>> to_cargo("1.2.0rc1"), to_cargo("1.2")
    ('1.2.0-rc.1', '1.2.0')
    """
    parsed = _parsed(version)
    if parsed.epoch or parsed.is_postrelease or parsed.is_devrelease or parsed.local:
        raise VersionError(
            f"version that Cargo cannot spell: `{version}`",
            "use a release (`1.2.0`) or a pre-release (`1.2.0rc1`, `1.2.0b1`, `1.2.0a1`)",
        )
    if len(parsed.release) > 3:
        raise VersionError(
            f"version of more than three numbers: `{version}`", "Cargo takes three: `1.2.0`"
        )
    text = ".".join(map(str, (*parsed.release, 0, 0)[:3]))
    return f"{text}-{_PHASES[parsed.pre[0]]}.{parsed.pre[1]}" if parsed.pre else text


def to_python(version: str) -> str:
    """Return the PEP 440 spelling of a SemVer version.

    >>> to_python("1.2.0-beta.3"), to_python("1.2.0")
    ('1.2.0b3', '1.2.0')
    """
    found = _SEMVER.match(version)
    if not found:
        raise VersionError(
            f"version that Python cannot spell: `{version}`",
            "write pre-releases as `-alpha.1`, `-beta.1` or `-rc.1`",
        )
    major, minor, patch, phase, number = found.groups()
    short = {long: short for short, long in _PHASES.items()}
    return f"{major}.{minor}.{patch}" + (f"{short[phase]}{number}" if phase else "")


def canonical(version: str) -> str:
    """Return the PEP 440 spelling of a version that is given in either."""
    return to_python(version) if _SEMVER.match(version) else to_python(to_cargo(version))


def current(root: Path, data: dict[str, Any]) -> str:
    """Return the version of a project in Python's spelling, from the one place that has it.

    That is `project.version`, and where it is dynamic the version in Cargo.toml.
    """
    project = data.get("project", {})
    if "version" in project:
        return str(project["version"])
    cargo = _toml(root / "Cargo.toml")
    for table in (cargo.get("workspace", {}).get("package", {}), cargo.get("package", {})):
        if isinstance(table.get("version"), str):
            return to_python(table["version"])
    raise ConfigError(
        Problem(
            "no version: neither `project.version` nor one in Cargo.toml",
            "give the workspace a version: `[workspace.package] version`",
            where="pyproject.toml",
        )
    )


def sites(root: Path, version: str, names: tuple[str, ...] = ()) -> tuple[Site, ...]:
    """Return every place below `root` that states the version, with what should stand there.

    `names` are the distributions of the release; exact pins of them must be of the same version.
    """
    return tuple(_sites(root, version, names))


def drift(found: tuple[Site, ...]) -> list[Problem]:
    """Return a problem for each place that states another version; pure."""
    return [
        Problem(
            f"{site.place}: `{site.found}`, expected `{site.wanted}`",
            "`rtvariants version set VERSION` writes all places at once",
            f"{site.file}:{site.line}",
        )
        for site in found
        if site.found != site.wanted
    ]


def write(root: Path, found: tuple[Site, ...]) -> tuple[str, ...]:
    """Write the wanted text into each place that differs; returns the files that changed.

    All new texts are made before the first is written, and each file is replaced at once.
    """
    texts: dict[str, list[str]] = {}
    for site in found:
        if site.found == site.wanted:
            continue
        lines = texts.setdefault(
            site.file, (root / site.file).read_bytes().decode().splitlines(keepends=True)
        )
        line = lines[site.line - 1]
        lines[site.line - 1] = line.replace(site.found, site.wanted, 1)
    for name, lines in texts.items():
        write_text(root / name, "".join(lines))
    return tuple(texts)


def _sites(root: Path, version: str, names: tuple[str, ...]) -> Iterator[Site]:
    cargo, python = to_cargo(version), to_python(to_cargo(version))
    members = _members(root)
    for manifest in dict.fromkeys(("Cargo.toml", *members)):
        yield from _cargo_sites(root, manifest, cargo, {members[m] for m in members})
    yield from _lock_sites(root, cargo, {members[m] for m in members})
    yield from _python_sites(root, python, names)


def _cargo_sites(root: Path, manifest: str, wanted: str, crates: set[str]) -> Iterator[Site]:
    """Yield the versions of a manifest: its own, the workspace's, and pins of member crates."""
    path = root / manifest
    if not path.is_file():
        return
    table = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if head := re.match(r"\[([^\]]+)\]", line.strip()):
            table = head.group(1)
        own = re.match(r'version\s*=\s*"([^"]+)"', line)
        if own and table in ("package", "workspace.package"):
            yield Site(manifest, f"`[{table}] version`", own.group(1), wanted, number)
        pin = re.match(r'([\w-]+)\s*=\s*\{.*\bversion\s*=\s*"(=[^"]+)"', line)
        if pin and pin.group(1) in crates and table.endswith("dependencies"):
            yield Site(manifest, f"pin of `{pin.group(1)}`", pin.group(2), f"={wanted}", number)


def _lock_sites(root: Path, wanted: str, crates: set[str]) -> Iterator[Site]:
    """Yield the versions of workspace members in Cargo.lock: the packages without a source."""
    path = root / "Cargo.lock"
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        name = re.match(r'name = "([^"]+)"', line)
        found = re.match(r'version = "([^"]+)"', "".join(lines[number : number + 1]))
        # A package of the same name from an index has a source behind its version.
        foreign = "".join(lines[number + 1 : number + 2]).startswith("source")
        if name and found and not foreign and name.group(1) in crates:
            yield Site(
                "Cargo.lock", f"package `{name.group(1)}`", found.group(1), wanted, number + 1
            )


def _python_sites(root: Path, wanted: str, names: tuple[str, ...]) -> Iterator[Site]:
    own = {canonicalize_name(name) for name in names}
    table = ""
    for number, line in enumerate(
        (root / "pyproject.toml").read_text(encoding="utf-8").splitlines(), 1
    ):
        if head := re.match(r"\[+([^\]]+)\]", line.strip()):
            table = head.group(1)
        found = re.match(r'version\s*=\s*"([^"]+)"', line)
        if found and table == "project":
            yield Site("pyproject.toml", "`[project] version`", found.group(1), wanted, number)
        if not table.startswith("project"):
            continue
        for text in re.findall(r'"([^"]+==[^"]+)"', line):
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if canonicalize_name(requirement.name) in own:
                pin = str(requirement.specifier)
                place = f"pin of `{requirement.name}`"
                yield Site("pyproject.toml", place, pin, f"=={wanted}", number)


def _members(root: Path) -> dict[str, str]:
    """Return the manifests of the workspace's crates that take part, with the crates' names.

    A crate that inherits its version is stated by the workspace; one with a version of its own is
    in lockstep only where the workspace has none to inherit.
    """
    cargo = _toml(root / "Cargo.toml") if (root / "Cargo.toml").is_file() else {}
    found = {}
    patterns = cargo.get("workspace", {}).get("members", [])
    paths = [root / "Cargo.toml", *(p / "Cargo.toml" for g in patterns for p in root.glob(g))]
    for path in paths:
        package = _toml(path).get("package", {}) if path.is_file() else {}
        if "name" in package:
            found[path.relative_to(root).as_posix()] = str(package["name"])
    return found


def _toml(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(Problem(f"unreadable file: {error}", where=path.name)) from error
    return data


def _parsed(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion as error:
        raise VersionError(
            f"not a version: `{version}`", "write it as PEP 440 does, such as `1.2.0rc1`"
        ) from error
