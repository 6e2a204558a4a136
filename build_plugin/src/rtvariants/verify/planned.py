"""Rules about what cargo says it built, and what the crates' sources do with it."""

from __future__ import annotations

from collections.abc import Iterator

from . import cfgs
from .native import Native


def cargo_features(native: Native) -> Iterator[tuple[str, str]]:
    """Every cargo feature of the runtime is on, in the crate and where it leads to."""
    missing = sorted(set(native.contract.cargo_features) - set(_flat(native)))
    if missing:
        yield f"cargo features that cargo did not turn on: `{'`, `'.join(missing)}`", ""
    # An allocator's feature may be on although no runtime of the table asks for it.
    others = {"jemalloc", "mimalloc"} - {native.contract.allocator}
    extra = sorted(others & set(native.artifact.features))
    if extra:
        yield (
            f"cargo features of another allocator are on: `{'`, `'.join(extra)}`",
            "take them out of the crate's `default` features and of what depends on it",
        )


def _flat(native: Native) -> set[str]:
    dependencies = {
        f"{unit.crate}/{feature}"
        for unit in native.artifact.units
        if not unit.for_host
        for feature in unit.features
    }
    return dependencies | set(native.artifact.features)


def unified_features(native: Native) -> Iterator[tuple[str, str]]:
    """No cargo feature is on that only other runtimes ask for.

    cargo builds a dependency once with the features of all who use it, so that one user can turn
    on for every runtime what the table gives to one.
    """
    on = _flat(native)
    for crate, feature in native.contract.foreign:
        own = crate == native.contract.crate
        if (feature if own else f"{crate}/{feature}") in on:
            if own and feature in ("jemalloc", "mimalloc"):
                continue  # `cargo_features` speaks of it.
            yield (
                f"only other runtimes ask for cargo feature `{feature}` of `{crate}`, yet it is on",
                (
                    "`cargo tree -e features -i "
                    f"{crate}` shows who turns it on; name it in this runtime's `features` too if "
                    "it is meant"
                ),
            )


def dead_cfg(native: Native) -> Iterator[tuple[str, str]]:
    """Every `--cfg` in the compiler's flags is read by some crate of the build."""
    for cfg in cfgs.unread(cfgs.of_flags(native.contract.rustflags), native.artifact.units):
        yield (
            f"`--cfg {cfg}` has no reader: no source of any crate of this build asks for it",
            "a flag that nothing reads changes nothing; remove it, or mend its name",
        )
