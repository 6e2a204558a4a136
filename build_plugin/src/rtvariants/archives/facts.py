"""What a finished wheel or sdist says about itself, and whether its parts agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from packaging.utils import canonicalize_name

from rtvariants.errors import Problem
from rtvariants.loader.stamp import FILE_NAME, StampError, parse
from rtvariants.toolchain.git import COMMIT_FILE

from . import consistency, sdist, wheel
from .wheel import normal


@dataclass(frozen=True)
class Facts:
    """The facts of one file; `stamps` are those of the runtimes in a wheel.

    `commit` is the commit that an sdist keeps in a file; a wheel keeps it in each stamp.
    """

    project: str
    stamps: tuple[dict[str, str], ...] = ()
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    commit: str = ""


def read(path: Path) -> tuple[Facts, list[Problem]]:
    """Return the facts of a file and every contradiction in it.

    Raises `WheelError` if the archive can't be read.
    """
    return of(opened(path))


def opened(path: Path) -> wheel.Wheel | sdist.Sdist:
    """Return a wheel or an sdist in memory; raises `WheelError` if it can't be read."""
    return wheel.read(path) if path.suffix == ".whl" else sdist.read(path)


def of(archive: wheel.Wheel | sdist.Sdist) -> tuple[Facts, list[Problem]]:
    """Return the facts of an archive in memory and every contradiction in it."""
    return _of_wheel(archive) if isinstance(archive, wheel.Wheel) else _of_sdist(archive)


def _of_wheel(read: wheel.Wheel) -> tuple[Facts, list[Problem]]:
    problems = consistency.check(read)
    stamps = []
    for name in sorted(n for n in read.files if n.endswith(f"/{FILE_NAME}")):
        try:
            stamps.append(parse(read.files[name]))
        except StampError as error:  # noqa: PERF203 - each file has its own
            what = f"damaged stamp: `{name}`: {error}"
            problems.append(Problem(what, consistency.AGAIN, read.filename, "stamp"))
    said = read.headers
    facts = Facts(
        project=said.get("Name", ""),
        stamps=tuple(stamps),
        requires=tuple(said.get_all("Requires-Dist", [])),
        extras=tuple(said.get_all("Provides-Extra", [])),
    )
    return facts, problems


def _of_sdist(read: sdist.Sdist) -> tuple[Facts, list[Problem]]:
    said = HeaderParser().parsestr(read.files.get("PKG-INFO", b"").decode(errors="replace"))
    problems = [
        Problem(what, "build the sdist again", read.filename, "metadata")
        for what in _contradictions(read, said)
    ]
    commit = read.files.get(COMMIT_FILE, b"").decode(errors="replace").strip()
    return Facts(said.get("Name", ""), commit=commit), problems


def _contradictions(read: sdist.Sdist, said: Message) -> Iterator[str]:
    """Yield how PKG-INFO contradicts the name of the file."""
    if "PKG-INFO" not in read.files:
        yield f"no `{read.name}-{read.version}/PKG-INFO`"
        return
    name, version = said.get("Name", ""), said.get("Version", "")
    if canonicalize_name(name) != canonicalize_name(read.name):
        yield f"PKG-INFO names `{name}`, the file name `{read.name}`"
    if normal(version) != normal(read.version):
        yield f"PKG-INFO has version `{version}`, the file name `{read.version}`"
