"""Wheels for other platforms, really built by a prepared toolchain and really run."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from folders import scratch
from other_platforms import (
    REQUIRED,
    assert_avx2_is_caught,
    left,
    python_under_wine,
    with_avx2_in_safe,
)

from rtvariants.native import binary, codesign, stamp
from rtvariants.targets import platforms
from rtvariants.toolchain import cross

pytestmark = pytest.mark.slow

#: What a plain run of all tests builds too, where it is prepared; more would take minutes.
PLAIN = ("linux-arm64",)
MUSL = ("musl-x64", "musl-arm64")
MACOS = {"macos-arm64": (11, 0), "macos-x64": (10, 12)}
WINDOWS = ("windows-x64", "windows-arm64")
#: What each runtime must come to on which CPU, by platform.
LOWER = "refuses on IvyBridge"
ARM = {f"{runtime} runs on cortex-a53" for runtime in ("fast", "wide", "safe")}
X86 = {
    *(f"{name} {does}" for name in ("fast", "wide") for does in ("runs on Haswell", LOWER)),
    "safe runs on Opteron_G1,-sse3",
}
HERE = {f"{runtime} runs on this CPU" for runtime in ("fast", "wide", "safe")}
RUNS = {"linux-arm64": ARM, "musl-arm64": ARM, "musl-x64": X86 | HERE}


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
            if name in MACOS:  # A commit changes the bytes that a signature is of.
                committed(folder / "source")
            env = os.environ | {"CARGO_TARGET_DIR": str(scratch("greeter"))}
            argv = ["package", folder / "source", "--platform", name, "--no-sdist"]
            done = rtvariants(*argv, "--out", folder / "dist", env=env)
            assert done.returncode == 0, done.stdout
            (made[name],) = (folder / "dist").glob("*.whl")
        return made[name]

    return built


def committed(folder):
    git = ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for argv in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *argv], check=True, capture_output=True)


def rtvariants(*argv, env=None):
    return subprocess.run(
        [sys.executable, "-m", "rtvariants", *map(str, argv)], env=env, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def natives(wheel, row, folder, name):
    """Return the native of each runtime, of a wheel that has the tag of its platform's row."""
    assert wheel.name == f"greeter-1.4.0-cp310-abi3-{row.tag}.whl"
    zipfile.ZipFile(wheel).extractall(folder)
    return [folder / f"_greeter_{runtime}/{name}" for runtime in ("fast", "wide", "safe")]


