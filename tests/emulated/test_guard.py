"""The guard by itself, on a module whose init function is made of AVX2 code."""

import os
import shutil
import subprocess

import pytest

from .conftest import ILLEGAL

LOAD = (
    "import importlib.util, sys; name = {name!r};"
    "spec = importlib.util.spec_from_file_location(name, {path!r});"
    "print(importlib.util.module_from_spec(spec).sum)"
)
SUM = sum(number * number for number in range(1024))


@pytest.fixture(scope="module")
def probe(root, tmp_path_factory):
    """Return two names of one module compiled for x86-64-v3: with its guard, and past it."""
    target = root / "target" / "probe"
    env = os.environ | {"CARGO_ENCODED_RUSTFLAGS": "-Ctarget-cpu=x86-64-v3"}
    subprocess.run(
        ["cargo", "build", "-q", "--release", "--locked", "--target", "x86_64-unknown-linux-gnu",
         "--target-dir", target, "--manifest-path", root / "tests/packages/probe/Cargo.toml"],
        env=env, check=True,
    )  # fmt: skip
    (built,) = (target / "x86_64-unknown-linux-gnu" / "release").glob("lib*.so")
    copy = tmp_path_factory.mktemp("probe") / "probe.so"
    shutil.copy(built, copy)
    return str(copy)


def load(probe, name):
    return LOAD.format(name=name, path=probe)


@pytest.mark.parametrize("cpu", ["Nehalem", "Conroe", "qemu64"])
def test_the_guard_refuses_by_an_import_error(on_cpu, probe, cpu):
    done = on_cpu(cpu, load(probe, "_probe"))
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert "ImportError: rtvariants: " in done.stderr
    assert "avx2" in done.stderr


def test_the_guard_lets_a_fitting_cpu_through(on_cpu, probe):
    done = on_cpu("Haswell", load(probe, "_probe"))
    assert (done.returncode, done.stdout.strip()) == (0, str(SUM)), done.stderr


def test_without_the_guard_the_emulator_traps(on_cpu, probe):
    # The control: were this to pass, the tests above would prove nothing.
    assert on_cpu("Nehalem", load(probe, "_probe_unguarded")).returncode in ILLEGAL
    assert on_cpu("Haswell", load(probe, "_probe_unguarded")).returncode == 0
