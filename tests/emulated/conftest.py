"""Old CPUs, emulated by qemu-user, with the Python that runs the tests."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

ILLEGAL = {-signal.SIGILL, 128 + signal.SIGILL}
# One Python on the emulated CPU, which forks a process for each case and reports how it ends, by a
# signal too. It imports archspec before, since that takes most of the time.
WALK = """
import json, os, sys, traceback
paths, cases = json.loads(sys.argv[1])
sys.path += paths
import archspec.cpu.detect
for name, env, code in cases:
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.dup2(write, 1)
        os.environ.update(env)
        try:
            exec(code, {})
        except ImportError as error:
            print(type(error).__name__, error, sep=": ", flush=True)
            os._exit(3)
        except Exception:
            traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
            os._exit(1)
        sys.stdout.flush()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        said = file.read()
    print(json.dumps([name, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said]), flush=True)
"""


@pytest.fixture(scope="session")
def emulator():
    """Return the path of qemu-user."""
    emulator = shutil.which("qemu-x86_64")
    if emulator is None:
        if os.environ.get("RTVARIANTS_ALLOW_NO_QEMU"):
            pytest.skip("qemu-x86_64 not found, and RTVARIANTS_ALLOW_NO_QEMU is set")
        pytest.fail("qemu-x86_64 not found; `apt-get install qemu-user`")
    return emulator


@pytest.fixture(scope="session")
def on_cpu(emulator):
    """Return a function that runs Python code on a named CPU."""

    def run(cpu, code, **env):
        clean = {key: value for key, value in os.environ.items() if key != "MYDF_RUNTIME"}
        return subprocess.run(
            [emulator, "-cpu", cpu, sys.executable, "-c", code],
            env=clean | env, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def walk(emulator, tmp_path_factory):
    """Return a function that runs cases (name, variables, code) on a CPU, each in its own process.

    The processes see the given text as the kernel's list. The function returns exit status and
    standard output by case; the status is that of `subprocess`, and 3 means an ImportError, whose
    text is in the output. The emulator prints a warning for each thread that starts, in pieces
    that anything else on standard error may interrupt.
    """

    def walk(cpu, cpuinfo, cases, *paths):
        # The emulator opens the files of this folder in place of the machine's.
        prefix = tmp_path_factory.mktemp("cpu")
        (prefix / "proc").mkdir()
        (prefix / "proc" / "cpuinfo").write_text(cpuinfo)
        given = json.dumps([[*map(str, paths)], cases])
        argv = [emulator, "-L", prefix, "-cpu", cpu, sys.executable, "-I", "-S", "-c", WALK, given]
        done = subprocess.run(
            argv, cwd=prefix, capture_output=True, text=True, check=False, timeout=900
        )
        print(done.stderr, file=sys.stderr)
        assert done.returncode == 0, (cpu, done.returncode, done.stderr)
        lines = map(json.loads, done.stdout.splitlines())
        return {name: (status, said) for name, status, said in lines}

    return walk
