"""Strips a built file: it goes into the wheel without its local symbols."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

from rtvariants.compile.build import Build
from rtvariants.errors import MachineError
from rtvariants.files import replacing, write_bytes
from rtvariants.native import pe
from rtvariants.targets import platforms
from rtvariants.toolchain import msvc

# The option that the program gets, and the program's name for each machine. On macOS `-x` keeps
# what other files may see, which the loader looks up in the symbol table; the exports of a DLL have
# a table of their own.
_STRIPS = {
    "linux": ("--strip-unneeded", "{}-linux-gnu-strip"),
    "macos": ("-x", "{}-apple-darwin-strip"),
    "windows": ("--strip-all", "{}-w64-mingw32-strip"),
}


def strip(source: Path, target: Path, build: Build) -> None:
    """Write a copy without local symbols; cargo's own file stays as it is.

    Raises `MachineError` where no program can do it.
    """
    triple = build.contract.target
    option, _ = _STRIPS[platforms.system(triple)]
    said = "none found"
    if msvc.is_target(triple) and not os.environ.get("STRIP"):
        with contextlib.suppress(ValueError):
            write_bytes(target, pe.stripped(source.read_bytes()))
            return
    with replacing(target) as new:
        for tool in found(build):
            argv = [tool, option, "-o", str(new), str(source)]
            done = subprocess.run(
                argv, capture_output=True, encoding="utf-8", errors="replace", check=False
            )
            if done.returncode == 0:
                return
            said = done.stderr.strip()
        raise absent(build, f"`{source.name}`", said)


def found(build: Build) -> list[str]:
    """Return the programs of this machine that may strip a file, the best one first."""
    triple = build.contract.target
    own = _STRIPS[platforms.system(triple)][1].format(triple.split("-", 1)[0])
    tools = (os.environ.get("STRIP"), build.command.strip, own, "llvm-strip", "strip")
    return [tool for tool in tools if tool and shutil.which(tool)]


def absent(build: Build, what: str = "files", said: str = "none found") -> MachineError:
    """Return the error for a machine that has no program for a target's files."""
    return MachineError(
        f"no `strip` that can read {what} for `{build.contract.target}`: {said}",
        "install the Debian package `binutils` (for another machine "
        "`binutils-aarch64-linux-gnu`, for another system `llvm`), or name the tool in `STRIP`",
    )
