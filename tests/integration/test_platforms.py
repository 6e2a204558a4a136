"""Wheels for other platforms, really built by a prepared toolchain and really run."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from rtvariants import binary, cross, platforms, stamp

pytestmark = pytest.mark.slow

#: Set where a missing toolchain is a failure: `python3 dev.py platforms` does.
REQUIRED = "RTVARIANTS_REQUIRE_PLATFORMS"


def left(why):
    if os.environ.get(REQUIRED):
        pytest.fail(why)
    pytest.skip(f"NOT RUN: {why}")


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """Return a function that builds greeter for a platform: its wheel and what was said."""
    made = {}

    def built(name):
        if cross.prepared(platforms.PLATFORMS[name]) is None:
            left(f"no toolchain for {name}; `python3 dev.py platforms` gets it and runs this")
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            shutil.copytree(root / "tests/packages/greeter", folder / "source")
            env = os.environ | {"CARGO_TARGET_DIR": str(root / "target" / "greeter")}
            argv = ["package", folder / "source", "--platform", name, "--no-sdist"]
            done = rtvariants(*argv, "--out", folder / "dist", env=env)
            assert done.returncode == 0, done.stdout
            (made[name],) = (folder / "dist").glob("*.whl")
        return made[name]

    return built


def rtvariants(*argv, env=None):
    return subprocess.run(
        [sys.executable, "-m", "rtvariants", *map(str, argv)], env=env, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def test_an_arm64_wheel_has_the_floor_that_its_natives_have(built, tmp_path):
    wheel = built("linux-arm64")
    assert wheel.name == "greeter-1.4.0-cp310-abi3-manylinux_2_17_aarch64.whl"
    zipfile.ZipFile(wheel).extractall(tmp_path)
    for runtime in ("fast", "wide", "safe"):
        native = tmp_path / f"_greeter_{runtime}/_hello.abi3.so"
        found = binary.read(native)
        assert found.machine == "aarch64"
        assert binary.glibc(found) == (2, 17)
        facts = stamp.parse(stamp.read(native))
        assert (facts["target"], facts["features"]) == ("aarch64-unknown-linux-gnu", "neon")
    shown = subprocess.run(
        [sys.executable, "-m", "auditwheel", "show", wheel],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert '"manylinux_2_17_aarch64"' in shown.replace("\n", " ")


def test_every_runtime_of_an_arm64_wheel_runs_on_the_oldest_cpu(built, root):
    wheel = built("linux-arm64")
    if not shutil.which("qemu-aarch64"):
        left("no `qemu-aarch64`; on Debian `apt-get install qemu-user`")
    project = root / "tests/packages/greeter"
    done = rtvariants("test", wheel, "--project", project, "--strict")
    assert done.returncode == 0, done.stdout
    for runtime in ("fast", "wide", "safe"):
        assert f"ok      {runtime} runs on cortex-a53: {wheel.name}" in done.stdout
    assert done.stdout.endswith("3 runs, 0 failed\n")
    # A wheel that does not do what it should is told apart, there too.
    done = rtvariants("test", wheel, "--run", "import greeter; assert greeter.most() == 7")
    assert done.returncode == 1
    assert done.stdout.count("FAILED") == 3
