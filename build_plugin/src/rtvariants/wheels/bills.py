"""The SBOMs in a wheel, compared with the natives that they describe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from rtvariants.verify import sbom

from .contents import Contents, own_metadata


def contradictions(found: Contents) -> Iterator[str]:
    """Yield how the SBOM of each runtime contradicts its native.

    A wheel whose natives another tool has built has none; one that has some has all.
    """
    named = {p: own_metadata(found.wheel, found.package, _name(found, p)) for p in found.runtimes}
    for package, names in named.items():
        for name in names:
            if what := _untrue(found, package, found.wheel.files[name]):
                yield f"`{name}` {what}"
        if not names and any(named.values()):
            yield f"no SBOM of `{package}`"


def _name(found: Contents, package: str) -> str:
    facts = found.stamp(package)
    return facts["runtime"] if facts else found.runtime_name(package)


def _untrue(found: Contents, package: str, text: bytes) -> str:
    """Return what is wrong in an SBOM; empty where nothing is."""
    try:
        said = sbom.read(text)
    except ValueError as error:
        return f"is {error}"
    if said.runtime != _name(found, package):
        return f"is of the runtime `{', '.join(said.runtime.splitlines())}`"
    native = found.native(package)
    if native and said.hashes != {hashlib.sha256(found.wheel.files[native]).hexdigest()}:
        return f"is of other bytes than `{native}`"
    return ""
