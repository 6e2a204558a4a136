"""Rules that only files for macOS or Windows can break."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rtvariants.native import codesign as signatures

from .native import Native

# Where macOS has the libraries and frameworks that every machine has.
_APPLE = ("/usr/lib/", "/System/Library/")
# What some linkers of macOS export of their own.
_LINKERS = ("_mh_dylib_header", "__dso_handle")


def deployment_target(native: Native) -> Iterator[tuple[str, str]]:
    """A file for macOS says from which version on it runs, and no newer one than the platform."""
    if native.binary.system != "macos":
        return
    found, wanted = native.binary.minimum, native.contract.minimum
    if found == (0, 0):
        yield "file does not say which macOS it is for", "link it with `-platform_version`"
    elif found > wanted:
        yield (
            f"file is for macOS {found[0]}.{found[1]}, the platform is {wanted[0]}.{wanted[1]}",
            (
                "something else than the platform chooses the version: look for "
                "`-mmacosx-version-min` and `-platform_version` among the flags, or set "
                f"`MACOSX_DEPLOYMENT_TARGET={found[0]}.{found[1]}` if it is meant"
            ),
        )


def signature(native: Native) -> Iterator[tuple[str, str]]:
    """A file that its system loads only with a signature has one, of these very bytes."""
    if native.binary.system != "macos":
        return
    for fault in signatures.faults(native.shipped):
        yield fault, "take a `strip` that signs again, such as that of LLVM 15 or newer, or Apple's"


def exports(native: Native) -> Iterator[tuple[str, str]]:
    """On macOS and Windows nothing but the init function is seen by other files."""
    if native.binary.system == "linux":
        return
    wanted = native.contract.export
    known = {wanted, f"{wanted}_unguarded", *_LINKERS}
    others = sorted(set(native.binary.exported) - known)
    # What `init-symbol` speaks of.
    others = [name for name in others if not name.startswith("PyInit_")]
    if others:
        shown = "`, `".join(others[:4]) + ("`, …" if len(others) > 4 else "`")
        yield (
            f"file exports {len(others)} symbols beside the init function: `{shown}",
            "link by a linker that keeps to the compiler's list of exports",
        )


def foreign_libraries(native: Native) -> Iterator[str]:
    """Yield what a file for macOS or Windows takes from others that not every machine has."""
    if native.binary.system == "windows":
        yield from _windows(native)
        return
    for name in native.binary.libraries:
        if not name.startswith(_APPLE):
            yield f"file links `{name}`, which is no part of macOS"
    # The linker is told not to miss Python's names, and so misses none at all.
    for name in native.binary.anywhere:
        if not re.match("_?Py[A-Z_]", name):
            yield f"file needs `{name}`, which no library that it links has"
    for path in native.binary.rpaths:
        yield f"file looks for libraries in `{path}`"


def _windows(native: Native) -> Iterator[str]:
    # Its list is that of the tool that repairs wheels for Windows, as PEP 600's is for manylinux.
    from delvewheel import _dll_list as known  # type: ignore[import-untyped]

    machine = {"x86_64": known.MachineType.AMD64, "aarch64": known.MachineType.ARM64}
    names = known.ignore_names[machine[native.binary.machine]]
    # The stable ABI's own library, and the compiler's that each Python for Windows brings.
    python = {"python3.dll", "vcruntime140.dll", "vcruntime140_1.dll"}
    for library in native.binary.libraries:
        name = library.lower()
        if re.fullmatch(r"python3\d+t?\.dll", name):
            yield f"file links `{library}` of one version of Python, and not `python3.dll` of all"
            continue
        if name in names or name in python:
            continue
        if not any(each.fullmatch(name) for each in known.ignore_regexes):
            yield f"file links `{library}`, which is no part of Windows or Python"
