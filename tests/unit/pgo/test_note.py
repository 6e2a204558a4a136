"""Profiles on disk, with the notes next to them."""

import hashlib
import json
from dataclasses import replace

import pytest
from builds import CRATE, TOOLCHAIN

from rtvariants.pgo import note as notes
from rtvariants.pgo.note import Note, NoteError

DATA = b"profile"
TOOLS = replace(TOOLCHAIN, llvm="22.1.2")
SUBJECT = notes.subject("fast", "x86_64_v3", TOOLS, replace(CRATE, locked="[[package]]"))
NOTE = Note(SUBJECT, hashlib.sha256(DATA).hexdigest(), (("_R1f", 7),), "python train.py")


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "pgo" / "fast.profdata"
    notes.write(path, DATA, NOTE)
    return path


def test_a_note_comes_back_as_it_was_written(profile):
    assert notes.read(profile) == (NOTE, DATA)
    assert notes.used(profile, NOTE).hot == (("_R1f", 7),)


def test_a_note_says_which_compiler_and_dependencies_it_is_of():
    assert (SUBJECT.rustc, SUBJECT.llvm) == ("rustc 1.95.0", "22.1.2")
    assert SUBJECT.lock == hashlib.sha256(b"[[package]]").hexdigest()
    assert notes.subject("fast", "x86_64_v3", TOOLS, CRATE).lock == ""


def test_a_profile_that_was_replaced_without_its_note_is_refused(profile):
    profile.write_bytes(b"another")
    with pytest.raises(NoteError, match="profile that its note does not describe"):
        notes.read(profile)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "hot": [1]}'])
def test_a_damaged_note_is_refused(profile, text):
    profile.with_suffix(".json").write_text(text)
    with pytest.raises(NoteError, match=r"not the note of a profile: .*fast\.json\nhint: write"):
        notes.read(profile)


def test_a_note_with_a_fact_too_many_is_refused(profile):
    path = profile.with_suffix(".json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"more": 1}))
    with pytest.raises(NoteError, match="not the note of a profile"):
        notes.read(profile)


def test_a_missing_note_is_named(profile):
    profile.with_suffix(".json").unlink()
    with pytest.raises(NoteError, match=r"can't read .*fast\.json"):
        notes.read(profile)


def test_only_the_functions_that_ran_most_are_in_a_note():
    counts = {f"_R{i}": i for i in range(1000)}
    found = notes.hottest(counts)
    assert found[0] == ("_R999", 999)
    assert len(found) == 256
