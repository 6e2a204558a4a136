"""Chooses the native runtime of a package for this machine and binds it as one module.

This folder is copied into wheels, with the table of the runtimes beside it, and needs nothing but
the standard library. The package's own part is two lines:

    from _sample_loader import load

    core = load()

Most imports take the quick path in this file: nothing is asked for, and the kernel lists all that
the preferred runtime needs. Everything else is decided in `binding.py`; each module that needn't
be read saves a tenth of a millisecond.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from .errors import (
        AbsentRuntime,
        MalformedRequest,
        NoRuntime,
        OtherRuntimeLoaded,
        RuntimeSelectionError,
        SkewedRuntime,
        UnknownRuntime,
        UnmetRequirement,
        UnrunnableRuntime,
    )
    from .facts import Decision, Need
    from .types import Runtime, Table

__all__ = [
    "AbsentRuntime",
    "MalformedRequest",
    "NoRuntime",
    "OtherRuntimeLoaded",
    "RuntimeSelectionError",
    "SkewedRuntime",
    "UnknownRuntime",
    "UnmetRequirement",
    "UnrunnableRuntime",
    "decision",
    "load",
    "require",
]

_FLAGS = {"x86_64": b"\nflags\t\t: ", "aarch64": b"\nFeatures\t: "}

_module: "ModuleType | None" = None
_doors: "dict[str, _Door]" = {}
_decision: "Decision | None" = None
_features: "frozenset[str] | None" = None
_need: "Need | None" = None


def load() -> "ModuleType":
    """Return the native module that fits this machine, bound under its public name.

    The first call chooses and imports; each later one returns the same module. Raises a
    `RuntimeSelectionError`, which is an `ImportError`, when the override variable can't be met or
    no runtime can run here, and when the variable asks for another runtime than the loaded one.
    """
    global _module, _decision  # noqa: PLW0603 - a process holds one runtime
    from .table import TABLE

    if _module is not None:
        if TABLE.env in os.environ:
            from .binding import check_same

            check_same(TABLE, decision())
        # A test harness may have dropped the package from `sys.modules` to import it anew.
        _bind(TABLE.alias, _module)
        return _module
    # One door whichever of several threads is the first: a dictionary's default is set at once.
    _doors.setdefault(TABLE.alias, _Door(TABLE.alias)).install()
    module = _quick(TABLE)
    if module is None:
        from .binding import choose

        module, _decision = choose(TABLE, _need)
    _bind(TABLE.alias, module)
    _module = module
    return module


def decision() -> "Decision":
    """Return which runtime was chosen and why each other one was not.

    After `load` it is the decision that was made then. Before, it is made without loading native
    code: only the guards' answers are missing. Raises a `RuntimeSelectionError` when the override
    variable can't be read.
    """
    global _decision  # noqa: PLW0603
    from .table import TABLE

    if _module is None:
        from .binding import survey
        from .request import read_request

        return survey(TABLE, read_request(TABLE, _need))
    if _decision is None:
        from .binding import quick_decision

        _decision = quick_decision(TABLE, _features)
    return _decision


def require(*, index: int) -> None:
    """State, before the package is imported, that this program needs an index of `index` bits.

    The import then takes a runtime with such an index, also one that is only chosen when it is
    asked for. This fails early where it can't: no runtime has it, it is absent, it can't run here,
    or the override variable or an earlier `require` asks otherwise. After the import it only
    checks, since a process holds one runtime.

        from _sample_loader import require

        require(index=64)
        import sample

    Raises `TypeError` for what is no number, otherwise a `RuntimeSelectionError` that says what to
    do.
    """
    global _need  # noqa: PLW0603
    from .need import stated
    from .table import TABLE

    _need = stated(TABLE, index, None if _module is None else decision(), _need)


def _quick(table: "Table") -> "ModuleType | None":
    """Import the preferred runtime where a plain look confirms it; `None` leaves it to `choose`.

    It never answers otherwise than `decide` would, and explains nothing: whatever is unusual goes
    the long way, where each step has its reason.
    """
    asked = _need is not None or table.env in os.environ or f"{table.env}_UNSAFE" in os.environ
    if asked or not table.runtimes or in_subinterpreter():
        return None
    runtime = table.runtimes[0]
    if runtime.select != "auto" or not _is_this_system(table):
        return None
    if runtime.needs and not _kernel_lists(table.machine, runtime.needs):
        return None
    package = runtime.module.rpartition(".")[0]
    try:
        __import__(package)
        with open(f"{sys.modules[package].__path__[0]}/rtvariants.stamp", "rb", 0) as file:
            if not _is_stamp(file.read(), table, runtime):
                return None
        __import__(runtime.module)
    except (ImportError, OSError, IndexError):
        return None
    return sys.modules[runtime.module]


def in_subinterpreter() -> bool:
    """Tell whether this is a subinterpreter that the guard can't tell from the main one.

    Since Python 3.13 the init functions of all interpreters run in the main one, so that the guard
    sees that one alone.
    """
    if sys.hexversion < 0x30D0000:
        return False
    import _imp

    # What `importlib.util` uses for its own restrictions; the main interpreter has no override.
    override = getattr(_imp, "_override_multi_interp_extensions_check", None)
    if override is None:
        return False
    try:
        override(override(0))
    except RuntimeError:
        return False
    return True


def _is_this_system(table: "Table") -> bool:
    """Tell whether this Python is of the table's machine and system, on Linux."""
    triplet: str = getattr(sys.implementation, "_multiarch", "")
    return (
        table.system == sys.platform == "linux"
        and sys.maxsize > 2**32
        and triplet.startswith(f"{table.machine}-linux")
    )


