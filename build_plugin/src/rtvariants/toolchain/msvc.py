"""Targets of Microsoft's compiler: linked so that the file still names its functions.

Microsoft's linker writes those names only into a PDB. LLVM's can write them into the file, as a
table of COFF symbols; rustup's toolchains for Windows include it as `rust-lld`. rustc passes it the
folders of Visual Studio's libraries, as it does for any linker of these targets.
"""

from __future__ import annotations

import re

from . import rustflags

#: How a machine gets what these targets link.
INSTALL = (
    "install Microsoft's Build Tools for Visual Studio with the workload `Desktop development with "
    "C++`: its libraries are linked, and its compiler compiles C"
)
_LLD = re.compile(r"(?:.*[\\/])?(rust-lld|lld-link|lld)(-\d+)?(\.exe)?", re.IGNORECASE)


def is_target(target: str) -> bool:
    """Return whether a target is one of Microsoft's compiler.

    >>> is_target("x86_64-pc-windows-msvc"), is_target("x86_64-pc-windows-gnullvm")
    (True, False)
    """
    return target.endswith("-windows-msvc")


def flags(linker: str) -> tuple[str, ...]:
    r"""Return the linker flags of rustc; `linker` is the user's own, if any.

    rustc asks for a PDB before; that is reverted, so that the file does not name one. The file
    holds no link time, and no digest in its place (`/Brepro`), which would cover the names too, and
    these are not shipped. Functions of equal code stay separate (`NOICF`), so that each is seen
    under its own name; this makes a small file 5% larger.

    >>> flags("")[0], flags(r"C:\LLVM\bin\lld-link.exe")[0], flags("link.exe")
    ('-Clinker=rust-lld', '-Clink-arg=/DEBUG:NONE', ())
    """
    if linker and not _LLD.fullmatch(linker):
        return ()
    own = () if linker else ("-Clinker=rust-lld",)
    words = ("/DEBUG:NONE", "/DEBUG:SYMTAB", "/OPT:REF,NOICF", "/TIMESTAMP:0")
    return (*own, *(f"-Clink-arg={word}" for word in words))


def no_symbols(target: str) -> str:
    """Return the fix for a file that names no function."""
    variable = rustflags.variable(target, "LINKER")
    return (
        "Microsoft's linker writes them into a PDB alone: let the plugin take `rust-lld`, and name "
        f"no other linker, neither in `{variable}` nor as `linker` in .cargo/config.toml nor by "
        "`-Clinker`; or name LLVM's `lld-link`"
    )
