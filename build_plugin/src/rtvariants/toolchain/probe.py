"""What this machine builds with: cargo, rustc, the target and its flags, as frozen facts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from rtvariants.config.model import Config
from rtvariants.errors import MachineError, Problem
from rtvariants.targets import abi as abis
from rtvariants.targets import levels, platforms
from rtvariants.targets.allocators import OWN_FLAGS
from rtvariants.targets.platforms import SYSTEMS

from . import cargo_config, compiler, cross, git, interpreter, interpreters, requirements
from . import crate as crates
from .cargo_config import CargoConfig
from .cargo_path import require_cargo
from .compiler import Compiler
from .crate import Crate
from .cross import Cross
from .home import cargo_home, home
from .interpreter import BuiltFor, Interpreter
from .rustflags import Ambient, ambient, linker

#: Apple's compilers and rustc read the oldest macOS to build for from this variable.
DEPLOYMENT = "MACOSX_DEPLOYMENT_TARGET"
# MinGW's own ABI is next to LLVM's; a vendor in the middle of a target changes nothing.
_READ = ("-windows-gnu", *(f"-{e.split('-', 1)[-1]}" for e in platforms.ENVIRONMENTS))
#: Makes the crate `cc` split flags as a shell does, so that a path in them may hold a space.
QUOTED = "CC_SHELL_ESCAPED_FLAGS"
_C_VARIABLES = ("CFLAGS", "CXXFLAGS", "CC", "CXX")
_SYSTEMS = {each.rust: each.name for each in SYSTEMS.values()}


@dataclass(frozen=True)
class Toolchain:
    """Compiler, target and folders of one build; `cfg_features` maps flags to what they turn on.

    `host` is the target of the compiler itself, `llvm` the version of its LLVM, `python` the Python
    to build for. `linker` is the one that the user has chosen, if any. `config_env` are the
    variables that cargo gives build scripts by its own configuration, `forced` those of them that
    nothing overrides.
    """

    cargo: str
    rustc: str
    version: str
    release: str
    sysroot: Path
    cargo_home: Path
    target: str
    machine: str
    system: str
    libc: str
    cfg_features: Mapping[tuple[str, ...], tuple[str, ...]]
    ambient: Ambient
    c_ambient: Mapping[str, str]
    target_base: Path
    commit: str
    locked: bool
    cpus: int
    python: Interpreter
    cross: Cross | None = None
    cross_env: Mapping[str, str] = field(default_factory=dict)
    linker: str = ""
    home: Path = Path()
    host: str = ""
    llvm: str = ""
    config_env: Mapping[str, str] = field(default_factory=dict)
    forced: frozenset[str] = frozenset()

    def environment(self, level: str) -> Mapping[str, str]:
        """Return what cargo's environment must have so that it evaluates `cfg(…)` for a level."""
        flags = (
            *self.ambient.flags,
            *(self.cross.flags if self.cross else ()),
            *levels.for_target(levels.rustc_flags(level), self.target),
        )
        return {**self.cross_env, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags)}


def flag_sets(config: Config) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the rustc flags of every level in the configuration, by machine."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for runtime in config.runtimes:
        for machine, level in runtime.levels.items():
            found.setdefault(machine, {})[level] = levels.rustc_flags(level)
    return found


