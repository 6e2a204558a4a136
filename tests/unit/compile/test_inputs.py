"""The files that crates are compiled from: found, and read only where they have changed."""

import os

import pytest

from rtvariants.compile import inputs


def test_a_file_is_read_again_only_if_it_may_have_changed(tmp_path, monkeypatch):
    file = tmp_path / "a"
    file.write_text("1")
    later = file.stat().st_ctime_ns + 3_000_000_000
    first = inputs.content(file, None, later)
    reads = []
    monkeypatch.setattr(inputs.hashlib, "sha256", lambda _: reads.append(file) or Digest())
    assert inputs.content(file, first, later) is first
    # Its time alone proves nothing: a program may set it.
    before = file.stat()
    file.write_text("2")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert inputs.content(file, first, later).digest == "new"
    assert reads == [file]


class Digest:
    def hexdigest(self):
        return "new"


def test_a_file_that_was_just_written_is_read_again_next_time(tmp_path):
    file = tmp_path / "a"
    file.write_text("1")
    now = file.stat().st_ctime_ns + 1
    assert inputs.content(file, None, now).status == ()
    assert inputs.content(tmp_path / "gone", None, now) is None


@pytest.mark.parametrize("folder", [".git", "target", "venv", "node_modules", "__pycache__"])
def test_folders_that_hold_no_sources(tmp_path, folder):
    (tmp_path / "src" / "target").mkdir(parents=True)
    (tmp_path / "src" / "target" / "mod.rs").touch()
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "x.rs").touch()
    (tmp_path / "venv").mkdir(exist_ok=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    output = [tmp_path / "target" / "rtvariants" / "fast"]
    found = [str(path.relative_to(tmp_path)) for path in inputs.below(tmp_path, output)]
    assert found == ["src/target/mod.rs"]


def test_a_link_to_a_folder_above_is_not_followed(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/up").symlink_to(tmp_path)
    (tmp_path / "src/a.rs").touch()
    assert [path.name for path in inputs.below(tmp_path, ())] == ["a.rs"]


def test_a_large_file_is_known_by_its_size_and_time(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "_LARGE", 3)
    monkeypatch.setattr(inputs.hashlib, "sha256", None)
    file = tmp_path / "a"
    file.write_text("1234")
    first = inputs.content(file, None)
    assert inputs.content(file, None) == first
    os.utime(file, (1, 1))
    assert inputs.content(file, first).digest != first.digest
