"""The builds that a configuration describes for one machine: a pure function, nothing runs.

`plan(config, toolchain, crate, version)` returns one `Build` for each runtime, with the exact
command and environment, so that what a build will do can be shown, compared and tested without
doing it. It reads no file and no variable: what it must know about the machine is in the toolchain.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtvariants.config.model import Config, RuntimeConfig
from rtvariants.errors import MachineError, Problem
from rtvariants.targets import levels, platforms
from rtvariants.targets.allocators import ALLOCATORS, by_feature
from rtvariants.toolchain import resolution
from rtvariants.toolchain.crate import Crate, features_of, of_python
from rtvariants.toolchain.metadata import Feature
from rtvariants.toolchain.probe import DEPLOYMENT, Toolchain

from . import c_flags, flags, guard_object
from .build import Build, Command, Contract, GuardObject, Sharing
from .environment import SCRUBBED
from .profile import INSTRUMENT, Profile

_SEPARATOR = "\x1f"
# What of the ambient variables would choose another Python for PyO3.
_PYTHON = ("PYO3_NO_PYTHON", "PYO3_PYTHON", "PYO3_CROSS_PYTHON_VERSION")
# What the folders of instrumented builds end with.
_INSTRUMENTED = "-instrumented"


def plan(
    config: Config,
    toolchain: Toolchain,
    crate: Crate,
    version: str,
    *,
    editable: bool = False,
    instrumented: bool = False,
    profiles: Mapping[str, Profile] | None = None,
) -> tuple[Build, ...]:
    """Return the builds for the toolchain's target, in the configuration's order.

    An editable build leaves the commit out of the stamp: its tree goes on without it. An
    `instrumented` one counts what runs; `profiles` are such counts, by runtime.
    Raises `MachineError` where the configuration asks for cargo features that the crate lacks.
    """
    problems = [p for runtime in config.wanted for p in _missing(runtime, toolchain, crate)]
    if problems:
        raise MachineError(problems)
    commit = "" if editable else toolchain.commit
    planner = _Planner(config, toolchain, crate, version, commit, instrumented, profiles or {})
    return tuple(planner.build(runtime) for runtime in config.wanted)


def jobs(config: Config, toolchain: Toolchain) -> int:
    """Return how many compilers may run at once."""
    return config.build.jobs or (1 if config.build.frugal else toolchain.cpus)


def _missing(runtime: RuntimeConfig, toolchain: Toolchain, crate: Crate) -> list[Problem]:
    wanted = features_of(runtime, toolchain.system)
    return [
        Problem(
            f"no cargo feature `{feature}` in crate `{crate.name}`",
            f"add it to `[features]` of its Cargo.toml, or take it from runtime `{runtime.name}`"
            if feature in runtime.features
            else f"the runtime's allocator turns it on: add it to `[features]` of its Cargo.toml, "
            f'such as `{feature} = ["dep:{by_feature()[feature].crate}"]`',
            where=f"tool.rtvariants runtime `{runtime.name}`",
        )
        for feature in wanted
        if "/" not in feature and feature not in crate.features
    ]


@dataclass(frozen=True)
class _Planner:
    """What all builds of a plan are made from."""

    config: Config
    toolchain: Toolchain
    crate: Crate
    version: str
    commit: str
    instrumented: bool
    profiles: Mapping[str, Profile]

    def build(self, runtime: RuntimeConfig) -> Build:
        """Return the build of one runtime."""
        tools, level = self.toolchain, runtime.levels[self.toolchain.machine]
        base = tools.target_base / "rtvariants" / tools.target
        profile = self.profiles.get(runtime.name)
        kind = [r for r in self.config.runtimes if r.levels.get(tools.machine) == level]
        # A profile is that of one runtime, so no other one has the same flags.
        kind = [runtime] if profile else kind
        below = base / self._folder(runtime, level)
        # All folders of a level in each: what is copied between them has equal flags and paths.
        names = (self.config.folders(r.name) for r in kind)
        folders = [tools.target_base, *(below / name for each in names for name in each)]
        folder = self.config.folder(runtime.name)
        rustflags = (
            *flags.rust(self.config, level, tools, self.crate, folders),
            *((INSTRUMENT,) if self.instrumented else ()),
            *((profile.flag,) if profile else ()),
        )
        allocator = ALLOCATORS[runtime.allocators[tools.system]]
        low = self.config.c_code == "baseline"
        of_c = c_flags.of(level, allocator, tools, self.crate, folders, baseline=low)
        contract = self._contract(runtime, rustflags, of_c.flags)
        python = contract.abi if contract.python else ""
        anyway = _dependencies(tools, self.crate, rustflags)
        sharing = Sharing(
            target_dir=below / folder,
            dependencies=f"{anyway} {python}".rstrip() if anyway else "",
            for_python=python,
            of_python=tuple(sorted(of_python(self.crate))) if python else (),
            anyway=anyway,
            own=self.crate.own,
            alike=_alike(kind, self.crate),
            host=base / f"{level}{_INSTRUMENTED}" / runtime.name if profile else None,
        )
        env = {
            "CARGO_TARGET_DIR": str(sharing.target_dir),
            # A setting of cargo may name one folder, which all runtimes would share.
            "CARGO_BUILD_BUILD_DIR": str(sharing.target_dir),
            **_env(runtime.name, contract),
            **_python(contract),
            **of_c.env,
            **_deployment(contract),
            **tools.cross_env,
        }
        _refuse_forced(tools, env)
        guard = None
        if contract.stated_by == "configuration":
            guard = guard_object.of(contract, env, tools, base / python, folder)
        dashed = set(c_flags.dashed(tools.target)).difference(env)
        command = Command(
            argv=_argv(contract, runtime, tools, self.crate, guard),
            cwd=self.config.root,
            env=env,
            unset=(
                *SCRUBBED,
                *(name for name in _PYTHON if name not in env),
                "RUSTFLAGS",
                *sorted(dashed),
            ),
            strip=tools.cross.prepared.strip if tools.cross else "",
        )
        natives = base / ("instrumented" if self.instrumented else "natives")
        output = natives / python / folder
        return Build(runtime.name, output, command, contract, sharing, guard)

    def _folder(self, runtime: RuntimeConfig, level: str) -> str:
        """Return the folder of all builds with the same flags as this one."""
        if self.instrumented:
            return f"{level}{_INSTRUMENTED}"
        return f"{level}-profiled-{runtime.name}" if runtime.name in self.profiles else level

    def _contract(
        self, runtime: RuntimeConfig, rustflags: tuple[str, ...], c_flags: tuple[str, ...]
    ) -> Contract:
        config, tools, crate = self.config, self.toolchain, self.crate
        level = runtime.levels[tools.machine]
        allocator = ALLOCATORS[runtime.allocators[tools.system]]
        level_flags = levels.for_target(levels.rustc_flags(level), tools.target)
        return Contract(
            package=config.package,
            version=self.version,
            level=level,
            target=tools.target,
            rust_features=tools.cfg_features[level_flags],
            index_bits=runtime.index_bits,
            allocator=allocator.name,
            stated_by=_stated_by(runtime.name, crate),
            abi=crate.abi,
            # An allocator that is built for a platform's largest pages runs on all smaller ones.
            page_size=str(1 << platforms.lg_page(tools.target)) if allocator.pages else "",
            toolchain=tools.version,
            crate=crate.name,
            cargo_profile=config.profile,
            lib=crate.lib,
            export=f"PyInit_{config.extension}",
            cargo_features=features_of(runtime, tools.system),
            named_features=crate.graph.named(crate.package_id, features_of(runtime, tools.system)),
            commit=self.commit,
            suffix=crate.suffix,
            python=crate.python,
            interpreter=_interpreter(tools) if crate.python else (),
            other_features=_other_features(config, runtime, tools, crate),
            allow=config.allow_instructions,
            glibc=config.glibc,
            minimum=_minimum(platforms.named(tools.target), tools),
            rustflags=rustflags,
            c_flags=c_flags,
            private_paths=flags.private_paths(config.root, tools, crate),
            profile=self.profiles.get(runtime.name),
        )


def _refuse_forced(toolchain: Toolchain, env: Mapping[str, str]) -> None:
    """Refuse variables of the build that cargo would replace for build scripts and macros.

    Raises `MachineError`. cargo reads its own variables (`CARGO_…`) before it replaces any.
    """
    raise_for = [
        Problem(
            f"`[env]` of cargo's configuration forces `{name}={toolchain.config_env[name]}`, "
            f"which the build sets to `{env[name]}`",
            f"take `force = true` from `{name}`, or the variable from `[env]`",
        )
        for name in sorted(toolchain.forced & env.keys())
        if not name.startswith("CARGO_") and toolchain.config_env[name] != env[name]
    ]
    if raise_for:
        raise MachineError(raise_for)


def _argv(
    contract: Contract,
    runtime: RuntimeConfig,
    toolchain: Toolchain,
    crate: Crate,
    guard: GuardObject | None,
) -> tuple[str, ...]:
    # With `rustc`, cargo gives some arguments to the compiler of the final crate alone.
    rustc = guard or not crate.cdylib
    argv = [toolchain.cargo, "rustc" if rustc else "build"]
    profile = contract.cargo_profile
    argv += ["--release"] if profile == "release" else ["--profile", profile]
    argv += ["--lib", "--target", contract.target]
    # Without a package, cargo builds all default members of a workspace, with unified features.
    argv += ["--manifest-path", str(crate.manifest), "--package", crate.package_id]
    argv += resolution.arguments(contract.cargo_features, default=runtime.default_features)
    argv += ["--locked"] if toolchain.locked else []
    argv += ["--message-format=json-render-diagnostics"]
    argv += ["--crate-type", "cdylib"] if rustc else []
    if guard:
        argv += ["--", *guard_object.link_arguments(guard, contract, toolchain.linker)]
    return tuple(argv)


def _stated_by(runtime: str, crate: Crate) -> str:
    """Return who states index width and allocator: the crate, if it uses the guard's crate."""
    resolved = crate.resolved.get(runtime)
    own = resolved is not None and resolved.features(guard_object.CRATE) is not None
    return "crate" if own else "configuration"


