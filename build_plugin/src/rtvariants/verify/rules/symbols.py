"""Rules about the symbols that a file defines, exports and imports."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from rtvariants.native import binary
from rtvariants.targets import abi as abis
from rtvariants.targets.abi import Abi
from rtvariants.targets.allocators import ALLOCATORS
from rtvariants.toolchain import msvc

from .model import STALE, BuiltFile, Violation

# What Python may call first begins with these.
_INITS = ("PyInit_", "PyModExport_")
# What some linkers for macOS export on their own.
_LINKERS = ("_mh_dylib_header", "__dso_handle")


def allocator_linked(file: BuiltFile) -> Iterator[Violation]:
    """The configured allocator is linked, and no other one."""
    names = file.binary.symbol_names
    if not names or b"PyInit_" not in names:
        hint = "strip nothing before the plugin does: no `-Cstrip`, no `-s` for the linker"
        if msvc.is_target(file.contract.target):
            hint = msvc.no_symbols(file.contract.target)
        yield "no symbol names in the file, so the allocator can't be seen", hint
        return
    wanted = file.contract.allocator
    for allocator, row in ALLOCATORS.items():
        if not row.symbols:
            continue
        linked = re.search(row.symbols, names) is not None
        if allocator == wanted and not linked:
            yield (
                f"allocator `{allocator}` is not linked",
                f"make it the `#[global_allocator]` under the cargo feature `{row.feature}`",
            )
        elif allocator != wanted and linked:
            yield (
                f"allocator `{allocator}` is linked, the configuration says `{wanted}`",
                "a dependency or a `default` feature brings it in",
            )


def init_symbol(file: BuiltFile) -> Iterator[Violation]:
    """The one init function has the name that Python looks for."""
    wanted = file.contract.export
    own = file.contract.stated_by == "crate"
    found = {name for name in file.binary.exported if name.startswith("PyInit_")}
    if wanted not in found:
        names = ", ".join(f"`{n}`" for n in sorted(found)) or "none"
        yield (
            f"init symbol `{wanted}` is not exported; found: {names}",
            (f"write `export: {wanted}` in `module!`" if own else f"name the module `{wanted[7:]}`")
            + ", or change `module` in `[tool.rtvariants]`",
        )
    # PyO3 exports its own init too; the guard's name for it can't be imported by accident. Python
    # 3.15 and newer call the second function, which only the guard of the build is in front of.
    first, second = wanted, f"PyModExport_{wanted.removeprefix('PyInit_')}"
    behind = {f"{first}_unguarded", f"{second}_unguarded"}
    allowed = {first, *(behind if own else [second])}
    all_of = {name for name in file.binary.exported if name.startswith(_INITS)}
    others = sorted(all_of - allowed) if wanted in found else []
    if others:
        yield (
            f"more init symbols than `{wanted}`: `{'`, `'.join(others)}`",
            f"name the `#[pymodule]` behind the guard `{wanted[7:]}_unguarded`"
            if own
            else "a file holds one module, whose init function gets the guard",
        )


def exports(file: BuiltFile) -> Iterator[Violation]:
    """On macOS and Windows a file exports nothing but the init function."""
    if file.binary.system == "linux":
        return
    wanted = file.contract.export
    known = {wanted, f"{wanted}_unguarded", *_LINKERS}
    others = sorted(set(file.binary.exported) - known)
    # The rule `init-symbol` reports these.
    others = [name for name in others if not name.startswith(_INITS)]
    if others:
        shown = "`, `".join(others[:4]) + ("`, …" if len(others) > 4 else "`")
        yield (
            f"file exports {len(others)} symbols besides the init function: `{shown}",
            "use a linker that follows the compiler's list of exports",
        )


def stable_abi(file: BuiltFile) -> Iterator[Violation]:
    """Python's symbols are those of the stable ABI that the wheel's tag states."""
    abi = abis.required(file.contract.abi)
    if not abi.stable:
        return
    from abi3info import DATAS, FUNCTIONS
    from abi3info.models import PyVersion, Symbol

    minor = abi.minor
    for name in _of_python(file):
        known = FUNCTIONS.get(Symbol(name)) or DATAS.get(Symbol(name))
        if known is None:
            yield (
                f"`{name}` is not part of Python's stable ABI",
                "call a function of the stable ABI instead: the wheel is tagged `abi3`",
            )
        elif known.added > PyVersion(3, minor):
            yield (
                f"`{name}` was added to the stable ABI in {known.added}, the wheel says 3.{minor}",
                "raise the `abi3-py3…` feature of pyo3",
            )


def python_abi(file: BuiltFile) -> Iterator[Violation]:
    """The file is compiled for the Python that the wheel's tag states, and finds its names there.

    A Python for another platform is not here to be read.
    """
    abi = abis.required(file.contract.abi)
    yield from _promised(file, abi)
    yield from _compiled_for(file, abi)
    if abi.stable or not file.contract.interpreter or file.binary.system != "linux":
        return
    known = _exported(file.contract.interpreter)
    for name in _of_python(file) if known else ():
        if name not in known:
            yield (
                f"`{name}` is not in {abi.shown} (`{file.contract.interpreter[0]}`)",
                "the crate calls what this Python does not have: correct it, or build for another",
            )


def _of_python(file: BuiltFile) -> Iterator[str]:
    """Yield the names that a file takes from Python."""
    return (name for name in file.binary.imported if re.match("_?Py[A-Z_]", name))


def _exported(files: Sequence[str]) -> frozenset[str]:
    """Return what a Python gives extension modules; empty where its files can't be read."""
    try:
        return frozenset(name for file in files for name in binary.read(Path(file)).exported)
    except (OSError, ValueError):
        return frozenset()


