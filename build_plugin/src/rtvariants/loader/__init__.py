"""Chooses the native runtime of a package for this machine and binds it as one module.

This folder is copied into wheels, with the table of the runtimes in it, and needs only the standard
library. The package's own part is two lines:

    from _sample_loader import load

    core = load()

Most imports take the quick path in this file: there is no request, and the kernel lists all that
the preferred runtime needs. Everything else is decided in `binding.py`; the rest of the interface
(`decision`, `timings`, `require`, the errors) is in `process.py`. This file is the only one of the
loader that a plain import reads. The time to read it grows with the number of its functions and
names, so it has only those that this import needs.
"""

import os
import sys
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from .facts import Decision, Need

    #: Native module, its needs, each between blanks, and what its stamp says: see `_is_stamp`.
    Preferred = tuple[str, tuple[bytes, ...], tuple[bytes, ...]]

# What the build copies here from `table.py`: the public name of the native module, the override
# variable, and for each machine the runtime that is preferred on Linux. Where there is none, every
# import takes the long path.
# begin: written by the build
ALIAS = ""
ENV = ""
PREFERRED: "dict[str, Preferred]" = {}
# end: written by the build

CPUINFO = "/proc/cpuinfo"
_FLAGS = {"x86_64": b"\nflags\t\t: ", "aarch64": b"\nFeatures\t: "}

#: What the package has in `process.py`.
_LATE = ("__all__", "create_module", "decision", "exec_module", "require", "timings")

_this = sys.modules[__name__]
_module: "ModuleType | None" = None
_spec: "ModuleSpec | None" = None
_decision: "Decision | None" = None
_flags: "bytes | None" = None
_need: "Need | None" = None
_seconds: "tuple[float, float] | None" = None
_native_seconds = 0.0
_places: "dict[str, ModuleSpec | None]" = {}


def load() -> "ModuleType":
    """Return the native module that fits this machine, bound under its public name.

    The first call chooses and imports; each later one returns the same module. Raises a
    `RuntimeSelectionError`, which is an `ImportError`, when the override variable can't be met or
    no runtime can run here, and when the variable names another runtime than the loaded one.
    """
    global _module, _decision, _seconds  # noqa: PLW0603 - a process holds one runtime
    if _module is not None:
        if ENV in os.environ:
            from .binding import check_same
            from .process import decision
            from .table import TABLE

            check_same(TABLE, decision())
        # A test harness may have dropped the package from `sys.modules` to import it again.
        _bind(_module)
        return _module
    start = perf_counter()
    # Last among Python's finders, or in place of an earlier loader: see `find_spec`.
    for at, finder in enumerate(sys.meta_path):
        if getattr(finder, "ALIAS", None) == ALIAS:
            sys.meta_path[at] = _this
            break
    else:
        sys.meta_path.append(_this)
    module = _quick()
    if module is None:
        from .binding import choose
        from .table import TABLE

        module, _decision = choose(TABLE, _need)
    _bind(module)
    _module = module
    _seconds = perf_counter() - start - _native_seconds, _native_seconds
    return module


def _quick() -> "ModuleType | None":
    """Import the preferred runtime where a plain check confirms it; `None` leaves it to `choose`.

    It never decides otherwise than `decide`, and explains nothing: everything unusual takes the
    long path, where each step has its reason.
    """
    global _native_seconds  # noqa: PLW0603
    preferred = None if in_subinterpreter() else _preferred()
    if preferred is None:
        return None
    name, _, stated = preferred
    # A wheel puts its runtimes next to its loader.
    folder = __path__[0][: -len(__name__)] + name.rpartition(".")[0]
    try:
        descriptor = os.open(f"{folder}/rtvariants.stamp", os.O_RDONLY | os.O_CLOEXEC)
        try:
            text = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
        if not _is_stamp(text, stated):
            return None
        start = perf_counter()
        try:
            if not _place(name, folder):
                return None
            __import__(name)
        finally:
            _native_seconds = perf_counter() - start
            _places.clear()
            if sys.path_importer_cache.get(folder) is _this:
                del sys.path_importer_cache[folder]
        return sys.modules[name]
    except (ImportError, OSError):
        return None


def _place(name: str, folder: str) -> bool:
    """Show Python where a native module is: what this saves pays for half of the loader.

    Its finders would search all of `sys.path` for the package, read its empty file, and list its
    folder. They still do where this module itself does not come from a plain file.
    Returns whether the package is in the folder whose stamp was read.
    """
    from _frozen_importlib import module_from_spec
    from _frozen_importlib_external import (
        ExtensionFileLoader,
        SourceFileLoader,
        spec_from_file_location,
    )
    from _imp import extension_suffixes

    package, _, stem = name.rpartition(".")
    if type(__spec__.loader) is SourceFileLoader and package not in sys.modules:
        for suffix in extension_suffixes():
            path = f"{folder}/{stem}{suffix}"
            if os.access(path, os.F_OK):
                loader = ExtensionFileLoader(name, path)
                _places[name] = spec_from_file_location(name, path, loader=loader)
                sys.path_importer_cache[folder] = _this
                break
        path = f"{folder}/__init__.py"
        source = SourceFileLoader(package, path)
        spec = spec_from_file_location(
            package, path, loader=source, submodule_search_locations=[folder]
        )
        sys.modules.setdefault(package, module_from_spec(spec))  # type: ignore[arg-type]
    else:
        __import__(package)
    return list(getattr(sys.modules[package], "__path__", ())) == [folder]


