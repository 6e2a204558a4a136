"""Chooses the native runtime of a package for this machine and binds it as one module.

This folder is copied into wheels, with the table of the runtimes beside it, and needs nothing but
the standard library. The package's own part is two lines:

    from _sample_loader import load

    core = load()

Most imports take the quick path in this file: nothing is asked for, and the kernel lists all that
the preferred runtime needs. Everything else is decided in `binding.py`. This file is the only one
of the loader that such an import reads, since each one more costs as much as the whole choice.
"""

import os
import sys
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
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

    #: Native module, its needs, each between blanks, and how its stamp begins and goes on.
    Preferred = tuple[str, tuple[bytes, ...], bytes, tuple[bytes, ...]]

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
    "timings",
]

# What the build writes here of `table.py`: the public name of the native module, the override
# variable, and for each machine the runtime that is preferred on Linux. Where there is none, every
# import goes the long way.
# begin: written by the build
ALIAS = ""
ENV = ""
PREFERRED: "dict[str, Preferred]" = {}
# end: written by the build

CPUINFO = "/proc/cpuinfo"
_FLAGS = {"x86_64": b"\nflags\t\t: ", "aarch64": b"\nFeatures\t: "}

_this = sys.modules[__name__]
_module: "ModuleType | None" = None
_spec: "ModuleSpec | None" = None
_decision: "Decision | None" = None
_flags: "bytes | None" = None
_need: "Need | None" = None
_seconds: "tuple[float, float] | None" = None
_native_seconds = 0.0


def load() -> "ModuleType":
    """Return the native module that fits this machine, bound under its public name.

    The first call chooses and imports; each later one returns the same module. Raises a
    `RuntimeSelectionError`, which is an `ImportError`, when the override variable can't be met or
    no runtime can run here, and when the variable asks for another runtime than the loaded one.
    """
    global _module, _decision, _seconds  # noqa: PLW0603 - a process holds one runtime
    if _module is not None:
        if ENV in os.environ:
            from .binding import check_same
            from .table import TABLE

            check_same(TABLE, decision())
        # A test harness may have dropped the package from `sys.modules` to import it anew.
        _bind(_module)
        return _module
    start = perf_counter()
    if _this not in sys.meta_path:
        _become_finder()
    module = _quick()
    if module is None:
        from .binding import choose
        from .table import TABLE

        module, _decision = choose(TABLE, _need)
    _bind(module)
    _module = module
    _seconds = perf_counter() - start - _native_seconds, _native_seconds
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

        _decision = quick_decision(TABLE, _flags)
    return _decision


def timings() -> "dict[str, float] | None":
    """Return what the import took in milliseconds: the choice, and the native module itself.

    `None` before `load`. What Python needed to read this file is in neither.
    """
    if _seconds is None:
        return None
    choice, native = _seconds
    return {"choice": choice * 1e3, "native": native * 1e3}


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


def _quick() -> "ModuleType | None":
    """Import the preferred runtime where a plain look confirms it; `None` leaves it to `choose`.

    It never answers otherwise than `decide` would, and explains nothing: whatever is unusual goes
    the long way, where each step has its reason.
    """
    preferred = None if in_subinterpreter() else _preferred()
    if preferred is None:
        return None
    module, _, head, facts = preferred
    package = module.rpartition(".")[0]
    try:
        __import__(package)
        with open(f"{sys.modules[package].__path__[0]}/rtvariants.stamp", "rb", 0) as file:
            return import_native(module) if _is_stamp(file.read(), head, facts) else None
    except (ImportError, OSError, IndexError):
        return None


def import_native(name: str) -> "ModuleType":
    """Import a native module, and remember how long that took."""
    global _native_seconds  # noqa: PLW0603
    start = perf_counter()
    try:
        __import__(name)
    finally:
        _native_seconds += perf_counter() - start
    return sys.modules[name]


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


def _preferred() -> "Preferred | None":
    """Return the preferred runtime where nothing is asked for and the kernel lists its needs."""
    global _flags  # noqa: PLW0603 - the decision is written down later, with these facts
    if _need is not None or ENV in os.environ or f"{ENV}_UNSAFE" in os.environ:
        return None
    machine, linux, _ = getattr(sys.implementation, "_multiarch", "").partition("-linux")
    preferred = PREFERRED.get(machine)
    if preferred is None or not linux or sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    if needs := preferred[1]:
        try:
            # The kernel writes the block of each CPU anew; one page holds the first.
            descriptor = os.open(CPUINFO, os.O_RDONLY | os.O_CLOEXEC)
            try:
                flags = _listed(os.read(descriptor, 4096), machine)
            finally:
                os.close(descriptor)
        except OSError:
            return None
        # No set of them is made: most of a hundred flags are never asked for.
        for need in needs:
            if need not in flags:
                return None
        _flags = flags
    return preferred


