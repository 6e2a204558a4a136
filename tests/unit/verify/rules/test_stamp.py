"""Rules about the stamp."""

import pytest
from built_files import (
    breaks,
    check,
    elf,
    rules_of,
    stamp,
    stamped,
)

from rtvariants.verify import rules

BROKEN = [
    ("stamp", elf(stamp_section=None), "no stamp"),
    ("stamp", stamped(stamp()[:-4]), "unreadable stamp: it is cut short"),
    ("stamp", stamped(b"\xff"), "unreadable stamp: it is not text"),
    ("stamp", stamped(stamp(version="0.9")), "version `0.9`, the configuration says `1.0`"),
    ("stamp", stamped(stamp(runtime="safe")), "runtime `safe`, the configuration says `fast`"),
    ("stamp", stamped(stamp(level="x86_64")), "level `x86_64`"),
    ("stamp", stamped(stamp(page_size="")), "page-size ``, the configuration says `4096`"),
    ("cpu-features", stamped(stamp(features="avx")), "missing `avx2`"),
    ("cpu-features", stamped(stamp(features="avx,avx2,fma")), "too many `fma`"),
    ("index-bits", stamped(stamp(index_bits="64")), "index width 64, the configuration says 32"),
    ("index-bits", stamped(stamp(index_bits="")), "index width none, the configuration says 32"),
    (
        "allocator-stated",
        stamped(stamp(allocator="system")),
        "`system`, the configuration says `jemalloc`",
    ),
]


@pytest.mark.parametrize(("rule", "file", "text"), BROKEN)
def test_one_changed_fact_breaks_one_rule(rule, file, text):
    assert text in breaks(file, rule)


def test_a_stamp_of_another_version_of_the_guard_says_what_to_update():
    old = stamp().replace(b"stated-by=crate\n", b"")
    (problem,) = check(stamped(old))
    assert problem.what.startswith("unreadable stamp: it does not have the keys of its format")
    assert "`cargo update rtvariants-guard`" in problem.hint


def test_every_rule_is_broken_by_some_case():
    assert {rule for rule, *_ in BROKEN} == rules_of(rules.stamp)
