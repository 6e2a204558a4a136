"""What a person and a program see of real builds, and what cargo is really asked to do."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys

import pytest
from build_kit import start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]


def test_a_terminal_shows_a_live_line_for_each_runtime(package, target, tmp_path):
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "rtvariants", "build", "--out", str(tmp_path / "out")]
    argv += ["--runtime", "fast", "--runtime", "safe", str(package())]
    env = os.environ | {"CARGO_TARGET_DIR": str(target), "COLUMNS": "100"}
    process = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:
        pass  # The other end is closed: that is how a terminal says so.
    assert process.wait() == 0, said
    text = said.decode()
    # Both lines are drawn again each time: two up, each cleared.
    assert "\x1b[2A\x1b[2K" in text
    assert re.search(r"\x1b\[2K  safe  +\d+/\d+ steps, \d+ s", text)
    last = text[text.rindex("\x1b[2A") :]
    assert re.search(r"  fast  \d+ crates compiled, .*\n.*  safe  \d+ crates compiled", last)


def test_a_frugal_build_runs_one_by_one_and_reports_its_memory(package, target, tmp_path):
    file = tmp_path / "events.jsonl"
    env = {"RTVARIANTS_FRUGAL": "1", "RTVARIANTS_EVENTS": str(file)}
    process = start(package(), target, **env)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert re.search(r"^rtvariants: peak memory of the compilers: \d+ MB$", said, re.MULTILINE)
    assert "\x1b" not in said
    events = [json.loads(line) for line in file.read_text().splitlines()]
    order = [(e["event"], e["runtime"]) for e in events if e["event"] in ("start", "done")]
    runtimes = [runtime for event, runtime in order if event == "start"]
    assert sorted(runtimes) == ["fast", "safe", "wide"]
    assert order == [(event, name) for name in runtimes for event in ("start", "done")]
    assert events[-1]["event"] == "end"
    assert events[-1]["peak_memory"] > 10_000_000


def test_the_full_error_of_cargo_is_shown_and_stops_the_other_builds(package, refused, tmp_path):
    file = tmp_path / "events.jsonl"
    said = refused(package("broken-rust"), RTVARIANTS_EVENTS=str(file))
    # The compiler's words, once, with their place, and cargo's own last one.
    assert said.count("cannot find value `nome` in this scope") == 1
    assert re.search(r"src/lib\.rs:\d+:\d+", said)
    assert re.search(r"^error\[E0425\]: ", said, re.MULTILINE)
    assert "error: could not compile `greeter` (lib)" in said
    assert re.search(r"^error: cargo failed for runtime `\w+`: exit code 101$", said, re.MULTILINE)
    events = [json.loads(line) for line in file.read_text().splitlines()]
    kinds = [e["event"] for e in events]
    assert "failed" in kinds
    assert "done" not in kinds
    assert kinds[-1] == "end"


def test_macros_and_build_scripts_never_get_the_flags_of_a_runtime(package, target):
    process = start(package(), target)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said

    def flags(folder):
        # cargo's own note of each unit that it has compiled, with the flags that it was given.
        notes = (folder / ".fingerprint").glob("*/*.json")
        found = {note.parent.name: json.loads(note.read_text())["rustflags"] for note in notes}
        return {name.rpartition("-")[0]: value for name, value in found.items()}

    for level, runtime in (("x86_64", "safe"), ("x86_64_v3", "fast")):
        (base,) = (target / "rtvariants").glob(f"x86_64-*-linux-gnu/{level}/{runtime}")
        host = flags(base / "release")
        assert {"syn", "proc-macro2", "pyo3-macros"} <= set(host)
        assert set(map(tuple, host.values())) == {()}
        ours = flags(base / base.parents[1].name / "release")
        assert {"pyo3", "greeter"} <= set(ours)
        assert all(f"-Ctarget-cpu={level.replace('_', '-')}" in each for each in ours.values())