def _env(runtime: str, contract: Contract) -> dict[str, str]:
    return {
        "CARGO_ENCODED_RUSTFLAGS": _SEPARATOR.join(contract.rustflags),
        # The symbols tell which allocator is linked; the plugin strips them after it has looked.
        f"CARGO_PROFILE_{contract.cargo_profile.upper().replace('-', '_')}_STRIP": "none",
        # Keeps trees that share a target directory from taking each other's file (ARCHITECTURE).
        "__CARGO_DEFAULT_LIB_METADATA": "rtvariants",
        "PYO3_BUILD_EXTENSION_MODULE": "1",
        "RTVARIANTS_PACKAGE": contract.package,
        "RTVARIANTS_VERSION": contract.version,
        "RTVARIANTS_RUNTIME": runtime,
        "RTVARIANTS_LEVEL": contract.level,
        "RTVARIANTS_TARGET": contract.target,
        "RTVARIANTS_ABI": contract.abi,
        "RTVARIANTS_PAGE_SIZE": contract.page_size,
        "RTVARIANTS_TOOLCHAIN": contract.toolchain,
    }


def _interpreter(toolchain: Toolchain) -> tuple[str, ...]:
    """Return the files of the Python that loads what is built, if it is one of this machine."""
    python = toolchain.python
    if toolchain.target != toolchain.host or not python.executable:
        return ()
    return (python.executable, *([python.library] if python.library else ()))


