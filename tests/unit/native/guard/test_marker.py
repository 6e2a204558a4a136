"""The guard is put before the init function, and a file shows whether it is there."""

import pytest
from guarded_files import EXPORT, SOURCE, with_slot

from rtvariants.native.guard import marker
from rtvariants.native.guard.formats import image

# How crates and their profiles link: each must keep the guard, and let it be found.
FLAGS = {
    "as it is": (),
    "stripped": ("-s",),
    "another linker": ("-fuse-ld=gold",),
    "no sections collected": ("-Wl,--no-gc-sections",),
    "bound at once": ("-Wl,-z,now,-z,relro", "-Wl,-Bsymbolic"),
    "hash tables of both kinds": ("-Wl,--hash-style=both",),
    "addresses packed": ("-Wl,-z,pack-relative-relocs",),
}


def said(data, init=None):
    return [*marker.problems(data, EXPORT, init)]


@pytest.mark.parametrize("flags", FLAGS.values(), ids=FLAGS)
def test_the_export_leads_to_the_guard_and_the_guard_to_the_module(linked, flags):
    before = linked(*flags)
    after, init = marker.linked(before, EXPORT)
    assert image(before).exports[EXPORT] == init[EXPORT]
    assert image(after).exports[EXPORT] != init[EXPORT]
    assert said(after, init) == []
    assert len(after) == len(before)
    assert sum(a != b for a, b in zip(after, before, strict=True)) < 20


def test_a_file_as_the_linker_left_it_is_refused(linked):
    (leads, slot) = said(linked())
    assert leads.startswith(f"`{EXPORT}` leads to 0x")
    assert "where no init function is" in slot


def test_a_slot_that_leads_elsewhere_is_refused(linked):
    after, init = marker.linked(linked(), EXPORT)
    place = image(after).marker
    assert "the init function is at" in said(with_slot(after, init[EXPORT] + 1 - place), init)[0]
    assert "where no init function is" in said(with_slot(after, 0))[0]
    assert "where no init function is" in said(with_slot(after, 2**30))[0]
    entry = image(after).exports[EXPORT]
    assert "where no init function is" in said(with_slot(after, entry - place))[0]


def test_an_export_that_skips_the_entry_is_refused(linked):
    after, init = marker.linked(linked(), EXPORT)
    beside = image(after).redirect(EXPORT, image(after).exports[EXPORT] + 4)
    assert "the guard begins at" in said(beside, init)[0]


def test_a_marker_that_leads_to_other_code_is_refused(linked):
    after, init = marker.linked(linked(), EXPORT)
    at = after.index(marker.MAGIC) + len(marker.MAGIC)
    other = (init[EXPORT] - image(after).marker).to_bytes(4, "little", signed=True)
    damaged = image(after[:at] + other + after[at + 4 :]).redirect(EXPORT, init[EXPORT])
    assert any("is not the guard's entry" in each for each in said(damaged))


def test_a_guard_that_the_linker_has_dropped_is_named(linked):
    with pytest.raises(marker.GuardError, match="no guard in the file"):
        marker.linked(linked(guard=False), EXPORT)
    assert not marker.has(linked(guard=False))
    assert marker.has(linked())


def test_a_file_without_the_init_function_is_refused(linked):
    with pytest.raises(marker.GuardError, match="no exported `PyInit__other`"):
        marker.linked(linked(), "PyInit__other")
    data = SOURCE.replace("void *PyInit__core(void) {", "int PyInit__core = 3; int f(void) {")
    data = data.replace("return PyModule_Create2(definition, 1013)", "return !definition")
    with pytest.raises(marker.GuardError, match="is not a function of the file"):
        marker.linked(linked(source=data), EXPORT)


def test_no_file_gets_a_second_guard(linked):
    after, _ = marker.linked(linked(), EXPORT)
    with pytest.raises(marker.GuardError, match="has a guard before its init function already"):
        marker.linked(after, EXPORT)


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"\x7fELF" + bytes(60), b"#!/bin/sh\n"])
def test_another_file_is_refused(data):
    with pytest.raises(marker.GuardError):
        marker.linked(data, EXPORT)
    assert len(said(data)) == 1


SECOND = "PyModExport__core"


def test_what_newer_pythons_call_gets_the_guard_too(linked):
    before = linked("-DMODEXPORT")
    after, known = marker.linked(before, EXPORT)
    assert known.keys() == {EXPORT, SECOND}
    assert said(after, known) == []
    entries = {image(after).exports[name] for name in known}
    assert len(entries) == 2
    assert entries.isdisjoint(known.values())


def test_a_second_function_without_the_guard_is_refused(linked):
    before = linked("-DMODEXPORT")
    after, known = marker.linked(before, EXPORT)
    bare = image(after).redirect(SECOND, known[SECOND])
    assert said(bare, known)[0].startswith(f"`{SECOND}` leads to")
    # Each entry leads to its own function only.
    crossed = image(after).redirect(SECOND, image(after).exports[EXPORT])
    assert said(crossed, known)[0].startswith(f"`{SECOND}` leads to")
