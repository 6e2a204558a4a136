"""RECORD is written, renewed, and compared with the files that it lists."""

import pytest

from rtvariants.archives import record

FILES = {"a/b.py": b"1", "a/c,d.py": b""}
NAME = "a-1.dist-info/RECORD"


def test_a_record_fits_its_files():
    whole = FILES | {NAME: record.of(FILES, NAME)}
    assert list(record.contradictions(whole, NAME)) == []
    assert whole[NAME].decode().splitlines()[-1] == f"{NAME},,"


def test_rows_are_renewed_in_their_place_and_new_ones_come_first():
    text = record.of(FILES, NAME).decode()
    changed = {"a/b.py": b"2", "a/new.py": b""}
    renewed = record.renewed(text, changed)
    assert list(record.contradictions(FILES | changed | {NAME: renewed}, NAME)) == []
    names = [line.rsplit(",", 2)[0] for line in renewed.decode().splitlines()]
    assert names == ["a/new.py", "a/b.py", '"a/c,d.py"', NAME]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"a/b.py": b"22"}, "RECORD has another hash for: `a/b.py`"),
        ({"a/e.py": b""}, "RECORD does not list: `a/e.py`"),
        ({f"{NAME}.jws": b""}, None),
        ({NAME: b""}, "RECORD does not list: `a/b.py`, `a/c,d.py`"),
        ({NAME: b"\xff,,\n"}, "RECORD does not list: `a/b.py`, `a/c,d.py`"),
    ],
)
def test_a_contradiction_is_found(change, said):
    whole = FILES | {NAME: record.of(FILES, NAME)} | change
    found = list(record.contradictions(whole, NAME))
    assert found[:1] == ([said] if said else [])
