"""Files that do not belong in the wheel, and extension modules outside the runtimes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from rtvariants.archives.consistency import AGAIN, Violation
from rtvariants.archives.wheel import Wheel
from rtvariants.loader.stamp import FILE_NAME
from rtvariants.shim.place import loader_of
from rtvariants.wheels.contents import NATIVE, Contents, contents

# What a runtime's package holds in addition to its extension module.
_OTHERS = {"__init__.py", FILE_NAME}
_OWN = (
    "remove it, or list the distribution's other top-level names under `import-names` in "
    "`[project]`; a wheel has no file of another distribution"
)


def strays(found: Contents) -> Iterator[Violation]:
    """Find members that belong to no part of the wheel."""
    wheel = found.wheel
    parts = contents(wheel).parts
    own = {wheel.dist_info, f"{wheel.name}-{wheel.version}.data"}
    extensions: dict[str, str] = {}
    for part in parts:
        if part.tables:
            own |= {part.package.partition(".")[0], loader_of(part.package), *_declared(wheel)}
        name = part.tables[0].alias.rpartition(".")[2] + "." if part.tables else ""
        extensions |= dict.fromkeys(part.runtimes, name)
    for name in sorted(wheel.files):
        place = _installed(wheel, name)
        top, _, rest = place.partition("/")
        if place != name and (place in wheel.files or top in extensions):
            yield f"member that is installed over another one: `{name}`", AGAIN
        elif top in extensions:
            native = "/" not in rest and rest.endswith(NATIVE) and rest.startswith(extensions[top])
            if not native and rest not in _OTHERS:
                yield f"stray file in a runtime's package: `{name}`", AGAIN
        elif name.endswith(NATIVE):
            yield f"extension module outside of the runtimes' packages: `{name}`", AGAIN
        elif _owner(place) not in own and not top.endswith(".dist-info"):  # Rule `file-name`.
            yield f"stray file: `{name}`", _OWN
        elif top.endswith("_loader") and PurePosixPath(name).suffix != ".py":
            yield f"stray file in the loader: `{name}`", AGAIN


def _installed(wheel: Wheel, name: str) -> str:
    """Return where a member is installed: next to the packages for two folders of `.data`."""
    for place in ("purelib", "platlib"):
        name = name.removeprefix(f"{wheel.name}-{wheel.version}.data/{place}/")
    return name


def _owner(place: str) -> str:
    """Return the top-level name that a member belongs to; a stub belongs to its package."""
    top, slash, _ = place.partition("/")
    if slash:
        return top.removesuffix("-stubs")
    return PurePosixPath(top).stem if top.endswith((".py", ".pyi")) else top


def _declared(wheel: Wheel) -> set[str]:
    """Return the top-level names that the metadata claims for the distribution (PEP 794).

    setuptools lists them in `top_level.txt`.
    """
    said = wheel.headers
    names = [*said.get_all("Import-Name", []), *said.get_all("Import-Namespace", [])]
    names += wheel.metadata("top_level.txt").split()
    return {re.split(r"[.;\s]", name.strip())[0] for name in names}
