"""All rules together."""

from pathlib import Path

import pytest
from built_files import FILE, elf, for_macos, for_windows

from rtvariants.verify.rules import RULES, check

GROUPS = Path(__file__).with_name("rules")


def test_the_right_file_passes_every_rule():
    assert check(FILE) == []


@pytest.mark.parametrize("file", [for_macos(), for_windows()])
def test_the_right_file_for_another_system_passes_every_rule(file):
    assert check(file) == []


def test_each_group_of_rules_has_its_tests():
    for rule in RULES.values():
        assert (GROUPS / f"test_{rule.__module__.rpartition('.')[2]}.py").is_file()


def test_all_violations_are_shown_at_once():
    file = elf(static_tls=True, exported=(), machine="aarch64")
    assert [p.rule for p in check(file)] == ["target", "init-symbol", "static-tls"]


def test_the_docs_name_every_rule():
    page = (Path(__file__).parents[3] / "docs/checks.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert named - {"ambient-flags"} == set(RULES)
