"""Processes of a run: stopped together with all that they have started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from build_kit import alive

from rtvariants.compile.build import Command
from rtvariants.compile.processes import KILLED, Processes

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sessions are those of POSIX")

# Starts a process of its own, names it, and waits for it.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
child.wait()
"""

# The second signal arrives while the first one stops the run.
TWICE = """
import os, signal, sys, time
from pathlib import Path
from rtvariants.compile import processes as module
from rtvariants.compile.build import Command
kill = module.kill
def slow(process):
    signal.raise_signal(signal.SIGTERM)
    kill(process)
module.kill = slow
run = module.Processes()
code = "import time; print(flush=True); time.sleep(600)"
with module.stopped_by_sigterm(run):
    child = run.start(Command((sys.executable, "-c", code), Path.cwd()), dict(os.environ), ())
    child.stdout.readline()
    print(child.pid, flush=True)
    signal.raise_signal(signal.SIGTERM)
"""


def started(processes, code=PARENT):
    command = Command((sys.executable, "-c", code), Path.cwd())
    return processes.start(command, dict(os.environ), ())


def ended(pid):
    for _ in range(500):  # The system takes a moment to end a process.
        if not alive(pid):
            return True
        time.sleep(0.01)
    return False


def closed(process):
    process.stdout.close()
    process.stderr.close()
    return process.wait()


def test_what_a_process_has_started_is_killed_with_it():
    processes = Processes()
    process = started(processes)
    child = int(process.stdout.readline())
    assert processes.sessions() == {process.pid}
    assert alive(child)
    processes.stop()
    assert closed(process) == KILLED
    assert ended(child)


def test_a_run_that_is_stopped_starts_nothing_more():
    processes = Processes()
    processes.stop()
    assert processes.stopped
    assert started(processes) is None


def test_a_process_that_has_ended_is_no_session_of_the_run():
    processes = Processes()
    process = started(processes, "pass")
    assert closed(process) == 0
    processes.forget(process)
    assert processes.sessions() == frozenset()
    processes.stop()


def test_a_second_signal_changes_nothing():
    done = subprocess.run(
        [sys.executable, "-c", TWICE], capture_output=True, text=True, check=False, timeout=20
    )
    assert done.returncode == 128 + signal.SIGTERM, done.stderr
    assert ended(int(done.stdout))
