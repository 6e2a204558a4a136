"""`[tool.rtvariants]` of pyproject.toml as frozen dataclasses.

```toml
[tool.rtvariants]
crate = "crates/greeter"          # folder of the crate that holds the PyO3 module
module = "greeter._hello"         # name under which the chosen runtime is imported
env = "GREETER_RUNTIME"           # environment variable that overrides the choice

[[tool.rtvariants.runtimes]]      # in order of preference
name = "fast"
level = { x86_64 = "x86_64_v3", aarch64 = "aarch64" }
allocator = "system"              # or a table by system: { linux = "jemalloc", … }
features = []                     # cargo features of this runtime
index-bits = 64                   # width of row numbers, if the package has any
select = "auto"                   # or "explicit": only when asked for

[tool.rtvariants.build]           # how this machine builds; optional
jobs = 0                          # compilers at once; 0: one for each processor
```

The docstring below a field is its entry in the reference. `rtvariants.config` explains how to add
a field.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from .fields import setting
from .kinds import Choice, Flag, Number, Text, Texts
from .pgo import PgoConfig
from .project_kinds import Crate, Glibc, Module, Size, Variable
from .release import ReleaseConfig
from .runtime_kinds import Allocators, Distribution, Features, Levels, Name, Width
from .sections import Section, Sections

#: The table's name, and its title in the schema.
TABLE = "tool.rtvariants"
TITLE = "Runtimes of a Python package with a Rust core, built by rtvariants"


@dataclass(frozen=True, kw_only=True)
class RuntimeConfig:
    """One runtime; the keys of `levels` are machines, those of `allocators` systems."""

    name: str = setting(Name())
    """The name of the runtime: lowercase letters, digits and `_`. Its extension module is installed
    in the package `_<package>_<name>`, and the override variable takes the name as a value."""

    levels: dict[str, str] = setting(Levels(), key="level")
    """The CPU that this runtime needs, by machine: a name that archspec knows, such as `x86_64_v3`,
    `x86_64_v4`, `haswell` or `neoverse_n1`. A single level is the one for its own machine. All
    runtimes must have levels for the same machines, and on each machine one runtime with
    `select = "auto"` must have the machine's baseline (`x86_64`, `aarch64`)."""

    features: tuple[str, ...] = setting(Features(), default=[])
    """Features of the crate that this runtime is built with, in addition to the defaults."""

    default_features: bool = setting(Flag(), default=True)
    """Whether the crate's feature `default` is on. If false, only `features` and the allocator's
    are; a dependency may still turn it on."""

    allocators: dict[str, str] = setting(Allocators(), key="allocator", default="system")
    """The memory allocator, for all systems or by `linux`, `macos` and `windows`. Each one except
    `system` turns on the crate's feature of the same name. The build fails if another allocator is
    linked."""

    index_bits: int | None = setting(Width(), default=None)
    """The width of row numbers in bits, for packages in which runtimes differ in it: then each of
    them states it. A crate that calls `module!` states it there, and the build fails if the two
    differ."""

    select: str = setting(Choice("auto", "explicit"), default="auto")
    """`auto`: chosen automatically if the CPU can run it and no earlier runtime. `explicit`: only
    when the override variable names it, for runtimes that differ in meaning and not in speed."""

    distribution: str = setting(Distribution(), default="")
    """The name of the runtime's own distribution in split packages. If empty, it is
    `<project>-runtime-<name>`, without a leading `rt` of the name."""


@dataclass(frozen=True, kw_only=True)
class ModuleConfig:
    """A further extension module of the same distribution.

    It is built for every runtime, too. In a process, all modules of a distribution have the same
    runtime: the first import chooses it.
    """

    module: str = setting(Module())
    """The name under which the extension module is imported, such as `greeter.text._more`. Its
    loader and its runtimes have all of the name in their own: `_greeter_text__more_loader`."""

    crate: Path = setting(Crate(empty=True), default="")
    """The folder of its crate, relative to pyproject.toml. If empty, it is the crate of
    `[tool.rtvariants]`, which is then built once more."""

    features: tuple[str, ...] = setting(Features(), default=[])
    """Features of its crate in all runtimes. The `features` of a runtime are those of the crate of
    `[tool.rtvariants]`, and hold for modules of that crate; an allocator holds for all modules."""


@dataclass(frozen=True)
class AllowConfig:
    """Functions that may use instructions above a runtime's level because they check the CPU first.

    The audit of each build finds such functions and fails, except for those that an entry names.
    Entries for well-known crates are built in. An entry that allows nothing in any runtime is
    reported.
    """

    reason: str = setting(Text())
    """What checks the CPU, and where; for people who read the configuration."""

    crate: str = setting(Text(), default="*")
    """The crate of the functions, or a pattern with `*` and `?`. A C function belongs to the crate
    whose build script compiled it."""

    symbol: str = setting(Text(), default="*")
    """The path of the function without generic arguments, such as `greeter::sum::avx2`, or a
    pattern."""

    features: tuple[str, ...] = setting(Texts(), default=[])
    """The CPU features that the functions may use, in rustc's names. If empty, any."""


