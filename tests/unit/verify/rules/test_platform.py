"""Rules about the systems that load a file."""

import pytest
from built_files import (
    ELF,
    breaks,
    build,
    elf,
    for_macos,
    for_musl,
    rules_of,
)

from rtvariants.verify.rules import check, platform

BROKEN = [
    ("target", elf(machine="aarch64"), "file for `aarch64`"),
    ("static-tls", elf(static_tls=True), "STATIC_TLS"),
    ("glibc", elf(versions={"libc.so.6": ("GLIBC_PRIVATE",)}), "GLIBC_PRIVATE"),
    ("musl", for_musl(imported=("malloc", "statx")), "`statx`, which is new in musl 1.2.5"),
    (
        "glibc",
        build(glibc="2.17"),
        "needs glibc 2.34 (GLIBC_2.34 of libc.so.6), the configuration allows",
    ),
    ("target", for_macos(system="ios"), "file for `ios`, target is"),
    ("deployment-target", for_macos(minimum=(12, 0)), "for macOS 12.0, the platform is 10.12"),
    ("deployment-target", for_macos(minimum=(0, 0)), "does not say which macOS"),
    ("signature", for_macos("aarch64"), "it has no code signature"),
]


@pytest.mark.parametrize(("rule", "file", "text"), BROKEN)
def test_one_changed_fact_breaks_one_rule(rule, file, text):
    assert text in breaks(file, rule)


def test_every_rule_is_broken_by_some_case():
    assert {rule for rule, *_ in BROKEN} == rules_of(platform)


def test_a_file_for_musl_links_musl_and_no_glibc():
    assert check(for_musl()) == []
    glibc = for_musl(versions=ELF.versions)
    assert messages(platform.musl, glibc) == ["file for musl needs `GLIBC_2.17` of `libc.so.6`"]
    # On glibc the same functions are a matter of symbol versions.
    assert messages(platform.musl, elf(imported=("statx",))) == []


def messages(rule, file):
    return [what for what, _ in rule(file)]
