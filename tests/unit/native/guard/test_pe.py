"""Exports of PE files: the table of addresses."""

import pytest
from guarded_files import EXPORT, with_slot

from rtvariants.native.guard import marker, pe


@pytest.fixture
def before(linked_for):
    return linked_for("windows-x64")


def test_the_export_leads_to_the_guard(before):
    after, init = marker.linked(before, EXPORT)
    assert [*marker.problems(after, EXPORT, init)] == []
    assert pe.image(before).exports == init
    assert sum(a != b for a, b in zip(after, before, strict=True)) <= 8


def test_another_reader_finds_the_same_exports(before, tmp_path):
    lief = pytest.importorskip("lief")
    after, _ = marker.linked(before, EXPORT)
    path = tmp_path / "x.dll"
    path.write_bytes(after)
    file = lief.PE.parse(str(path))
    (entry,) = file.get_export().entries
    assert (entry.name, entry.address) == (EXPORT, pe.image(after).exports[EXPORT])


def test_a_wrong_slot_is_refused(before):
    after, init = marker.linked(before, EXPORT)
    assert "where no init function is" in next(marker.problems(with_slot(after, 0), EXPORT))
    assert "the init function is at" in next(
        marker.problems(after, EXPORT, {EXPORT: init[EXPORT] + 1})
    )


def test_another_file_is_a_value_error(before):
    for data in (b"", b"MZ", before[:300], before[:0x3C] + b"\xff" * 4 + before[0x40:]):
        with pytest.raises(ValueError, match="PE file"):
            pe.image(data)
