"""The diagnosis of a failed build: its cause in one line, and the command that fixes it."""

from __future__ import annotations

import contextlib
import errno
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from rtvariants.errors import MachineError, Problem
from rtvariants.targets import platforms
from rtvariants.toolchain import msvc, rustflags

from .build import Build
from .processes import KILLED


def _disk_hint(build: Build) -> str:
    return f"free some, or set `CARGO_TARGET_DIR` to another disk; it is {build.sharing.target_dir}"


def _compiler_hint(build: Build) -> str:
    target = build.contract.target
    if msvc.is_target(target):
        return msvc.INSTALL
    if "-apple-" in target and sys.platform == "darwin":
        return "install Apple's command line tools: `xcode-select --install`"
    if "-linux-" not in target and (platform := platforms.named(target)):
        return f"get one for the platform: `rtvariants toolchain prepare {platform.name}`"
    machine = target.split("-")[0]
    return (
        "install a C compiler: the Debian package `gcc`, for another machine "
        f"`gcc-{machine.replace('_', '-')}-linux-gnu`"
    )


def _linker_hint(build: Build) -> str:
    if msvc.is_target(build.contract.target):
        return f"{msvc.INSTALL}; `rust-lld` comes with rustup's toolchains"
    variable = rustflags.variable(build.contract.target, "LINKER")
    return f"{_compiler_hint(build)}, or name another linker in `{variable}`"


_MEMORY = "as it does when memory runs out"
_FRUGAL = (
    "build with `RTVARIANTS_FRUGAL=1`: one compiler at a time; where that is set, more memory or "
    "swap is needed"
)

# Other programs may print the same about what they don't need; a linker's words follow rustc's.
_LINKING = r"error: linking with[\s\S]*?"

# What pyo3's build scripts of all versions say, whatever stands before it.
_PYO3_NEWER = r"\((?:3\.\d+)\) is newer than PyO3's maximum supported version \((3\.\d+)\)"
_PYO3_THREADS = r"free-threaded build of CPython versions\s+below (3\.\d+)"

