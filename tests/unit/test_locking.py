"""One build at a time uses a target directory."""

import threading

import pytest

from rtvariants.errors import MachineError
from rtvariants.locking import Lock, take


def test_a_second_build_waits_until_the_first_one_ends(tmp_path, capsys):
    first = Lock(tmp_path / "target")
    with (tmp_path / "target/.lock").open("rb") as file, pytest.raises(OSError, match=r"."):
        take(file, wait=False)
    seconds = []
    thread = threading.Thread(target=lambda: seconds.append(Lock(tmp_path / "target")))
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    first.release()
    first.release()
    thread.join(10)
    assert len(seconds) == 1
    seconds[0].release()
    assert f"waiting for another build in {tmp_path / 'target'}" in capsys.readouterr().err


def test_a_folder_that_can_not_be_created_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match=r"can't write the target directory: .*file"):
        Lock(tmp_path / "file")


def test_a_lock_that_was_taken_before_ends_with_the_one_that_names_it(tmp_path):
    outer = Lock(tmp_path / "copy")
    inner = Lock(tmp_path / "target", outer)
    with (tmp_path / "copy/.lock").open("rb") as file, pytest.raises(OSError, match=r"."):
        take(file, wait=False)
    inner.release()
    Lock(tmp_path / "copy").release()
