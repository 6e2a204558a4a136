"""Which stored profile is whose, and whether it fits."""

from dataclasses import replace
from pathlib import Path

import pytest

from rtvariants.pgo import stored
from rtvariants.pgo.note import Note, Subject

MINE = Subject("fast", "x86_64_v3", "x86_64-unknown-linux-gnu", "rustc 1.95.0", "22.1.2", "aa")


def test_each_target_and_runtime_has_a_file_of_its_own():
    assert stored.path(Path("/w"), "pgo", MINE) == Path(
        "/w/pgo/x86_64-unknown-linux-gnu/fast.profdata"
    )


@pytest.mark.parametrize(
    ("fact", "other", "said"),
    [
        ("rustc", "rustc 1.94.0", "it is for rustc `rustc 1.94.0`, not `rustc 1.95.0`"),
        ("level", "x86_64", "it is for level `x86_64`, not `x86_64_v3`"),
        ("target", "x86_64-unknown-linux-musl", "it is for target"),
        ("runtime", "wide", "it is for runtime `wide`, not `fast`"),
        ("llvm", "21.0", "it is for LLVM `21.0`"),
    ],
)
def test_a_profile_of_something_else_does_not_fit(fact, other, said):
    note = Note(replace(MINE, **{fact: other}), "", (), "")
    assert stored.misfit(note, MINE).startswith(said)


def test_a_profile_of_other_dependencies_fits_in_part():
    assert stored.misfit(Note(replace(MINE, lock="bb"), "", (), ""), MINE) == ""
