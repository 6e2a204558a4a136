"""What cargo says: JSON on stdout, a progress bar and words on stderr."""

import io
import os
import threading

import pytest

from rtvariants.compile.messages import read, warnings, watch
from rtvariants.compile.progress import Progress

READY = b'{"reason": "compiler-artifact", "package_id": "registry+x#memchr@2.8.0"}\n'


def test_each_line_is_passed_on_and_lines_that_are_no_message_are_left_out():
    seen = []
    lines = [READY, b"words of a linker\n", b"[1]\n", b'{"reason": "build-finished"}\n']
    found = read(lines, seen.append)
    assert [message["reason"] for message in found] == ["compiler-artifact", "build-finished"]
    assert seen == ["memchr", "", "", ""]


def test_a_crate_is_complete_with_its_library_not_with_its_build_script():
    script = READY.replace(b'"package_id"', b'"target": {"kind": ["custom-build"]}, "package_id"')
    seen, complete = [], []
    read([script], seen.append, complete.append)
    assert (seen, complete) == (["memchr"], [])
    read([READY], seen.append, complete.append)
    assert complete == ["memchr"]


def watched(text):
    """Return what is shown, and what is logged, of a cargo that says this."""
    out, log = io.StringIO(), []
    progress = Progress(("fast",), out)
    progress.start("fast")
    there, here = os.pipe()
    with open(there, "rb") as stderr:
        thread = threading.Thread(target=watch, args=(stderr, "fast", log, progress))
        thread.start()
        with open(here, "wb") as file:
            file.write(text)
        thread.join()
    progress.tick()
    step = progress._running["fast"]
    progress.done("fast", 1)
    progress.end()
    return (step.done, step.total, step.names), "".join(log)


@pytest.mark.parametrize("colour", [b"", b"\x1b[1m\x1b[36m"])
def test_the_progress_bar_is_no_part_of_the_log(colour):
    bar = colour + b"    Building [===>   ] 3/29: memchr, libc\r"
    step, log = watched(b"   Compiling a v1\n" + bar + b"\x1b[Kwarning: unused\n")
    assert step == (3, 29, "memchr, libc")
    assert log == "   Compiling a v1\nwarning: unused\n"


def test_each_warning_has_all_its_lines():
    log = (
        "   Compiling a v1\nwarning: one\n --> a.rs:1:1\nwarning: two\n    Finished `release`\nx\n"
    )
    assert warnings(log) == ["warning: one\n --> a.rs:1:1", "warning: two"]
