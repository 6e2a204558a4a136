"""Rules about the stamp: what the file says about itself against what is configured."""

from __future__ import annotations

from collections.abc import Iterator

from rtvariants.native import stamp as stamps
from rtvariants.verify.expected import expected

from .model import STALE, BuiltFile, Violation


def stamp(file: BuiltFile) -> Iterator[Violation]:
    """There is a stamp, and each of its facts without a rule of its own is as configured."""
    data, own = file.binary.stamp, file.contract.stated_by == "crate"
    if data is None:
        yield (
            "no stamp in the file (section `.rtvariants`)",
            "the crate depends on `rtvariants-guard`: call `rtvariants_guard::module!` in it, or "
            "remove the dependency, and the build puts guard and stamp in"
            if own
            else STALE,
        )
        return
    try:
        found = stamps.parse(data)
    except stamps.StampError as error:
        yield f"unreadable stamp: {error}", _OTHER_GUARD if own else STALE
        return
    for key, wanted in expected(file.build).items():
        if key not in _OWN_RULE and found[key] != wanted:
            yield f"stamp says {key} `{found[key]}`, the configuration says `{wanted}`", STALE


_OTHER_GUARD = (
    "the crate's `rtvariants-guard` may be of another version than this tool: "
    "`cargo update rtvariants-guard`, or remove the dependency and its `module!`, and the build "
    "puts guard and stamp in"
)
# The commit is written into the file after it has passed every rule.
_OWN_RULE = ("features", "index-bits", "allocator", "commit")


def _stated(file: BuiltFile, key: str) -> tuple[str, str] | None:
    """Return what the stamp says and what it should say; `None` where there is no stamp."""
    try:
        found = stamps.parse(file.binary.stamp or b"")
    except stamps.StampError:
        return None  # The rule `stamp` reports it.
    return found[key], expected(file.build)[key]


def cpu_features(file: BuiltFile) -> Iterator[Violation]:
    """The compiler saw exactly the CPU features of the level."""
    said = _stated(file, "features")
    if said and said[0] != said[1]:
        seen, wanted = (set(filter(None, s.split(","))) for s in said)
        parts = [f"too many `{f}`" for f in sorted(seen - wanted)]
        parts += [f"missing `{f}`" for f in sorted(wanted - seen)]
        yield (
            f"compiler saw other CPU features than level `{file.contract.level}` has: "
            + ", ".join(parts),
            (
                "something other than the configuration sets compiler flags: check "
                "`.cargo/config.toml`, `RUSTC_WRAPPER` and `build.rs`"
            ),
        )


def index_bits(file: BuiltFile) -> Iterator[Violation]:
    """Row numbers are as wide as configured."""
    said = _stated(file, "index-bits")
    if said and said[0] != said[1]:
        if not said[1]:
            hint = f"add `index-bits = {said[0]}` to the runtime, or remove it from `module!`"
        elif not said[0]:
            hint = "give `module!` its `index_bits`, or remove `index-bits` from the runtime"
        else:
            hint = "a cargo feature of the runtime must choose the width that `module!` gets"
        yield f"index width {said[0] or 'none'}, the configuration says {said[1] or 'none'}", hint


def allocator_stated(file: BuiltFile) -> Iterator[Violation]:
    """The crate says that it has the configured allocator."""
    said = _stated(file, "allocator")
    if said and said[0] != said[1]:
        yield (
            f"crate states allocator `{said[0]}`, the configuration says `{said[1]}`",
            "give `module!` the allocator that the cargo feature chooses",
        )
