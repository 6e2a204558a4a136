"""Rules about what cargo says it built."""

import pytest
from built_files import (
    CORE,
    artifact,
    breaks,
    build,
    rules_of,
    unit,
)

from rtvariants.verify.rules import cargo, check

BROKEN = [
    ("cargo-features", artifact(features=("jemalloc",)), "did not turn on: `simd`"),
    (
        "cargo-features",
        artifact(features=("jemalloc", "mimalloc", "simd")),
        "another allocator are on: `mimalloc`",
    ),
    (
        "cargo-features",
        build(named_features=frozenset({(CORE, "wide")}), other_features=()),
        "turn on: `core/wide`",
    ),
    (
        "unified-features",
        artifact(unit("core", "wide")),
        "ask for cargo feature `wide` of `core`, yet it is on",
    ),
    (
        "unified-features",
        artifact(features=("jemalloc", "simd", "wide")),
        "ask for cargo feature `wide` of `g`, yet it is on",
    ),
    ("dead-cfg", build(rustflags=("--cfg", 'kind="a"')), '`--cfg kind="a"` is unused'),
]


@pytest.mark.parametrize(("rule", "file", "text"), BROKEN)
def test_one_changed_fact_breaks_one_rule(rule, file, text):
    assert text in breaks(file, rule)


def test_every_rule_is_broken_by_some_case():
    assert {rule for rule, *_ in BROKEN} == rules_of(cargo)


def test_code_that_runs_during_the_build_may_have_any_feature():
    assert check(artifact(unit("core", "wide", for_host=True))) == []
