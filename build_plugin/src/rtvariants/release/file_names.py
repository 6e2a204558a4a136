"""What the name of a distribution's file says, by the rules of the formats: pure functions.

An index may have names that this project does not write: `Lamp.Fast` for `lamp_fast`, `1.4` for
`1.4.0`, a wheel with a build number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name, parse_sdist_filename
from packaging.version import Version

from rtvariants.archives import wheel

_ARCHIVES = (".tar.gz", ".tar.bz2", ".zip", ".egg", ".json")


@dataclass(frozen=True)
class FileName:
    """The project with its normalised name, the version, and the build number, empty for none."""

    project: NormalizedName
    version: Version
    build: str = ""


def read(name: str) -> FileName | None:
    """Return what the name of a wheel, an sdist or another file says; `None` for no version.

    >>> read("Lamp.Fast-1.4-2-cp310-abi3-win_amd64.whl")
    FileName(project='lamp-fast', version=<Version('1.4')>, build='2')
    >>> read("lamp-fast-1.4.0.tar.gz").project, read("index.html")
    ('lamp-fast', None)
    """
    try:
        if name.endswith(".whl"):
            project, version, build, _, _ = wheel.split_name(name)
            return FileName(canonicalize_name(project), Version(version), build)
        if name.endswith((".tar.gz", ".zip")):
            return FileName(*parse_sdist_filename(name))
    except ValueError:
        pass  # Indexes also have names from before these rules.
    return _other(name)


def of_version(names: Iterable[str], version: str) -> list[str]:
    """Return the file names that an exact pin of a version admits, as PEP 440 compares versions.

    `1.4` is `1.4.0`, which also admits `1.4.0+local`; `1.4.0.post1` is another version.
    """
    pin = SpecifierSet(f"=={version}")
    found = ((name, read(name)) for name in names)
    return sorted(n for n, said in found if said and pin.contains(said.version, prereleases=True))


def _other(name: str) -> FileName | None:
    """Read what has the version after the first hyphen that a version follows."""
    for ending in _ARCHIVES:
        name = name.removesuffix(ending)
    parts = name.removesuffix(".whl").split("-")
    for at in range(1, len(parts)):
        if version := _version(parts[at]):
            return FileName(canonicalize_name("-".join(parts[:at])), version)
    return None


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except ValueError:  # Python refuses numbers of thousands of digits with one.
        return None