def _listed(text: bytes, machine: str) -> bytes:
    """Return the flags of the first CPU, each between blanks; none where the line is not whole."""
    first = text.partition(b"\n\n")[0]
    line, end, _ = first.partition(_FLAGS.get(machine, b"\n\n"))[2].partition(b"\n")
    return b" " + line + b" " if end else b""


def _is_stamp(text: bytes, head: bytes, facts: "tuple[bytes, ...]") -> bool:
    """Tell whether a stamp is whole, says what the table says, and suits the kernel's pages.

    `head` is how it begins, up to the machine of its target; `facts` are its lines from the index
    width on.
    """
    lines = text[len(head) :].split(b"\n")
    if len(lines) != 10 or not text.startswith(head) or not text.isascii():
        return False
    key, _, pages = lines[5].partition(b"=")
    return (
        b"-linux" in lines[0]
        and lines[1].startswith(b"features=")
        and tuple(lines[2:5]) == facts
        and key == b"page-size"
        and (not pages or (pages.isdigit() and int(pages) >= os.sysconf("SC_PAGE_SIZE")))
        and lines[6].startswith(b"toolchain=")
        and lines[7].startswith(b"commit=")
        and lines[8] == b"end"
        and not lines[9]
    )


def _bind(module: "ModuleType") -> None:
    """Give the module its public name, the same whichever runtime it is."""
    global _spec  # noqa: PLW0603
    if module.__name__ != ALIAS:
        _rename(module)
    # A thread that came too early brings a spec of `find_spec` for a moment: it has no file.
    if module.__spec__ is not None and module.__spec__.origin:
        _spec = module.__spec__
    sys.modules[ALIAS] = module
    parent, _, name = ALIAS.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], name, module)


def _rename(module: "ModuleType") -> None:
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
            item.__module__ = ALIAS
    spec = module.__spec__
    if spec is not None:
        spec.name = ALIAS
        if getattr(spec.loader, "name", None) == private:
            # The loader of a file answers for no other name than its own.
            spec.loader.name = ALIAS  # type: ignore[union-attr]
    module.__name__ = ALIAS
    module.__package__ = ALIAS.rpartition(".")[0]


# Of a class that is made at run time, and of one that can't be changed (CPython's `object.h`).
_HEAP = 1 << 9
_HEAP_AND_IMMUTABLE = _HEAP | 1 << 8


# No folder has a file of the bound module's name. `importlib.reload` asks for it, and a thread that
# imports the module itself while another one still loads it for the package. So this module stands
# among the finders of Python and answers for that one name: a class of finders would be the most
# costly thing in this file.


def _become_finder() -> None:
    """Put this module last on the path of finders, or in place of an earlier loader."""
    for at, finder in enumerate(sys.meta_path):
        if getattr(finder, "ALIAS", None) == ALIAS and hasattr(finder, "import_native"):
            sys.meta_path[at] = _this
            return
    sys.meta_path.append(_this)


def find_spec(name: str, path: object = None, target: object = None) -> "ModuleSpec | None":
    """Find the bound module, as Python asks each finder for each module."""
    # Python holds its one lock of all imports here: to load now would be a deadlock.
    del path
    if name != ALIAS or target not in (None, _module):
        return None
    return type(__spec__)(name, _this)  # type: ignore[arg-type]


def create_module(spec: "ModuleSpec") -> "ModuleType":
    """Return the bound module, as Python asks the loader that a spec of `find_spec` names."""
    del spec
    return load()


def exec_module(module: "ModuleType") -> None:
    """Leave the module as it is: a native can't be run twice, and its spec is that of its file."""
    module.__spec__ = _spec
    module.__loader__ = None if _spec is None else _spec.loader


def __getattr__(name: str) -> object:
    # The errors load late: an import that succeeds needs none of them.
    if name in __all__:
        from . import errors

        return getattr(errors, name)
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
