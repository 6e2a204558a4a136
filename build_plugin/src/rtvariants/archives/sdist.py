"""A source archive in memory: read, and written so that equal files give equal bytes."""

from __future__ import annotations

import gzip
import io
import os
import sys
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from packaging.version import InvalidVersion, Version

from rtvariants import files
from rtvariants.errors import Problem, WheelError

from .members import BOMB, UNREADABLE
from .wheel import epoch


@dataclass(frozen=True)
class Sdist:
    """The files of an archive by their path below its one folder; `programs` may be executed."""

    name: str
    version: str
    files: Mapping[str, bytes]
    programs: frozenset[str] = field(default_factory=frozenset)

    @property
    def filename(self) -> str:
        """Return the file name."""
        return f"{self.name}-{self.version}.tar.gz"

    def write(self, folder: Path) -> Path:
        """Write the archive whole or not at all; returns its path.

        Owners, times and modes are the same wherever and whenever it is written.
        """
        path = folder / self.filename
        with (
            files.replacing(path) as new,
            new.open("wb") as file,
            gzip.GzipFile("", "wb", mtime=epoch(), fileobj=file) as packed,
            tarfile.open(mode="w", fileobj=packed, format=tarfile.PAX_FORMAT) as archive,
        ):
            for name in sorted(self.files):
                entry = tarfile.TarInfo(f"{self.name}-{self.version}/{name}")
                entry.size, entry.mtime = len(self.files[name]), epoch()
                entry.mode = 0o755 if name in self.programs else 0o644
                archive.addfile(entry, io.BytesIO(self.files[name]))
        return path


def _is_version(text: str) -> bool:
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False


def is_program(path: Path) -> bool:
    """Return whether a file's owner may execute it; False on Windows, where every file may."""
    return os.name != "nt" and bool(path.stat().st_mode & 0o100)


def read(path: Path, tree: Path | None = None) -> Sdist:
    """Read a whole archive.

    Raises `WheelError`: rule `file-name`, `sdist` (damaged, or a bomb) or `member-name` (a member
    outside of the archive's one folder, or not a file). A link is read as the file it points to.
    `tree` is what the archive was written from, if it is known: a link that points to no file of
    the archive is read there, and a warning names what is not a file there either.
    """
    name, dash, version = path.name.removesuffix(".tar.gz").rpartition("-")
    if not dash or not path.name.endswith(".tar.gz") or not _is_version(version):
        hint = "an sdist is called `NAME-VERSION.tar.gz`"
        raise WheelError(Problem("not the name of an sdist", hint, path.name, "file-name"))
    files: dict[str, bytes] = {}
    programs: set[str] = set()
    try:
        with tarfile.open(fileobj=io.BytesIO(_unpacked(path))) as archive:
            for member in archive.getmembers():
                top, _, inner = member.name.partition("/")
                if top != f"{name}-{version}" or _escapes(inner):
                    what = f"member outside of `{name}-{version}/`: `{member.name}`"
                    raise WheelError(Problem(what, _REFUSED, path.name, "member-name"))
                odd = not (member.isdir() or member.isreg() or member.islnk())
                if odd and tree and not (tree / inner).is_file():
                    what = f"`{inner}` is neither a file nor a link to one"
                    sys.stderr.write(f"warning: not in the sdist: {what}\n")
                elif not member.isdir():
                    linked = _linked(member, inner, tree)
                    files[inner] = linked or _content(archive, member, path.name)
                    program = member.mode & 0o100 and not member.issym()
                    programs |= {inner} if program else set()
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        what, hint = f"unreadable archive: {error}", "build it or download it again"
        if isinstance(error, OSError) and error.errno:
            what, hint = str(error.strerror), UNREADABLE
        raise WheelError(Problem(what, hint, path.name, "sdist")) from error
    return Sdist(name, version, files, frozenset(programs))


_REFUSED = "no build backend writes such a member; build the sdist again"


def _escapes(inner: str) -> bool:
    # A backslash separates folders on Windows.
    return "\\" in inner or ".." in PurePosixPath(inner).parts


def _linked(member: tarfile.TarInfo, inner: str, tree: Path | None) -> bytes | None:
    if tree is None or not member.issym() or not (tree / inner).is_file():
        return None
    return (tree / inner).read_bytes()


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, where: str) -> bytes:
    try:
        linked = member.islnk() or member.issym()
        taken = archive.extractfile(member) if member.isreg() or linked else None
    except (KeyError, RecursionError):  # A link to nothing, or to itself.
        taken = None
    if taken is None:
        what = f"member that is neither a file nor a link to a file in the archive: `{member.name}`"
        raise WheelError(Problem(what, _REFUSED, where, "member-name"))
    return taken.read()


def _unpacked(path: Path) -> bytes:
    """Unpack the whole archive: tarfile would stop before the checksum at the end."""
    size = path.stat().st_size
    parts: list[bytes] = []
    with gzip.open(path) as file:
        while part := file.read(1 << 24):
            parts.append(part)
            if len(parts) << 24 > max(BOMB[0], BOMB[1] * size):
                what = f"more than {len(parts) << 4} MiB in a file of {size / 1e6:.2f} MB"
                raise WheelError(Problem(what, "build the sdist again", path.name, "sdist"))
    return b"".join(parts)
