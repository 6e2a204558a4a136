"""What a profile changes in a build, and what the compiler says about one."""

from pathlib import Path

import pytest

from rtvariants.compile import profile
from rtvariants.compile.profile import Profile
from rtvariants.errors import MachineError
from rtvariants.toolchain.rustflags import Ambient

CHANGED = (
    "warning: g.1-cgu.0: function control flow change detected (hash mismatch) "
    "_ZN1g3sum17h92b7f9344a1d2922E Hash = 942389667449461396 up to 501 count discarded"
)


def test_functions_whose_counts_are_not_used_are_read_from_the_log():
    log = f"   Compiling g v1\n{CHANGED}\n\nwarning: 1 warning emitted\n"
    assert profile.discarded(log) == {"_ZN1g3sum17h92b7f9344a1d2922E"}
    assert profile.discarded("warning: unused variable") == frozenset()


def test_only_warnings_about_profiles_and_their_count_are_left_out():
    total = "warning: `g` (lib) generated 2 warnings"
    assert profile.without_discarded([CHANGED, "warning: unused", total]) == ["warning: unused"]
    assert profile.without_discarded(["warning: unused", total]) == ["warning: unused", total]


@pytest.mark.parametrize(
    "flag", ["-Cprofile-use=/x", "-Cprofile-generate", "-Cinstrument-coverage"]
)
def test_flags_of_the_machine_that_use_profiles_are_refused(flag):
    with pytest.raises(MachineError, match=r"\[ambient-flags\] RUSTFLAGS holds `-C"):
        profile.refuse_foreign(Ambient(("-Copt-level=3", flag), "RUSTFLAGS"))


def test_other_flags_of_the_machine_are_fine():
    profile.refuse_foreign(Ambient(("-Clink-arg=-x",), "RUSTFLAGS"))
    assert Profile(Path("/p/fast.profdata"), "00").flag == "-Cprofile-use=/p/fast.profdata"
