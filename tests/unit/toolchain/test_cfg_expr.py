"""`cfg(…)` tables of cargo's configuration: which hold."""

import pytest

from rtvariants.toolchain.cfg_expr import holds

PRINTED = frozenset({"unix", "panic", 'target_os="linux"', 'target_feature="sse2"', 'a="é"'})


@pytest.mark.parametrize(
    "expression",
    [
        "unix", " unix ", "r#unix", "not(windows)", "all()", "true", 'a = "é"', 'r#a="é"',
        'all(unix, target_os = "linux",)', 'any(windows,target_feature="sse2")', "not(any())",
        "not(all(unix, not(panic)))",
    ],
)  # fmt: skip
def test_expressions_that_hold(expression):
    assert holds(f"cfg({expression})", PRINTED)


@pytest.mark.parametrize(
    "expression",
    [
        "windows", "any()", "not(unix)", "false", 'target_os = "macos"', "target_os",
        "all(unix, b)",
        # No expressions: they hold for nothing.
        "", "unix,", "unix unix", "not()", "not(a, b)", "all(unix", "a = b", "unix)", '"unix"',
        "all(,)",
        "a = 'é'", "cfg(unix)", "unix # x", "=", "1a",
    ],
)  # fmt: skip
def test_expressions_that_do_not_hold(expression):
    assert not holds(f"cfg({expression})", PRINTED)


def test_a_table_of_a_target_is_no_expression():
    assert not holds("x86_64-unknown-linux-gnu", PRINTED)
