"""The package among the examples that knows nothing of rtvariants is understood as it is."""

import shutil
import subprocess
import sys

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]


def test_the_unmodified_package_gets_its_table_without_a_build(root, tmp_path):
    package = tmp_path / "unmodified"
    shutil.copytree(root / "docs/examples/unmodified", package)
    before = {path: path.read_bytes() for path in package.rglob("*") if path.is_file()}
    runtimes = ["--runtime", "v3=x86_64_v3", "--runtime", "base=x86_64"]
    command = [sys.executable, "-m", "rtvariants", "wheel", package, *runtimes, "--print-config"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    table = tomllib.loads(done.stdout)["tool"]["rtvariants"]
    assert table["module"] == "distances.distances"
    assert [runtime["name"] for runtime in table["runtimes"]] == ["v3", "base"]
    after = {path: path.read_bytes() for path in package.rglob("*") if path.is_file()}
    assert after == before
