"""What a wheel or an sdist says about itself, and whether all of it can be read.

Nothing is unpacked to disk. A name that leaves the archive, a record that does not fit, a truncated
file and a name inside that differs from the file's are problems of that file.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from rtvariants.archives.wheel import normal
from rtvariants.errors import Problem
from rtvariants.native import stamp as stamps
from rtvariants.toolchain.probe import COMMIT_FILE

_WHEEL = re.compile(
    r"(?P<name>[^-]+)-(?P<version>[^-]+)(-(?P<build>\d[^-]*))?"
    r"-(?P<python>[^-]+)-(?P<abi>[^-]+)-(?P<platform>[^-]+?)(-(?P<label>[0-9a-z_.]+))?\.whl\Z"
)
_BROKEN = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    ValueError,
    KeyError,
)


@dataclass(frozen=True)
class Archive:
    """The facts of one distribution file; `stamps` are those of the natives in a wheel.

    `commit` is the commit that an sdist keeps; a wheel keeps it in each stamp.
    """

    project: str
    version: str
    tags: frozenset[str] = frozenset()
    stamps: tuple[dict[str, str], ...] = ()
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    commit: str = ""


def tags_of(name: str) -> frozenset[str] | None:
    """Return the expanded tags of a wheel's file name; `None` where it is no wheel's name.

    >>> sorted(tags_of("a-1-py3-none-any.whl")), tags_of("a-1.tar.gz")
    (['py3-none-any'], None)
    """
    found = _WHEEL.match(name)
    if not found:
        return None
    parts = (found[key].split(".") for key in ("python", "abi", "platform"))
    pythons, abis, platforms = parts
    return frozenset(f"{p}-{a}-{t}" for p in pythons for a in abis for t in platforms)


def read(path: Path) -> tuple[Archive | None, list[Problem]]:
    """Read one file; returns its facts where it has readable ones, and every problem of it."""
    try:
        if path.name.endswith(".whl"):
            return _wheel(path)
        return _sdist(path)
    except _RefusedError as refused:
        return None, [Problem(refused.args[0], refused.args[1], path.name)]
    except _BROKEN as error:
        what = f"damaged file: {str(error) or type(error).__name__}"
        return None, [Problem(what, "build or fetch it again", path.name)]


class _RefusedError(Exception):
    """A fact and a hint that end the reading of one file."""

    def __init__(self, what: str, hint: str = "build it again") -> None:
        super().__init__(what, hint)


def _safe(name: str) -> None:
    path = PurePosixPath(name)
    drive = ":" in name.split("/", maxsplit=1)[0]
    if path.is_absolute() or ".." in path.parts or "\\" in name or drive:
        raise _RefusedError(f"name that leaves the archive: `{name}`", "do not unpack this file")


def _wheel(path: Path) -> tuple[Archive, list[Problem]]:
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        for name in names:
            _safe(name)
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise _RefusedError(f"two members of one name: `{twice}`")
        infos = {name.split("/")[0] for name in names if name.split("/")[0].endswith(".dist-info")}
        if len(infos) != 1:
            raise _RefusedError(f"{len(infos)} `.dist-info` folders, expected 1")
        info = infos.pop()
        metadata = BytesParser().parsebytes(packed.read(f"{info}/METADATA"))
        tags = BytesParser().parsebytes(packed.read(f"{info}/WHEEL")).get_all("Tag") or []
        problems = _record(packed, info)
        texts = [
            packed.read(name) for name in sorted(names) if name.endswith(f"/{stamps.FILE_NAME}")
        ]
    try:
        facts = tuple(stamps.parse(text) for text in texts)
    except stamps.StampError as error:
        raise _RefusedError(f"unreadable stamp: {error}") from error
    archive = Archive(
        project=str(metadata["Name"]),
        version=normal(str(metadata["Version"])),
        tags=frozenset(map(str, tags)),
        stamps=facts,
        requires=tuple(map(str, metadata.get_all("Requires-Dist") or ())),
        extras=tuple(map(str, metadata.get_all("Provides-Extra") or ())),
    )
    stem = info.removesuffix(".dist-info")
    return archive, [Problem(w, "build it again", path.name) for w in problems] + _identity(
        path.name, archive, stem
    )


def _record(packed: zipfile.ZipFile, info: str) -> list[str]:
    """Return what the wheel's RECORD and its members disagree about."""
    problems = []
    rows = csv.reader(io.StringIO(packed.read(f"{info}/RECORD").decode("utf-8")))
    recorded = {row[0]: row[1] for row in rows if row}
    for name in (n for n in packed.namelist() if not n.endswith("/")):
        data = packed.read(name)  # reads all of it, so a truncated or altered member is found
        if name in (f"{info}/RECORD", f"{info}/RECORD.jws", f"{info}/RECORD.p7s"):
            continue
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        if name not in recorded:
            problems.append(f"member that RECORD does not name: `{name}`")
        elif recorded[name] != f"sha256={digest}":
            problems.append(f"member that differs from RECORD: `{name}`")
    absent = sorted(set(recorded) - set(packed.namelist()))
    return problems + [f"member that only RECORD names: `{name}`" for name in absent]


def _sdist(path: Path) -> tuple[Archive, list[Problem]]:
    stem = path.name.removesuffix(".tar.gz")
    metadata = commit = b""
    with tarfile.open(path, "r:gz") as packed:
        for member in packed:
            _safe(member.name)
            if member.issym() or member.islnk() or not (member.isfile() or member.isdir()):
                raise _RefusedError(f"member that is no plain file: `{member.name}`")
            if member.name.split("/")[0] != stem:
                raise _RefusedError(f"member outside of `{stem}/`: `{member.name}`")
            file = packed.extractfile(member)
            data = file.read() if file else b""
            if member.name == f"{stem}/PKG-INFO":
                metadata = data
            elif member.name == f"{stem}/{COMMIT_FILE}":
                commit = data
    if not metadata:
        raise _RefusedError(f"no `{stem}/PKG-INFO` in it")
    fields = BytesParser().parsebytes(metadata)
    archive = Archive(
        str(fields["Name"]), normal(str(fields["Version"])), commit=commit.decode().strip()
    )
    return archive, _identity(path.name, archive, stem)


def _identity(file: str, archive: Archive, inside: str) -> list[Problem]:
    """Compare what is in a file with what its name says."""
    named = file.split("-", maxsplit=1)[0], file.removesuffix(".tar.gz").split("-")[1]
    stem = canonicalize_name(archive.project).replace("-", "_"), archive.version
    problems = []
    if stem != named:
        problems.append(f"metadata of `{stem[0]}` {stem[1]}, the file's name says {named[1]}")
    if tuple(inside.split("-")[:2]) != named:
        problems.append(f"folder `{inside}` in it, which the file's name does not say")
    tags = tags_of(file)
    if tags is not None and tags != archive.tags:
        problems.append(
            f"tags inside: {', '.join(sorted(archive.tags))}; the name says: "
            f"{', '.join(sorted(tags))}"
        )
    return [Problem(what, "never rename a built file: build it again", file) for what in problems]
