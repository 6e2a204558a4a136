"""The extension modules, read from their bytes: their stamps, and what the wheel's tag promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from rtvariants.archives.consistency import AGAIN, Violation
from rtvariants.files import temporary_folder
from rtvariants.loader.stamp import FILE_NAME, StampError, parse
from rtvariants.native import binary, codesign
from rtvariants.native.guard import marker
from rtvariants.native.model import Binary
from rtvariants.targets import abi as abis
from rtvariants.wheels.contents import Contents

_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")
_MACOS = re.compile(r"macosx_(\d+)_(\d+)_\w+")
_MUSL = re.compile(r"libc(\.musl-\w+)?\.so(\.1)?")
_SYSTEMS = {"macosx": "macos", "win": "windows"}
# How the tags of macOS and Windows spell the machines.
_SPELT = {"amd64": "x86_64", "arm64": "aarch64"}


def native(found: Contents) -> Iterator[Violation]:
    """Compare the stamp in each extension module with the file next to it, for the loader."""
    for package in found.runtimes:
        name = found.native(package)
        if name is None:
            yield f"not exactly one extension module in `{package}`", AGAIN
            continue
        file = found.wheel.files.get(f"{package}/{FILE_NAME}")
        try:
            inside = _read(found.wheel.files[name]).stamp
        except ValueError as error:
            yield f"`{name}`: {error}", AGAIN
            continue
        if inside is None:
            yield f"extension module without a stamp in it: `{name}`", AGAIN
        elif file is not None and inside != file:
            what = f"extension module of another runtime or build: `{name}`"
            hint = f"`{FILE_NAME}` next to an extension module has the bytes of the stamp in it"
            yield f"{what}: {_difference(inside, file)}", hint


def _difference(inside: bytes, file: bytes) -> str:
    try:
        ours, theirs = parse(inside), parse(file)
    except StampError as error:
        return f"one of its two stamps is damaged: {error}"
    parts = [
        f"{key} `{ours[key]}` in the module, `{theirs[key]}` in the file next to it"
        for key in ours
        if ours[key] != theirs[key]
    ]
    return parts[0] if parts else "its two stamps differ"


def guard(found: Contents) -> Iterator[Violation]:
    """Follow the guard that a build has put before the init function, from the module's bytes.

    A crate's own guard shows in the stamp, which its macro makes together with it.
    """
    for package in found.runtimes:
        name, stamp = found.native(package), found.stamp(package)
        if name is None:
            continue
        data = found.wheel.files[name]
        with suppress(ValueError):  # The rule `native` reports it.
            if (stamp and stamp["stated-by"] == "configuration") or marker.has(data):
                export = f"PyInit_{name.rpartition('/')[2].partition('.')[0]}"
                yield from ((f"`{name}`: {what}", AGAIN) for what in marker.problems(data, export))


def tag(found: Contents) -> Iterator[Violation]:
    """Compare what each extension module can run on with what the wheel's tag promises."""
    for package in found.runtimes:
        name, stamp = found.native(package), found.stamp(package)
        if name is None or stamp is None:
            continue
        for what in contradictions(found.wheel.files[name], found.wheel.tag):
            yield f"`{name}`: {what}", "the tag must not promise more than the module can keep"
        abi = "-".join(found.wheel.tag.split("-")[:2])
        if stamp["abi"] != abi:
            yield f"`{name}` has ABI `{stamp['abi']}`, the tag says `{abi}`", AGAIN
        known = abis.read(stamp["abi"])
        if known is None:
            yield f"`{name}` has ABI `{stamp['abi']}`, which no Python has", AGAIN
        elif not known.fits(name.rpartition("/")[2]):
            what = f"the name `{name}` is not one of its ABI, `{known.tag}`"
            yield (
                what,
                f"Python finds it by a name that ends with `{known.suffix(stamp['target'])}`",
            )


def instrumented(found: Contents) -> Iterator[Violation]:
    """Refuse modules that count what runs: they are slow, and write a file when Python ends."""
    for package in found.runtimes:
        name = found.native(package)
        if name is None:
            continue
        with suppress(ValueError):  # The rule `native` reports it.
            for section in _read(found.wheel.files[name]).counters[:1]:
                what = f"module that counts what runs, for a profile: `{name}` has `{section}`"
                yield what, "build it without `profile-generate` and `instrument-coverage`"


def contradictions(data: bytes, tag: str) -> Iterator[str]:
    """Yield how an extension module contradicts the platforms of a wheel's tag."""
    try:
        found = _read(data)
    except ValueError:
        return  # The rule `native` reports it.
    for platform in tag.rpartition("-")[2].split("."):
        machine = next((m for name, m in _SPELT.items() if platform.endswith(name)), platform)
        if not machine.endswith(found.machine):
            yield f"it is for `{found.machine}`, the tag for `{platform}`"
        system = next((s for head, s in _SYSTEMS.items() if platform.startswith(head)), "linux")
        if system != found.system:
            yield f"it is for {found.system}, the tag for `{platform}`"
            continue
        yield from codesign.violations(data) if system == "macos" else ()
        yield from _floor(found, platform)


def _floor(found: Binary, platform: str) -> Iterator[str]:
    """Yield how a module needs a newer or another system library than a platform promises."""
    macos = _MACOS.fullmatch(platform)
    if macos and (int(macos[1]), int(macos[2])) < found.minimum:
        yield f"it needs macOS {_dotted(found.minimum)}, the tag promises `{platform}`"
    many = _MANYLINUX.fullmatch(platform)
    if many and (int(many[1]), int(many[2])) < found.glibc:
        yield f"it needs glibc {_dotted(found.glibc)}, the tag promises `{platform}`"
    if platform.startswith("musllinux") and found.versions:
        yield f"it is for glibc, the tag for `{platform}`"
    # musl's library has no version in its name.
    if many and any(_MUSL.fullmatch(name) for name in found.libraries):
        yield f"it is for musl, the tag for `{platform}`"


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _read(data: bytes) -> Binary:
    """Return the facts of a file; raises `ValueError` for an unknown format."""
    with temporary_folder() as folder:
        path = folder / "native"
        path.write_bytes(data)
        try:
            return binary.read(path)
        except ValueError as error:
            said = str(error).replace(f"{path}: ", "").replace(f": {path}", "")
            raise ValueError(f"not an extension module that can be read: {said}") from error
