"""How pip runs for the plain wheel."""

import os
import subprocess
import sys
import time

import psutil
import pytest

# What pip starts, such as cargo, ends with it.
CODE = """
import os, signal, sys
from pathlib import Path
from rtvariants.fit import plain
def stop(*_):
    raise SystemExit(7)
signal.signal(signal.SIGTERM, stop)
script = "sleep 60 & echo $! > child; sleep 1; kill -TERM $PPID; wait"
plain._run(["sh", "-c", script], Path("."), os.environ)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without a signal")
def test_an_interrupt_ends_what_pip_has_started(tmp_path):
    done = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, check=False, timeout=50)
    assert done.returncode == 7
    child = int((tmp_path / "child").read_text())
    until = time.monotonic() + 20
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until, "the child still runs"
        time.sleep(0.05)
