"""One build of a plan: how cargo is called, what its file must show, what it shares with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rtvariants.config.model import AllowConfig
from rtvariants.toolchain.metadata import Feature

from .profile import Profile


@dataclass(frozen=True)
class Command:
    """How cargo is called, and which program strips what it makes.

    `env` holds the variables that are set, `unset` those that are removed from the ambient ones.
    `strip` is the program that was prepared for the target, if any.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    strip: str = ""


@dataclass(frozen=True)
class Contract:
    """What the artifact must show.

    `level` to `commit` are the facts of its stamp; `stated_by` says whether the crate itself or the
    configuration states index width and allocator; `suffix` is what the name of the module ends
    with, `python` the version of Python that it depends on, if any, and `interpreter` the program
    and the library of that Python, if it is one of this machine. `rust_features` are the CPU
    features that the compiler must have seen, in rustc's spelling. `lib` is the crate's library as
    cargo names it, `export` the init function that Python looks for. `named_features` are the cargo
    features of the runtime by package, `other_features` those that only other runtimes ask for.
    `glibc` is the newest that may be needed, `minimum` the oldest macOS that the file is for.
    `rustflags` and `c_flags` are what the compilers were given: a flag `--cfg` that no crate reads
    is a violation. `private_paths` are folders of this machine, which the file must not name.
    `profile` is what the build is optimized with, if anything.
    """

    package: str
    version: str
    level: str
    target: str
    rust_features: tuple[str, ...]
    index_bits: int | None
    allocator: str
    stated_by: str
    abi: str
    page_size: str
    toolchain: str
    crate: str
    lib: str
    export: str
    cargo_features: tuple[str, ...]
    named_features: frozenset[Feature] = frozenset()
    commit: str = ""
    suffix: str = ""
    python: str = ""
    interpreter: tuple[str, ...] = ()
    other_features: tuple[Feature, ...] = ()
    allow: tuple[AllowConfig, ...] = ()
    glibc: str = ""
    minimum: tuple[int, int] = (0, 0)
    rustflags: tuple[str, ...] = ()
    c_flags: tuple[str, ...] = ()
    private_paths: tuple[Path, ...] = ()
    profile: Profile | None = None
    cargo_profile: str = "release"


@dataclass(frozen=True)
class Sharing:
    """What a build has in common with others, so that it is compiled once.

    Builds whose `target_dir` is in one folder have equal flags; `dependencies` names what else
    distinguishes their dependencies, and is empty where nothing does. `own` are the project's own
    crates among them, and `alike` the folders of those that builds of equal flags have in common,
    by name. Where they are compiled for one Python, `for_python` is its ABI, and `of_python` are
    the crates that depend on it; `anyway` names what distinguishes the others. `host` is another
    target directory whose build scripts and macros serve here too.
    """

    target_dir: Path
    dependencies: str = ""
    for_python: str = ""
    of_python: tuple[str, ...] = ()
    anyway: str = ""
    own: tuple[str, ...] = ()
    alike: Mapping[str, Path] = field(default_factory=dict)
    host: Path | None = None


@dataclass(frozen=True)
class GuardObject:
    """The guard's object file, how the compiler is called for it, and which variables it reads."""

    path: Path
    argv: tuple[str, ...]
    env: Mapping[str, str]


@dataclass(frozen=True)
class Build:
    """The build of one runtime; `output_dir` is the folder of its checked files.

    `guard` is what is linked into a crate that has no guard of its own.
    """

    runtime: str
    output_dir: Path
    command: Command
    contract: Contract
    sharing: Sharing
    guard: GuardObject | None = None
