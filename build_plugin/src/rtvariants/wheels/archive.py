"""A wheel in memory: read with every doubt about the archive settled, written byte for byte equal.

The format is that of the binary distribution specification, with the variant label that PEP 825
appends to the file name.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
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

from rtvariants.errors import Problem, WheelError

# Zip files can't say less than 1980; hatchling uses the same day where nothing else is asked for.
_EPOCH = 1580601600
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
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.filename
        temporary = path.with_name(f".{path.name}.new")
        try:
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in self.files.items():
                    archive.writestr(_member(name), data)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        return path


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
    return max(int(value), 315532800) if value.isdecimal() else _EPOCH


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

    Raises `WheelError` with every problem of the archive: rule `file-name`, `zip` (no archive,
    truncated, damaged members) or `member-name` (what an installer would write elsewhere).
    """
    where = path.name
    try:
        name, version, build, tag, label = split_name(path.name)
    except ValueError as error:
        raise WheelError(Problem(f"no name of a wheel: {error}", "", where, "file-name")) from error
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
            problems = [Problem(what, _PACKED, where, "member-name") for what in _bad_names(found)]
            if problems:
                raise WheelError(problems)
            files = {i.filename: archive.read(i) for i in found if not i.is_dir()}
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        hint = "the file is cut short or damaged; build it or fetch it again"
        raise WheelError(Problem(f"unreadable archive: {error}", hint, where, "zip")) from error
    return Wheel(name, version, tag, files, label, build)


_PACKED = "no build of rtvariants writes such a member; do not install this file"


def _bad_names(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    seen: set[str] = set()
    for member in members:
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