def _python(contract: Contract) -> dict[str, str]:
    """Return what tells PyO3 for which Python it compiles.

    A stable ABI of a stated version needs none. For another platform there is none that would run.
    """
    if not contract.python:
        return {"PYO3_NO_PYTHON": "1"}
    if contract.interpreter:
        return {"PYO3_PYTHON": contract.interpreter[0]}
    return {"PYO3_NO_PYTHON": "1", "PYO3_CROSS_PYTHON_VERSION": contract.python}


def _deployment(contract: Contract) -> dict[str, str]:
    if contract.minimum == (0, 0):
        return {}
    return {DEPLOYMENT: "{}.{}".format(*contract.minimum)}


def _dependencies(toolchain: Toolchain, crate: Crate, rustflags: tuple[str, ...]) -> str:
    """Return a digest of what distinguishes dependencies; empty where no lock file settles them."""
    if not crate.locked:
        return ""
    texts = (crate.locked, toolchain.version, _SEPARATOR.join(rustflags))
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _minimum(platform: platforms.Platform | None, toolchain: Toolchain) -> tuple[int, int]:
    """Return the oldest macOS to build for: what Apple's own variable says, or the platform."""
    text = toolchain.c_ambient.get(DEPLOYMENT, "")
    if platform is None or platform.system != "macos" or not text:
        return platform.minimum if platform else (0, 0)
    found = re.fullmatch(r"(\d+)\.(\d+)(\.\d+)?", text)
    if not found:
        raise MachineError(f"no version of macOS: `{DEPLOYMENT}={text}`", "write it as `11.0`")
    return (int(found[1]), int(found[2]))


def _other_features(
    config: Config, runtime: RuntimeConfig, toolchain: Toolchain, crate: Crate
) -> tuple[Feature, ...]:
    """Return the cargo features that only other runtimes ask for.

    What the crate's default features and its own lines of dependencies turn on belongs to each.
    """
    system, this = toolchain.system, crate.package_id
    asked = [crate.graph.asked(this, _all_of(r, system)) for r in config.runtimes]
    mine = crate.graph.implied(this, _all_of(runtime, system))
    return tuple(sorted(frozenset().union(*asked) - mine))


def _all_of(runtime: RuntimeConfig, system: str) -> tuple[str, ...]:
    default = ("default",) if runtime.default_features else ()
    return (*default, *features_of(runtime, system))


def _alike(kind: Sequence[RuntimeConfig], crate: Crate) -> dict[str, Path]:
    """Return the folders of the project's crates that are the same in all runtimes of a kind."""
    if crate.package_id not in crate.graph.packages:
        return {}
    nodes = [crate.resolved[r.name].nodes for r in kind if r.name in crate.resolved]
    differing = frozenset().union(*nodes) - frozenset.intersection(*nodes) if nodes else ()
    # The crate itself holds the guard, which each runtime compiles with its own name.
    names = {crate.name, *(node.name for node in differing)}
    return {p.name: p.folder for p in crate.graph.alike(crate.package_id, names)}
