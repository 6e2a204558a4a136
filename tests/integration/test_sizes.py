"""Limits of sizes, met by a real build: it fails by name and leaves no wheel."""

import os
import shutil
import subprocess
import sys

import pytest
from folders import scratch

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ('wheel = "100 kB"', "manylinux"),
        ('installed = "1 MB"', "[size] extension modules of 1."),
    ],
)
def test_a_build_beyond_its_size_limit_fails_and_leaves_no_wheel(root, tmp_path, limit, said):
    if not shutil.which("cargo"):
        pytest.skip("no cargo")
    folder = root / "target" / "greeter-limited"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "tests/packages/greeter", folder)
    with (folder / "pyproject.toml").open("a") as file:
        file.write(f"\n[tool.rtvariants.sizes]\n{limit}\n")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", tmp_path, folder],
        env=os.environ | {"CARGO_TARGET_DIR": str(scratch("greeter"))},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "error: [size] " in done.stderr + done.stdout
    assert said in done.stderr + done.stdout
    assert "hint: most code: core " in done.stderr + done.stdout
    assert list(tmp_path.iterdir()) == []
