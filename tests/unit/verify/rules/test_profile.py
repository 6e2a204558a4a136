"""Rules about profiles: nothing is counted, and the profile had an effect."""

from dataclasses import replace
from pathlib import Path

import pytest
from builds import changed
from built_files import ARTIFACT, ELF, breaks, elf, rules_of

from rtvariants.compile.profile import Profile
from rtvariants.verify.rules import BuiltFile, check, profile

SUM, PUT = "_ZN1g3sum17h92b7f9344a1d2922E", "_ZN1g3put17h92b7f9344a1d2922E"
OTHER = "_ZN4core3fmt5write17h0123456789abcdefE"
USED = Profile(Path("/w/p/fast-00.profdata"), "00", ((OTHER, 9000), (SUM, 700), (PUT, 300)))


def file(*, read=True, gone=(), names=(SUM, PUT), used=USED):
    artifact = replace(
        ARTIFACT,
        build=changed(ARTIFACT.build, profile=used),
        inputs=(used.path,) if read and used else (),
        discarded=frozenset(gone),
    )
    symbols = ELF.symbol_names + b"".join(b"%b\0" % name.encode() for name in names)
    return BuiltFile(artifact, replace(ELF, symbol_names=symbols), b"")


BROKEN = [
    (file(read=False), "the compiler has not read the profile"),
    (file(names=("_ZN1g3new17h92b7f9344a1d2922E",)), "the profile had no effect"),
    (
        file(gone=(SUM,)),
        "stale profile: most of its counts are of functions that changed: `g::sum`",
    ),
]


@pytest.mark.parametrize(("broken", "text"), BROKEN)
def test_one_changed_fact_breaks_the_rule(broken, text):
    assert text in breaks(broken, "profile")


@pytest.mark.parametrize("section", ["__llvm_prf_cnts", "__DATA,__llvm_prf_cnts", ".lprfc"])
def test_a_module_that_counts_is_refused(section):
    text = breaks(elf(sections=(".text", section)), "instrumented")
    assert f"module that counts what runs, for a profile: section `{section}`" in text


def test_every_rule_is_broken_by_some_case():
    assert {"instrumented", "profile"} == rules_of(profile)


@pytest.mark.parametrize(
    "fine",
    [
        file(),
        file(used=None),
        replace(file(), binary=replace(file().binary, symbol_names=None)),
        # A function that runs rarely has changed; LLVM has appended to the name of another.
        file(gone=(PUT,), names=(f"{SUM}.llvm.123",)),
    ],
)
def test_a_profile_that_fits_breaks_no_rule(fine):
    assert [p for p in check(fine) if p.rule == "profile"] == []
