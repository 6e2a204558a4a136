"""The builds that a table means on one machine: a pure function, nothing runs.

`plan(config, toolchain, crate, version)` gives one `Build` a runtime, with the exact command and
environment, so that what a build will do can be shown, compared and tested without doing it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rtvariants.config.model import AllowConfig, Config, RuntimeConfig
from rtvariants.errors import MachineError, Problem
from rtvariants.targets import levels, platforms
from rtvariants.toolchain import msvc
from rtvariants.toolchain.metadata import Feature
from rtvariants.toolchain.probe import Crate, Toolchain
from rtvariants.toolchain.rustflags import merge_c

_SEPARATOR = "\x1f"
#: Apple's compilers and rustc read the oldest macOS to build for from this variable.
DEPLOYMENT = "MACOSX_DEPLOYMENT_TARGET"
#: Makes the crate `cc` take flags as a shell does, so that a path in them may hold a space.
QUOTED = "CC_SHELL_ESCAPED_FLAGS"
# Variables of the frontend's throw-away environment; what reads them would build anew every time.
_SCRUB = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYTHON_SYS_EXECUTABLE")
_FRONTEND_FOLDERS = ("pip-build-env-", "build-env-", "builds-v")
# What C code takes for today, by `__DATE__`, where nobody says it: hatchling's date of archives.
_EPOCH = "1580601600"
# The largest page that jemalloc shall accept where no platform says it: arm64 kernels use 4, 16 and
# 64 KiB, and a jemalloc that was built for smaller pages than the machine's aborts.
_LG_PAGES = {"aarch64": 16}


@dataclass(frozen=True)
class Build:
    """One cargo process and what its artifact must show.

    `env` holds the variables that are set, `unset` those that are removed from the ambient ones.
    `rust_features` are the CPU features that the compiler must have seen, in rustc's spelling.
    `foreign` are the cargo features, by crate, that only other runtimes of the table ask for.
    `allow` and `glibc`, the newest that may be needed, are the table's; `strip` is the program that
    was prepared for the target, if any; `minimum` is the oldest macOS that the file is for. Builds
    whose `target_dir` lies in one folder have equal flags; `dependencies` names what else tells
    their dependencies apart, and is empty where nothing does; `own` are the project's own crates
    among them, and `alike` the folders of those that builds of equal flags have in common, by name.
    """

    runtime: str
    level: str
    target: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    unset: tuple[str, ...]
    cwd: Path
    target_dir: Path
    output_dir: Path
    lib: str
    export: str
    cargo_features: tuple[str, ...]
    rust_features: tuple[str, ...]
    index_bits: int
    allocator: str
    abi: str
    page_size: str
    commit: str = ""
    crate: str = ""
    foreign: tuple[Feature, ...] = ()
    allow: tuple[AllowConfig, ...] = ()
    glibc: str = ""
    strip: str = ""
    minimum: tuple[int, int] = (0, 0)
    dependencies: str = ""
    own: tuple[str, ...] = ()
    alike: Mapping[str, Path] = field(default_factory=dict)

    def environment(self, ambient: Mapping[str, str]) -> dict[str, str]:
        """Return the whole environment of the cargo process, made from the ambient one."""
        env = {k: v for k, v in ambient.items() if k not in self.unset}
        env["PATH"] = stable_path(ambient.get("PATH", ""))
        env.update(self.env)
        return env


def flag_sets(config: Config) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the rustc flags of every level of the table, by machine."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for runtime in config.runtimes:
        for machine, level in runtime.levels.items():
            found.setdefault(machine, {})[level] = levels.rustc_flags(level)
    return found


def plan(
    config: Config, toolchain: Toolchain, crate: Crate, version: str, *, editable: bool = False
) -> tuple[Build, ...]:
    """Return the builds that the table wants for the toolchain's target, in the table's order.

    An editable build leaves the commit out of the stamp: its tree goes on without it.
    Raises `MachineError` when the table asks for cargo features that the crate lacks.
    """
    problems = [p for runtime in config.wanted for p in _missing(runtime, toolchain, crate)]
    if problems:
        raise MachineError(problems)
    commit = "" if editable else toolchain.commit
    return tuple(
        _build(config, r, toolchain, crate, version=version, commit=commit) for r in config.wanted
    )


def _missing(runtime: RuntimeConfig, toolchain: Toolchain, crate: Crate) -> list[Problem]:
    wanted = _cargo_features(runtime, toolchain)
    return [
        Problem(
            f"no cargo feature `{feature}` in crate `{crate.name}`",
            f"add it to `[features]` of its Cargo.toml, or take it from runtime `{runtime.name}`"
            if feature in runtime.features
            else f"the runtime's allocator turns it on: add it to `[features]` of its Cargo.toml, "
            f'such as `{feature} = ["dep:…"]`',
            where=f"tool.rtvariants runtime `{runtime.name}`",
        )
        for feature in wanted
        if "/" not in feature and feature not in crate.features
    ]


def _cargo_features(runtime: RuntimeConfig, toolchain: Toolchain) -> tuple[str, ...]:
    allocator = runtime.allocators[toolchain.system]
    return (*runtime.features, *(() if allocator == "system" else (allocator,)))


def _build(
    config: Config,
    runtime: RuntimeConfig,
    toolchain: Toolchain,
    crate: Crate,
    *,
    version: str,
    commit: str,
) -> Build:
    level = runtime.levels[toolchain.machine]
    flags = levels.for_target(levels.rustc_flags(level), toolchain.target)
    extra = toolchain.cross.flags if toolchain.cross else ()
    allocator = runtime.allocators[toolchain.system]
    base = toolchain.target_base / "rtvariants" / toolchain.target
    # A jemalloc built for the largest pages of a platform runs on all smaller ones.
    platform = platforms.named(toolchain.target)
    lg_page = platform.lg_page if platform else _LG_PAGES.get(toolchain.machine, 12)
    minimum = _minimum(platform)
    page_size = str(1 << lg_page) if allocator == "jemalloc" else ""
    features = _cargo_features(runtime, toolchain)
    argv = [toolchain.cargo, "build", "--release", "--lib", "--target", toolchain.target]
    argv += ["--manifest-path", str(crate.manifest)]
    argv += ["--features", ",".join(features)] if features else []
    argv += ["--locked"] if toolchain.locked else []
    argv += ["--message-format=json-render-diagnostics"]
    # All folders of a kind in each: what is copied from one to another has equal flags and paths.
    kind = [r for r in config.runtimes if r.levels.get(toolchain.machine) == level]
    folders = [toolchain.target_base, *(base / level / r.name for r in kind)]
    rustflags = _SEPARATOR.join(
        (
            *toolchain.ambient.flags,
            *extra,
            *_system_flags(config, toolchain),
            *flags,
            *_remaps(toolchain, crate, folders),
        )
    )
    env = {
        "CARGO_TARGET_DIR": str(base / level / runtime.name),
        "CARGO_ENCODED_RUSTFLAGS": rustflags,
        # The symbols tell which allocator is linked; the plugin strips them after it has looked.
        "CARGO_PROFILE_RELEASE_STRIP": "none",
        # Keeps trees that share a target directory from taking each other's file (ARCHITECTURE).
        "__CARGO_DEFAULT_LIB_METADATA": "rtvariants",
        "PYO3_BUILD_EXTENSION_MODULE": "1",
        # A stable ABI needs no interpreter, and none that lives in a throw-away environment.
        "PYO3_NO_PYTHON": "1",
        "RTVARIANTS_PACKAGE": config.package,
        "RTVARIANTS_VERSION": version,
        "RTVARIANTS_RUNTIME": runtime.name,
        "RTVARIANTS_LEVEL": level,
        "RTVARIANTS_TARGET": toolchain.target,
        "RTVARIANTS_ABI": crate.abi,
        "RTVARIANTS_PAGE_SIZE": page_size,
        "RTVARIANTS_TOOLCHAIN": toolchain.version,
        "SOURCE_DATE_EPOCH": toolchain.c_ambient.get("SOURCE_DATE_EPOCH", _EPOCH),
        **_c_env(level, allocator, toolchain, lg_page, folders),
        **({DEPLOYMENT: "{}.{}".format(*minimum)} if minimum != (0, 0) else {}),
        **(toolchain.cross.env(os.environ) if toolchain.cross else {}),
    }
    return Build(
        runtime=runtime.name,
        level=level,
        target=toolchain.target,
        argv=tuple(argv),
        env=env,
        unset=(*_SCRUB, "RUSTFLAGS", *_dashed(toolchain.target)),
        cwd=config.root,
        target_dir=base / level / runtime.name,
        output_dir=base / "natives" / runtime.name,
        lib=crate.lib,
        export=f"PyInit_{config.extension}",
        cargo_features=features,
        rust_features=toolchain.cfg_features[flags],
        index_bits=runtime.index_bits,
        allocator=allocator,
        abi=crate.abi,
        page_size=page_size,
        commit=commit,
        crate=crate.name,
        foreign=_foreign(config, runtime, toolchain, crate),
        allow=config.allow_instructions,
        glibc=config.glibc,
        strip=toolchain.cross.prepared.strip if toolchain.cross else "",
        minimum=minimum,
        dependencies=_digest(crate.locked, toolchain.version, rustflags) if crate.locked else "",
        own=crate.own,
        alike=_alike(kind, toolchain, crate),
    )


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _minimum(platform: platforms.Platform | None) -> tuple[int, int]:
    """Return the oldest macOS to build for: what Apple's own variable says, or the platform."""
    text = os.environ.get(DEPLOYMENT, "")
    if platform is None or platform.system != "macos" or not text:
        return platform.minimum if platform else (0, 0)
    found = re.fullmatch(r"(\d+)\.(\d+)(\.\d+)?", text)
    if not found:
        raise MachineError(f"no version of macOS: `{DEPLOYMENT}={text}`", "write it as `11.0`")
    return (int(found[1]), int(found[2]))


