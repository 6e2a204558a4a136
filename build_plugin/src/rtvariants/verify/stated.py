"""Rules about the stamp: what the native says of itself against what the table says."""

from __future__ import annotations

from collections.abc import Iterator

from rtvariants.native import stamp as stamps

from .expected import expected
from .native import STALE, Native


def stamp(native: Native) -> Iterator[tuple[str, str]]:
    """There is a stamp, and each of its facts without a rule of its own is the table's."""
    data = native.binary.stamp
    if data is None:
        yield (
            "no stamp in the file (section `.rtvariants`)",
            "call `rtvariants_guard::module!` in the crate; it guards the module and stamps it",
        )
        return
    try:
        found = stamps.parse(data)
    except stamps.StampError as error:
        yield f"unreadable stamp: {error}", ""
        return
    for key, wanted in expected(native.build).items():
        if key not in _OWN_RULE and found[key] != wanted:
            yield f"stamp says {key} `{found[key]}`, the table says `{wanted}`", STALE


# The commit is written into the file after it has passed.
_OWN_RULE = ("features", "index-bits", "allocator", "commit")


def _stated(native: Native, key: str) -> tuple[str, str] | None:
    """Return what the stamp says and what it should say; `None` where there is no stamp."""
    try:
        found = stamps.parse(native.binary.stamp or b"")
    except stamps.StampError:
        return None  # The rule `stamp` speaks of it.
    return found[key], expected(native.build)[key]


def cpu_features(native: Native) -> Iterator[tuple[str, str]]:
    """The compiler saw exactly the CPU features of the level."""
    said = _stated(native, "features")
    if said and said[0] != said[1]:
        seen, wanted = (set(filter(None, s.split(","))) for s in said)
        parts = [f"too many `{f}`" for f in sorted(seen - wanted)]
        parts += [f"missing `{f}`" for f in sorted(wanted - seen)]
        yield (
            f"compiler saw other CPU features than level `{native.contract.level}` has: "
            + ", ".join(parts),
            (
                "something else than the table sets compiler flags: look at .cargo/config.toml, a "
                "RUSTC_WRAPPER, and `build.rs`"
            ),
        )


def index_bits(native: Native) -> Iterator[tuple[str, str]]:
    """Row numbers are as wide as the table says."""
    said = _stated(native, "index-bits")
    if said and said[0] != said[1]:
        yield (
            f"index width {said[0]}, the table says {said[1]}",
            "a cargo feature of the runtime must choose the width that `module!` is given",
        )


def allocator_stated(native: Native) -> Iterator[tuple[str, str]]:
    """The crate says that it has the allocator of the table."""
    said = _stated(native, "allocator")
    if said and said[0] != said[1]:
        yield (
            f"crate states allocator `{said[0]}`, the table says `{said[1]}`",
            "give `module!` the allocator that the cargo feature chooses",
        )
