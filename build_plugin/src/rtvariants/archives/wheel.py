"""A wheel in memory: read strictly, and written so that equal files give equal bytes.

The format is the one of the binary distribution specification, with the variant label that PEP 825
appends to the file name.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.tags import parse_tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from rtvariants import files
from rtvariants.errors import Problem, WheelError

from . import members, record

if TYPE_CHECKING:
    from email.message import Message

# Zip files can't hold a time before 1980; this is the day that hatchling uses by default.
_EPOCH = 1580601600
# The first and last time that zip and gzip files can hold.
_FIRST, _LAST = 315532800, 4294967295
_LABEL = re.compile(r"[0-9a-z_.]+")


@dataclass(frozen=True)
class Wheel:
    """The name of a wheel in its parts, and its members with their bytes.

    `label` is the variant label of PEP 825, empty for a plain wheel; `build` the build number.
    `files` has RECORD as it was found; `sealed` renews it. `programs` are the members that an
    installer makes executable.
    """

    name: str
    version: str
    tag: str
    files: Mapping[str, bytes]
    label: str = ""
    build: str = ""
    programs: frozenset[str] = frozenset()

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
        """Return a text file of `.dist-info`; empty if it is missing or not text."""
        return self.files.get(f"{self.dist_info}/{name}", b"").decode(errors="replace")

    @cached_property
    def headers(self) -> Message:
        """Return the fields of METADATA."""
        from email.parser import HeaderParser  # slow to import

        return HeaderParser().parsestr(self.metadata("METADATA"))

    def sealed(self) -> Wheel:
        """Return the wheel with its members in order and a RECORD that fits them."""
        own = f"{self.dist_info}/RECORD"
        names = sorted((n for n in self.files if n != own), key=lambda n: (".dist-info/" in n, n))
        ordered = {name: self.files[name] for name in names}
        return replace(self, files={**ordered, own: record.of(ordered, own)})

    def write(self, folder: Path) -> Path:
        """Write the file whole or not at all; returns its path.

        The bytes depend on the members alone: their time is SOURCE_DATE_EPOCH, or one day for all
        wheels, and programs have one mode and all other files another.
        """
        path = folder / self.filename
        with (
            files.replacing(path) as new,
            zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for name, data in self.files.items():
                archive.writestr(_member(name, name in self.programs), data)
        return path


def normal(version: str) -> str:
    """Return a version as file names spell it; metadata may spell it in another way.

    >>> normal("2026.01.05"), normal("1.0-RC1"), normal("none")
    ('2026.1.5', '1.0rc1', 'none')
    """
    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def epoch() -> int:
    """Return the time in archives: SOURCE_DATE_EPOCH, or a day that never changes."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "")
    return min(max(int(value), _FIRST), _LAST) if value.isdecimal() else _EPOCH


def _member(name: str, program: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.gmtime(epoch())[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix, on every system, so that installers use the modes below.
    mode = 0o755 if program or ".data/scripts/" in name else 0o644
    info.external_attr = (stat.S_IFREG | mode) << 16
    return info


def split_name(filename: str) -> tuple[str, str, str, str, str]:
    """Return name, version, build number, tag and variant label of a wheel's file name.

    Raises `ValueError` if it is not the name of a wheel.

    >>> split_name("greeter-1.4.0-cp310-abi3-linux_x86_64-v3.whl")
    ('greeter', '1.4.0', '', 'cp310-abi3-linux_x86_64', 'v3')
    """
    stem = filename.removesuffix(".whl")
    parts = stem.split("-")
    # A build number begins with a digit; otherwise Python's own tag follows the version.
    numbered = len(parts) > 5 and parts[2][:1].isdigit()
    label = parts.pop() if len(parts) == (7 if numbered else 6) else ""
    if label and not _LABEL.fullmatch(label):
        raise ValueError(f"not a variant label: `{label}`")
    try:
        parse_wheel_filename("-".join(parts) + ".whl" if stem != filename else filename)
    except InvalidWheelFilename as error:
        raise ValueError(str(error)) from error
    return parts[0], parts[1], parts[2] if numbered else "", "-".join(parts[-3:]), label


def tags(filename: str) -> frozenset[str]:
    """Return the single tags of a wheel's file name; none if it is not the name of a wheel.

    >>> sorted(tags("a-1-py2.py3-none-any.whl")), sorted(tags("a-1.tar.gz"))
    (['py2-none-any', 'py3-none-any'], [])
    """
    try:
        tag = split_name(filename)[3]
    except ValueError:
        return frozenset()
    return frozenset(map(str, parse_tag(tag)))


def tag_lines(tag: str) -> list[str]:
    """Return the lines of the file WHEEL for a tag: one for each single tag.

    >>> tag_lines("py2.py3-none-any")
    ['Tag: py2-none-any', 'Tag: py3-none-any']
    """
    return sorted(f"Tag: {single}" for single in parse_tag(tag))


def read(path: Path) -> Wheel:
    """Read a whole wheel.

    Raises `WheelError` with every problem of the archive: rule `file-name`, or a rule of
    `members.read`.
    """
    if not os.path.exists(path):  # False for a name that is too long, too.
        problem = Problem(os.strerror(errno.ENOENT), members.UNREADABLE, path.name, "zip")
        raise WheelError(problem)
    try:
        name, version, build, tag, label = split_name(path.name)
    except ValueError as error:
        hint = "a wheel is called `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`; give it its name back"
        problem = Problem(f"not the name of a wheel: {error}", hint, path.name, "file-name")
        raise WheelError(problem) from error
    return Wheel(name, version, tag, members.read(path), label, build, members.programs(path))
