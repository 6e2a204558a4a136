"""The journal: what survives a crash, and when it is refused."""

import errno
import os
import subprocess
import sys

import pytest
import release_kit as kit

from rtvariants.errors import MachineError
from rtvariants.release import journal
from rtvariants.release.journal import Journal, JournalError


@pytest.fixture
def manifest(tmp_path):
    return kit.freeze(kit.declare(tmp_path), tmp_path)


def test_lines_are_kept_between_runs(tmp_path, manifest):
    with Journal(tmp_path, manifest) as first:
        first.write("upload", "begun", "a.whl", sha256="aa")
        assert first.state("upload", "a.whl") == "begun"
    with Journal(tmp_path, manifest) as second:
        second.write("upload", "done", "a.whl")
        assert second.state("upload", "a.whl") == "done"
        assert second.state("upload", "b.whl") == ""
        assert second.facts("upload", "b.whl") == {}
        states = [(e["step"], e["state"]) for e in second.entries()]
    assert states == [("release", "begun"), ("upload", "begun"), ("upload", "done")]
    seen = [e["step"] for e in journal.peek(tmp_path / journal.FILE_NAME)]
    assert seen == ["release", "upload", "upload"]


def test_a_line_is_on_the_disk_before_the_action_that_it_announces(tmp_path, manifest, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(path.read_bytes()))
    path = tmp_path / journal.FILE_NAME
    with Journal(tmp_path, manifest) as kept:
        kept.write("upload", "begun", "a.whl")
    assert synced[-1].endswith(b"\n")
    assert b"a.whl" in synced[-1]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_line_that_a_crash_cut_off_is_ignored(tmp_path, manifest, cut):
    with Journal(tmp_path, manifest) as first:
        first.write("upload", "begun", "a.whl")
        first.write("upload", "done", "a.whl")
    path = tmp_path / journal.FILE_NAME
    path.write_bytes(path.read_bytes()[:-cut])
    with Journal(tmp_path, manifest) as second:
        assert second.state("upload", "a.whl") == "begun"
        second.write("upload", "done", "a.whl")
    with Journal(tmp_path, manifest) as third:
        assert third.state("upload", "a.whl") == "done"


def test_damage_before_the_last_line_is_an_error_with_its_line(tmp_path, manifest):
    with Journal(tmp_path, manifest) as first:
        first.write("upload", "begun", "a.whl")
    path = tmp_path / journal.FILE_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0][:20] + b"\n" + lines[1])
    with pytest.raises(JournalError, match=r"damaged journal: .*, line 1"):
        Journal(tmp_path, manifest)


def test_a_journal_of_another_manifest_is_refused(tmp_path, manifest):
    Journal(tmp_path, manifest).__exit__(None, None, None)
    other = kit.replace(manifest, commit="d" * 40)
    with pytest.raises(JournalError, match="the journal belongs to another manifest"):
        Journal(tmp_path, other)


def test_two_releases_at_once_are_refused(tmp_path, manifest):
    code = (
        "import sys; from pathlib import Path; from rtvariants.release import journal, manifest\n"
        "folder = Path(sys.argv[1])\n"
        "try: journal.Journal(folder, manifest.load(folder / 'manifest.json'))\n"
        "except journal.JournalError as error: print(error)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with Journal(tmp_path, manifest):
        held = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    free = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert held.startswith("another release is running")
    assert free == ""


def test_a_folder_that_cannot_be_written_is_reported(tmp_path, manifest):
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match="can't write the journal"):
        Journal(tmp_path / "file", manifest)


def test_a_full_disk_is_reported_and_the_action_does_not_begin(tmp_path, manifest):
    # A limit on the size of files is a full disk that needs no privileges.
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from rtvariants.release import journal, manifest\n"
        "folder = Path(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))\n"
        "made = manifest.load(folder / 'manifest.json')\n"
        "with journal.Journal(folder, made) as kept:\n"
        "    kept.write('upload', 'begun', 'a.whl')\n"
        "    kept.write('upload', 'begun', 'b.whl')\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "MachineError: can't write the journal" in done.stderr
    assert os.strerror(errno.EFBIG) in done.stderr
    # Complete lines stay readable.
    with Journal(tmp_path, manifest) as kept:
        assert kept.entries()[0]["step"] == "release"
