"""Rules about the bytes of a file."""

from dataclasses import replace

import pytest
from built_files import (
    audited,
    breaks,
    early,
    rules_of,
    shipped,
)

from rtvariants.config import toml
from rtvariants.config.model import AllowConfig
from rtvariants.verify.audit import FunctionAbove, covers
from rtvariants.verify.rules import check, contents

SUM = FunctionAbove("g::sum", "g", ("avx", "avx2"), "vpaddd ymm0,ymm0,ymm1")

BROKEN = [
    ("build-paths", shipped(b"panicked/home/me/x/src/lib.rs:1"), "`/home/me/x/src/lib.rs:1`"),
    ("build-paths", shipped(b"\0/root/x"), "`/root/x`"),
    ("build-paths", shipped(rb"panicked/home/me\x\src\lib.rs:1"), r"`/home/me\x\src\lib.rs:1`"),
    ("constructors", early(SUM), "`g::sum` of crate `g` runs while the file is loaded"),
    ("instructions", audited(SUM), "`g::sum` of crate `g` needs `avx`, `avx2`, which level"),
]


@pytest.mark.parametrize(("rule", "file", "text"), BROKEN)
def test_one_changed_fact_breaks_one_rule(rule, file, text):
    assert text in breaks(file, rule)


def test_every_rule_is_broken_by_some_case():
    assert {rule for rule, *_ in BROKEN} == rules_of(contents)


def test_a_short_folder_in_the_middle_of_a_path_is_not_a_leak():
    assert check(shipped(b"data/root/x and a/b/root/y")) == []


def test_each_crate_is_named_once_with_an_entry_to_paste():
    found = [replace(SUM, symbol=f"g::avx::f{i}") for i in range(10)]
    found += [replace(SUM, crate="c", symbol="sum", features=("bmi2",), text="sarx eax,ebx,ecx")]
    first, second = check(audited(*found))
    assert first.what.endswith("`vpaddd ymm0,ymm0,ymm1`, and so do 9 more of its functions")
    assert first.hint.endswith(
        '`[tool.rtvariants] allow-instructions`: { crate = "g", symbol = "g::avx::*", '
        'features = ["avx", "avx2"], reason = "…" }'
    )
    assert "function `sum` of crate `c` needs `bmi2`" in second.what
    assert 'symbol = "sum", features = ["bmi2"]' in second.hint


def test_the_entry_of_the_report_allows_what_it_reports():
    for names in (
        ["g::avx::f", "g::avx::h"],
        ["g::f"],
        ["f_avx2", "f_sse"],
        ["<g::T as x>::f", "z"],
    ):
        found = [replace(SUM, symbol=name) for name in names]
        (problem,) = check(audited(*found))
        entry = toml.parse(f"entry = {problem.hint.partition(': ')[2]}".encode())["entry"]
        allowed = AllowConfig(**{**entry, "features": tuple(entry["features"])})
        assert all(covers(allowed, function) for function in found)


def test_functions_of_no_known_crate_are_named_one_by_one():
    found = [replace(SUM, crate="", symbol=name) for name in ("f", "g")]
    assert [p.hint.partition("symbol = ")[2][:3] for p in check(audited(*found))] == ['"f"', '"g"']


def test_many_crates_above_the_level_are_reported_in_few_lines():
    problems = check(audited(*(replace(SUM, crate=f"c{i:02}") for i in range(15))))
    assert len(problems) == 13
    assert problems[-1].what == "and functions of 3 more crates: `c12`, `c13`, `c14`"
