"""The rule about the libraries that a file links: each must be part of the system."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rtvariants.targets import abi as abis
from rtvariants.targets.abi import Abi

from .model import BuiltFile, Violation

_LINK = "link it statically, or build without the feature that needs it"
# Libraries that PEP 600 lets a manylinux wheel take from the system.
_SYSTEM_LIBRARIES = re.compile(
    r"(ld-linux.*|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+|nsl|util|resolv|atomic))\.so(\.\d+)+"
)
# musl has one library in place of all these. PEP 656 has no list.
_MUSL_LIBRARIES = re.compile(r"libc\.so|libc\.musl-\w+\.so\.1|libgcc_s\.so\.1")
# Where every macOS has its libraries and frameworks.
_APPLE = ("/usr/lib/", "/System/Library/")


def libraries(file: BuiltFile) -> Iterator[Violation]:
    """The file links nothing that a wheel may not take from the system."""
    if file.binary.system != "linux":
        for what in _windows(file) if file.binary.system == "windows" else _macos(file):
            yield what, _LINK
        return
    musl = file.contract.target.endswith("-musl")
    known, kind = (_MUSL_LIBRARIES, "musl") if musl else (_SYSTEM_LIBRARIES, "many")
    for name in file.binary.libraries:
        if not known.fullmatch(name):
            yield (
                f"file links `{name}`, which a {kind}linux wheel may not take from the system",
                _LINK,
            )


def _macos(file: BuiltFile) -> Iterator[str]:
    for name in file.binary.libraries:
        if not name.startswith(_APPLE):
            yield f"file links `{name}`, which is not part of macOS"
    # The linker accepts undefined names, because Python's are, and so reports none of the others.
    for name in file.binary.anywhere:
        if not re.match("_?Py[A-Z_]", name):
            yield f"file needs `{name}`, which no library that it links has"
    for path in file.binary.rpaths:
        yield f"file looks for libraries in `{path}`"


def _windows(file: BuiltFile) -> Iterator[str]:
    # The tool that repairs wheels for Windows has the list, as PEP 600 has it for manylinux.
    from delvewheel import _dll_list as known  # type: ignore[import-untyped]

    machine = {"x86_64": known.MachineType.AMD64, "aarch64": known.MachineType.ARM64}
    names = known.ignore_names[machine[file.binary.machine]]
    own = _python_dll(abis.required(file.contract.abi))
    # Python's own library, and the compiler's that every Python for Windows ships.
    python = {own, "vcruntime140.dll", "vcruntime140_1.dll"}
    for library in file.binary.libraries:
        name = library.lower()
        if name != own and re.fullmatch(r"python3\d*t?\.dll", name):
            yield f"file links `{library}` of another Python instead of `{own}`"
            continue
        if name in names or name in python:
            continue
        if not any(each.fullmatch(name) for each in known.ignore_regexes):
            yield f"file links `{library}`, which is not part of Windows or Python"


def _python_dll(abi: Abi) -> str:
    """Return the library of the Pythons that an ABI is for.

    >>> _python_dll(Abi(10, stable=True)), _python_dll(Abi(14, free_threaded=True))
    ('python3.dll', 'python314t.dll')
    """
    threads = "t" if abi.free_threaded else ""
    return f"python3{threads}.dll" if abi.stable else f"python3{abi.minor}{threads}.dll"