@dataclass(frozen=True, kw_only=True)
class BuildConfig:
    """How a build runs. Nothing here changes a byte of an extension module."""

    runtimes: tuple[str, ...] = setting(Texts(Name()), default=[], override="runtimes")
    """The runtimes to build, by name. If empty, all. A wheel with only some of them is for
    development: the runtime for older CPUs may be missing."""

    jobs: int = setting(Number(), default=0, override="jobs")
    """How many compilers run at once, for all runtimes together. 0 means one for each processor."""

    frugal: bool = setting(Flag(), default=False, override="frugal")
    """For machines with little memory: build one runtime after the other, with one compiler at a
    time unless `jobs` sets a number."""

    events: str = setting(Text(empty=True), default="", override="events")
    """A file that receives the progress of a build as JSON, one event per line: `start`, `step`,
    `done`, `checked`, `failed`, `end`, each with its time. Use an absolute path if a frontend
    builds in a copy of the project."""

    vendor: bool = setting(Flag(), default=False, override="vendor")
    """Add the crates that the runtimes are built from to the sdist, with a configuration that makes
    cargo use them, so that it builds without a registry. `rtvariants sdist --vendor` does this
    once."""

    rebuild: bool = setting(Flag(), default=False, override="rebuild")
    """Rebuild the runtimes of an editable install at import when their Rust sources have changed.
    The setting is read when the package is installed. At import, `RTVARIANTS_REBUILD=1` or `=0`
    wins over it."""


@dataclass(frozen=True, kw_only=True)
class SplitConfig:
    """How split packages depend on each other."""

    requires: tuple[str, ...] = setting(Texts(Name()), default=[])
    """The runtimes that the base package requires, by name. The others are extras. One of them
    must be chosen automatically on every CPU. If empty, all runtimes with `select = "auto"`."""


@dataclass(frozen=True, kw_only=True)
class SizesConfig:
    """Size limits: a build that exceeds one fails and leaves no wheel."""

    wheel: int = setting(Size(), default="")
    """The largest allowed size of a wheel file in any packaging, such as `25 MB` or `24 MiB`.
    Indexes have their own limits for a file and for a project."""

    installed: int = setting(Size(), default="")
    """The largest allowed size of all installed extension modules of a platform together."""