def test_an_arm64_wheel_has_the_floor_of_its_modules(built, tmp_path):
    wheel = built("linux-arm64")
    assert wheel.name == "greeter-1.4.0-cp310-abi3-manylinux_2_17_aarch64.whl"
    zipfile.ZipFile(wheel).extractall(tmp_path)
    for runtime in ("fast", "wide", "safe"):
        native = tmp_path / f"_greeter_{runtime}/_hello.abi3.so"
        found = binary.read(native)
        assert found.machine == "aarch64"
        assert found.glibc == (2, 17)
        facts = stamp.parse(stamp.read(native))
        assert (facts["target"], facts["features"]) == ("aarch64-unknown-linux-gnu", "neon")
    shown = subprocess.run(
        [sys.executable, "-m", "auditwheel", "show", wheel],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert '"manylinux_2_17_aarch64"' in shown.replace("\n", " ")


@pytest.mark.parametrize("name", MUSL)
def test_a_musl_wheel_links_only_musl(built, tmp_path, name):
    wheel = built(name)
    machine = platforms.PLATFORMS[name].machine
    assert wheel.name == f"greeter-1.4.0-cp310-abi3-musllinux_1_2_{machine}.whl"
    zipfile.ZipFile(wheel).extractall(tmp_path)
    for runtime in ("fast", "wide", "safe"):
        native = tmp_path / f"_greeter_{runtime}/_hello.abi3.so"
        found = binary.read(native)
        assert (found.machine, found.libraries, found.versions) == (machine, ("libc.so",), {})
        facts = stamp.parse(stamp.read(native))
        assert facts["target"] == f"{machine}-unknown-linux-musl"
        assert "crt-static" not in facts["features"]


@pytest.mark.parametrize("name", MACOS)
def test_a_wheel_for_macos_is_signed_and_has_the_floor_of_its_tag(built, tmp_path, name):
    wheel = built(name)
    row = platforms.PLATFORMS[name]
    for native in natives(wheel, row, tmp_path, "_hello.abi3.so"):
        found = binary.read(native)
        assert (found.machine, found.system, found.minimum) == (row.machine, "macos", MACOS[name])
        assert all(library.startswith("/usr/lib/") for library in found.libraries)
        assert list(codesign.faults(native.read_bytes())) == []
        assert codesign.required(native.read_bytes()) == (row.machine == "aarch64")
        facts = stamp.parse(stamp.read(native))
        assert facts["target"] == row.target
        assert re.fullmatch("[0-9a-f]{40} *", facts["commit"])
    # No Mac is here: what is built for one is verified and not run.
    done = rtvariants("test", wheel)
    assert "NOT RUN" in done.stdout


@pytest.mark.parametrize("name", MACOS)
def test_c_code_that_uses_system_call_numbers_compiles_for_macos(tmp_path, name):
    tools = cross.prepared(platforms.PLATFORMS[name])
    if tools is None:
        left(f"no toolchain for {name}; `python3 dev.py platforms` gets it and runs this")
    code = "#include <sys/syscall.h>\n#ifdef SYS_write\n#error\n#endif\nint one(void){return 1;}\n"
    (tmp_path / "one.c").write_text(code)  # As jemalloc does it.
    argv = [tools.compiler, "-Wall", "-Werror", "-c", "one.c"]
    subprocess.run(argv, check=True, cwd=tmp_path)
    assert (tmp_path / "one.o").read_bytes()[:4] == bytes.fromhex("cffaedfe")  # Mach-O, 64 bits


@pytest.mark.parametrize("name", WINDOWS)
def test_a_wheel_for_windows_links_pythons_stable_library(built, tmp_path, name):
    wheel = built(name)
    row = platforms.PLATFORMS[name]
    for native in natives(wheel, row, tmp_path, "_hello.pyd"):
        found = binary.read(native)
        assert (found.machine, found.system) == (row.machine, "windows")
        assert "python3.dll" in found.libraries
        assert set(found.exported) == {"PyInit__hello", "PyInit__hello_unguarded"}
        assert stamp.parse(stamp.read(native))["target"] == row.cross_target
    audited = [sys.executable, "-m", "abi3audit", "--strict", wheel]
    assert subprocess.run(audited, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("name", ["macos-x64", "windows-x64"])
def test_avx2_in_the_runtime_for_every_cpu_is_caught(tmp_path, name):
    if not os.environ.get(REQUIRED):
        left(f"{name} takes minutes; `python3 dev.py platforms` runs this")
    if cross.prepared(platforms.PLATFORMS[name]) is None:
        left(f"no toolchain for {name}")
    folder = with_avx2_in_safe(tmp_path / "source")
    env = os.environ | {"CARGO_TARGET_DIR": str(scratch("greeter"))}
    done = rtvariants("package", folder, "--platform", name, "--no-sdist", env=env)
    assert_avx2_is_caught(done)


def test_a_wheel_for_windows_runs_under_wine(built, root, tmp_path):
    wheel = built("windows-x64")
    python = python_under_wine(tmp_path)
    argv = ["test", wheel, "--project", root / "tests/packages/greeter"]
    done = rtvariants(*argv, "--python", f"win_amd64={python}")
    assert done.returncode == 0, done.stdout
    for runtime in ("fast", "wide", "safe"):
        assert f"ok      {runtime} runs on this CPU: {wheel.name}" in done.stdout
    done = rtvariants("test", wheel, "--run", "assert False", "--python", f"win_amd64={python}")
    assert done.stdout.count("FAILED") == 3
    # The same on a CPU without AVX2: the loader takes another runtime, and the guard refuses.
    if not shutil.which("qemu-x86_64"):
        left("no `qemu-x86_64`; on Debian `apt-get install qemu-user`")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    env = os.environ | {
        "EMULATOR": "qemu-x86_64 -cpu IvyBridge",
        "PYTHONPATH": str(tmp_path / "site"),
    }
    program = """
from _greeter_loader import decision
import greeter
print(greeter.greet("you"), decision().chosen.name)
try:
    import _greeter_fast._hello
except ImportError as error:
    print(error)
"""
    said = subprocess.run(
        [python, "-c", program], env=env, check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ).stdout  # fmt: skip
    assert "Hello, you! safe" in said
    assert "`fast` needs CPU features that this processor lacks: avx2," in said


def emulator(name):
    found = platforms.PLATFORMS[name].emulator
    if not shutil.which(found):
        left(f"no `{found}`; on Debian `apt-get install qemu-user`")
    return found


@pytest.mark.parametrize("name", RUNS)
def test_every_runtime_runs_on_the_oldest_cpu_and_refuses_one_below(built, root, name):
    wheel = built(name)
    emulator(name)
    project = root / "tests/packages/greeter"
    done = rtvariants("test", wheel, "--project", project, "--strict")
    assert done.returncode == 0, done.stdout
    *lines, last = done.stdout.splitlines()
    assert {re.sub(r"^ok +|:.*", "", line) for line in lines} == RUNS[name]
    assert last == f"{len(RUNS[name])} runs, 0 failed"
    # A wheel that does not work is detected there too.
    done = rtvariants("test", wheel, "--run", "import greeter; assert greeter.most() == 7")
    assert done.returncode == 1
    assert done.stdout.count("FAILED") == sum(" runs on " in each for each in RUNS[name])


@pytest.mark.parametrize("name", MUSL)
def test_the_python_for_musl_links_only_musl(name):
    tools = cross.prepared(platforms.PLATFORMS[name])
    if tools is None or not tools.python:
        left(f"no Python for {name}; `python3 dev.py platforms` builds it and runs this")
    assert binary.read(Path(tools.python[-1])).libraries == ("libc.so",)
    emulator(name)
    code = "import sys, zlib; print(zlib.crc32(b'musl'), sys.version_info[0])"
    done = subprocess.run([*tools.python, "-I", "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{zlib.crc32(b'musl')} 3\n", "")
