"""The rows of crates that ask the CPU: what real builds of them show, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from rtvariants.verify.audit import FunctionAbove, covers
from rtvariants.verify.known import KNOWN, ROWS

# What the audit shows in libraries for `x86_64` and `aarch64` that are made of these crates, as
# crates.io has them, each used by its ordinary functions.
SHOWN = [
    FunctionAbove(symbol, crate, tuple(features.split(",")), "")
    for crate, features, symbol in (
        line.split(" ", 2)
        for line in Path(__file__).with_name("known.txt").read_text("utf-8").splitlines()
    )
]


def allowed(function):
    return any(covers(entry, function) for entry in KNOWN)


def test_what_real_builds_show_is_allowed():
    assert [function for function in SHOWN if not allowed(function)] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.checked], ids=lambda r: r.crate)
def test_each_pattern_allows_something_that_a_real_build_shows(row):
    for entry in row.entries():
        assert any(covers(entry, function) for function in SHOWN), entry.symbol


def test_the_same_instructions_elsewhere_are_not_allowed():
    crates = {function.crate: function for function in SHOWN}
    for crate, function in crates.items():
        name = crate.replace("-", "_")
        for symbol in (f"{name}::soft::compress", f"{name}::new", f"<{name}::T as x::Y>::f", "sum"):
            assert not allowed(replace(function, symbol=symbol, features=("avx2",)))
    for function in SHOWN:
        assert not allowed(replace(function, crate="greeter")) or function.features == ("xsave",)


def test_other_features_in_these_functions_are_not_allowed():
    for function in SHOWN:
        assert not allowed(replace(function, features=(*function.features, "amx-tile")))


def test_each_row_says_what_asks_the_cpu_and_where():
    rows = [row for row in ROWS if row.checked]
    assert all("`" in row.check and row.features and row.symbols for row in rows)
