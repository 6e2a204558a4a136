"""`[tool.rtvariants]` of pyproject.toml as frozen dataclasses.

```toml
[tool.rtvariants]
crate = "crates/greeter"          # folder of the crate that holds the PyO3 module
module = "greeter._hello"        # name under which the chosen runtime is bound
env = "GREETER_RUNTIME"           # environment variable that overrides the choice

[[tool.rtvariants.runtimes]]      # in order of preference
name = "fast"
level = { x86_64 = "x86_64_v3", aarch64 = "aarch64" }
allocator = "system"              # or a table by system: { linux = "jemalloc", … }
features = []                     # cargo features of this runtime
index-bits = 64                   # width of row numbers; 64 when left out
select = "auto"                   # or "explicit": only when asked for

[tool.rtvariants.build]           # how this machine builds; may be left out
jobs = 0                          # compilers at once; 0 for as many as processors
```

The docstring below a field is its entry in the reference; `rtvariants.config` tells how to add a
field.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .fields import setting
from .kinds import Choice, Flag, Number, Text, Texts
from .release import ReleaseConfig
from .runtime_kinds import (
    Allocators,
    Crate,
    Distribution,
    Features,
    Glibc,
    Levels,
    Module,
    Name,
    Size,
    Variable,
)
from .sections import Section, Sections

#: The table's name, and its title in the schema.
TABLE = "tool.rtvariants"
TITLE = "Runtimes of a Python package with a Rust core, built by rtvariants"


@dataclass(frozen=True, kw_only=True)
class RuntimeConfig:
    """One runtime of the table; `levels` and `allocators` are keyed by machine and system."""

    name: str = setting(Name())
    """Name of the runtime: small letters, digits and `_`. The native is installed as the package
    `_<package>_<name>`, and the name is a value of the override variable."""

    levels: dict[str, str] = setting(Levels(), key="level")
    """What a CPU must have to run this runtime, by machine: a name that archspec knows, such as
    `x86_64_v3`, `x86_64_v4`, `haswell` or `neoverse_n1`. A level by itself stands for its own
    machine. All runtimes have levels for the same machines, and on each of them one runtime with
    `select = "auto"` has the machine's baseline (`x86_64`, `aarch64`)."""

    features: tuple[str, ...] = setting(Features(), default=[])
    """Features of the crate that this runtime is built with, on top of the default ones."""

    allocators: dict[str, str] = setting(Allocators(), key="allocator", default="system")
    """The memory allocator, for all systems or by `linux`, `macos` and `windows`. Each but `system`
    turns on the crate's feature of the same name; the build fails where the artifact does not hold
    the allocator that is named here."""

    index_bits: int = setting(Choice(64, 32, what="width"), default=64)
    """Width of row numbers in bits, 32 or 64, as the crate's `module!` states it. The build fails
    where the two differ."""

    select: str = setting(Choice("auto", "explicit"), default="auto")
    """`auto`: taken by itself on a CPU that can run it, in the table's order. `explicit`: only
    when the override variable names it, for runtimes that differ in meaning and not in speed."""

    distribution: str = setting(Distribution(), default="")
    """Name of the runtime's own distribution among split packages. Empty for the derived one:
    `<project>-runtime-<name>`, without `rt` before the name."""


@dataclass(frozen=True)
class AllowConfig:
    """Functions that may hold instructions above a runtime's level, since they ask the CPU first.

    The audit of each build finds such functions and fails, but for those that an entry names.
    Entries for well-known crates are built in; one that allows nothing in any runtime is reported.
    """

    reason: str = setting(Text())
    """Who asks the CPU, and where: for the person who reads the table."""

    crate: str = setting(Text(), default="*")
    """The crate of the functions, or a pattern with `*` and `?`. A C function belongs to the crate
    whose build script compiled it."""

    symbol: str = setting(Text(), default="*")
    """The path of the function without generic arguments, such as `greeter::sum::avx2`, or a
    pattern."""

    features: tuple[str, ...] = setting(Texts(), default=[])
    """The CPU features that they may use, in rustc's names; any where the list is empty."""


@dataclass(frozen=True, kw_only=True)
class BuildConfig:
    """How a build runs. Nothing here changes a byte of a native."""

    runtimes: tuple[str, ...] = setting(Texts(Name()), default=[], override="runtimes")
    """The runtimes to build, by name; all of the table where the list is empty. A wheel of a part
    of them is for development: it may lack the runtime for older CPUs."""

    jobs: int = setting(Number(), default=0, override="jobs")
    """How many compilers run at once, over all runtimes together; 0 for as many as there are
    processors."""

    frugal: bool = setting(Flag(), default=False, override="frugal")
    """For machines with little memory: one runtime after the other, and one compiler at a time
    where `jobs` names no other number."""

    events: str = setting(Text(empty=True), default="", override="events")
    """A file that gets the progress of a build as JSON, one event a line: `start`, `step`, `done`,
    `checked`, `failed`, `end`, each with its time. Give a whole path where a frontend builds in a
    copy."""

    vendor: bool = setting(Flag(), default=False, override="vendor")
    """An sdist carries the crates that its runtimes are built of, and a configuration that makes
    cargo use them: it builds where no registry can be reached. `rtvariants sdist --vendor` does it
    once."""

    rebuild: bool = setting(Flag(), default=False, override="rebuild")
    """An editable install rebuilds its runtimes at import when their Rust sources have changed. It
    is noted when the package is installed; at import, `RTVARIANTS_REBUILD=1` or `=0` wins over
    it."""


