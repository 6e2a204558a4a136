"""What can be wrong with a machine, each made to happen: its cause and a way out in two lines."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from build_kit import alive, command, descendants, fake, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]

# One runtime is enough.
ONLY = {"RTVARIANTS_RUNTIMES": "safe"}


@pytest.fixture(scope="module")
def mounted():
    """Return a function: the words before a command that give it other mounts, seen by it alone."""
    for argv in (["unshare", "--mount"], ["unshare", "--mount", "--user", "--map-root-user"]):
        script = 'eval "$0" && exec "$@"'
        if (
            shutil.which("unshare")
            and not subprocess.run(
                [*argv, "sh", "-c", script, "mount -t tmpfs none /mnt", "true"], capture_output=True
            ).returncode
        ):
            return lambda mounts: [*argv, "sh", "-c", script, mounts]
    pytest.skip("NOT TESTED: nothing can be mounted here (it takes root, or user namespaces)")


def hinted(said):
    """Return the one error that ends an output, and its hint."""
    found = re.findall(r"^error: (.*)\nhint: (.*)$", said, re.MULTILINE)
    assert len(found) == 1, said
    return found[0]


def test_an_old_compiler_is_named_with_the_version_that_the_crate_needs(package, refused, tmp_path):
    real = shutil.which("rustc")
    old = fake(tmp_path, "rustc", f'"{real}" "$@" | sed "s/^release: .*/release: 1.70.0/"')
    said = refused(package(), RUSTC=old)
    assert "error: rustc too old: 1.70.0, crate `greeter` needs 1.88" in said
    assert "hint: rustup update stable" in said


def test_no_rust_at_all(package, refused, tmp_path):
    said = refused(package(), PATH=str(tmp_path), RTVARIANTS_NO_INSTALL_RUST="1")
    assert "error: no cargo on PATH, and `RTVARIANTS_NO_INSTALL_RUST` forbids fetching it" in said
    assert "hint: install Rust from https://rustup.rs" in said


def test_no_rust_and_no_tool_to_fetch_it(package, refused, tmp_path):
    # What pip would install for the build: without it, the hint names it.
    (tmp_path / "puccinialin.py").write_text("raise ImportError('absent')")
    said = refused(package(), PATH=str(tmp_path), PYTHONPATH=str(tmp_path))
    what, hint = hinted(said)
    assert what == "no cargo on PATH"
    assert hint.startswith("install Rust from https://rustup.rs and run again, or install the")
    assert "`puccinialin`" in hint


def test_no_rust_and_no_network(package, refused, tmp_path):
    unplugged = ["unshare", "--net"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*unplugged, "true"], capture_output=True).returncode
    ):
        pytest.skip("NOT TESTED: no network namespace can be made here (it takes root)")
    unplugged[0] = shutil.which("unshare")
    # An empty cache: what was fetched on this machine once must not help.
    env = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    said = refused(package(), before=[*unplugged, "env", f"PATH={tmp_path}"], **env)
    what, hint = hinted(said)
    assert what.startswith("no cargo on PATH, and fetching it failed: ")
    assert hint == "install Rust from https://rustup.rs and run again"


def test_a_target_that_cannot_be_verified_is_refused(package, refused):
    # Every rustc can print the configuration of a target whose libraries are not installed.
    said = refused(package(), CARGO_BUILD_TARGET="x86_64-linux-android")
    assert "target that can't be verified: `x86_64-linux-android`" in said


def test_a_machine_without_a_runtime(package, refused):
    said = refused(package(), CARGO_BUILD_TARGET="riscv64gc-unknown-linux-gnu")
    assert "no runtime for this machine: `riscv64gc`" in said


def test_a_target_without_its_standard_library(package, refused):
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True)
    there = Path(sysroot.stdout.strip()) / "lib/rustlib"
    names = ("aarch64-unknown-linux-gnu", "aarch64-unknown-linux-musl", "x86_64-unknown-linux-musl")
    absent = [name for name in names if not (there / name).is_dir()]
    if not absent:
        pytest.skip(f"NOT TESTED: {', '.join(names)} are all installed here")
    began = time.monotonic()
    what, hint = hinted(refused(package(), CARGO_BUILD_TARGET=absent[0]))
    assert what.startswith(f"no standard library for `{absent[0]}` in the toolchain ")
    if shutil.which("rustup"):
        # The very toolchain: another may be rustup's default.
        chosen = f"--toolchain {there.parents[1].name} "
        assert hint == f"rustup target add {chosen}{absent[0]}"
    assert time.monotonic() - began < 60, "something was compiled before"


def test_a_platform_without_its_standard_library_names_the_command_that_prepares_it(
    package, refused, tmp_path
):
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True)
    if (Path(sysroot.stdout.strip()) / "lib/rustlib/x86_64-unknown-linux-musl").is_dir():
        pytest.skip("NOT TESTED: x86_64-unknown-linux-musl is installed here")
    env = {"RTVARIANTS_PLATFORM": "musl-x64", "RTVARIANTS_CACHE": str(tmp_path / "empty")}
    what, hint = hinted(refused(package(), **env))
    assert what.startswith("no standard library for `x86_64-unknown-linux-musl` in the toolchain ")
    assert hint.startswith("`rtvariants toolchain prepare musl-x64`, or: ")


def test_a_target_directory_that_is_a_file(package, refused, tmp_path):
    (tmp_path / "file").touch()
    what, hint = hinted(refused(package(), CARGO_TARGET_DIR=str(tmp_path / "file")))
    assert what.startswith("can't write the target directory")
    assert hint == "set `CARGO_TARGET_DIR` to a writable folder"


def test_a_target_directory_that_is_not_writable(package, refused, tmp_path):
    folder = tmp_path / "target"
    folder.mkdir(mode=0o555)
    # root may write all the same, unless it drops the capability that allows it.
    bound = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    before = bound if os.geteuid() == 0 else []
    if before and not shutil.which("setpriv"):
        pytest.skip("NOT TESTED: root without `setpriv` (util-linux)")
    what, hint = hinted(refused(package(), before=before, CARGO_TARGET_DIR=str(folder)))
    assert what.startswith("can't write the target directory")
    assert what.endswith("Permission denied")
    assert "`CARGO_TARGET_DIR`" in hint


@pytest.mark.parametrize("size", ["1m", "24m"])
def test_a_full_disk(package, refused, mounted, tmp_path, size):
    # The small one is full when cargo begins, the other one while the compilers write.
    small = mounted(f"mount -t tmpfs -o size={size} none '{tmp_path}'")
    said = refused(package(), before=small, CARGO_TARGET_DIR=str(tmp_path), **ONLY)
    what, hint = hinted(said)
    assert "no space left on the disk of " in what
    assert "`CARGO_TARGET_DIR`" in hint


def test_a_target_directory_that_runs_no_programs(package, refused, mounted, tmp_path):
    quiet = mounted(f"mount -t tmpfs -o noexec none '{tmp_path}'")
    said = refused(package(), before=quiet, CARGO_TARGET_DIR=str(tmp_path), **ONLY)
    what, hint = hinted(said)
    assert "from which no program may run" in what
    assert "`CARGO_TARGET_DIR`" in hint
    assert "cargo starts" not in said


def test_a_read_only_tree_is_built_elsewhere(package, refused, target, mounted, tmp_path):
    folder = package()
    frozen = mounted(f"mount --bind '{folder}' '{folder}' && mount -o remount,bind,ro '{folder}'")
    # With its own target directory: it can't be made.
    what, hint = hinted(refused(folder, before=frozen, CARGO_TARGET_DIR=str(folder / "target")))
    assert what.endswith("Read-only file system")
    assert hint == "set `CARGO_TARGET_DIR` to a writable folder"
    # The way that the hint shows.
    argv = (sys.executable, "-m", "build", "-w", "-n", "-o", str(tmp_path))
    process = start(folder, target, *argv, before=frozen, **ONLY)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert len(list(tmp_path.glob("*.whl"))) == 1


def lacking(tmp_path, *names):
    """Return a PATH like ours that lacks some programs."""
    folder = tmp_path / "path"
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            if program.name not in names and not (folder / program.name).exists():
                (folder / program.name).symlink_to(program)
    return str(folder)


def test_no_linker(package, refused, tmp_path):
    what, hint = hinted(refused(package(), PATH=lacking(tmp_path, "cc"), **ONLY))
    assert what == "cargo failed for runtime `safe`: no linker `cc`"
    assert "the Debian package `gcc`" in hint
    assert re.search(r"`CARGO_TARGET_[A-Z0-9_]+_LINUX_GNU_LINKER`", hint)


def test_a_linker_for_something_else(package, refused, tmp_path):
    path = lacking(tmp_path, "cc")
    fake(Path(path), "cc", "echo 'cc: unrecognized output format' >&2; exit 1")
    said = refused(package(), PATH=path, **ONLY)
    what, hint = hinted(said)
    assert what == "cargo failed for runtime `safe`: linker `cc` failed"
    assert "cc: unrecognized output format" in said
    assert "_LINKER`" in hint


def test_a_linker_that_was_killed(package, refused, tmp_path):
    # gcc tells of its linker, which is what dies where memory is short; it looks for it there.
    path = lacking(tmp_path, "cc")
    fake(Path(path), "cc", f'exec "{shutil.which("cc")}" "$@" -fuse-ld=bfd')
    fake(tmp_path, "ld.bfd", "kill -KILL $$")
    what, hint = hinted(refused(package(), PATH=path, COMPILER_PATH=str(tmp_path), **ONLY))
    assert "the system killed a compiler, as it does when memory runs out" in what
    assert "`RTVARIANTS_FRUGAL=1`" in hint


def waiting(tmp_path):
    """Return a wrapper that holds the compiler of greeter back, and the file with its number."""
    note = tmp_path / "pid"
    text = f'*"--crate-name greeter "*) echo $$ >{note}.new; mv {note}.new {note}; kill -STOP $$ ;;'
    return fake(tmp_path, "wrapper", f'case "$*" in\n{text}\nesac\nexec "$@"'), note


def until(seen, process):
    for _ in range(2400):
        if seen():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def test_a_killed_compiler(package, target, tmp_path):
    wrapper, note = waiting(tmp_path)
    folder = package()
    process = start(folder, target, RUSTC_WORKSPACE_WRAPPER=wrapper, **ONLY)
    until(note.exists, process)
    pid = int(note.read_text())

    def goes_on():
        os.kill(pid, signal.SIGCONT)  # Again, since it may stop only now.
        return command(pid)[:1] and command(pid)[0].endswith("rustc")

    until(goes_on, process)
    os.kill(pid, signal.SIGKILL)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 1
    what, hint = hinted(said)
    assert "the system killed a compiler, as it does when memory runs out" in what
    assert "`RTVARIANTS_FRUGAL=1`" in hint


def test_a_killed_cargo(package, target, tmp_path):
    wrapper, note = waiting(tmp_path)
    process = start(package(), target, RUSTC_WORKSPACE_WRAPPER=wrapper, **ONLY)
    until(note.exists, process)
    compiler = int(note.read_text())
    for pid in descendants(process.pid):
        if command(pid)[:2][-1:] == ["build"]:
            os.kill(pid, signal.SIGKILL)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the system killed cargo" in hinted(said)[0]
    assert not alive(compiler)


FRONTENDS = {
    "the backend": (),
    "build": ("-m", "build", "-w", "-n", "-o", "dist"),
    "rtvariants build": ("-m", "rtvariants", "build", "--out", "dist/tree"),
}


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("frontend", FRONTENDS)
def test_a_stopped_build_leaves_no_process_and_no_file(package, target, tmp_path, frontend, number):
    wrapper, note = waiting(tmp_path)
    words = FRONTENDS[frontend]
    argv = (sys.executable, *words) if words else ()
    folder = package()
    process = start(folder, target, *argv, RUSTC_WORKSPACE_WRAPPER=wrapper, **ONLY)
    until(note.exists, process)
    children = descendants(process.pid)
    assert int(note.read_text()) in children
    # As a terminal does: the whole process group gets the signal. cargo is in its own group.
    os.killpg(process.pid, number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode not in (0, None)
    assert "rtvariants: interrupted" in said or number == signal.SIGTERM
    if frontend != "build":
        assert "Traceback" not in said
    time.sleep(0.3)
    assert [pid for pid in children if alive(pid)] == []
    assert list((folder / "dist").glob("*")) == []
    assert list(target.rglob("*.new")) == []


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no /proc")
def test_a_command_that_is_terminated_ends_its_backend(package, target, tmp_path):
    wrapper, note = waiting(tmp_path)
    words = ("package", ".", "--as", "fat", "--no-sdist", "--out", "dist/packed")
    argv = (sys.executable, "-m", "rtvariants", *words)
    process = start(package(), target, *argv, RUSTC_WORKSPACE_WRAPPER=wrapper, **ONLY)
    until(note.exists, process)
    children = descendants(process.pid)
    assert int(note.read_text()) in children
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in said
    time.sleep(0.3)
    assert [pid for pid in children if alive(pid)] == []