def inspect(config: Config) -> tuple[Toolchain, Crate]:
    """Ask cargo and rustc once for all that a plan needs; raises `MachineError`."""
    cargo = require_cargo()
    environ = dict(os.environ)
    settings = cargo_config.read(cargo, config.root, environ)
    chosen = cross.chosen()
    rustc = compiler.of(settings, config.root, chosen.prepared.rustc if chosen else "")
    host = rustc.fields["host"]
    target = (chosen.target if chosen else settings.target(host)) or host
    sets = _flags_of_levels(config, target)
    extra = chosen.flags if chosen else ()
    # Small processes of about the same length, the longest first: they need not wait in line.
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(crates.read, cargo, config, target, host)
        at = pool.submit(git.commit, config.root)
        found = {flags: pool.submit(target_cfg, rustc, target, (*extra, *flags)) for flags in sets}
        cfgs = {flags: cfg.result() for flags, cfg in found.items()}
        crate = asked.result()
    cfg = next(iter(cfgs.values()))
    _require_version(rustc.fields["release"], crate)
    _require_plain(rustc, target, (*extra, *next(iter(sets))), cfg)

    def printed(flags: tuple[str, ...]) -> frozenset[str]:
        return frozenset(rustc.printed(target, flags).splitlines()[1:])

    outside = ambient(settings, target, printed)
    variables, forced = settings.variables()
    toolchain = Toolchain(
        cargo=cargo,
        rustc=rustc.argv[-1],
        version=rustc.verbose.splitlines()[0],
        release=rustc.fields["release"],
        sysroot=Path(cfg["sysroot"]),
        cargo_home=cargo_home(environ),
        target=target,
        machine=target.split("-")[0],
        system=_SYSTEMS.get(cfg.get("target_os", ""), cfg.get("target_os", "")),
        libc=cfg.get("target_env", ""),
        cfg_features={flags: target_features(cfgs[flags]) for flags in sets},
        ambient=outside,
        c_ambient=_c_ambient(target, {**environ, **variables}),
        target_base=_target_base(environ, crate),
        commit=at.result(),
        locked=bool(crate.locked),
        cpus=_cpus(settings),
        python=interpreters.chosen(),
        cross=chosen,
        cross_env=chosen.env(environ) if chosen else {},
        home=home() or Path(),
        host=host,
        llvm=rustc.fields.get("LLVM version", ""),
        linker=linker(settings, target, outside.flags, printed),
        config_env=variables,
        forced=forced,
    )
    python = toolchain.python
    crate = crates.resolve(cargo, crate, config, target, env=toolchain.environment, python=python)
    if target == host and python.suffix and not abis.required(crate.abi).stable:
        # Musl's Python of some distributions has the names of glibc's.
        crate = replace(crate, suffix=python.suffix)
    if chosen:
        # A plan for another platform needs a toolchain that may have to be prepared first.
        require_std(toolchain)
    return toolchain, crate


def _target_base(environ: Mapping[str, str], crate: Crate) -> Path:
    """Return where all that is compiled goes: cargo's folder for it, or that of its results."""
    if crate.build_directory != crate.target_directory:
        return crate.build_directory
    base = environ.get("CARGO_TARGET_DIR")
    return (Path.cwd() / base) if base else crate.target_directory


def _flags_of_levels(config: Config, target: str) -> tuple[tuple[str, ...], ...]:
    """Return the rustc flags of each level that is built for a target, each set once."""
    machine = target.split("-", maxsplit=1)[0]
    sets = flag_sets(config)
    if machine not in sets:
        raise MachineError(
            f"no runtime for this machine: `{machine}` (target `{target}`)",
            "give the runtimes a `level` for it, or choose another target: by `--platform`, "
            "`CARGO_BUILD_TARGET`, or `target` in `[build]` of cargo's configuration",
        )
    return tuple({levels.for_target(flags, target): None for flags in sets[machine].values()})


def c_variables(target: str) -> tuple[str, ...]:
    """Return the variables that build scripts read compilers and flags of C from."""
    ends = ("", f"_{target}", f"_{target.replace('-', '_')}")
    return (
        *(f"{name}{end}" for end in ends for name in (*_C_VARIABLES, *OWN_FLAGS)),
        *(f"{side}_{name}" for side in ("HOST", "TARGET") for name in _C_VARIABLES),
    )


