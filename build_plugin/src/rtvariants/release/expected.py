"""The files of a release, computed from its declaration: a pure function.

File names follow the binary distribution format (normalised name, PEP 427) and the sdist's
(PEP 625); variant wheels carry their label as PEP 825 says.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from .cells import cells
from .declaration import Declaration

#: The roles of files in the order in which they are published. At any moment, an installer of the
#: base package finds everything that it pins. An sdist comes after the wheels of its project, since
#: a machine that sees only the sdist would compile.
ROLES = (
    "runtime-wheel",
    "runtime-sdist",
    "base-wheel",
    "variant-wheel",
    "variant-index",
    "base-sdist",
)


@dataclass(frozen=True)
class Expected:
    """One file that a release must have; `runtimes` are those whose extension modules it holds."""

    name: str
    role: str
    project: str
    runtimes: tuple[str, ...] = ()
    platform: str = ""

    @property
    def stage(self) -> int:
        """Return the file's place in the order of publishing."""
        return ROLES.index(self.role)


def expected(declaration: Declaration) -> tuple[Expected, ...]:
    """Return every file of the release in the order of publishing."""
    files = _split(declaration) if declaration.packaging == "split" else _single(declaration)
    return tuple(sorted(files, key=lambda file: file.stage))


def wheel_name(project: str, version: str, abi: str, tag: str, label: str = "") -> str:
    """Return a wheel's file name.

    >>> wheel_name("greeter-fast", "1.4.0", "cp310-abi3", "win_amd64")
    'greeter_fast-1.4.0-cp310-abi3-win_amd64.whl'
    """
    stem = f"{_escaped(project)}-{version}-{abi}-{tag}"
    return f"{stem}-{label}.whl" if label else f"{stem}.whl"


def sdist_name(project: str, version: str) -> str:
    """Return an sdist's file name."""
    return f"{_escaped(project)}-{version}.tar.gz"


def _escaped(project: str) -> str:
    return canonicalize_name(project).replace("-", "_")


def _split(declaration: Declaration) -> list[Expected]:
    version, base = declaration.version, declaration.project
    files = [
        Expected(
            wheel_name(
                declaration.names[c.runtime], version, declaration.abi_of(c.python), c.platform.tag
            ),
            "runtime-wheel",
            declaration.names[c.runtime],
            (c.runtime,),
            c.platform.name,
        )
        for c in cells(declaration)
    ]
    for runtime in declaration.runtimes:
        name = declaration.names[runtime]
        files.append(Expected(sdist_name(name, version), "runtime-sdist", name))
    files.append(Expected(wheel_name(base, version, "py3-none", "any"), "base-wheel", base))
    files.append(Expected(sdist_name(base, version), "base-sdist", base))
    return files


def _single(declaration: Declaration) -> list[Expected]:
    version, base = declaration.version, declaration.project
    files = []
    for platform, python in itertools.product(declaration.platforms, declaration.pythons):
        abi = declaration.abi_of(python)
        fat = wheel_name(base, version, abi, platform.tag)
        files.append(Expected(fat, "base-wheel", base, declaration.runtimes, platform.name))
        labels = declaration.labels[platform.machine] if declaration.packaging == "variant" else ()
        for label in labels:
            name = wheel_name(base, version, abi, platform.tag, label)
            files.append(Expected(name, "variant-wheel", base, (), platform.name))
    if declaration.packaging == "variant":
        name = f"{_escaped(base)}-{version}-variants.json"
        files.append(Expected(name, "variant-index", base))
    files.append(Expected(sdist_name(base, version), "base-sdist", base))
    return files