def _system_flags(config: Config, toolchain: Toolchain) -> tuple[str, ...]:
    """Return what a module needs of the linker on a system, whatever its level.

    On macOS the names of Python are found in the process, and a library carries a name of its own,
    which would else be its path on the build machine. On Windows the file shall name its functions.
    With musl, rustc would link a program's C library into it; a module shares that of its Python.
    """
    if toolchain.libc == "musl":
        return ("-Ctarget-feature=-crt-static",)
    if toolchain.libc == "msvc":
        return msvc.flags(toolchain.linker)
    if toolchain.system != "macos":
        return ()
    name = f"@rpath/{config.extension}{platforms.suffix(toolchain.system)}"
    words = ("-undefined", "dynamic_lookup", "-install_name", name)
    return tuple(f"-Clink-arg={word}" for word in words)


def _foreign(
    config: Config, runtime: RuntimeConfig, toolchain: Toolchain, crate: Crate
) -> tuple[Feature, ...]:
    """Return the cargo features that others of the table turn on and this runtime does not."""
    on = _turned_on(config.runtimes, toolchain, crate)
    return tuple(sorted(frozenset().union(*on.values()) - on[runtime.name]))


def _alike(kind: Sequence[RuntimeConfig], toolchain: Toolchain, crate: Crate) -> dict[str, Path]:
    """Return the folders of the project's crates that are the same in all runtimes of a kind."""
    if crate.package_id not in crate.graph.packages:
        return {}
    on = list(_turned_on(kind, toolchain, crate).values())
    differing = frozenset().union(*on) - frozenset.intersection(*on)
    # The crate itself holds the guard, which each runtime compiles with its own name.
    names = {crate.name, *(name for name, _ in differing)}
    return {p.name: p.folder for p in crate.graph.alike(crate.package_id, names)}


