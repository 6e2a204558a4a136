"""Old CPUs, emulated by qemu-user, with the Python that runs the tests."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

ILLEGAL = {-signal.SIGILL, 128 + signal.SIGILL}


@pytest.fixture(scope="session")
def on_cpu():
    """Return a function that runs Python code on a named CPU."""
    emulator = shutil.which("qemu-x86_64")
    if emulator is None:
        if os.environ.get("RTVARIANTS_ALLOW_NO_QEMU"):
            pytest.skip("qemu-x86_64 not found, and RTVARIANTS_ALLOW_NO_QEMU is set")
        pytest.fail("qemu-x86_64 not found; `apt-get install qemu-user`")

    def run(cpu, code, **env):
        clean = {key: value for key, value in os.environ.items() if key != "MYDF_RUNTIME"}
        return subprocess.run(
            [emulator, "-cpu", cpu, sys.executable, "-c", code],
            env=clean | env, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    return run
