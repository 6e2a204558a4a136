"""The memory of a build is that of its processes, and of no others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rtvariants.compile import memory

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc")
HOLD = "import sys; held = bytearray({}); print('ready', flush=True); sys.stdin.read()"


def holder(size):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(size)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert child.stdout.readline() == b"ready\n"
    return child


def test_only_the_named_sessions_count_and_all_of_their_memory():
    one, other = holder(60_000_000), holder(200_000_000)
    try:
        mine = memory.used(frozenset({one.pid}))
        assert 60_000_000 < mine < 150_000_000
        assert memory.used(frozenset({one.pid, other.pid})) > 260_000_000
    finally:
        for child in (one, other):
            child.communicate()
    assert memory.used(frozenset({one.pid})) == 0
    assert memory.used(frozenset()) == 0


def test_the_peak_is_kept():
    peak = memory.Peak(lambda: frozenset({os.getsid(0)}))
    peak.start()
    while not peak.bytes:
        pass
    peak.stop()
    assert peak.bytes > 1_000_000