@dataclass(frozen=True, kw_only=True)
class SplitConfig:
    """How split packages hang together."""

    requires: tuple[str, ...] = setting(Texts(Name()), default=[])
    """The runtimes that the base package always needs, by name; the others are extras alone.
    Together they must have one that is chosen by itself on every CPU. Where the list is empty: all
    that are chosen by themselves."""


@dataclass(frozen=True, kw_only=True)
class SizesConfig:
    """How large what is built may get: a build that goes beyond fails, and leaves no wheel."""

    wheel: int = setting(Size(), default="")
    """The largest wheel file, of any packaging, such as `25 MB` or `24 MiB`. Indexes have limits of
    their own, for a file and for a project."""

    installed: int = setting(Size(), default="")
    """What all natives of a platform may take together once they are installed."""


@dataclass(frozen=True, kw_only=True)
class TestConfig:
    """What `rtvariants test` does with an installed wheel."""

    run: str = setting(Text(empty=True), default="")
    """Python code that each runtime must run without an error, in a process of its own: a real
    piece of work, with what it must come to asserted. Where it is empty, the package is only
    imported."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The whole table. `crate` is the absolute folder of the crate, `package` the import name."""

    root: Path

    crate: Path = setting(Crate())
    """Folder of the crate that holds the PyO3 module, from pyproject.toml on."""

    module: str = setting(Module())
    """Name under which the chosen runtime is bound, such as `greeter._hello`. Its last part is the
    name of the PyO3 module, its first one the package that the natives' packages are named by:
    of the distributions that share a namespace package, one alone can have runtimes."""

    env: str = setting(Variable())
    """Environment variable that overrides the choice at import: the name of a runtime, or
    `auto`."""

    runtimes: tuple[RuntimeConfig, ...] = setting(Sections(RuntimeConfig, f"{TABLE}.runtimes"))
    """The runtimes, in order of preference: the first that the CPU can run is taken."""

    allow_instructions: tuple[AllowConfig, ...] = setting(
        Sections(AllowConfig, f"{TABLE}.allow-instructions", least=0), default=[]
    )
    """Functions that may hold instructions above the level, since they ask the CPU first."""

    glibc: str = setting(Glibc(), default="")
    """The newest glibc that a native may need, such as `2.17`. The build fails where one needs a
    newer one; without it, the wheel's tag follows what the natives need."""

    build: BuildConfig = setting(Section(BuildConfig), default={})
    """How a build runs."""

    packaging: str = setting(Choice("fat", "split", "variant", what="packaging"), default="fat")
    """What `rtvariants package` writes. `fat`: one wheel a platform with all runtimes. `split`: a
    base package without native code, and a distribution a runtime that it pins. `variant`: the fat
    wheel, and beside it one wheel a CPU level for installers that choose (PEP 825). All hold the
    same natives. Who moves from `fat` to `split` with a new version gives the runtimes new names
    too: pip removes the old version's files after it has written the new runtimes, and would take
    natives of the same names along. The import then says what brings them back."""

    split: SplitConfig = setting(Section(SplitConfig), default={})
    """How split packages hang together."""

    sizes: SizesConfig = setting(Section(SizesConfig), default={})
    """How large what is built may get; `rtvariants size` shows what it is made of."""

    test: TestConfig = setting(Section(TestConfig), default={})
    """What `rtvariants test` does with an installed wheel."""

    release: ReleaseConfig | None = setting(Section(ReleaseConfig, optional=True), default=None)
    """What `rtvariants release` makes of one commit, for which platforms, and where it goes."""

    @property
    def package(self) -> str:
        """Return the top-level package that adopts the runtimes: `greeter` of `greeter._hello`."""
        return self.module.split(".")[0]

    @property
    def extension(self) -> str:
        """Return the name that every native exports: `_hello` of `greeter._hello`."""
        return self.module.rsplit(".", 1)[1]

    @property
    def wanted(self) -> tuple[RuntimeConfig, ...]:
        """Return the runtimes to build: those that `build.runtimes` names, or all."""
        names = self.build.runtimes
        return tuple(r for r in self.runtimes if not names or r.name in names)

    def runtime_package(self, name: str) -> str:
        """Return the top-level package that a runtime is installed as."""
        return f"_{self.package}_{name}"
