"""Rules about the file as a linker made it: symbols, libraries, thread-local storage, paths."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from rtvariants.errors import MachineError
from rtvariants.targets import platforms
from rtvariants.toolchain import msvc
from rtvariants.toolchain.probe import abi_of

from . import elsewhere
from .native import STALE, Native

_LINK = "link it statically, or build without the feature that needs it"

# Libraries that PEP 600 lets a manylinux wheel take from the system.
_SYSTEM_LIBRARIES = re.compile(
    r"(ld-linux.*|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+|nsl|util|resolv|atomic))\.so(\.\d+)+"
)
# On musl all of these are one library; PEP 656 has no list, but musl knows no other.
_MUSL_LIBRARIES = re.compile(r"libc\.so|libc\.musl-\w+\.so\.1|libgcc_s\.so\.1")
# Functions that came to musl after 1.2.2. The tag `musllinux_1_2` promises to do with every 1.2;
# Rust's own library needs `gettid` of 1.2.2, which was the first of them in a release of Alpine.
_NEWER_MUSL = {
    "qsort_r": "1.2.3", "preadv2": "1.2.5", "pwritev2": "1.2.5", "statx": "1.2.5",
}  # fmt: skip
# A symbol name begins after a NUL byte, unless it is the end of a longer one.
_ALLOCATOR_MARKS = {
    "jemalloc": re.compile(rb"_rjem_(je_)?(malloc|mallocx|calloc)\0"),
    "mimalloc": re.compile(rb"\0_?mi_(malloc|zalloc|free|heap_malloc)[a-z_]*\0"),
}


def machine(native: Native) -> Iterator[tuple[str, str]]:
    """The file is for the machine of the target."""
    wanted = native.contract.target.split("-")[0]
    if native.binary.machine != wanted:
        yield f"file for `{native.binary.machine}`, target is `{native.contract.target}`", ""
    if native.binary.system != platforms.system(native.contract.target):
        yield f"file for `{native.binary.system}`, target is `{native.contract.target}`", ""


def allocator_linked(native: Native) -> Iterator[tuple[str, str]]:
    """The allocator of the table is linked, and no other one."""
    names = native.binary.symbol_names
    if not names or b"PyInit_" not in names:
        hint = "let nothing strip the file before the plugin: no `-Cstrip`, no `-s` for the linker"
        if msvc.is_target(native.contract.target):
            hint = msvc.no_symbols(native.contract.target)
        yield "no symbol names in the file, so the allocator can't be seen", hint
        return
    wanted = native.contract.allocator
    for allocator, mark in _ALLOCATOR_MARKS.items():
        linked = mark.search(names) is not None
        if allocator == wanted and not linked:
            yield (
                f"allocator `{allocator}` is not linked",
                f"make it the `#[global_allocator]` under the cargo feature `{allocator}`",
            )
        elif allocator != wanted and linked:
            yield (
                f"allocator `{allocator}` is linked, the table says `{wanted}`",
                "a dependency or a `default` feature brings it in",
            )


def init_symbol(native: Native) -> Iterator[tuple[str, str]]:
    """The one init function has the name that Python looks for."""
    wanted = native.contract.export
    found = {name for name in native.binary.exported if name.startswith("PyInit_")}
    if wanted not in found:
        names = ", ".join(f"`{n}`" for n in sorted(found)) or "none"
        yield (
            f"init symbol `{wanted}` is not exported; found: {names}",
            f"write `export: {wanted}` in `module!`, or change `module` in `[tool.rtvariants]`",
        )
    # PyO3 exports its own init too; the guard's name for it can't be imported by accident.
    allowed = {wanted, f"{wanted}_unguarded"}
    others = sorted(found - allowed) if wanted in found else []
    if others:
        yield (
            f"more init symbols than `{wanted}`: `{'`, `'.join(others)}`",
            f"name the `#[pymodule]` behind the guard `{wanted[7:]}_unguarded`",
        )


def static_tls(native: Native) -> Iterator[tuple[str, str]]:
    """The file can be loaded late: it needs no thread-local storage reserved at start."""
    if native.binary.static_tls:
        yield (
            "file needs static TLS (DT_FLAGS holds STATIC_TLS), so importing it late can fail",
            (
                "build the allocator without initial-exec TLS: `disable_initial_exec_tls` of "
                "tikv-jemallocator, `local_dynamic_tls` of mimalloc"
            ),
        )


def glibc(native: Native) -> Iterator[tuple[str, str]]:
    """No symbol of a newer glibc than the table allows, and no private one."""
    for library, versions in native.binary.versions.items():
        if "GLIBC_PRIVATE" in versions:
            yield f"file needs private symbols of {library} (GLIBC_PRIVATE)", ""
    if not native.contract.glibc:
        return
    newest = native.binary.glibc
    if newest > tuple(int(n) for n in native.contract.glibc.split(".")):
        version = f"GLIBC_{newest[0]}.{newest[1]}"
        library = next(lib for lib, names in native.binary.versions.items() if version in names)
        yield (
            (
                f"file needs glibc {newest[0]}.{newest[1]} ({version} of {library}), the table "
                f"allows {native.contract.glibc}"
            ),
            (
                "build on an older system, such as a manylinux container, or link for an older "
                "glibc; or raise `glibc` in `[tool.rtvariants]`"
            ),
        )


def musl(native: Native) -> Iterator[tuple[str, str]]:
    """A file for musl needs no glibc, and no function that musl 1.2.2 lacks."""
    if not native.contract.target.endswith("-musl"):
        return
    for library, versions in native.binary.versions.items():
        yield f"file for musl needs `{versions[0]}` of `{library}`", "link it by a linker for musl"
    for name in native.binary.imported:
        if name in _NEWER_MUSL:
            yield (
                (
                    f"file needs `{name}`, which came with musl {_NEWER_MUSL[name]}; the tag "
                    "`musllinux_1_2` promises 1.2.2"
                ),
                "link against an older musl, or ask for the function by `dlsym`",
            )


def libraries(native: Native) -> Iterator[tuple[str, str]]:
    """The file links nothing that a wheel may not take from the system."""
    if native.binary.system != "linux":
        for what in elsewhere.foreign_libraries(native):
            yield what, _LINK
        return
    musl = native.contract.target.endswith("-musl")
    known, kind = (_MUSL_LIBRARIES, "musl") if musl else (_SYSTEM_LIBRARIES, "many")
    for name in native.binary.libraries:
        if not known.fullmatch(name):
            yield (
                f"file links `{name}`, which a {kind}linux wheel may not take from the system",
                _LINK,
            )


def stable_abi(native: Native) -> Iterator[tuple[str, str]]:
    """Python's symbols are those of the stable ABI that the wheel's tag states."""
    from abi3info import DATAS, FUNCTIONS
    from abi3info.models import PyVersion, Symbol

    minor = int(native.contract.abi.removeprefix("cp3").split("-")[0])
    try:
        if native.artifact.pyo3_features and abi_of(list(native.artifact.pyo3_features)) != (
            native.contract.abi
        ):
            yield "pyo3 was built for another ABI than cargo metadata promised", STALE
    except MachineError:
        yield "pyo3 was built without the stable ABI", ""
    for name in native.binary.imported:
        if not re.match("_?Py[A-Z_]", name):
            continue
        known = FUNCTIONS.get(Symbol(name)) or DATAS.get(Symbol(name))
        if known is None:
            yield f"`{name}` is no part of Python's stable ABI", "the wheel would lie as `abi3`"
        elif known.added > PyVersion(3, minor):
            yield (
                f"`{name}` came to the stable ABI in {known.added}, the wheel says 3.{minor}",
                "raise the `abi3-py3…` feature of pyo3",
            )


def build_paths(native: Native) -> Iterator[tuple[str, str]]:
    """No path of the build machine stands in the file."""
    for path in native.private_paths:
        text = os.fsencode(str(path))
        # Literals stand in the file without a byte between them, so anything may come before a
        # path. A folder such as /root, though, may be the middle of an innocent one.
        # What stands before is looked at last: a pattern that begins with plain text is found fast.
        alone = rb"" if len(path.parts) > 2 else rb"(?<![\w./-]%b)" % re.escape(text)
        found = re.search(re.escape(text) + alone + rb"[/\\][\x20-\x7e]{0,80}", native.shipped)
        if found:
            hint = (
                'a build script or macro puts it there: look for `env!("CARGO_MANIFEST_DIR")` and '
                "generated code"
            )
            yield f"path of the build machine in the file: `{found[0].decode()}`", hint
