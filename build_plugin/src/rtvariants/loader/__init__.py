"""Chooses the native runtime of a package for this machine and binds it as one module.

This folder is copied into wheels, with the table of the runtimes in it, and needs only the standard
library. A file at the place of the native module, `sample/_core.py`, calls it:

    import _sample_loader

    _sample_loader.bind()

Python's own import finds that file, and the loader puts the native module in its place.

Most imports take the quick path in this file: there is no request, and the kernel lists all that
the preferred runtime needs. Everything else is decided in `choice.py`; the rest of the interface
(`decision`, `timings`, `require`, the errors) is in `process.py`. This file is the only one of the
loader that a plain import reads. The time to read it grows with the number of its functions and
names, so it has only those that this import needs.
"""

import os
import sys
from _thread import RLock
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from .facts import Decision, Need

    #: Native module, its needs, each between blanks, and what its stamp says: see `_is_stamp`.
    Preferred = tuple[str, tuple[bytes, ...], tuple[bytes, ...]]

# What the build copies here from `table.py`: the public name of the native module, the override
# variable, the loaders of the distribution's other native modules, and for each machine the runtime
# that is preferred on Linux. Where there is none, every import takes the long path.
# begin: written by the build
ALIAS = ""
ENV = ""
PEERS: "tuple[str, ...]" = ()
PREFERRED: "dict[str, Preferred]" = {}
# end: written by the build

CPUINFO = "/proc/cpuinfo"
_FLAGS = {"x86_64": b"\nflags\t\t: ", "aarch64": b"\nFeatures\t: "}

#: What the package has in `process.py`.
_LATE = ("__all__", "decision", "require", "timings")

_module: "ModuleType | None" = None
_spec: "ModuleSpec | None" = None
_decision: "Decision | None" = None
_flags: "bytes | None" = None
_need: "Need | None" = None
_seconds: "tuple[float, float] | None" = None
_native_seconds = 0.0
_lock = RLock()


def load() -> "ModuleType":
    """Return the native module that fits this machine, imported under its public name.

    The first call chooses and imports; each later one returns the same module. Raises a
    `RuntimeSelectionError`, which is an `ImportError`, when the override variable can't be met or
    no runtime can run here, when the variable names another runtime than the loaded one, and when
    this is the loader of another package than the caller's.
    """
    parent, _, name = ALIAS.rpartition(".")
    caller = sys._getframe(1).f_globals.get("__name__", "")
    if not caller.startswith(parent):
        from .caller import check

        check(caller, ALIAS, ENV)
    # Python takes the module's lock before it imports the package. A thread that imports the
    # package takes the two in the other order, and Python ends such a deadlock with an error.
    if parent:
        __import__(parent)
    try:
        __import__(ALIAS)
    except ModuleNotFoundError as error:
        if error.name != ALIAS:
            raise
    if _module is None or ALIAS not in sys.modules:
        # The package has no such file, so Python has held no lock.
        with _lock:
            bind()
        if parent:
            setattr(sys.modules[parent], name, _module)
    if ENV in os.environ:
        from .choice import check_same
        from .process import decision
        from .table import TABLE

        check_same(TABLE, decision())
    return sys.modules[ALIAS]


def bind() -> None:
    """Choose and import the native module, and put it in the place of the file that calls this.

    Raises like `load`. Python holds the lock of the public name, so only one thread is here.
    """
    global _module, _decision, _seconds  # noqa: PLW0603 - a process holds one runtime
    caller = sys._getframe(1).f_globals.get("__name__", "")
    if caller not in (ALIAS, __name__):
        from .caller import check

        check(caller, ALIAS, ENV, bound=True)
    if _module is not None:
        # The file runs again in a reload, and where a test harness has dropped it.
        _bind(_module)
        return
    start = perf_counter()
    module = _quick()
    if module is None:
        from .choice import choose
        from .table import TABLE

        module, _decision = choose(TABLE, _need)
    _bind(module)
    _module = module
    _seconds = perf_counter() - start - _native_seconds, _native_seconds


def _quick() -> "ModuleType | None":
    """Import the preferred runtime where a plain check confirms it; `None` leaves it to `choose`.

    It never decides otherwise than `decide`, and explains nothing: everything unusual takes the
    long path, where each step has its reason.
    """
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
        if not _is_stamp(text, stated) or not loads(
            text.partition(b"\nabi=")[2].split(b"\n", 1)[0]
        ):
            return None
        return native(name, folder, text)
    except (ImportError, OSError, OverflowError):
        return None


