"""Natives of `x86_64-pc-windows-msvc`, built by the plugin's own way and run under Wine.

What a Windows machine links of Visual Studio is a stand-in here; the compiler, the linker and the
plugin's part are the same.
"""

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import visual_studio
from folders import scratch
from other_platforms import (
    REQUIRED,
    assert_avx2_is_caught,
    left,
    python_under_wine,
    with_avx2_in_safe,
)

from rtvariants.native import binary, stamp
from rtvariants.targets import platforms
from rtvariants.toolchain import cross
from rtvariants.toolchain.cross import std

pytestmark = pytest.mark.slow

TARGET = visual_studio.TARGET
RUNTIMES = ("fast", "wide", "safe")


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """Return the variables of a build for the target: its compiler, its linker, its libraries."""
    if not os.environ.get(REQUIRED):
        left(f"{TARGET} takes minutes; `python3 dev.py platforms` runs this")
    prepared = cross.prepared(platforms.PLATFORMS["windows-x64"])
    if prepared is None:
        left("no toolchain for windows-x64; `python3 dev.py platforms` gets it and runs this")
    rustc = prepared.rustc or "rustc"
    if not cross.has_target(rustc, TARGET):
        if not prepared.rustc:
            left(f"rustc has no {TARGET}; `rustup target add {TARGET}`")
        # As `prepare` does for other platforms; it stays in the same cache.
        std.build(Path(rustc), TARGET, {}, cross.cache() / "std" / TARGET)
    linkers = _rust_lld()
    if linkers is None:
        left("no `rust-lld`; rustup's toolchains have it")
    (zig,) = cross.cache().glob("ziglang-*/lib/python*/site-packages/ziglang/zig")
    libraries = tmp_path_factory.mktemp("visual-studio")
    visual_studio.make(libraries, zig)
    return {
        "PATH": f"{linkers}{os.pathsep}{os.environ['PATH']}",
        "RUSTC": rustc,
        "LIB": str(libraries),
        "CARGO_BUILD_TARGET": TARGET,
        "CARGO_TARGET_DIR": str(scratch("greeter")),
    }


def _rust_lld():
    """Return the folder of LLVM's linker in the toolchain of this machine."""
    said = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True)
    found = sorted(Path(said.stdout.strip()).glob("lib/rustlib/*/bin/rust-lld"))
    return found[0].parent if found else None


@pytest.fixture(scope="module")
def wheel(tools, root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("msvc")
    shutil.copytree(root / "tests/packages/greeter", folder / "source")
    done = package(folder / "source", folder / "dist", tools)
    assert done.returncode == 0, done.stdout
    (found,) = (folder / "dist").glob("*.whl")
    return found


def package(source, out, env):
    argv = [sys.executable, "-m", "rtvariants", "package", source, "--no-sdist", "--out", out]
    return subprocess.run(
        argv, env=os.environ | env, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_a_wheel_equals_what_a_windows_machine_makes(wheel, tmp_path):
    assert wheel.name == "greeter-1.4.0-cp310-abi3-win_amd64.whl"
    zipfile.ZipFile(wheel).extractall(tmp_path)
    for runtime in RUNTIMES:
        native = tmp_path / f"_greeter_{runtime}/_hello.pyd"
        found = binary.read(native)
        assert (found.machine, found.system) == ("x86_64", "windows")
        assert {"python3.dll", "VCRUNTIME140.dll"} <= set(found.libraries)
        assert set(found.exported) == {"PyInit__hello", "PyInit__hello_unguarded"}
        assert found.symbol_names is None
        assert stamp.parse(stamp.read(native))["target"] == TARGET
        assert b".pdb" not in native.read_bytes()
    sbom = next(tmp_path.glob("*.dist-info/sboms/greeter-safe.cdx.json")).read_text()
    # Microsoft's start code, and the stand-in for it, looks at the CPU itself.
    assert "Microsoft's start code runs XGETBV" in sbom


def test_avx2_in_the_runtime_for_every_cpu_is_caught(tools, tmp_path):
    folder = with_avx2_in_safe(tmp_path / "source")
    done = package(folder, tmp_path / "dist", tools)
    assert_avx2_is_caught(done)


def test_the_output_of_a_linker_that_writes_no_names_is_refused(tools, root, tmp_path):
    folder = tmp_path / "source"
    shutil.copytree(root / "tests/packages/greeter", folder)
    # Named as Microsoft's is, it is asked for a PDB alone, as that one is.
    linker = tmp_path / "link"
    linker.write_text(f'#!/bin/sh\nexec {_rust_lld()}/rust-lld -flavor link "$@"\n')
    linker.chmod(linker.stat().st_mode | stat.S_IXUSR)
    own = {"CARGO_TARGET_X86_64_PC_WINDOWS_MSVC_LINKER": str(linker)}
    done = package(folder, tmp_path / "dist", {**tools, **own})
    assert done.returncode == 1
    errors = [line for line in done.stdout.splitlines() if line.startswith("error: [")]
    assert errors
    assert all(
        line.startswith("error: [allocator-linked]") for line in errors if "safe" not in line
    )
    assert done.stdout.count("hint: Microsoft's linker writes them into a PDB alone") == 3
    assert not list(tmp_path.glob("dist/*.whl"))


def test_a_wheel_runs_under_wine(wheel, root, tmp_path):
    python = python_under_wine(tmp_path)
    argv = [sys.executable, "-m", "rtvariants", "test", wheel, "--python", f"win_amd64={python}"]
    argv += ["--project", root / "tests/packages/greeter"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    for runtime in RUNTIMES:
        assert f"ok      {runtime} runs on this CPU: {wheel.name}" in done.stdout
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)

    def said(code, **env):
        env |= {"PYTHONPATH": ";".join([str(site), *filter(None, sys.path)])}
        return subprocess.run(
            [python, "-c", code, site], env=os.environ | env, check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ).stdout  # fmt: skip

    if not shutil.which("qemu-x86_64"):
        left("no `qemu-x86_64`; on Debian `apt-get install qemu-user`")
    old = said(ON_AN_OLD_CPU, EMULATOR="qemu-x86_64 -cpu IvyBridge")
    assert "Hello, you! safe" in old
    assert "`fast` needs CPU features that this processor lacks: avx2," in old
    lines = ["PermissionError", "b'new' Hello, you!", "b'newer' 1"]
    assert said(REPLACED).splitlines() == lines


ON_AN_OLD_CPU = """
import greeter
from _greeter_loader import decision
print(greeter.greet("you"), decision().chosen.name)
try:
    import _greeter_fast._hello
except ImportError as error:
    print(error)
"""
# A file that is loaded is replaced by an update of an editable install.
REPLACED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import greeter
from _greeter_loader import decision
from rtvariants.wheels.editable import write
site = Path(sys.argv[1])
name = f"_greeter_{decision().chosen.name}/_hello.pyd"
new = site / "new"
new.write_bytes(b"new")
try:
    os.replace(new, site / name)
except OSError as error:
    print(type(error).__name__)
write({name: new}, site)
print((site / name).read_bytes(), greeter.greet("you"))
new.write_bytes(b"newer")
write({name: new}, site)
print((site / name).read_bytes(), len(list((site / name).parent.glob("*.old"))))
"""
