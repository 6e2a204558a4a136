"""Files and folders are written whole or not at all, whatever ends the writing."""

import os
import signal
import subprocess
import sys

import pytest

from rtvariants import files
from rtvariants.errors import MachineError


class PlantedError(Exception):
    """Ends the writing in the middle."""


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


def test_a_file_is_replaced_and_its_folders_are_created(tmp_path):
    path = tmp_path / "a/b/file"
    files.write_text(path, "one\r\n")
    files.write_text(path, "two\r\n", sync=True)
    assert path.read_bytes() == b"two\r\n"
    assert names(tmp_path) == ["a", "a/b", "a/b/file"]


def test_an_error_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write_half():
        with files.replacing(path) as new:
            new.write_text("ha")
            raise PlantedError

    with pytest.raises(PlantedError):
        write_half()
    assert (path.read_text(), names(tmp_path)) == ("old", ["file"])


def test_an_error_before_anything_is_written_leaves_nothing(tmp_path):
    with pytest.raises(PlantedError), files.replacing(tmp_path / "file"):
        raise PlantedError
    assert names(tmp_path) == []


@pytest.mark.parametrize("failing", ["replace", "fsync"])
def test_a_disk_that_refuses_the_last_step_leaves_the_old_file(tmp_path, monkeypatch, failing):
    path = tmp_path / "file"
    path.write_text("old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, refuse)
    with pytest.raises(OSError, match="No space left"):
        files.write_bytes(path, b"new", sync=True)
    assert (path.read_text(), names(tmp_path)) == ("old", ["file"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no SIGKILL")
def test_a_killed_process_leaves_the_old_file_and_the_next_write_removes_the_rest(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    program = (
        "import os, signal, sys, pathlib; from rtvariants import files\n"
        "with files.replacing(pathlib.Path(sys.argv[1])) as new:\n"
        "    new.write_text('ha'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    assert len(names(tmp_path)) == 2
    files.write_text(path, "new")
    assert (path.read_text(), names(tmp_path)) == ("new", ["file"])


def test_the_disk_has_a_synced_file_and_its_name_before_the_call_returns(tmp_path, monkeypatch):
    seen = []
    real = os.fsync

    def note(handle):
        seen.append((tmp_path / "file").exists())
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    files.write_text(tmp_path / "file", "x", sync=True)
    assert seen == ([False, True] if os.name != "nt" else [False])


def test_windows_moves_a_loaded_file_aside_and_the_next_write_removes_it(tmp_path, monkeypatch):
    path = tmp_path / "native.pyd"
    path.write_text("old")
    real, refused = os.replace, []

    def as_windows_does(source, target):
        if not refused and target == path:
            refused.append(target)
            raise PermissionError(13, "in use")
        real(source, target)

    monkeypatch.setattr(files.os, "replace", as_windows_does)
    with pytest.raises(PermissionError):  # Elsewhere this says that the folder can't be written.
        files.write_bytes(path, b"new", loaded=True)
    refused.clear()
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "name", "nt")
        files._replace_loaded(_written(tmp_path / "new"), path)
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == [f".native.pyd.{os.getpid()}.old", "native.pyd"]
    files.write_bytes(path, b"newer", loaded=True)
    assert names(tmp_path) == ["native.pyd"]


def _written(path):
    path.write_bytes(b"new")
    return path


def ended_writer():
    """Return the part of a temporary name that a process has that ran here and has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return f"{files._machine()}-{done.pid}-0"


def test_two_writers_of_one_file_do_not_disturb_each_other(tmp_path):
    path = tmp_path / "file"
    with files.replacing(path) as one:
        one.write_text("one, half")
        files.write_text(path, "two")
        assert path.read_text() == "two"
        one.write_text("one")
    assert (path.read_text(), names(tmp_path)) == ("one", ["file"])


def test_many_processes_that_write_one_file_and_one_folder_leave_one_whole_of_each(tmp_path):
    program = (
        "import sys, pathlib; from rtvariants import files\n"
        "where, me = pathlib.Path(sys.argv[1]), sys.argv[2]\n"
        "for i in range(60):\n"
        "    files.write_text(where / 'file', me * 5000)\n"
        "    with files.replacing_folder(where / 'folder') as new:\n"
        "        for name in 'abc': (new / name).write_text(me)\n"
    )
    argv = [sys.executable, "-c", program, tmp_path]
    writers = [subprocess.Popen([*argv, me], stderr=subprocess.PIPE) for me in "1234"]
    said = [writer.communicate()[1].decode() for writer in writers]
    assert (said, [writer.returncode for writer in writers]) == ([""] * 4, [0] * 4)
    text = (tmp_path / "file").read_text()
    assert text in [me * 5000 for me in "1234"]
    assert len({(tmp_path / "folder" / name).read_text() for name in "abc"}) == 1
    assert names(tmp_path) == ["file", "folder", "folder/a", "folder/b", "folder/c"]


def test_only_what_no_running_process_writes_is_removed(tmp_path):
    path = tmp_path / "file"
    left = {
        "running": f".file.{files._machine()}-{os.getppid()}-0.new",
        "of another machine": ".file.00000000-1-0.new",
        "of another machine, days ago": ".file.00000000-1-1.new",
        "no temporary name": ".file.backup.new",
    }
    for name in left.values():
        (tmp_path / name).touch()
    os.utime(tmp_path / left.pop("of another machine, days ago"), (0, 0))
    os.utime(tmp_path / left["no temporary name"], (0, 0))
    if os.name != "nt":
        (tmp_path / f".file.{ended_writer()}.new").touch()
    files.write_text(path, "new")
    assert names(tmp_path) == sorted(["file", *left.values()])


def fill(folder, text):
    with files.replacing_folder(folder) as new:
        (new / "sub").mkdir()
        (new / "sub/file").write_text(text)


def test_a_folder_is_replaced_with_all_that_is_in_it(tmp_path):
    folder = tmp_path / "a/out"
    fill(folder, "one")
    (folder / "extra").touch()
    fill(folder, "two")
    assert names(tmp_path) == ["a", "a/out", "a/out/sub", "a/out/sub/file"]
    assert (folder / "sub/file").read_text() == "two"


def test_an_error_in_the_middle_leaves_the_old_folder_and_nothing_else(tmp_path):
    folder = tmp_path / "out"
    fill(folder, "old")

    def fill_half():
        with files.replacing_folder(folder) as new:
            (new / "half").touch()
            raise PlantedError

    with pytest.raises(PlantedError):
        fill_half()
    assert names(tmp_path) == ["out", "out/sub", "out/sub/file"]


@pytest.mark.parametrize("step", [1, 2])
def test_a_folder_that_can_not_be_renamed_leaves_the_old_one(tmp_path, monkeypatch, step):
    folder = tmp_path / "out"
    fill(folder, "old")
    real, calls = type(folder).rename, []

    def refuse(self, target):
        calls.append(self)
        if len(calls) == step:
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(type(folder), "rename", refuse)
    with pytest.raises(PermissionError):
        fill(folder, "new")
    assert (folder / "sub/file").read_text() == "old"
    assert names(tmp_path) == ["out", "out/sub", "out/sub/file"]


def test_a_folder_comes_back_that_a_killed_process_had_moved_aside(tmp_path):
    folder = tmp_path / "out"
    fill(tmp_path / f".out.{ended_writer()}.rtvariants/old0", "old")
    with pytest.raises(PlantedError), files.replacing_folder(folder):
        raise PlantedError
    assert (folder / "sub/file").read_text() == "old"
    assert names(tmp_path) == ["out", "out/sub", "out/sub/file"]


def test_files_that_are_written_together_appear_in_the_order_that_is_asked_for(
    tmp_path, monkeypatch
):
    moved, real = [], os.replace

    def note(source, target):
        moved.append(target.name)
        real(source, target)

    def write(folder):
        for name in "abc":
            (folder / name).touch()
        return [folder / "b", folder / "a"]

    monkeypatch.setattr(os, "replace", note)
    out = tmp_path / "out"
    assert files.write_together(out, write) == [out / "b", out / "a"]
    assert (moved, names(out)) == (["b", "a"], ["a", "b"])


def test_files_that_are_written_together_all_stay_away_after_an_error(tmp_path):
    (tmp_path / "a").write_text("old")

    def write(folder):
        (folder / "a").write_text("new")
        raise PlantedError

    with pytest.raises(PlantedError):
        files.write_together(tmp_path, write)
    assert (names(tmp_path), (tmp_path / "a").read_text()) == (["a"], "old")
    with pytest.raises(PlantedError):
        files.write_together(tmp_path / "new", write)
    assert names(tmp_path) == ["a"]


def test_no_usable_temporary_folder_is_an_error_with_a_way_out(tmp_path):
    with files.temporary_folder(tmp_path) as folder:
        (folder / "a").touch()
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []
    with (
        pytest.raises(MachineError, match=r"no usable temporary folder: .*\nhint: set `TMPDIR`"),
        files.temporary_folder(tmp_path / "missing"),
    ):
        pass


def test_an_old_folder_stays_away_where_another_writer_is_faster(tmp_path, monkeypatch):
    folder, work = tmp_path / "folder", tmp_path / "work"
    (work / "old0").mkdir(parents=True)
    (work / "old0/name").write_text("old")
    exists = type(folder).exists

    def raced(path):
        # The other writer comes between the look at the folder and the rename.
        before = exists(path)
        if path == folder and not before:
            folder.mkdir()
            (folder / "name").write_text("new")
        return before

    monkeypatch.setattr(type(folder), "exists", raced)
    files._bring_back(work, folder)
    assert (folder / "name").read_text() == "new"
