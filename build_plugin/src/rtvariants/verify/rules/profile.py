"""Rules about profile-guided optimization: nothing is counted, and the profile had an effect."""

from __future__ import annotations

from collections.abc import Iterator

from rtvariants.native import demangle

from .model import BuiltFile, Violation

_AGAIN = "run the command again: `rtvariants pgo` stores what it counts"
# How many functions a message names.
_SHOWN = 3


def instrumented(file: BuiltFile) -> Iterator[Violation]:
    """The file does not count what runs: that costs time, and writes a file at its end."""
    if found := file.binary.counters:
        what = f"module that counts what runs, for a profile: section `{found[0]}`"
        yield what, "take `profile-generate` and `instrument-coverage` from the flags of rustc"


def profile(file: BuiltFile) -> Iterator[Violation]:
    """The compiler has read the profile, and most of what it counts is still in the code."""
    used = file.contract.profile
    if used is None:
        return
    if used.path not in file.artifact.inputs:
        hint = "look for what changes the flags of rustc, such as `RUSTC_WRAPPER`"
        yield "the compiler has not read the profile", hint
        return
    gone = file.artifact.discarded
    hot = {name: count for name, count in used.hot if demangle.read(name).crate}
    # Microsoft's linker leaves no names in the file.
    names = file.binary.symbol_names
    if names is not None and not any(name in gone or _has(names, name) for name in hot):
        yield "the profile had no effect: the module has none of the functions in it", _AGAIN
        return
    # Dependencies of the same versions never change, and may be most of what runs.
    own = _own(file)
    mine = {name: count for name, count in hot.items() if demangle.read(name).crate in own}
    changed = [name for name in mine if name in gone]
    if 2 * sum(mine[name] for name in changed) > sum(mine.values()):
        shown = "`, `".join(demangle.read(name).name for name in changed[:_SHOWN])
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        yield (
            f"stale profile: most of its counts are of functions that changed: `{shown}`{more}",
            (_AGAIN),
        )


def _own(file: BuiltFile) -> set[str]:
    """Return the names that the project's own crates have in Rust."""
    units = (unit for unit in file.artifact.units if unit.package_id.startswith("path+"))
    return {unit.name.replace("-", "_") for unit in units if not unit.for_host}


def _has(names: bytes, function: str) -> bool:
    """Return whether a function is among the names of a file; LLVM may have appended to its own."""
    return any(b"\0%b%b" % (function.encode(), end) in names for end in (b"\0", b".llvm."))
