"""Rules about what cargo says it built, and what the crates' sources do with it."""

from __future__ import annotations

from collections.abc import Iterator

from rtvariants.targets.allocators import ALLOCATORS, by_feature
from rtvariants.toolchain.metadata import Feature, identity
from rtvariants.verify import cfgs

from .model import BuiltFile, Violation


def cargo_features(file: BuiltFile) -> Iterator[Violation]:
    """Every cargo feature of the runtime is on, in the crate and in its dependencies."""
    on = _on(file)
    missing = sorted(
        _shown(package, feature, file)
        for package, feature in file.contract.named_features - on
        if not feature.startswith("dep:")
    )
    if missing:
        yield f"cargo features that cargo did not turn on: `{'`, `'.join(missing)}`", ""
    # An allocator's feature may be on although no configured runtime asks for it.
    others = by_feature().keys() - {ALLOCATORS[file.contract.allocator].feature}
    extra = sorted(others & set(file.artifact.features))
    if extra:
        yield (
            f"cargo features of another allocator are on: `{'`, `'.join(extra)}`",
            "take them out of the crate's `default` features and of what depends on it",
        )


def _on(file: BuiltFile) -> set[Feature]:
    """Return the features of everything that is linked, by package."""
    return {
        (unit.package_id, feature)
        for unit in file.artifact.units
        if not unit.for_host
        for feature in unit.features
    }


def _shown(package: str, feature: str, file: BuiltFile) -> str:
    crate = identity(package)[0]
    return feature if crate == file.contract.crate else f"{crate}/{feature}"


def unified_features(file: BuiltFile) -> Iterator[Violation]:
    """No cargo feature is on that only other runtimes ask for.

    cargo builds a dependency once with the features of all its users, so one user can turn on for
    every runtime what is configured for one.
    """
    on = _on(file)
    for package, feature in file.contract.other_features:
        crate = identity(package)[0]
        if (package, feature) in on:
            if crate == file.contract.crate and feature in by_feature():
                continue  # `cargo_features` reports it.
            yield (
                f"only other runtimes ask for cargo feature `{feature}` of `{crate}`, yet it is on",
                (
                    f"`cargo tree -e features -i {crate}` shows what turns it on; if that is "
                    "intended, name it in this runtime's `features` too"
                ),
            )


def dead_cfg(file: BuiltFile) -> Iterator[Violation]:
    """Every `--cfg` in the compiler's flags is read by some crate of the build."""
    for cfg in cfgs.unread(cfgs.of_flags(file.contract.rustflags), file.artifact.units):
        yield (
            f"`--cfg {cfg}` is unused: no source of any crate in this build reads it",
            "remove the flag, or correct its name",
        )