def native(name: str, folder: str, stamp: "bytes | None" = None) -> "ModuleType | None":
    """Import the native module in this folder under its public name.

    `None` if there is none, or if it does not carry this stamp.
    """
    global _native_seconds  # noqa: PLW0603
    from _frozen_importlib import module_from_spec

    start = perf_counter()
    try:
        spec = _found(folder)
        if spec is None or spec.loader is None or spec.origin is None:
            return None
        if stamp is not None and not carries(spec.origin, stamp):
            return None
        # An earlier loader may have imported it; a test harness has dropped that one.
        if name in sys.modules and _is_file_of(sys.modules[name], spec.origin):
            return sys.modules[name]
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
        return module
    finally:
        _native_seconds += perf_counter() - start


def _found(folder: str) -> "ModuleSpec | None":
    """Return where the native module in a folder is, as Python's finder would."""
    from _frozen_importlib import ModuleSpec
    from _frozen_importlib_external import ExtensionFileLoader, PathFinder
    from _imp import extension_suffixes

    # The finder lists the folder first, although the file has one of few names.
    for suffix in extension_suffixes():
        path = f"{folder}/{ALIAS.rpartition('.')[2]}{suffix}"
        if os.path.isfile(path):
            spec = ModuleSpec(ALIAS, ExtensionFileLoader(ALIAS, path), origin=path)
            spec.has_location = True
            return spec
    return PathFinder.find_spec(ALIAS, [folder])


def carries(path: str, stamp: bytes) -> bool:
    """Return whether this ELF file has a section with exactly this content.

    Raises `OSError`, or `OverflowError` for a damaged file. Files of other formats have none.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        head = os.pread(descriptor, 64, 0)
        if not head.startswith(b"\x7fELF\x02\x01"):
            return False
        # The table of the sections: how many entries of 64 bytes it has, and where it is. An entry
        # has the section's place in the file at 24, and its size at 32.
        room = 64 * int.from_bytes(head[60:62], "little")
        table = os.pread(descriptor, room, int.from_bytes(head[40:48], "little"))
        size = len(stamp).to_bytes(8, "little")
        at = table.find(size)
        while at >= 0:
            place = int.from_bytes(table[at - 8 : at], "little")
            if at % 64 == 32 and os.pread(descriptor, len(stamp), place) == stamp:
                return True
            at = table.find(size, at + 1)
        return False
    finally:
        os.close(descriptor)


def loads(abi: bytes) -> bool:
    """Return whether this Python loads extension modules of an ABI, by the tag in their stamp.

    The name of a file need not say it: `.pyd` may be of the stable ABI or of any version.
    """
    import _imp

    python, _, kind = abi.partition(b"-")
    minor = sys.version_info[1]
    mine = f"3{minor}"
    threads = f"{mine}t" in _imp.extension_suffixes()[0]
    if sys.implementation.name != "cpython" or not python[3:].isdigit():
        return False
    if kind.startswith(b"abi3"):
        return int(python[3:]) <= minor and (not threads or kind == b"abi3.abi3t")
    return kind.decode() == f"cp{mine}{'t' if threads else ''}"


def _is_file_of(module: "ModuleType", path: str) -> bool:
    """Return whether a module is from this file, and not from another installation."""
    try:
        return os.path.samefile(str(module.__file__), path)
    except (AttributeError, OSError):
        return False


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
    for peer in PEERS:
        # What another native module has decided in another way holds for this one too.
        held = sys.modules.get(peer)
        if held and (held._need is not None or held._decision is not None):
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
    """Put the module in the place of the file that loads it, and name its classes after it.

    Classes carry their module's name into pickles; with the public one, a pickle that one runtime
    wrote can be read with another. PyO3 gives a class without a `module` of its own the name
    `builtins`, or the name of the `#[pymodule]` behind the guard.
    """
    global _spec  # noqa: PLW0603
    if _spec is None:
        _spec = module.__spec__
        for item in tuple(vars(module).values()):
            if (
                isinstance(item, type)
                and item.__flags__ & _HEAP_AND_IMMUTABLE == _HEAP
                and (item.__module__ == "builtins" or item.__module__ not in sys.modules)
            ):
                item.__module__ = ALIAS
    elif _spec is not module.__spec__:
        # `importlib.reload` has run the file in the native module, with the facts of the file.
        module.__spec__, module.__loader__ = _spec, _spec.loader
        module.__file__ = _spec.origin
        for name in ("__builtins__", "__cached__", __name__):
            vars(module).pop(name, None)
    file = sys.modules.get(ALIAS)
    if file is not None and file is not module:
        # A thread that comes too early has the module of the file.
        vars(file).update(vars(module))
    # Python sets the package's attribute to what it finds here once the file has run.
    sys.modules[ALIAS] = module


# The flags of a class made at run time, and of one that can't be changed (`object.h`).
_HEAP = 1 << 9
_HEAP_AND_IMMUTABLE = _HEAP | 1 << 8


def __getattr__(name: str) -> object:
    # The errors are the names that begin with a capital letter.
    if name in _LATE or name[:1].isupper():
        from . import process

        return getattr(process, name)
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