@dataclass(frozen=True, kw_only=True)
class TestConfig:
    """What `rtvariants test` does with an installed wheel."""

    run: str = setting(Text(empty=True), default="")
    """Python code that each runtime must run without an error, in a process of its own: some real
    work and an `assert` of its result. If empty, the package is only imported."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The whole configuration; `root` is the folder of pyproject.toml, `crate` is absolute."""

    root: Path

    peers: tuple[str, ...] = ()
    # The loaders of the other extension modules.

    crate: Path = setting(Crate(), derived=True)
    """The folder of the crate that holds the PyO3 module, relative to pyproject.toml. If
    missing, the one that `[tool.maturin]` or `[tool.setuptools-rust]` names, or the folder of
    pyproject.toml itself."""

    module: str = setting(Module(), derived=True)
    """The name under which the chosen runtime is imported, such as `greeter._hello`. Its last part
    is the name of the PyO3 module. A name without a dot is that of a module outside of all
    packages; with maturin, it is short for the module of that name in the package of that name. If
    missing, the one that `[tool.maturin]` or `[tool.setuptools-rust]` names."""

    namespace: str = setting(Module(empty=True), default="")
    """The namespace package that other distributions have packages in, such as `acme` if `module`
    is `acme.x._core`. The loader and the runtimes are then installed as `_acme_x_loader` and
    `_acme_x_<name>` instead of `_acme_loader` and `_acme_<name>`, so that each distribution has its
    own. A build without this setting refuses a first part that is a namespace package."""

    env: str = setting(Variable(), derived=True)
    """The environment variable that overrides the choice at import: the name of a runtime, or
    `auto`. If missing, the package's name in capitals and `_RUNTIME`."""

    runtimes: tuple[RuntimeConfig, ...] = setting(Sections(RuntimeConfig, f"{TABLE}.runtimes"))
    """The runtimes, in order of preference: the first one that the CPU can run is chosen."""

    modules: tuple[ModuleConfig, ...] = setting(
        Sections(ModuleConfig, f"{TABLE}.modules", least=0), default=[]
    )
    """Further extension modules of the distribution, in addition to `module`."""

    allow_instructions: tuple[AllowConfig, ...] = setting(
        Sections(AllowConfig, f"{TABLE}.allow-instructions", least=0), default=[]
    )
    """Functions that may use instructions above the level because they check the CPU first."""

    c_code: str = setting(Choice("level", "baseline", what="CPU for C code"), default="level")
    """What C and C++ code of the crates is compiled for: the runtime's `level`, or the `baseline`
    of the machine. C and C++ constructors run when the file is loaded, before anything can check
    the CPU; if the build reports one that needs more, `baseline` compiles it for every CPU. The
    code of allocators is always compiled for the baseline."""

    profile: str = setting(Text(r"\w[\w-]*", "not a name of a profile"), default="release")
    """The profile of cargo that the runtimes are built with, such as one that the workspace's
    Cargo.toml has for releases."""

    glibc: str = setting(Glibc(), default="")
    """The newest glibc that an extension module may need, such as `2.17`. The build fails if one
    needs a newer glibc. If empty, the wheel's tag states the glibc that the modules need."""

    build: BuildConfig = setting(Section(BuildConfig), default={})
    """How a build runs."""

    pgo: PgoConfig = setting(Section(PgoConfig), default={})
    """Profile-guided optimization."""

    packaging: str = setting(Choice("fat", "split", "variant", what="packaging"), default="fat")
    """What `rtvariants package` writes. `fat`: one wheel per platform with all runtimes. `split`: a
    base package without native code, and one distribution per runtime that the base pins.
    `variant`: the fat wheel, and one wheel per CPU level for installers that choose (PEP 825). All
    contain the same extension modules. If a new version changes from `fat` to `split`, give the
    runtimes new names too: pip removes the files of the old version after it has written the new
    runtimes, and would remove modules of the same names. The import then reports how to restore
    them."""

    split: SplitConfig = setting(Section(SplitConfig), default={})
    """How split packages depend on each other."""

    sizes: SizesConfig = setting(Section(SizesConfig), default={})
    """Size limits; `rtvariants size` shows what takes the space."""

    test: TestConfig = setting(Section(TestConfig), default={})
    """What `rtvariants test` does with an installed wheel."""

    release: ReleaseConfig | None = setting(Section(ReleaseConfig, optional=True), default=None)
    """What `rtvariants release` builds from one commit, for which platforms, and where it goes."""

    @property
    def package(self) -> str:
        """Return the package that has the runtimes: `greeter` of `greeter._hello`.

        It is the first part of `module` after the namespace: all of it belongs to one distribution.
        An extension module outside of all packages is its own.
        """
        above = self.namespace.count(".") + 1 if self.namespace else 0
        return ".".join(self.module.split(".")[: above + 1])

    @cached_property
    def units(self) -> tuple[Config, ...]:
        """Return a configuration for each extension module: this one first, then the further ones.

        A further one has its whole name as its package, so no two have loaders of one name.
        """
        every = (replace(self, peers=()), *map(self._unit, self.modules))
        loaders = [unit.loader for unit in every]
        return tuple(
            replace(unit, peers=tuple(name for name in loaders if name != unit.loader))
            for unit in every
        )

    def _unit(self, each: ModuleConfig) -> Config:
        crate = each.crate if each.crate.parts else self.crate
        runtimes = tuple(
            replace(r, features=(*each.features, *(r.features if crate == self.crate else ())))
            for r in self.runtimes
        )
        above = each.module.rpartition(".")[0]
        return replace(self, crate=crate, module=each.module, namespace=above, runtimes=runtimes)

    @cached_property
    def is_further(self) -> bool:
        """Return whether this is the configuration of a further extension module."""
        return any(self.module == each.module for each in self.modules)

    def folder(self, runtime: str) -> str:
        """Return the name of the folders in which a runtime of this extension module is built."""
        return f"{runtime}@{self.module}" if self.is_further else runtime

    def folders(self, runtime: str) -> tuple[str, ...]:
        """Return the names of the folders of a runtime, for all extension modules."""
        return (runtime, *(f"{runtime}@{each.module}" for each in self.modules))

    @property
    def loader(self) -> str:
        """Return the top-level package that the loader is installed as."""
        return f"_{self.package.replace('.', '_')}_loader"

    @property
    def extension(self) -> str:
        """Return the name that every extension module exports: `_hello` of `greeter._hello`."""
        return self.module.rpartition(".")[2]

    @property
    def wanted(self) -> tuple[RuntimeConfig, ...]:
        """Return the runtimes to build: those that `build.runtimes` names, or all."""
        names = self.build.runtimes
        return tuple(r for r in self.runtimes if not names or r.name in names)

    def runtime_package(self, name: str) -> str:
        """Return the top-level package that a runtime is installed as."""
        return f"_{self.package.replace('.', '_')}_{name}"
