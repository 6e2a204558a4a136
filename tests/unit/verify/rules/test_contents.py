"""Rules about the bytes of a file."""

import pytest
from built_files import (
    audited,
    breaks,
    early,
    rules_of,
    shipped,
)

from rtvariants.verify.audit import FunctionAbove
from rtvariants.verify.rules import check, contents

SUM = FunctionAbove("g::sum", "g", ("avx", "avx2"), "vpaddd ymm0,ymm0,ymm1")

BROKEN = [
    ("build-paths", shipped(b"panicked/home/me/x/src/lib.rs:1"), "`/home/me/x/src/lib.rs:1`"),
    ("build-paths", shipped(b"\0/root/x"), "`/root/x`"),
    ("build-paths", shipped(rb"panicked/home/me\x\src\lib.rs:1"), r"`/home/me\x\src\lib.rs:1`"),
    ("constructors", early(SUM), "`g::sum` of crate `g` runs while the file is loaded or"),
    ("instructions", audited(SUM), "`g::sum` of crate `g` needs `avx`, `avx2`, which level"),
]


@pytest.mark.parametrize(("rule", "file", "text"), BROKEN)
def test_one_changed_fact_breaks_one_rule(rule, file, text):
    assert text in breaks(file, rule)


def test_every_rule_is_broken_by_some_case():
    assert {rule for rule, *_ in BROKEN} == rules_of(contents)


def test_a_short_folder_in_the_middle_of_a_path_is_not_a_leak():
    assert check(shipped(b"data/root/x and a/b/root/y")) == []
