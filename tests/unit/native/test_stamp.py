"""The commit goes into the room that the stamp of a finished file has for it."""

import pytest

from rtvariants.native.stamp import StampError, with_commit

ROOM = b"\ncommit=" + b" " * 64 + b"\nend\n"


def test_only_the_commit_changes_in_the_file():
    made = with_commit(b"before" + ROOM + b"behind", "c0ffee")
    assert made == b"before\ncommit=c0ffee" + b" " * 58 + b"\nend\nbehind"


def test_without_a_commit_the_room_stays_blank():
    assert with_commit(ROOM, "") == ROOM


@pytest.mark.parametrize("native", [b"", ROOM * 2, b"\ncommit=c0ffee\nend\n"])
def test_a_file_without_exactly_one_room_is_refused(native):
    with pytest.raises(StampError, match="no room for the commit"):
        with_commit(native, "c0ffee")
