"""The flags of rustc for one build, and the paths that its file must not name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rtvariants.config.model import Config
from rtvariants.targets import levels
from rtvariants.toolchain import msvc
from rtvariants.toolchain.crate import Crate
from rtvariants.toolchain.probe import Toolchain


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
        *_of_system(config, toolchain, crate),
        *levels.for_target(levels.rustc_flags(level), toolchain.target),
        *_remaps(toolchain, crate, folders),
    )


def _of_system(config: Config, toolchain: Toolchain, crate: Crate) -> tuple[str, ...]:
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
    name = f"@rpath/{config.extension}{crate.suffix}"
    words = ("-undefined", "dynamic_lookup", "-install_name", name)
    return tuple(f"-Clink-arg={word}" for word in words)


def _remaps(toolchain: Toolchain, crate: Crate, folders: Sequence[Path]) -> tuple[str, ...]:
    """Return flags that keep this machine's paths out of the binary.

    The project's own folder needs none: cargo names the files of workspace members from the
    workspace on. So a tree and an sdist unpacked elsewhere share the flags, and the dependencies.
    """
    return tuple(
        f"--remap-path-prefix={path}={name}" for path, name in _names(toolchain, crate, folders)
    )


def _names(
    toolchain: Toolchain, crate: Crate, folders: Sequence[Path]
) -> tuple[tuple[Path, str], ...]:
    """Return the name in the binary of each folder; the last one that fits a path counts.

    So the folders that hold others come first.
    """
    return (
        (toolchain.cargo_home, "/cargo"),
        (toolchain.sysroot, "/rustc"),
        *((folder, "/target") for folder in folders),
        *((path, f"/{path.name}") for path in crate.outside),
    )


def private_paths(root: Path, toolchain: Toolchain, crate: Crate) -> tuple[Path, ...]:
    """Return the folders of this machine that no artifact may name."""
    private = {
        root,
        crate.workspace,
        toolchain.target_base / "rtvariants",
        toolchain.cargo_home,
        toolchain.sysroot,
        toolchain.home,
        *crate.outside,
    }
    # Containers may have folders of exactly these names, which are in every file then.
    public = {Path(name) for _, name in _names(toolchain, crate, [toolchain.target_base])}
    # A home such as `/` would be found in every path there is, and `/tmp` is everybody's.
    shared = {Path("/tmp"), Path("/var/tmp"), Path("/usr"), Path("/nonexistent")}
    return tuple(sorted(p for p in private - public - shared if len(p.parts) > 1))
