"""A build in another folder, with other homes, at another time: the same bytes."""

import os
import shutil
import subprocess
import sys

import pytest
from folders import scratch

from rtvariants.project import frontend

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]


def test_a_second_build_elsewhere_gives_the_same_wheel(root, tmp_path):
    tree = scratch("greeter-frontends")
    shutil.copytree(
        root / "tests/packages/greeter", tree, dirs_exist_ok=True, copy_function=shutil.copyfile
    )
    wheel = frontend.wheel(tree, tmp_path)
    env = {k: v for k, v in os.environ.items() if k != "CARGO_TARGET_DIR"}
    done = subprocess.run(
        [sys.executable, "-m", "rtvariants", "repro", tree, "--against", wheel],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert f"equal    {wheel.name}  sha256 " in done.stdout
    # It was built, and not taken from where the first one was.
    assert "crates compiled" in done.stdout