def _c_ambient(target: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what C code is compiled with; asked by name, since Windows lists all in capitals."""
    names = ("SOURCE_DATE_EPOCH", DEPLOYMENT, QUOTED, *c_variables(target))
    return {name: environ[name] for name in names if name in environ}


def target_cfg(rustc: Compiler, target: str, flags: tuple[str, ...]) -> dict[str, str]:
    """Return rustc's `--print cfg` for a target; features share one key, joined by commas.

    `sysroot` is the folder of the toolchain.
    """
    try:
        sysroot, _, text = rustc.printed(target, flags).partition("\n")
    except MachineError as error:
        hint = f"rustup target add {target}"
        if "could not find specification" in str(error):
            hint = "`CARGO_BUILD_TARGET` or cargo's configuration asks for it; set one of "
            hint += "`rustc --print target-list`, or none"
        problem = Problem(f"unusable target: `{target}`", hint)
        raise MachineError([*error.problems, problem]) from error
    found = {"sysroot": sysroot}
    for key, value in re.findall(r'^(\w+)="(.*)"$', text, re.MULTILINE):
        found[key] = f"{found[key]},{value}" if key in found else value
    return found


def ready(config: Config) -> tuple[Toolchain, Crate]:
    """Return the same for a build, and refuse a target that can't be built or verified.

    A build for another platform than the compiler's own is not for this Python, which may be any.
    """
    toolchain, crate = inspect(config)
    require_readable(toolchain.target)
    require_std(toolchain)
    requirements.require(toolchain.target)
    python = toolchain.python
    if toolchain.target == toolchain.host and python.executable:
        abi = abis.required(crate.abi)
        built = BuiltFor(toolchain.target, toolchain.machine, toolchain.libc, abi, crate.suffix)
        interpreter.require(built, python)
        crates.require_python(crate, python)
    elif crate.python:
        python.require_cpython()
        crates.require_python(crate, python)
    return toolchain, crate


def require_readable(target: str) -> None:
    """Refuse a target whose artifacts this version can't read back and tag honestly."""
    if not target.endswith(_READ):
        raise MachineError(
            f"target that can't be verified: `{target}`",
            "files of Linux (glibc or musl), macOS and Windows are read back and tagged",
        )


def require_std(toolchain: Toolchain) -> None:
    """Name a missing standard library at once, and not after the crates that do without it.

    Raises `MachineError`. A nightly compiler may be about to build the library itself.
    """
    if re.search("nightly|dev", toolchain.release):
        return
    sysroot, target, chosen = toolchain.sysroot, toolchain.target, toolchain.cross
    if any(cross.holds_std(folder) for folder in sysroot.glob(f"lib*/rustlib/{target}/lib")):
        return
    hint = add_target(sysroot, target)
    if chosen and chosen.platform.linker:
        hint = f"`rtvariants toolchain prepare {chosen.platform.name}`, or: {hint}"
    raise MachineError(f"no standard library for `{target}` in the toolchain {sysroot}", hint)


def add_target(sysroot: Path, target: str) -> str:
    """Return how this very toolchain gets a target; rustup's default may be another one.

    >>> add_target(Path("/home/me/.rustup/toolchains/1.90"), "aarch64-unknown-linux-musl")
    'rustup target add --toolchain 1.90 aarch64-unknown-linux-musl'
    """
    if sysroot.parent.name == "toolchains":
        return f"rustup target add --toolchain {sysroot.name} {target}"
    return (
        "install it from where this Rust came from, or take Rust from https://rustup.rs and "
        f"`rustup target add {target}`"
    )


def target_features(cfg: Mapping[str, str]) -> tuple[str, ...]:
    """Return the CPU features of a `--print cfg`, sorted.

    >>> target_features({"target_feature": "sse2,crt-static,sse"})
    ('sse', 'sse2')
    """
    # How the C library is linked is no feature of a CPU.
    return tuple(sorted(set(cfg.get("target_feature", "").split(",")) - {"", "crt-static"}))


def _require_plain(
    rustc: Compiler, target: str, flags: tuple[str, ...], cfg: Mapping[str, str]
) -> None:
    """Refuse a wrapper that compiles for another CPU than the compiler that it is given."""
    if len(rustc.argv) == 1:
        return
    wrapped = set(target_features(cfg))
    plain = set(target_features(target_cfg(rustc.unwrapped, target, flags)))
    if wrapped != plain:
        changed = [f"+{f}" for f in sorted(wrapped - plain)]
        changed += [f"-{f}" for f in sorted(plain - wrapped)]
        raise MachineError(
            Problem(
                f"CPU chosen outside the configuration: `{' '.join(rustc.argv[:-1])}`, which wraps "
                f"rustc, changes the CPU features to `{','.join(changed)}`",
                "set `RUSTC_WRAPPER=` and `RUSTC_WORKSPACE_WRAPPER=` to nothing for this build, or "
                "name another compiler in `RUSTC`",
                rule="ambient-flags",
            )
        )


def _require_version(release: str, crate: Crate) -> None:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(n) for n in re.findall(r"\d+", text.split("-", 1)[0]))

    if crate.rust_version and numbers(release) < numbers(crate.rust_version):
        raise MachineError(
            f"rustc too old: {release}, crate `{crate.name}` needs {crate.rust_version}",
            "rustup update stable",
        )


def _cpus(settings: CargoConfig) -> int:
    """Return how many compilers may run at once: a number less than 0 is taken from all."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    jobs = settings.string("build", "jobs")
    if not re.fullmatch(r"-?\d+", jobs) or not int(jobs):
        return cpus
    return int(jobs) if int(jobs) > 0 else max(1, cpus + int(jobs))
