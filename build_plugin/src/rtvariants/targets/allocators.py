"""The allocators that a runtime can have: one row each, which every other module reads.

An allocator's crate is linked by the adopter, under the cargo feature of its row.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The variable of flags that all C code of a build reads.
ALL_C_CODE = "CFLAGS"


@dataclass(frozen=True)
class Allocator:
    """One allocator; `name` is how the configuration spells it.

    `feature` is the cargo feature that turns it on, `crate` the crate that holds it. `symbols` is a
    pattern for the symbol names of a linked file: a name ends in a NUL byte, and begins after one
    unless it is the end of a longer name.

    Its C code may run when a file is loaded, before the guard can refuse a CPU, so it is compiled
    for the baseline: `flags` is the variable for that. Where only `CFLAGS` reaches it, all C code
    of the runtime stays at the baseline. `pages` is the variable that its build script reads the
    largest page size from, as a power of two. `dynamic_tls` is the feature of `crate` without which
    a file needs thread-local storage that is reserved at start, so that it can't be loaded late.
    """

    name: str
    feature: str = ""
    crate: str = ""
    symbols: bytes = b""
    flags: str = ""
    pages: str = ""
    dynamic_tls: str = ""


SYSTEM = Allocator("system")

#: Every allocator by name; the system's is the default.
ALLOCATORS = {
    each.name: each
    for each in (
        SYSTEM,
        Allocator(
            "jemalloc", feature="jemalloc", crate="tikv-jemallocator",
            symbols=rb"_rjem_(je_)?(malloc|mallocx|calloc)\0",
            # jemalloc's makefile puts CPPFLAGS behind CFLAGS, so these win, for jemalloc alone.
            flags="CPPFLAGS",
            # One that was built for smaller pages than the machine's aborts.
            pages="JEMALLOC_SYS_WITH_LG_PAGE",
            dynamic_tls="disable_initial_exec_tls",
        ),
        Allocator(
            "mimalloc", feature="mimalloc", crate="mimalloc",
            symbols=rb"\0_?mi_(malloc|zalloc|free|heap_malloc)[a-z_]*\0",
            flags=ALL_C_CODE, dynamic_tls="local_dynamic_tls",
        ),
    )
}  # fmt: skip

#: The variables of flags that only the C code of an allocator reads.
OWN_FLAGS = tuple(each.flags for each in ALLOCATORS.values() if each.flags not in ("", ALL_C_CODE))


def by_feature() -> dict[str, Allocator]:
    """Return the allocators that a cargo feature turns on, by that feature."""
    return {each.feature: each for each in ALLOCATORS.values() if each.feature}
