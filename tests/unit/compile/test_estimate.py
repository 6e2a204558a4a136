"""How long a build takes, from the last build's record of each crate."""

import json

import pytest

from rtvariants.compile import estimate
from rtvariants.compile.estimate import NOTE, Estimate


@pytest.fixture
def clock(monkeypatch):
    """Return the time, which goes on when a test says so."""
    now = [0.0]
    monkeypatch.setattr(estimate.time, "monotonic", lambda: now[0])
    return now


def built(folder, clock, steps, end, ready=()):
    """Build: at each time, cargo's bar has these names; return what was estimated at the times."""
    clock[0] = 1000.0
    build = Estimate(folder)
    for crate in ready:
        build.ready(crate)
    found = []
    for at, names in steps:
        clock[0] = 1000.0 + at
        build.runs(names)
        found.append(build.left(clock[0]))
    clock[0] = 1000.0 + end
    build.keep()
    return found


COLD = ((0, "memchr, regex"), (10, "regex"), (30, "core"), (60, "python"))


def test_a_first_build_has_no_estimate(tmp_path, clock):
    assert built(tmp_path, clock, COLD, 300) == [None] * 4


def test_the_next_build_takes_as_long_as_the_last(tmp_path, clock):
    built(tmp_path, clock, COLD, 300)
    assert json.loads((tmp_path / NOTE).read_text()) == {
        "memchr": [300, 290], "regex": [300, 270], "core": [270, 240], "python": [240, 0],
    }  # fmt: skip
    # The last crate is one step of four, and four fifths of the time.
    steps = (*COLD, (200, "python"), (299.5, "python"))
    first, *later = built(tmp_path, clock, steps, 300)
    assert first is None
    assert later == pytest.approx([290, 270, 240, 100, 1], abs=0.1)


def test_crates_that_are_fresh_take_no_time(tmp_path, clock):
    built(tmp_path, clock, COLD, 300)
    steps = ((3, "core"), (33, "python"))
    assert built(tmp_path, clock, steps, 270, ready=("memchr", "regex")) == [270, 240]
    assert built(tmp_path, clock, [(3, "")], 4, ready=("memchr", "regex", "core", "python")) == [
        None
    ]


def test_a_slow_machine_corrects_the_estimate_within_limits(tmp_path, clock):
    built(tmp_path, clock, COLD, 300)
    steps = [(3, "memchr, regex"), (63, "core"), (123, "python"), (603, "")]
    first, *later, _ = built(tmp_path, clock, steps, 604)
    assert first == 300
    assert later == pytest.approx([270 * 2, 240 * 2])


def test_a_crate_that_overruns_does_not_end_the_build(tmp_path, clock):
    built(tmp_path, clock, COLD, 300)
    steps = [(3, "memchr"), (600, "memchr")]
    assert built(tmp_path, clock, steps, 900)[1] >= 290


def test_a_list_that_is_cut_ends_nothing(tmp_path, clock):
    built(tmp_path, clock, [(0, "a, b"), (10, "a, c..."), (20, "c")], 30)
    assert json.loads((tmp_path / NOTE).read_text()) == {
        "a": [30, 10], "b": [30, 10], "c": [10, 0]
    }  # fmt: skip


def test_a_build_script_is_part_of_its_crate(tmp_path, clock):
    built(tmp_path, clock, [(0, "zstd-sys(build)"), (10, "zstd-sys"), (20, "core")], 30)
    assert built(tmp_path, clock, [(3, "core")], 30, ready=("zstd-sys",)) == [10]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": ["x", 1]}', "\x00"])
def test_a_record_that_is_no_record_is_replaced(tmp_path, clock, text):
    (tmp_path / NOTE).write_text(text)
    assert built(tmp_path, clock, [(3, "a")], 5) == [None]
    assert json.loads((tmp_path / NOTE).read_text()) == {"a": [2, 0]}


def test_a_warm_build_writes_nothing(tmp_path, clock):
    built(tmp_path, clock, [(1, "")], 2, ready=("a",))
    assert not (tmp_path / NOTE).exists()