def _kernel_lists(machine: str, needs: "tuple[str, ...]") -> bool:
    """Tell whether the Linux kernel lists all of `needs` for the first CPU."""
    global _features  # noqa: PLW0603 - the decision is written down later, with these facts
    try:
        # The kernel writes the block of each CPU anew; one page holds the first.
        descriptor = os.open("/proc/cpuinfo", os.O_RDONLY | os.O_CLOEXEC)
        try:
            text = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
    except OSError:
        return False
    features = _listed(text, machine)
    if not features.issuperset(needs):
        return False
    _features = features
    return True


def _listed(text: bytes, machine: str) -> "frozenset[str]":
    """Return the flags of the first CPU; none where their line is absent, foreign or cut."""
    first = text.partition(b"\n\n")[0]
    line, end, _ = first.partition(_FLAGS.get(machine, b"\n\n"))[2].partition(b"\n")
    return frozenset(line.decode("ascii", "replace").split() if end else ())


def _is_stamp(text: bytes, table: "Table", runtime: "Runtime") -> bool:
    """Tell whether a stamp is whole, says what the table says, and suits the kernel's pages."""
    lines = text.split(b"\n")
    if len(lines) != 15 or not text.isascii():
        return False
    head = (
        f"rtvariants-stamp 1\npackage={table.package}\nversion={table.version}\n"
        f"runtime={runtime.name}\nlevel={runtime.level}"
    )
    facts = f"index-bits={runtime.index_bits}\nallocator={runtime.allocator}\nabi={runtime.abi}"
    key, _, pages = lines[10].partition(b"=")
    return (
        lines[:5] == head.encode().split(b"\n")
        and lines[5].startswith(f"target={table.machine}-".encode())
        and b"-linux" in lines[5]
        and lines[6].startswith(b"features=")
        and lines[7:10] == facts.encode().split(b"\n")
        and key == b"page-size"
        and (not pages or (pages.isdigit() and int(pages) >= os.sysconf("SC_PAGE_SIZE")))
        and lines[11].startswith(b"toolchain=")
        and lines[12].startswith(b"commit=")
        and lines[13:] == [b"end", b""]
    )


def _bind(alias: str, module: "ModuleType") -> None:
    """Give the module its public name, the same whichever runtime it is."""
    if module.__name__ != alias:
        _rename(alias, module)
    if alias in _doors:
        _doors[alias].belongs_to(module)
    sys.modules[alias] = module
    parent, _, name = alias.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], name, module)


def _rename(alias: str, module: "ModuleType") -> None:
    """Let everything that says where it comes from say the public name.

    Functions and classes carry their module's name into pickles; with the public one, a pickle
    that was written with one runtime is read with another. PyO3 gives a class without a `module`
    of its own that of `builtins`, or the name of the `#[pymodule]` behind the guard.
    """
    private = module.__name__
    function = type(len)
    for item in tuple(vars(module).values()):
        kind = type(item)
        if (kind is function and item.__module__ == private) or (
            isinstance(item, type)
            and item.__flags__ & _HEAP_AND_IMMUTABLE == _HEAP
            and (item.__module__ in ("builtins", private) or item.__module__ not in sys.modules)
        ):
            item.__module__ = alias
    module.__name__ = alias
    module.__package__ = alias.rpartition(".")[0]


# Of a class that is made at run time, and of one that can't be changed (CPython's `object.h`).
_HEAP = 1 << 9
_HEAP_AND_IMMUTABLE = _HEAP | 1 << 8


class _Door:
    """Finds and loads the bound module, of whose name no folder has a file.

    `importlib.reload` asks for it, and a thread that imports the module itself while another one
    is still loading it for the package. A native module can't be run a second time, so a reload
    changes nothing, as with those of the standard library.
    """

    def __init__(self, alias: str) -> None:
        self.rtvariants_alias = alias
        self.spec = type(__spec__)(alias, self)  # type: ignore[arg-type]
        self.native: object = None

    def install(self) -> None:
        """Put it last on the path of finders, or in place of that of an earlier loader."""
        for at, finder in enumerate(sys.meta_path):
            if getattr(finder, "rtvariants_alias", None) == self.rtvariants_alias:
                sys.meta_path[at] = self  # type: ignore[call-overload]
                return
        sys.meta_path.append(self)  # type: ignore[arg-type]

    def belongs_to(self, module: "ModuleType") -> None:
        """Take over the spec that the module came with, under the public name."""
        spec = module.__spec__
        if spec is None or spec is self.spec:
            return
        if spec.name != self.rtvariants_alias:
            self.native = spec.loader
            if getattr(spec.loader, "name", None) is not None:
                # The loader of a file answers for no other name than its own.
                spec.loader.name = self.rtvariants_alias  # type: ignore[union-attr]
            spec.name = self.rtvariants_alias
            module.__loader__ = spec.loader = self  # type: ignore[assignment]
        self.spec = spec

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        # Python holds its one lock of all imports here: to load now would be a deadlock.
        del path
        ours = name == self.rtvariants_alias and target in (None, _module)
        return self.spec if ours else None

    def create_module(self, spec: object) -> "ModuleType":
        del spec
        return load()

    def exec_module(self, module: "ModuleType") -> None:
        # A thread that came too early brings the spec of the time before the file was chosen.
        module.__spec__ = self.spec

    def __getattr__(self, name: str) -> object:
        # What inspection asks of a loader, the one of the file answers.
        return getattr(self.native, name)


def __getattr__(name: str) -> object:
    # The errors load late: an import that succeeds needs none of them.
    if name in __all__:
        from . import errors

        return getattr(errors, name)
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
