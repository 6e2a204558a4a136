"""The rule about the guard that the build has linked."""

from dataclasses import replace
from pathlib import Path

import pytest
from builds import changed
from built_files import ARTIFACT, BUILD, ELF, FILE, breaks, stamp
from guarded_files import EXPORT, with_slot

from rtvariants.compile.build import GuardObject
from rtvariants.native.guard import marker
from rtvariants.verify.rules import check

GUARD = GuardObject(Path("/w/fast.o"), (), {})


def built(data, inits=()):
    build = replace(changed(BUILD, stated_by="configuration"), guard=GUARD)
    elf = replace(ELF, exported=(EXPORT,), stamp_section=stamp(stated_by="configuration"))
    artifact = replace(ARTIFACT, build=build, inits=dict(inits))
    return replace(FILE, artifact=artifact, binary=elf, shipped=data)


@pytest.fixture
def guarded(linked):
    return marker.linked(linked(), EXPORT)


def test_a_guarded_file_passes_every_rule(guarded):
    assert check(built(*guarded)) == []


def test_an_unpatched_file_breaks_the_rule(linked):
    found = check(built(linked()))
    assert [each.rule for each in found] == ["guard", "guard"]
    assert "the guard begins at" in found[0].what


def test_a_wrong_slot_breaks_the_rule(guarded):
    data, init = guarded
    assert "where no init function is" in breaks(built(with_slot(data, 0), init), "guard")
    assert "the init function is at" in breaks(built(data, {EXPORT: init[EXPORT] + 8}), "guard")


def test_a_file_without_the_guard_breaks_the_rule(linked):
    assert "no guard in the file" in breaks(built(linked(guard=False)), "guard")


def test_a_stamp_that_says_otherwise_breaks_another_rule(guarded):
    file = built(*guarded)
    crate = replace(ELF, exported=(EXPORT,), stamp_section=stamp(stated_by="crate"))
    assert "stated-by `crate`" in breaks(replace(file, binary=crate), "stamp")
    other = replace(ELF, exported=(EXPORT,),
                    stamp_section=stamp(stated_by="configuration", features="avx"))  # fmt: skip
    assert "missing `avx2`" in breaks(replace(file, binary=other), "cpu-features")
