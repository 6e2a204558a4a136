"""Rules about the systems that load the file: machine, oldest version, signature."""

from __future__ import annotations

from collections.abc import Iterator

from rtvariants.native import codesign
from rtvariants.targets import platforms
from rtvariants.targets.allocators import ALLOCATORS

from .model import BuiltFile, Violation

# Functions that are newer than musl 1.2.2. The tag `musllinux_1_2` promises to run with every 1.2,
# but Rust's own library needs `gettid` of 1.2.2, the first 1.2 in a release of Alpine.
_NEWER_MUSL = {
    "qsort_r": "1.2.3", "preadv2": "1.2.5", "pwritev2": "1.2.5", "statx": "1.2.5",
}  # fmt: skip


def target(file: BuiltFile) -> Iterator[Violation]:
    """The file is for the machine of the target."""
    wanted = file.contract.target.split("-")[0]
    if file.binary.machine != wanted:
        yield f"file for `{file.binary.machine}`, target is `{file.contract.target}`", ""
    if file.binary.system != platforms.system(file.contract.target):
        yield f"file for `{file.binary.system}`, target is `{file.contract.target}`", ""


def static_tls(file: BuiltFile) -> Iterator[Violation]:
    """The file can be loaded late: it needs no thread-local storage reserved at start."""
    if file.binary.static_tls:
        rows = (row for row in ALLOCATORS.values() if row.dynamic_tls)
        known = (f"`{row.dynamic_tls}` of {row.crate}" for row in rows)
        yield (
            "file needs static TLS (DT_FLAGS holds STATIC_TLS), so importing it late can fail",
            f"build the allocator without initial-exec TLS: {', '.join(known)}",
        )


def glibc(file: BuiltFile) -> Iterator[Violation]:
    """No symbol of a newer glibc than the configuration allows, and no private one."""
    for library, versions in file.binary.versions.items():
        if "GLIBC_PRIVATE" in versions:
            yield f"file needs private symbols of {library} (GLIBC_PRIVATE)", ""
    if not file.contract.glibc:
        return
    newest = file.binary.glibc
    if newest > tuple(int(n) for n in file.contract.glibc.split(".")):
        version = f"GLIBC_{newest[0]}.{newest[1]}"
        library = next(lib for lib, names in file.binary.versions.items() if version in names)
        yield (
            (
                f"file needs glibc {newest[0]}.{newest[1]} ({version} of {library}), the "
                f"configuration allows {file.contract.glibc}"
            ),
            (
                "build on an older system, such as a manylinux container, or link for an older "
                "glibc; or raise `glibc` in `[tool.rtvariants]`"
            ),
        )


def musl(file: BuiltFile) -> Iterator[Violation]:
    """A file for musl needs no glibc, and no function that musl 1.2.2 lacks."""
    if not file.contract.target.endswith("-musl"):
        return
    for library, versions in file.binary.versions.items():
        yield (
            f"file for musl needs `{versions[0]}` of `{library}`",
            "link it with a linker for musl",
        )
    for name in file.binary.imported:
        if name in _NEWER_MUSL:
            yield (
                (
                    f"file needs `{name}`, which is new in musl {_NEWER_MUSL[name]}; the tag "
                    "`musllinux_1_2` promises 1.2.2"
                ),
                "link against an older musl, or look the function up with `dlsym`",
            )


def deployment_target(file: BuiltFile) -> Iterator[Violation]:
    """A file for macOS names the oldest version that it runs on, no newer than the platform's."""
    if file.binary.system != "macos":
        return
    found, wanted = file.binary.minimum, file.contract.minimum
    if found == (0, 0):
        yield "file does not say which macOS it is for", "link it with `-platform_version`"
    elif found > wanted:
        yield (
            f"file is for macOS {found[0]}.{found[1]}, the platform is {wanted[0]}.{wanted[1]}",
            (
                "something other than the platform chooses the version: look for "
                "`-mmacosx-version-min` and `-platform_version` among the flags, or set "
                f"`MACOSX_DEPLOYMENT_TARGET={found[0]}.{found[1]}` if that is intended"
            ),
        )


def signature(file: BuiltFile) -> Iterator[Violation]:
    """A file that its system loads only with a signature has one, and it matches these bytes."""
    if file.binary.system != "macos":
        return
    for what in codesign.violations(file.shipped):
        yield what, "use a `strip` that signs again, such as that of LLVM 15 or newer, or Apple's"
