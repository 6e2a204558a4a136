"""The guard's instructions are followed from its entry to its slot."""

import pytest
from guarded_files import EXPORT

from rtvariants.native.guard import marker, walk
from rtvariants.native.guard.elf import image


@pytest.fixture
def guarded(linked):
    """Return the bytes of a file with a guard, and the address of the guard's entry."""
    data, _ = marker.linked(linked(), EXPORT)
    return data, image(data).exports[EXPORT]


def said(data, entry):
    file = image(data)
    return [*walk.problems(file, entry, file.marker, 20)]


def test_the_entry_leads_to_the_slot(guarded):
    assert said(*guarded) == []


def test_other_code_is_not_the_entry(guarded):
    data, entry = guarded
    (what,) = said(data, entry + 4)
    assert "is not the guard's entry" in what


def patched(data, entry, old, new):
    file = image(data)
    at = file.offset(entry)
    code = file.bytes_at(entry, 64)
    assert old in code
    return data[:at] + code.replace(old, new, 1) + data[at + len(code) :]


def test_an_entry_without_its_check_is_refused(guarded):
    data, entry = guarded
    # `test eax, eax; jnz` becomes five bytes of nothing.
    (what,) = said(patched(data, entry, b"\x85\xc0\x75", b"\x90\x90\xeb"), entry)
    assert "is not the guard's entry" in what


def test_an_entry_that_leads_past_the_slot_is_refused(guarded):
    data, entry = guarded
    file = image(data)
    code = file.bytes_at(entry, 64)
    jump = code.index(b"\xe9", 20)
    # The jump to the compiled part leads to the refusal behind it instead.
    (what,) = said(patched(data, entry, code[jump : jump + 5], b"\xe9\0\0\0\0"), entry)
    assert "does not lead to its slot" in what
