"""What tests of natives for other platforms have in common."""

import os

import pytest
import sample_crates
import windows_python

from rtvariants.targets import platforms
from rtvariants.toolchain import cross

#: Set where a missing toolchain is a failure: `python3 dev.py platforms` does.
REQUIRED = "RTVARIANTS_REQUIRE_PLATFORMS"


def left(why):
    """Leave a test out, by name; or fail, where all have to run."""
    if os.environ.get(REQUIRED):
        pytest.fail(why)
    pytest.skip(f"NOT RUN: {why}")


def with_avx2_in_safe(folder):
    """Write greeter with an AVX2 function in the runtime for every CPU."""
    return sample_crates.write(folder, "avx2-in-compat")


def assert_avx2_is_caught(done):
    """Hold that a build failed for that function alone, and named it."""
    assert done.returncode == 1
    errors = [line for line in done.stdout.splitlines() if line.startswith("error: [")]
    assert errors
    assert all(line.startswith("error: [instructions] runtime `safe`") for line in errors), errors
    assert "crate `greeter` needs `avx`, `avx2`" in errors[0]


def python_under_wine(folder):
    """Make a Python for Windows in a folder, and return the program that runs it."""
    if windows_python.wine() is None:
        left("no Wine; on Debian `apt-get install wine64`")
    compiler = cross.prepared(platforms.PLATFORMS["windows-x64"]).compiler
    try:
        return windows_python.make(folder, compiler)
    except OSError as error:
        left(str(error))
