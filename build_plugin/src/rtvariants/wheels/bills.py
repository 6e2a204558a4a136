"""The bills of materials in a wheel, against the natives that they speak of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from .contents import Contents, own_metadata

_PROPERTY = "rtvariants:runtime"


def contradictions(found: Contents) -> Iterator[str]:
    """Yield how the bill of each runtime contradicts its native.

    A wheel whose natives another tool has built has none; one that has some has all.
    """
    named = {p: own_metadata(found.wheel, found.package, _name(found, p)) for p in found.runtimes}
    for package, names in named.items():
        for name in names:
            if what := _untrue(found, package, found.wheel.files[name]):
                yield f"`{name}` {what}"
        if not names and any(named.values()):
            yield f"no bill of materials of `{package}`"


def _name(found: Contents, package: str) -> str:
    facts = found.stamp(package)
    return facts["runtime"] if facts else found.runtime_name(package)


def _untrue(found: Contents, package: str, text: bytes) -> str:
    """Return what of a bill is not so; empty where nothing is."""
    try:
        component: dict[str, Any] = json.loads(text)["metadata"]["component"]
        runtimes = [p["value"] for p in component["properties"] if p["name"] == _PROPERTY]
        hashes = {h["content"] for h in component["hashes"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return "is no bill of materials of a runtime"
    if runtimes != [_name(found, package)]:
        return f"is of the runtime `{', '.join(map(str, runtimes))}`"
    native = found.native(package)
    if native and hashes != {hashlib.sha256(found.wheel.files[native]).hexdigest()}:
        return f"is of other bytes than `{native}`"
    return ""
