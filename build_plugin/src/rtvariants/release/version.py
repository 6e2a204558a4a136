"""The version of a project, spelled for Python and for Cargo.

Cargo's spelling is SemVer (`1.2.0-rc.1`), Python's is PEP 440 (`1.2.0rc1`). What SemVer cannot
express (post and development releases, epochs, local versions) is refused, so that both order
versions alike.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from rtvariants.config import toml
from rtvariants.errors import ConfigError, Problem, RtvariantsError

_PHASES = {"a": "alpha", "b": "beta", "rc": "rc"}
_SEMVER = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-(alpha|beta|rc)\.(\d+))?\Z")


class VersionError(RtvariantsError):
    """A version that Python or Cargo cannot spell, or places that disagree."""


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
    """Return the PEP 440 spelling of a version in either spelling."""
    return to_python(version) if _SEMVER.match(version) else to_python(to_cargo(version))


def current(root: Path, data: dict[str, Any]) -> str:
    """Return the version of a project in Python's spelling, from the one place that has it.

    That is `project.version`, or if it is dynamic the version in Cargo.toml.
    """
    project = data.get("project", {})
    if "version" in project:
        return str(project["version"])
    cargo = toml.read(root / "Cargo.toml")
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


def _parsed(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion as error:
        raise VersionError(
            f"not a version: `{version}`", "write it as PEP 440 does, such as `1.2.0rc1`"
        ) from error