def in_subinterpreter() -> bool:
    """Return whether this is a subinterpreter that the guard takes for the main one.

    Since Python 3.13 the init functions of all interpreters run in the main one, so the guard sees
    only that one.
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
    """Return the preferred runtime if there is no request and the kernel lists its needs."""
    global _flags  # noqa: PLW0603 - the decision is written down later, with these facts
    if _need is not None or ENV in os.environ or f"{ENV}_UNSAFE" in os.environ:
        return None
    machine, linux, _ = getattr(sys.implementation, "_multiarch", "").partition("-linux")
    preferred = PREFERRED.get(machine)
    if preferred is None or not linux or sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    if needs := preferred[1]:
        try:
            descriptor = os.open(CPUINFO, os.O_RDONLY | os.O_CLOEXEC)
            try:
                # The kernel writes the blocks of the CPUs until the requested size is full. The
                # first block is enough, and few need more than two of these reads.
                text, flags = b"", b""
                while not flags and len(text) < 4096 and (more := os.read(descriptor, 512)):
                    text += more
                    flags = _listed(text, machine)
            finally:
                os.close(descriptor)
        except OSError:
            return None
        # Not a set: most of a hundred flags are never looked up.
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


def _is_stamp(text: bytes, stated: "tuple[bytes, ...]") -> bool:
    """Return whether a stamp says what is stated, and suits the kernel's pages.

    `stated` is all of it where the native came with this loader. Otherwise it is the parts that the
    table knows; between two of them is a value that it doesn't.
    """
    at = 0
    for part in stated:
        found = text.find(part, at)
        if found < at or b"\n" in text[at:found]:
            return False
        at = found + len(part)
    largest = text.partition(b"\npage-size=")[2].partition(b"\n")[0]
    return (
        at == len(text)
        and text.startswith(stated[0])
        and text.isascii()
        and (not largest or (largest.isdigit() and int(largest) >= os.sysconf("SC_PAGE_SIZE")))
    )


def _bind(module: "ModuleType") -> None:
    """Give the module its public name, the same whichever runtime it is, and all that is in it.

    Functions and classes carry their module's name into pickles; with the public one, a pickle
    that one runtime wrote can be read with another. PyO3 gives a class without a `module` of its
    own the name `builtins`, or the name of the `#[pymodule]` behind the guard.
    """
    global _spec  # noqa: PLW0603
    private, spec = module.__name__, module.__spec__
    parent, _, name = ALIAS.rpartition(".")
    if private != ALIAS:
        function = type(len)
        for item in tuple(vars(module).values()):
            if (type(item) is function and item.__module__ == private) or (
                isinstance(item, type)
                and item.__flags__ & _HEAP_AND_IMMUTABLE == _HEAP
                and (item.__module__ in ("builtins", private) or item.__module__ not in sys.modules)
            ):
                item.__module__ = ALIAS
        if spec is not None:
            spec.name = ALIAS
            if getattr(spec.loader, "name", None) == private:
                # The loader of a file accepts no name but its own.
                spec.loader.name = ALIAS  # type: ignore[union-attr]
        module.__name__ = ALIAS
        module.__package__ = parent
    # A thread that comes too early has a spec of `find_spec` for a moment, which has no file.
    if spec is not None and spec.origin:
        _spec = spec
    sys.modules[ALIAS] = module
    if parent in sys.modules:
        setattr(sys.modules[parent], name, module)


# The flags of a class made at run time, and of one that can't be changed (`object.h`).
_HEAP = 1 << 9
_HEAP_AND_IMMUTABLE = _HEAP | 1 << 8


# No folder has a file of the bound module's name. `importlib.reload` needs it, and so does a thread
# that imports the module itself while another one still loads it for the package. So this module is
# one of Python's finders and answers only for that name, and for a moment it is the finder of the
# native's folder. A class of finders would be the most costly thing in this file.


def find_spec(name: str, path: object = None, target: object = None) -> "ModuleSpec | None":
    """Find the bound module, or the native; Python asks each finder for each module."""
    # Python holds its lock of all imports here: importing anything now could deadlock.
    del path
    if name == ALIAS and target in (None, _module):
        return type(__spec__)(name, _this)  # type: ignore[arg-type]
    return _places.get(name)


def __getattr__(name: str) -> object:
    # The errors are the names that begin with a capital letter.
    if name in _LATE or name[:1].isupper():
        from . import process

        return getattr(process, name)
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
