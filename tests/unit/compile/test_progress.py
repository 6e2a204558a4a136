"""Progress: lines where it is a log, a picture that redraws itself where it is a terminal."""

import io
import json
import time

import pytest

from rtvariants.compile import progress
from rtvariants.compile.estimate import NOTE, Estimate
from rtvariants.errors import MachineError


class Terminal(io.StringIO):
    def isatty(self):
        return True


def story(out):
    shown = progress.Progress(("fast", "safe"), out)
    shown.start("fast")
    shown.start("safe")
    shown.step("fast", 1, 10)
    shown.done("fast", 7)
    shown.done("safe", 0)
    return out.getvalue()


def test_a_log_gets_a_line_at_the_start_and_the_end():
    lines = story(io.StringIO()).splitlines()
    assert lines[:2] == ["rtvariants: fast  cargo starts", "rtvariants: safe  cargo starts"]
    assert lines[2].startswith("rtvariants: fast  7 crates compiled, ")
    assert lines[3].startswith("rtvariants: safe  nothing to compile, ")
    assert len(lines) == 4


def test_one_crate_is_not_counted_in_the_plural():
    out = io.StringIO()
    shown = progress.Progress(("fast",), out)
    shown.start("fast")
    shown.done("fast", 1)
    assert "  1 crate compiled, " in out.getvalue()


def test_a_terminal_shows_the_runtimes_in_the_order_of_the_table():
    out = Terminal()
    shown = progress.Progress(("fast", "safe"), out)
    shown.start("safe")
    shown.start("fast")
    shown.end()
    # From the first picture on each has its line.
    first = out.getvalue().partition("\x1b[2A")[0].splitlines()
    assert first == ["\x1b[2K  fast  waits", "\x1b[2K  safe  cargo starts"]
    last = out.getvalue()[out.getvalue().rindex("\x1b[2A") :]
    assert last == "\x1b[2A\x1b[2K  fast  cargo starts\n\x1b[2K  safe  cargo starts\n"


@pytest.fixture
def clock(monkeypatch):
    """Return the time, which goes on when a test says so."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_long_build_says_so_now_and_then(clock):
    out = io.StringIO()
    shown = progress.Progress(("fast",), out)
    shown.start("fast")
    for seconds, done in ((1, 1), (16, 20), (17, 21), (32, 39)):
        clock[0] = 100 + seconds
        shown.step("fast", done, 40)
    shown.end()
    assert out.getvalue().splitlines()[1:] == [
        "rtvariants: fast   20/40 steps, 16 s",
        "rtvariants: fast   39/40 steps, 32 s",
    ]


def test_a_later_build_says_how_long_it_takes(clock, tmp_path):
    (tmp_path / NOTE).write_text('{"core": [60, 30], "python": [30, 0]}')
    out = io.StringIO()
    shown = progress.Progress(("fast",), out)
    shown.start("fast", Estimate(tmp_path))
    for seconds, done, names in ((16, 1, "core"), (32, 2, "core"), (48, 3, "python"), (77, 3, "")):
        clock[0] = 100 + seconds
        shown.step("fast", done, 4, names)
    shown.step("fast", 4, 4)
    shown.end()
    assert out.getvalue().splitlines()[1:] == [
        "rtvariants: fast    1/4 steps, 16 s, about 60 s to go",
        "rtvariants: fast    2/4 steps, 32 s, about 44 s to go",
        "rtvariants: fast    3/4 steps, 48 s, about 32 s to go",
        "rtvariants: fast    3/4 steps, 77 s",
    ]


def test_a_silent_cargo_is_still_reported(clock):
    out = io.StringIO()
    shown = progress.Progress(("fast",), out)
    shown.start("fast")
    for seconds in (14, 16, 20, 40):
        clock[0] = 100 + seconds
        shown.tick()
    clock[0] = 200
    shown.step("fast", 10, 20)
    clock[0] = 230
    shown.tick()
    shown.end()
    assert out.getvalue().splitlines()[1:] == [
        "rtvariants: fast  cargo starts, 16 s",
        "rtvariants: fast  cargo starts, 40 s",
        "rtvariants: fast   10/20 steps, 100 s",
        "rtvariants: fast   10/20 steps, 130 s",
    ]


def test_a_live_line_is_updated_until_the_end(monkeypatch):
    monkeypatch.setattr(progress, "TICK", 0.01)
    out = Terminal()
    shown = progress.Progress(("fast",), out)
    shown.start("fast")
    began = time.monotonic()
    while out.getvalue().count("cargo starts") < 4:
        assert time.monotonic() - began < 30
        time.sleep(0.01)
    shown.end()
    time.sleep(0.05)
    drawn = out.getvalue()
    time.sleep(0.1)
    assert out.getvalue() == drawn


def test_a_terminal_shows_one_line_a_runtime_and_redraws_it():
    said = story(Terminal())
    # The last update: two lines up, both cleared and written again.
    last = said[said.rindex("\x1b[2A") :]
    assert last.count("\x1b[2K") == 2
    assert "7 crates compiled" in last
    assert "nothing to compile" in last
    assert "  1/10 steps" in said


def test_a_line_is_never_broken_by_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    shown = progress.Progress(("fast",), out)
    shown.start("fast")
    shown.step("fast", 1, 10, "a-crate-with-a-long-name, another-one")
    assert max(len(line.replace("\x1b[2K", "")) for line in out.getvalue().splitlines()) < 45
    assert "a-crate" in out.getvalue()


def test_the_events_are_json_lines_with_their_time(tmp_path):
    file = tmp_path / "folder" / "events.jsonl"
    shown = progress.Progress(("fast", "safe"), io.StringIO(), str(file))
    shown.start("fast")
    shown.step("fast", 3, 10)
    shown.done("fast", 7)
    shown.start("safe")
    shown.failed("safe")
    shown.end(12_000_000)
    events = [json.loads(line) for line in file.read_text().splitlines()]
    assert [e["event"] for e in events] == ["start", "step", "done", "start", "failed", "end"]
    assert (events[1]["runtime"], events[1]["done"], events[1]["total"]) == ("fast", 3, 10)
    assert events[2]["compiled"] == 7
    assert events[5]["peak_memory"] == 12_000_000
    assert all(e["time"] > 1.7e9 for e in events)


def test_memory_is_shown_only_if_something_was_compiled():
    for compiled, lines in ((0, 0), (3, 1)):
        out = io.StringIO()
        shown = progress.Progress(("fast",), out)
        shown.start("fast")
        shown.done("fast", compiled)
        shown.end(812_000_000)
        assert out.getvalue().count("peak memory of the compilers: 812 MB") == lines


def test_events_that_can_not_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MachineError) as caught:
        progress.Progress((), io.StringIO(), str(tmp_path / "file" / "events"))
    assert "can't write the events" in str(caught.value)


def test_violations_are_announced_and_a_clean_native_is_not(tmp_path):
    out, file = io.StringIO(), tmp_path / "events"
    shown = progress.Progress(("fast", "safe"), out, str(file))
    shown.checked("fast", 0)
    shown.checked("safe", 2)
    shown.end()
    what = "2 violations, reported when all are built"
    assert out.getvalue() == f"rtvariants: safe  {what}\n"
    said = [json.loads(line) for line in file.read_text().splitlines()][:2]
    assert [(e["event"], e["runtime"], e["violations"]) for e in said] == [
        ("checked", "fast", 0), ("checked", "safe", 2),
    ]  # fmt: skip
