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


@pytest.fixture
def on_arm(linked_for):
    """Return the bytes of a file for arm64 with a guard, and the address of the guard's entry."""
    data, _ = marker.linked(linked_for("linux-arm64"), EXPORT)
    return data, image(data).exports[EXPORT]


def test_the_entry_leads_to_the_slot_on_arm64(on_arm):
    assert said(*on_arm) == []


def test_other_code_is_not_the_entry_on_arm64(on_arm):
    data, entry = on_arm
    assert "is not the guard's entry" in said(data, entry + 20)[0]


@pytest.mark.parametrize(
    ("number", "word", "text"),
    [
        (4, 0xD503201F, "is not the guard's entry"),  # nop for the call of the check
        (6, 0xD503201F, "does not look at what its check has found"),  # nop for cbnz
        (7, 0x14000001, "does not lead to its slot"),  # to the refusal behind it
    ],
)
def test_a_changed_entry_is_refused_on_arm64(on_arm, number, word, text):
    data, entry = on_arm
    at = image(data).offset(entry) + 4 * number
    damaged = data[:at] + word.to_bytes(4, "little") + data[at + 4 :]
    assert text in said(damaged, entry)[0]


def test_a_linkers_shorter_form_of_an_address_is_known():
    # nop, adr x8, #32, ldrsw x9, [x8, #20], add x8, x8, x9, br x8
    words = [0xD503201F, 0x10000108, 0xB9801509, 0x8B090108, 0xD61F0100]
    assert walk._arm_leaves(words, 0x1000) == (0x1024, 20)
    assert walk._arm_leaves(words[:4], 0x1000) is None
    assert walk._arm_leaves([*words[:4], 0xD65F03C0], 0x1000) is None
