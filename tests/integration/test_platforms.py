"""Wheels for other platforms, really built by a prepared toolchain and really run."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from abi3info import DATAS

from rtvariants import binary, cross, platforms, stamp

pytestmark = pytest.mark.slow

#: Set where a missing toolchain is a failure: `python3 dev.py platforms` does.
REQUIRED = "RTVARIANTS_REQUIRE_PLATFORMS"
#: What a plain run of all tests builds too, where it is prepared; more would take minutes.
PLAIN = ("linux-arm64",)


def left(why):
    if os.environ.get(REQUIRED):
        pytest.fail(why)
    pytest.skip(f"NOT RUN: {why}")


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """Return a function that builds greeter for a platform: its wheel and what was said."""
    made = {}

    def built(name):
        if name not in PLAIN and not os.environ.get(REQUIRED):
            left(f"{name} takes minutes; `python3 dev.py platforms` runs this")
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


def test_a_musl_wheel_is_linked_with_musl_alone(built, tmp_path):
    wheel = built("musl-x64")
    assert wheel.name == "greeter-1.4.0-cp310-abi3-musllinux_1_2_x86_64.whl"
    zipfile.ZipFile(wheel).extractall(tmp_path)
    for runtime in ("fast", "wide", "safe"):
        native = tmp_path / f"_greeter_{runtime}/_hello.abi3.so"
        found = binary.read(native)
        assert (found.machine, found.libraries, found.versions) == ("x86_64", ("libc.so",), {})
        facts = stamp.parse(stamp.read(native))
        assert facts["target"] == "x86_64-unknown-linux-musl"
        assert "crt-static" not in facts["features"]


def emulator(name):
    found = platforms.PLATFORMS[name].emulator
    if not shutil.which(found):
        left(f"no `{found}`; on Debian `apt-get install qemu-user`")
    return found


def test_every_runtime_of_an_arm64_wheel_runs_on_the_oldest_cpu(built, root):
    wheel = built("linux-arm64")
    emulator("linux-arm64")
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


@pytest.fixture(scope="module")
def musl_host(built, root, tmp_path_factory):
    """Return a function that loads a native in a program for musl, by musl's own loader.

    No Python for musl is to be had from Debian or the package index; the program has as much of
    one as a module's init asks for.
    """
    wheel = built("musl-x64")
    tools = cross.prepared(platforms.PLATFORMS["musl-x64"])
    folder = tmp_path_factory.mktemp("musl")
    zipfile.ZipFile(wheel).extractall(folder)
    natives = {path.parent.name[9:]: path for path in folder.glob("_greeter_*/_hello.abi3.so")}
    source = root / "tests/support/musl_host.c"
    names = {name for path in natives.values() for name in binary.read(path).imported}
    wanted = {name for name in names if re.match("_?Py", name)}
    wanted -= set(re.findall(r"\b_?Py\w+", source.read_text()))
    data = {symbol.name for symbol in DATAS}
    stubs = [
        f"void *{n}[64];" if n in data else f'void {n}(void) {{ puts("called: {n}"); abort(); }}'
        for n in sorted(wanted)
    ]
    (folder / "stubs.c").write_text("\n".join(["#include <stdio.h>\n#include <stdlib.h>", *stubs]))
    program = folder / "host"
    argv = [tools.linker, "-dynamic", "-rdynamic", source, folder / "stubs.c", "-o", program]
    subprocess.run(argv, check=True)

    def run(cpu, runtime):
        command = [emulator("musl-x64"), "-cpu", cpu, "-L", tools.library, program]
        return subprocess.run(
            [*command, natives[runtime], "PyInit__hello"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("cpu", "runtime"), [("Haswell", "fast"), ("Haswell", "wide"), ("Opteron_G1,-sse3", "safe")]
)
def test_musl_loads_and_initialises_each_runtime_on_the_oldest_cpu(musl_host, cpu, runtime):
    done = musl_host(cpu, runtime)
    assert (done.returncode, done.stdout) == (0, "initialised\n")


@pytest.mark.parametrize("runtime", ["fast", "wide"])
def test_a_runtime_for_musl_refuses_a_cpu_below_its_level(musl_host, runtime):
    done = musl_host("IvyBridge", runtime)
    assert done.returncode == 3
    assert f"`{runtime}` needs CPU features that this processor lacks: avx2," in done.stdout