def _turned_on(
    runtimes: Iterable[RuntimeConfig], toolchain: Toolchain, crate: Crate
) -> dict[str, frozenset[Feature]]:
    return {
        r.name: crate.graph.turned_on(crate.name, _cargo_features(r, toolchain)) for r in runtimes
    }


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


def _c_env(
    level: str, allocator: str, toolchain: Toolchain, lg_page: int, folders: Sequence[Path]
) -> dict[str, str]:
    target = toolchain.target
    baseline = levels.c_flags(levels.BASELINES[toolchain.machine])
    maps = tuple(
        f"-ffile-prefix-map={path}={name}"
        for path, name in (
            (toolchain.cargo_home, "/cargo"),
            *((folder, "/target") for folder in folders),
        )
    )
    env: dict[str, str] = {}
    if any(" " in path for path in maps):
        maps = tuple(map(shlex.quote, maps))
        env[QUOTED] = "1"
    if toolchain.cross:
        # zig takes a date in the code for an error; here it is always the same one.
        maps = (*maps, "-Wno-date-time")
    # mimalloc has constructors that run at dlopen, before the guard can speak, and takes its flags
    # from here alone; so where it is linked, all C code stays at the baseline.
    ours = (*(baseline if allocator == "mimalloc" else levels.c_flags(level)), *maps)
    for name in ("CFLAGS", "CXXFLAGS"):
        key = f"{name}_{target.replace('-', '_')}"
        values = [toolchain.c_ambient.get(k, "") for k in (name, f"{name}_{target}", key)]
        for source, value in zip((name, f"{name}_{target}", key), values, strict=True):
            merge_c(value, (), source)  # refuses flags that choose a CPU, wherever they stand
        if toolchain.libc == "msvc":
            continue  # cl.exe knows neither flag of ours; its code is at the baseline by itself.
        env[key] = merge_c(" ".join(filter(None, values[1:])), ours, key)
    if allocator == "jemalloc":
        # jemalloc's makefile puts CPPFLAGS behind CFLAGS, so this one wins, for jemalloc alone: it
        # runs constructors at dlopen too.
        env["CPPFLAGS"] = merge_c(toolchain.c_ambient.get("CPPFLAGS", ""), baseline, "CPPFLAGS")
        env["JEMALLOC_SYS_WITH_LG_PAGE"] = str(lg_page)
    return env


def _dashed(target: str) -> tuple[str, ...]:
    return tuple(f"{name}_{target}" for name in ("CFLAGS", "CXXFLAGS"))


def stable_path(path: str) -> str:
    """Return PATH without the folders of throw-away build environments.

    A folder that holds a compiler stays: dropping it could change what is built.
    """
    return os.pathsep.join(e for e in path.split(os.pathsep) if e and not _throw_away(Path(e)))


def _throw_away(folder: Path) -> bool:
    isolated = (folder.parent / "pyvenv.cfg").is_file() or any(
        part.startswith(_FRONTEND_FOLDERS) for part in folder.parts
    )
    tools = ("cargo", "rustc", "rustup", "cc", "gcc", "clang", "ld")
    return isolated and not any(
        (folder / f"{tool}{end}").exists() for tool in tools for end in ("", ".exe")
    )
