"""Progress: lines where it is a log, a picture that redraws itself where it is a terminal."""

import io

from rtvariants import progress


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


def test_a_long_build_says_so_now_and_then(monkeypatch):
    now = iter([0.0, 1.0, 16.0, 17.0, 32.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    out = io.StringIO()
    shown = progress.Progress(("fast",), out)
    shown.start("fast")
    for done in (1, 20, 21, 39):
        shown.step("fast", done, 40)
    assert out.getvalue().splitlines()[1:] == [
        "rtvariants: fast   20/40 steps, 16 s, about 16 s to go",
        "rtvariants: fast   39/40 steps, 32 s, about 1 s to go",
    ]


def test_a_terminal_shows_one_line_a_runtime_and_redraws_it():
    said = story(Terminal())
    # The last picture: two lines up, both cleared and written anew.
    last = said[said.rindex("\x1b[2A") :]
    assert last.count("\x1b[2K") == 2
    assert "7 crates compiled" in last
    assert "nothing to compile" in last
    assert "  1/10 steps" in said
