"""The compiler flags of one build: rustc's and those of C code."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rtvariants.config.model import Config
from rtvariants.targets import levels, platforms
from rtvariants.targets.allocators import ALL_C_CODE, Allocator
from rtvariants.toolchain import msvc
from rtvariants.toolchain.crate import Crate
from rtvariants.toolchain.probe import Toolchain
from rtvariants.toolchain.rustflags import merge_c

#: Makes the crate `cc` split flags as a shell does, so that a path in them may hold a space.
_QUOTED = "CC_SHELL_ESCAPED_FLAGS"
# What C code reads as today, by `__DATE__`, where nothing sets it: hatchling's date of archives.
_EPOCH = "1580601600"


def rust(
    config: Config, level: str, toolchain: Toolchain, crate: Crate, folders: Sequence[Path]
) -> tuple[str, ...]:
    """Return rustc's flags: those of the machine, the target, the level, and the remaps of paths.

    `folders` are the target directories of all builds of the level: what is copied from one to
    another has equal flags and paths.
    """
    return (
        *toolchain.ambient.flags,
        *(toolchain.cross.flags if toolchain.cross else ()),
        *_of_system(config, toolchain),
        *levels.for_target(levels.rustc_flags(level), toolchain.target),
        *_remaps(toolchain, crate, folders),
    )


def _of_system(config: Config, toolchain: Toolchain) -> tuple[str, ...]:
    """Return what a module needs of the linker on a system, whatever its level.

    On macOS the names of Python are found in the process, and a library carries a name of its own,
    which would else be its path on the build machine. On Windows the file must name its functions.
    With musl, rustc would link a program's C library into it; a module shares that of its Python.
    """
    if toolchain.libc == "musl":
        return ("-Ctarget-feature=-crt-static",)
    if toolchain.libc == "msvc":
        return msvc.flags(toolchain.linker)
    if toolchain.system != "macos":
        return ()
    name = f"@rpath/{config.extension}{platforms.SYSTEMS[toolchain.system].suffix}"
    words = ("-undefined", "dynamic_lookup", "-install_name", name)
    return tuple(f"-Clink-arg={word}" for word in words)


def _remaps(toolchain: Toolchain, crate: Crate, folders: Sequence[Path]) -> tuple[str, ...]:
    """Return flags that keep this machine's paths out of the binary.

    The project's own folder needs none: cargo names the files of workspace members from the
    workspace on. So a tree and an sdist unpacked elsewhere share the flags, and the dependencies.
    """
    # rustc takes the last match: the folders that hold others come first.
    pairs = [
        (toolchain.cargo_home, "/cargo"),
        (toolchain.sysroot, "/rustc"),
        *((folder, "/target") for folder in folders),
        *((path, f"/{path.name}") for path in crate.outside),
    ]
    return tuple(f"--remap-path-prefix={path}={name}" for path, name in pairs)


def private_paths(root: Path, toolchain: Toolchain, crate: Crate) -> tuple[Path, ...]:
    """Return the folders of this machine that no artifact may name."""
    private = {
        root,
        crate.workspace,
        toolchain.target_base,
        toolchain.cargo_home,
        toolchain.sysroot,
        toolchain.home,
        *crate.outside,
    }
    # A home such as `/` would be found in every path there is.
    return tuple(sorted(p for p in private if len(p.parts) > 1))


@dataclass(frozen=True)
class CFlags:
    """What C code is compiled with: the variables for build scripts, and the flags of C alone."""

    env: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


def c(level: str, allocator: Allocator, toolchain: Toolchain, folders: Sequence[Path]) -> CFlags:
    """Return the flags of C code; refuses ambient ones that choose a CPU, wherever they stand."""
    target = toolchain.target
    baseline = levels.c_flags(levels.BASELINES[toolchain.machine])
    env = {"SOURCE_DATE_EPOCH": toolchain.c_ambient.get("SOURCE_DATE_EPOCH", _EPOCH)}
    maps = _maps(toolchain, folders)
    quoted = any(" " in path for path in maps)
    if quoted:
        maps = tuple(map(shlex.quote, maps))
        env[_QUOTED] = "1"
    if toolchain.cross:
        # zig treats a date in the code as an error; here it is always the same one.
        maps = (*maps, "-Wno-date-time")
    low = allocator.flags == ALL_C_CODE
    ours = (*(baseline if low else levels.c_flags(level)), *maps)
    found: tuple[str, ...] = ()
    for name in ("CFLAGS", "CXXFLAGS"):
        key = f"{name}_{target.replace('-', '_')}"
        places = (name, *dashed(target, name), key)
        values = [toolchain.c_ambient.get(place, "") for place in places]
        for place, value in zip(places, values, strict=True):
            merge_c(value, (), place)  # It refuses flags that choose a CPU.
        if toolchain.libc == "msvc":
            continue  # cl.exe knows neither flag of ours; its code is at the baseline anyway.
        env[key] = merge_c(" ".join(filter(None, values[1:])), ours, key)
        if name == "CFLAGS":
            found = tuple(shlex.split(env[key]) if quoted else env[key].split())
    if allocator.flags and not low:
        own = toolchain.c_ambient.get(allocator.flags, "")
        env[allocator.flags] = merge_c(own, baseline, allocator.flags)
    if allocator.pages:
        env[allocator.pages] = str(platforms.lg_page(target))
    return CFlags(env, found)


def _maps(toolchain: Toolchain, folders: Sequence[Path]) -> tuple[str, ...]:
    pairs = [(toolchain.cargo_home, "/cargo"), *((folder, "/target") for folder in folders)]
    return tuple(f"-ffile-prefix-map={path}={name}" for path, name in pairs)


def dashed(target: str, *names: str) -> tuple[str, ...]:
    """Return the variables of C flags that name a target with dashes; ours has underscores."""
    return tuple(f"{name}_{target}" for name in names or ("CFLAGS", "CXXFLAGS"))
