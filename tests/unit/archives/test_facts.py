"""The facts of finished files, and files that contradict their names."""

import pytest
from sample_wheels import rules, with_files

from rtvariants.archives import facts, sdist
from rtvariants.errors import WheelError

INFO = b"Metadata-Version: 2.1\nName: A.b\nVersion: 1.02\n"


def test_a_wheel_states_its_requirements_and_the_stamps_of_its_runtimes(fat, tmp_path):
    found, problems = facts.read(fat.write(tmp_path))
    assert (problems, found.project, found.requires) == ([], "Sample.Pack", ("archspec",))
    assert sorted(stamp["runtime"] for stamp in found.stamps) == ["fast", "safe", "wide"]


def test_a_damaged_stamp_and_a_wrong_record_are_reported_together(fat, tmp_path):
    name = "_sample_fast/rtvariants.stamp"
    bad = with_files(fat, {name: b"x"}, sealed=False)
    found, problems = facts.read(bad.write(tmp_path))
    assert rules(problems) == {"record", "stamp"}
    assert len(found.stamps) == 2


def test_an_sdist_states_its_commit(tmp_path):
    files = {"PKG-INFO": INFO, ".rtvariants-commit": b"c0ffee\n"}
    found, problems = facts.read(sdist.Sdist("a_b", "1.2", files).write(tmp_path))
    assert (found, problems) == (facts.Facts("A.b", commit="c0ffee"), [])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, ["no `a_b-1.2/PKG-INFO`"]),
        ({"PKG-INFO": INFO.replace(b"A.b", b"c")}, ["PKG-INFO names `c`, the file name `a_b`"]),
        (
            {"PKG-INFO": INFO.replace(b"1.02", b"1.3")},
            ["PKG-INFO has version `1.3`, the file name `1.2`"],
        ),
    ],
)
def test_an_sdist_that_contradicts_its_name_is_reported(tmp_path, files, said):
    _, problems = facts.read(sdist.Sdist("a_b", "1.2", files).write(tmp_path))
    assert [problem.what for problem in problems] == said


def test_a_file_that_can_not_be_read_raises_an_error(tmp_path):
    (tmp_path / "a-1.tar.gz").write_bytes(b"x")
    with pytest.raises(WheelError, match="unreadable archive"):
        facts.read(tmp_path / "a-1.tar.gz")
