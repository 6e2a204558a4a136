"""What the check of a wheel asks of a native, from its bytes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rtvariants.native import binary, codesign
from rtvariants.native.model import Binary

_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")
_MACOS = re.compile(r"macosx_(\d+)_(\d+)_\w+")
_MUSL = re.compile(r"libc(\.musl-\w+)?\.so(\.1)?")
_SYSTEMS = {"macosx": "macos", "win": "windows"}
# How the tags of other systems than Linux call the machines.
_CALLED = {"amd64": "x86_64", "arm64": "aarch64"}


def read(data: bytes) -> Binary:
    """Return a native's facts; raises `ValueError` for a format that no reader is for."""
    with tempfile.TemporaryDirectory(prefix="rtvariants-") as folder:
        path = Path(folder, "native")
        path.write_bytes(data)
        try:
            return binary.read(path)
        except ValueError as error:
            said = str(error).replace(f"{path}: ", "").replace(f": {path}", "")
            raise ValueError(f"no native that can be read: {said}") from error


def stamp(data: bytes) -> bytes | None:
    """Return the stamp in a native; `None` where it has none. Raises `ValueError` as `read`."""
    return read(data).stamp


def contradictions(data: bytes, tag: str) -> Iterator[str]:
    """Yield how a native contradicts the platforms of a wheel's tag."""
    try:
        found = read(data)
    except ValueError:
        return  # The rule `native` speaks of it.
    for platform in tag.rpartition("-")[2].split("."):
        machine = next((m for name, m in _CALLED.items() if platform.endswith(name)), platform)
        if not machine.endswith(found.machine):
            yield f"it is for `{found.machine}`, the tag for `{platform}`"
        system = next((s for head, s in _SYSTEMS.items() if platform.startswith(head)), "linux")
        if system != found.system:
            yield f"it is for {found.system}, the tag for `{platform}`"
            continue
        macos = _MACOS.fullmatch(platform)
        if macos and (int(macos[1]), int(macos[2])) < found.minimum:
            version = ".".join(map(str, found.minimum))
            yield f"it needs macOS {version}, the tag promises `{platform}`"
        yield from codesign.violations(data) if system == "macos" else ()
        many = _MANYLINUX.fullmatch(platform)
        if many and (int(many[1]), int(many[2])) < found.glibc:
            floor = ".".join(map(str, found.glibc))
            yield f"it needs glibc {floor}, the tag promises `{platform}`"
        if platform.startswith("musllinux") and found.versions:
            yield f"it is for glibc, the tag for `{platform}`"
        # musl's library has no version in its name.
        if many and any(_MUSL.fullmatch(name) for name in found.libraries):
            yield f"it is for musl, the tag for `{platform}`"
