"""Exports of Mach-O files: the trie."""

import random

import pytest
from guarded_files import EXPORT, with_slot

from rtvariants.native import codesign
from rtvariants.native.guard import macho, marker
from rtvariants.native.guard.image import ENTRIES

ROOM = [word for name in ENTRIES for word in ("-exported_symbol", f"_{name}")]


@pytest.fixture
def before(linked_for):
    return linked_for("macos-arm64", *ROOM)


def test_the_export_leads_to_the_guard_which_is_no_export_itself(before):
    assert macho.image(before).exports.keys() == {EXPORT, *ENTRIES}
    after, init = marker.linked(before, EXPORT)
    assert macho.image(after).exports == {EXPORT: macho.image(before).exports[ENTRIES[0]]}
    assert [*marker.problems(after, EXPORT, init)] == []
    assert init[EXPORT] == macho.image(before).exports[EXPORT]


def test_the_signature_is_that_of_the_changed_file(before):
    after, _ = marker.linked(before, EXPORT)
    assert [*codesign.violations(after)] == []
    assert [*codesign.violations(with_slot(after, 0))]


def test_another_reader_finds_the_same_exports(before, tmp_path):
    lief = pytest.importorskip("lief")
    after, _ = marker.linked(before, EXPORT)
    path = tmp_path / "x.dylib"
    path.write_bytes(after)
    file = lief.MachO.parse(str(path))
    one = file.at(0)
    (entry,) = (one.dyld_exports_trie or one.dyld_info).exports
    assert entry.symbol.name == f"_{EXPORT}"
    assert entry.address == macho.image(after).exports[EXPORT]


def test_a_longer_address_without_room_is_an_error(before):
    image = macho.image(before)
    with pytest.raises(ValueError, match="no room"):
        image.redirect(EXPORT, 1 << 2000)


@pytest.mark.parametrize("seed", range(5))
def test_a_trie_of_any_names_is_read_back(seed):
    chance = random.Random(seed)
    names = ["_" + "".join(chance.choices("ab_", k=chance.randint(1, 40))) for _ in range(60)]
    exports = {name.encode(): chance.randbytes(chance.randint(1, 9)) for name in names}
    found = dict(macho._below(macho.trie_of(exports), 0, b"", set()))
    assert found == exports


@pytest.mark.parametrize("trie", [b"\0\1a\0\0", b"\0\1a\0\5", b"\0\1a", b"\x80"])
def test_a_damaged_trie_is_an_error(before, trie):
    file = macho._read(before)
    start, size = file.trie
    damaged = before[:start] + trie.ljust(size, b"\xff") + before[start + size :]
    with pytest.raises(ValueError, match=r"exports|Mach-O"):
        macho.image(damaged)


def test_another_file_is_a_value_error(before):
    for data in (b"", before[:40], before[:200], b"\xca\xfe\xba\xbe" + before[4:]):
        with pytest.raises(ValueError, match="Mach-O"):
            macho.image(data)
