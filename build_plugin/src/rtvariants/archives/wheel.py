"""A wheel in memory: read with every doubt about the archive settled, written byte for byte equal.

The format is that of the binary distribution specification, with the variant label that PEP 825
appends to the file name.
"""

from __future__ import annotations

import base64
import csv
import errno
import hashlib
import io
import lzma
import os
import re
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from rtvariants import files
from rtvariants.errors import Problem, WheelError

# Zip files can't say less than 1980; hatchling uses the same day where nothing else is asked for.
_EPOCH = 1580601600
# The times that zip and gzip files can say.
_FIRST, _LAST = 315532800, 4294967295
_LABEL = re.compile(r"[0-9a-z_.]+")


@dataclass(frozen=True)
class Wheel:
    """The name of a wheel in its parts, and its members with their bytes.

    `label` is the variant label of PEP 825, empty for a plain wheel; `build` the build number.
    `files` has RECORD as it was found; `sealed` renews it.
    """

    name: str
    version: str
    tag: str
    files: Mapping[str, bytes]
    label: str = ""
    build: str = ""

    @property
    def filename(self) -> str:
        """Return the file name.

        >>> Wheel("greeter", "1.4.0", "py3-none-any", {}, label="v3").filename
        'greeter-1.4.0-py3-none-any-v3.whl'
        """
        parts = (self.name, self.version, self.build, self.tag, self.label)
        return "-".join(filter(None, parts)) + ".whl"

    @property
    def dist_info(self) -> str:
        """Return the folder of the metadata."""
        return f"{self.name}-{self.version}.dist-info"

    @property
    def project(self) -> str:
        """Return the normalised name of the distribution."""
        return canonicalize_name(self.name)

    def metadata(self, name: str) -> str:
        """Return a text file of `.dist-info`; empty where it is absent or no text."""
        return self.files.get(f"{self.dist_info}/{name}", b"").decode(errors="replace")

    def sealed(self) -> Wheel:
        """Return the wheel with its members in order and a RECORD that fits them."""
        record = f"{self.dist_info}/RECORD"
        names = sorted(
            (n for n in self.files if n != record), key=lambda n: (".dist-info/" in n, n)
        )
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        for name in names:
            rows.writerow((name, digest(self.files[name]), len(self.files[name])))
        rows.writerow((record, "", ""))
        files = {name: self.files[name] for name in names}
        files[record] = text.getvalue().encode()
        return Wheel(self.name, self.version, self.tag, files, self.label, self.build)

    def write(self, folder: Path) -> Path:
        """Write the file whole or not at all; returns its path.

        The bytes depend on the members alone: their time is SOURCE_DATE_EPOCH, else one day for
        all wheels, and their modes are one for scripts and one for everything else.
        """
        path = folder / self.filename
        with (
            files.replacing(path) as new,
            zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for name, data in self.files.items():
                archive.writestr(_member(name), data)
        return path


def normal(version: str) -> str:
    """Return a version as file names have it; metadata may spell it in another way.

    >>> normal("2026.01.05"), normal("1.0-RC1"), normal("none")
    ('2026.1.5', '1.0rc1', 'none')
    """
    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def digest(data: bytes) -> str:
    """Return a hash as RECORD writes it.

    >>> digest(b"")
    'sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'
    """
    value = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return "sha256=" + value.decode().rstrip("=")


def epoch() -> int:
    """Return the time that archives carry: SOURCE_DATE_EPOCH, else a day that never changes."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    return min(max(int(value), _FIRST), _LAST) if value.isdecimal() else _EPOCH


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.gmtime(epoch())[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix, wherever it is written: the modes below are meant.
    mode = 0o755 if ".data/scripts/" in name else 0o644
    info.external_attr = (stat.S_IFREG | mode) << 16
    return info


def split_name(filename: str) -> tuple[str, str, str, str, str]:
    """Return name, version, build number, tag and variant label of a wheel's file name.

    Raises `ValueError` where it is none.

    >>> split_name("greeter-1.4.0-cp310-abi3-linux_x86_64-v3.whl")
    ('greeter', '1.4.0', '', 'cp310-abi3-linux_x86_64', 'v3')
    """
    stem = filename.removesuffix(".whl")
    parts = stem.split("-")
    # A build number begins with a digit, and only Python's own tag follows a version otherwise.
    numbered = len(parts) > 5 and parts[2][:1].isdigit()
    label = parts.pop() if len(parts) == (7 if numbered else 6) else ""
    if label and not _LABEL.fullmatch(label):
        raise ValueError(f"not a variant label: `{label}`")
    try:
        parse_wheel_filename("-".join(parts) + ".whl" if stem != filename else filename)
    except InvalidWheelFilename as error:
        raise ValueError(str(error)) from error
    return parts[0], parts[1], parts[2] if numbered else "", "-".join(parts[-3:]), label


def read(path: Path) -> Wheel:
    """Read a wheel whole.

    Raises `WheelError` with every problem of the archive: rule `file-name`, or one of `members`.
    """
    if not os.path.exists(path):  # False for a name that is too long, too.
        raise WheelError(Problem(os.strerror(errno.ENOENT), _THERE, path.name, "zip"))
    try:
        name, version, build, tag, label = split_name(path.name)
    except ValueError as error:
        hint = "a wheel is called `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`; give it its name back"
        problem = Problem(f"no name of a wheel: {error}", hint, path.name, "file-name")
        raise WheelError(problem) from error
    return Wheel(name, version, tag, members(path), label, build)


def members(path: Path) -> dict[str, bytes]:
    """Return the files of a zip archive by their names.

    Raises `WheelError`: rule `zip` (no archive, truncated, damaged, encrypted, or a bomb) or
    `member-name` (what an installer would write elsewhere, or not at all).
    """
    where = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
            problems = [Problem(what, _PACKED, where, "member-name") for what in _bad_names(found)]
            size = path.stat().st_size
            problems += [Problem(what, _PACKED, where, "zip") for what in _unreadable(found, size)]
            if problems:
                raise WheelError(problems)
            return {i.filename: archive.read(i) for i in found if not i.is_dir()}
    except _DAMAGED as error:
        what = f"unreadable archive: {error}"
        hint = "the file is cut short or damaged; build it or fetch it again"
        # What a decompressor says has no number: the other words are about the path.
        if isinstance(error, OSError) and error.errno:
            what, hint = str(error.strerror), _THERE
        raise WheelError(Problem(what, hint, where, "zip")) from error


_DAMAGED = (
    OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError,
)  # fmt: skip
_THERE = "name a file that is there and can be read"
_PACKED = "no build of rtvariants writes such a member; do not install this file"
#: From which size on, and how many times as large as its archive, what is packed is a bomb.
#: Natives shrink to a third, zeros to a thousandth.
BOMB = (1 << 30, 100)
# What the file systems of all three operating systems can hold.
_LONGEST = (255, 4000)


def _unreadable(members: list[zipfile.ZipInfo], size: int) -> Iterator[str]:
    """Find what must not be unpacked. Nothing is unpacked beyond the size that a member states."""
    if encrypted := [_cut(member.filename) for member in members if member.flag_bits & 1]:
        yield f"encrypted members ({len(encrypted)}), the first of them `{encrypted[0]}`"
    whole = sum(member.file_size for member in members)
    least, times = BOMB
    if whole > max(least, times * size):
        yield f"members of {whole / 1e6:.0f} MB in a file of {size / 1e6:.2f} MB"


def _cut(name: str) -> str:
    return name if len(name) <= 120 else f"{name[:100]}…"


def _bad_names(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    seen: set[str] = set()
    files = {m.filename for m in members if not m.is_dir()}
    part, path = _LONGEST
    for member in members:
        if len(member.filename) > path or max(map(len, member.filename.split("/"))) > part:
            yield f"member whose name is too long: `{_cut(member.filename)}`"
            continue
        above = (str(p) for p in PurePosixPath(member.filename).parents)
        if inside := next((p for p in above if p in files), None):
            yield f"member below a file: `{member.filename}` (`{inside}`)"
        # `orig_filename` is what the archive says; `filename` ends at a NUL and has no backslash.
        name = member.orig_filename
        parts = PurePosixPath(name.rstrip("/")).parts
        plain = name.rstrip("/") == "/".join(parts)
        if name.startswith(("/", "\\")) or ".." in parts or ":" in name or not plain:
            yield f"member that leaves its folder: `{name}`"
        elif "\\" in name or not name.isprintable():
            yield f"member whose name systems read differently: `{name!r}`"
        elif stat.S_ISLNK(member.external_attr >> 16):
            yield f"member that is a link: `{name}`"
        # Two names that some file systems take for one would overwrite each other.
        if name.lower() in seen:
            yield f"member named twice: `{name}`"
        seen.add(name.lower())