# What a log holds, what it means, and what fixes it; the first match counts. A `{}` in the fact is
# what the expression captured.
_DIAGNOSES: tuple[tuple[str, str, Callable[[Build], str]], ...] = (
    (
        r"No space left on device|os error 28\b|Disk quota exceeded",
        "no space left on the disk of the target directory",
        _disk_hint,
    ),
    (
        # lld writes by memory mapping; without room behind the map, it gets this signal.
        r"SIGBUS|terminated with signal 7\b",
        "bus error, as a linker has it when there is no space left on the disk of its output",
        _disk_hint,
    ),
    (
        r"can't find crate for `(?:core|std)`|the `\S+` target may not be installed",
        "this toolchain has no standard library for the target",
        lambda build: f"rustup target add {build.contract.target}",
    ),
    (
        r"SIGKILL|Killed signal terminated program|terminated with signal 9\b",
        f"the system killed a compiler, {_MEMORY}",
        lambda _: _FRUGAL,
    ),
    (r"linker `([^`]+)` not found", "no linker `{}`", _linker_hint),
    (
        _LINKING + r"(?:framework not found (?:for -framework )?(\w+)|framework '(\w+)' not found)",
        "the linker finds no framework `{}`",
        lambda _: "name the folder of Apple's SDK, which comes with Xcode, in `SDKROOT`",
    ),
    (
        # GNU's linker, LLVM's for ELF and for Mach-O, Apple's old and new one.
        _LINKING + r"(?:(?:cannot find|unable to find library|library not found for) -l([\w.+-]+)"
        r"|library '([\w.+-]+)' not found)",
        "the linker finds no library `{}`",
        lambda build: (
            f"install its files for developers, for `{build.contract.target}`; a build script "
            "tells the linker their folder (`cargo::rustc-link-search`)"
        ),
    ),
    (
        r"error: linking with `([^`]+)` failed",
        "linker `{}` failed",
        _linker_hint,
    ),
    (
        r"failed to find tool \"([^\"]+)\"",
        "no C compiler `{}`",
        _compiler_hint,
    ),
    (
        # The first program of a build that runs is a build script.
        r"could not execute process [^\n]*build-script[\s\S]*?(?:Permission denied|os error 13)",
        "programs in the target directory may not be run (its file system is mounted `noexec`)",
        lambda build: f"set `CARGO_TARGET_DIR` to another folder; it is {build.sharing.target_dir}",
    ),
    (
        # rustc's temporary folders are next to what it writes.
        r"(?:couldn't create a temp dir|error writing dependencies)[^\n]*\(os error 2\)",
        "a folder of the target directory is gone",
        lambda build: (
            "build again; something removed it while cargo ran, such as `cargo clean` or another "
            f"build: {build.sharing.target_dir}"
        ),
    ),
    (
        r"couldn't create a temp dir",
        "the target directory can't be written",
        lambda build: f"set `CARGO_TARGET_DIR` to another folder; it is {build.sharing.target_dir}",
    ),
    (
        r"Cannot create temporary file in (\S+?):?\s",
        "no folder that can be written for temporary files",
        lambda _: "set `TMPDIR` to such a folder",
    ),
    (
        _PYO3_NEWER,
        "this Python is too new for pyo3, which supports versions up to {}",
        lambda _: (
            "`cargo update pyo3`, or a newer version in Cargo.toml; or build for an older Python: "
            "`RTVARIANTS_PYTHON`. A crate for the stable ABI may also set "
            "`PYO3_USE_ABI3_FORWARD_COMPATIBILITY=1`"
        ),
    ),
    (
        _PYO3_THREADS,
        "pyo3 supports free-threaded Python only from {} on",
        lambda _: "build for a newer one: `RTVARIANTS_PYTHON`; or use an older pyo3",
    ),
    (
        r"failed to download|[Cc]ould(?: not|n't) resolve host|spurious network error",
        "a crate could not be fetched",
        lambda _: "`cargo fetch --locked` once with a network, or build an sdist with its crates",
    ),
)


def of_cargo(log: str, code: int, build: Build) -> tuple[str, str]:
    """Return what went wrong in a failed cargo, and what fixes it; the log is shown above."""
    failed = f"cargo failed for runtime `{build.runtime}`"
    for pattern, what, hint in _DIAGNOSES:
        found = re.search(pattern, log)
        if found:
            named = (each for each in found.groups() if each)
            return f"{failed}: {what.format(*named)}", hint(build)
    if code == KILLED < 0:
        return f"{failed}: the system killed cargo, {_MEMORY}", _FRUGAL
    return f"{failed}: exit code {code}", "see the compiler's own words above"


def require_writable(output: Path) -> None:
    """Refuse a folder for the output that can't be written, before anything is compiled.

    Raises `MachineError`. The folder need not exist.
    """
    there = next((p for p in (output, *output.absolute().parents) if p.exists()), output)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise MachineError(
            f"can't write the output into {there}: {error.strerror}", "name another output folder"
        ) from error


_OF_SYSTEM = {
    errno.ENOSPC: ("no space left on the disk of {}", "free some, or set `CARGO_TARGET_DIR`"),
    errno.EDQUOT: ("the quota of {} is used up", "free some space, or set `CARGO_TARGET_DIR`"),
    errno.EROFS: ("read-only file system: {}", "set `CARGO_TARGET_DIR` to a folder elsewhere"),
    errno.EACCES: ("not allowed to write {}", "set `CARGO_TARGET_DIR` to a folder of your own"),
    errno.EPERM: ("not allowed to write {}", "set `CARGO_TARGET_DIR` to a folder of your own"),
}


@contextlib.contextmanager
def of_writing(folder: Path) -> Iterator[None]:
    """Raise `MachineError` for what the system refuses while a build writes its files."""
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_SYSTEM:
            raise
        what, hint = _OF_SYSTEM[error.errno]
        raise MachineError(Problem(what.format(error.filename or folder), hint)) from error