def _promised(file: BuiltFile, abi: Abi) -> Iterator[Violation]:
    """Compare the features that cargo turned on in PyO3 with those that it promised."""
    features = file.artifact.pyo3_features
    minors = [int(m[1]) for f in features if (m := re.fullmatch(r"abi3t?-py3(\d+)", f))]
    if features and abi.stable and not any(f.startswith("abi3") for f in features):
        yield "pyo3 was built without the stable ABI", STALE
    elif minors and not file.contract.python and min(minors) != abi.minor:
        yield "pyo3 was built for another ABI than cargo metadata promised", STALE


def _compiled_for(file: BuiltFile, abi: Abi) -> Iterator[Violation]:
    """Compare what PyO3's build script has found with the tag; old versions do not say it."""
    cfgs = file.artifact.pyo3_cfgs
    versions = [int(m[1]) for cfg in cfgs if (m := re.fullmatch(r"Py_3_(\d+)", cfg))]
    if not versions:
        return
    found = _shown(max(versions), {"Py_LIMITED_API", "Py_GIL_DISABLED"} & {*cfgs})
    found += "".join(f" ({cfg})" for cfg in ("PyPy", "GraalPy") if cfg in cfgs)
    wanted = {"Py_LIMITED_API"} if abi.stable else set()
    wanted |= {"Py_GIL_DISABLED"} if abi.free_threaded else set()
    if found != _shown(abi.minor, wanted):
        hint = (
            "something chooses another Python for PyO3: check `PYO3_CONFIG_FILE` and `PYO3_CROSS…` "
            "in the environment, and `[env]` of cargo's configuration"
        )
        yield f"pyo3 was compiled for {found}, the wheel says `{abi.tag}`", hint


def _shown(minor: int, cfgs: Collection[str]) -> str:
    """Return a Python as PyO3's build script describes it.

    >>> _shown(11, {"Py_LIMITED_API"}), _shown(14, {"Py_GIL_DISABLED"})
    ('the stable ABI of Python 3.11', 'Python 3.14 without the GIL')
    """
    stable = "the stable ABI of " if "Py_LIMITED_API" in cfgs else ""
    return f"{stable}Python 3.{minor}" + (" without the GIL" if "Py_GIL_DISABLED" in cfgs else "")
