"""The line that shows how far a call is."""

import io
import sys
import time
from types import SimpleNamespace

import pytest

import mydf as md
from mydf import _progress
from mydf.errors import ArgumentTypeError


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    found = Terminal()
    # pytest replaces standard error itself, after the fixtures.
    monkeypatch.setattr(_progress, "sys", SimpleNamespace(stderr=found, modules=sys.modules))
    return found


def test_a_line_is_drawn_again_and_removed(terminal):
    line = _progress._Line()
    line.take((0.1, (1, 4)))
    assert terminal.getvalue() == ""
    line.take((1.0, (1, 4)))
    line.take((61.2, None))
    first, second = terminal.getvalue().split("\r")[1:]
    assert "25 %  1 s" in first
    assert second.rstrip() == "mydf  61 s"
    assert len(second) == len(first)
    line.take(None)
    assert terminal.getvalue().endswith("\r" + " " * len("mydf  61 s") + "\r")
    written = terminal.getvalue()
    line.take(None)
    assert terminal.getvalue() == written


def test_a_terminal_without_other_characters_gets_ascii(terminal, monkeypatch):
    monkeypatch.setattr(Terminal, "encoding", "ascii")
    _progress._Line().take((1.0, (1, 2)))
    assert "#" * 12 + "-" * 12 in terminal.getvalue()


def test_a_log_file_gets_nothing(monkeypatch):
    log = io.StringIO()
    for stream in (log, None):
        found = SimpleNamespace(stderr=stream, modules=sys.modules)
        monkeypatch.setattr(_progress, "sys", found)
        _progress._Line().take((9.0, (1, 2)))
    assert log.getvalue() == ""


def test_calls_report_and_end(terminal, monkeypatch):
    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    slow = b"a,b\n" + b"1,some text\n" * 1_000_000
    md.show_progress()
    try:
        end = time.monotonic() + 30
        while "%" not in terminal.getvalue() and time.monotonic() < end:
            # A call that ends within the first 50 ms reports nothing, however often it is repeated.
            md.read_csv(slow)
            slow += slow[4:] if len(slow) < 200_000_000 else b""
        with pytest.raises(md.errors.CsvError):
            md.read_csv(slow + b"1,2,3\n")
    finally:
        md.show_progress(False)
    assert "%" in terminal.getvalue()
    assert terminal.getvalue().endswith(" \r")


def test_an_option_is_a_bool():
    with pytest.raises(ArgumentTypeError):
        md.show_progress("yes")
