"""The rule about libraries."""

import pytest
from built_files import (
    breaks,
    elf,
    for_macos,
    for_musl,
    for_windows,
    rules_of,
)

from rtvariants.verify.rules import libraries

BROKEN = [
    ("libraries", elf(libraries=("libssl.so.3",)), "`libssl.so.3`"),
    ("libraries", elf(libraries=("libpython3.11.so.1.0",)), "`libpython3.11.so.1.0`"),
    ("libraries", for_musl(libraries=("libm.so.6",)), "which a musllinux wheel"),
    ("libraries", elf(libraries=("libc.so",)), "`libc.so`, which a manylinux wheel"),
    ("libraries", for_macos(libraries=("@rpath/libfoo.dylib",)), "`@rpath/libfoo.dylib`"),
    ("libraries", for_macos(rpaths=("/opt/lib",)), "looks for libraries in `/opt/lib`"),
    ("libraries", for_macos(anywhere=("PyErr_SetString", "ssl_new")), "needs `ssl_new`, which no"),
    (
        "libraries",
        for_windows(libraries=("python3.dll", "foo.dll")),
        "`foo.dll`, which is not part",
    ),
    (
        "libraries",
        for_windows(libraries=("python311.dll",)),
        "of another Python instead of `python3.dll`",
    ),
]


@pytest.mark.parametrize(("rule", "file", "text"), BROKEN)
def test_one_changed_fact_breaks_one_rule(rule, file, text):
    assert text in breaks(file, rule)


def test_every_rule_is_broken_by_some_case():
    assert {rule for rule, *_ in BROKEN} == rules_of(libraries)
