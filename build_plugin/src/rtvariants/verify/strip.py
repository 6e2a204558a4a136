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
    machine = triple.split("-", 1)[0]
    options, own = _STRIPS[platforms.system(triple)]
    named = build.command.strip
    tools = (os.environ.get("STRIP"), named, own.format(machine), "llvm-strip", "strip")
    said = "none found"
    if msvc.is_target(triple) and not os.environ.get("STRIP"):
        with contextlib.suppress(ValueError):
            write_bytes(target, pe.stripped(source.read_bytes()))
            return
    with replacing(target) as new:
        for tool in filter(None, tools):
            if not shutil.which(tool):
                continue
            argv = [tool, options, "-o", str(new), str(source)]
            done = subprocess.run(
                argv, capture_output=True, encoding="utf-8", errors="replace", check=False
            )
            if done.returncode == 0:
                return
            said = done.stderr.strip()
        raise MachineError(
            f"no `strip` that can read `{source.name}` for `{triple}`: {said}",
            "install the Debian package `binutils` (for another machine "
            "`binutils-aarch64-linux-gnu`, for another system `llvm`), or name the tool in `STRIP`",
        )
