"""The SBOMs in a wheel, compared with the extension modules that they describe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from rtvariants.archives.consistency import AGAIN, Violation
from rtvariants.verify import sbom as sboms
from rtvariants.wheels.contents import Contents, sbom_members


def sbom(found: Contents) -> Iterator[Violation]:
    """Compare the SBOM of each runtime with its extension module.

    A wheel whose modules another tool has built has no SBOM; a wheel with one has all of them.
    """
    named = {p: sbom_members(found.wheel, found.package, _name(found, p)) for p in found.runtimes}
    for package, names in named.items():
        for name in names:
            if what := _wrong(found, package, found.wheel.files[name]):
                yield f"`{name}` {what}", AGAIN
        if not names and any(named.values()):
            yield f"no SBOM of `{package}`", AGAIN


def _name(found: Contents, package: str) -> str:
    facts = found.stamp(package)
    return facts["runtime"] if facts else found.runtime_name(package)


def _wrong(found: Contents, package: str, text: bytes) -> str:
    """Return what is wrong in an SBOM; empty if nothing is."""
    try:
        said = sboms.read(text)
    except ValueError as error:
        return f"is {error}"
    if said.runtime != _name(found, package):
        return f"is of the runtime `{', '.join(said.runtime.splitlines())}`"
    native = found.native(package)
    if native and said.hashes != {hashlib.sha256(found.wheel.files[native]).hexdigest()}:
        return f"is of other bytes than `{native}`"
    return ""
