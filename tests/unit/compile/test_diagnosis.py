"""From what cargo and the system say to a cause and a command."""

import errno
import sys
from pathlib import Path

import pytest
from builds import build_of

from rtvariants.compile.diagnosis import of_cargo, of_writing, require_writable
from rtvariants.errors import MachineError

BUILD = build_of(runtime="fast", target="aarch64-unknown-linux-gnu", target_dir=Path("/w/target"))
COMPILER = (
    "install a C compiler: the Debian package `gcc`, for another machine `gcc-aarch64-linux-gnu`"
)
KILLED = "the system killed a compiler, as it does when memory runs out"
FRUGAL = (
    "build with `RTVARIANTS_FRUGAL=1`: one compiler at a time; where that is set, more memory or "
    "swap is needed"
)
NEWER = (
    "`cargo update pyo3`, or a newer version in Cargo.toml; or build for an older Python: "
    "`RTVARIANTS_PYTHON`. A crate for the stable ABI may also set "
    "`PYO3_USE_ABI3_FORWARD_COMPATIBILITY=1`"
)
GONE = "a folder of the target directory is gone"
AGAIN = (
    "build again; something removed it while cargo ran, such as `cargo clean` or another build: "
    "/w/target"
)
# What real tools said, in part, and what is made of it. test_machine_faults.py makes them say it.
SAID = {
    "error: failed to write `/w/a.o`: No space left on device (os error 28)": (
        "no space left on the disk of the target directory",
        "free some, or set `CARGO_TARGET_DIR` to another disk; it is /w/target",
    ),
    "collect2: fatal error: ld terminated with signal 7 [Bus error]": (
        "bus error, as a linker has it when there is no space left on the disk of its output",
        "free some, or set `CARGO_TARGET_DIR` to another disk; it is /w/target",
    ),
    "error[E0463]: can't find crate for `core`\n  = note: the target may not be installed": (
        "this toolchain has no standard library for the target",
        "rustup target add aarch64-unknown-linux-gnu",
    ),
    "process didn't exit successfully: `rustc` (signal: 9, SIGKILL: kill)": (KILLED, FRUGAL),
    "collect2: fatal error: ld terminated with signal 9 [Killed]": (KILLED, FRUGAL),
    "cc: fatal error: Killed signal terminated program cc1": (KILLED, FRUGAL),
    "error: failed to run custom build command for `libc v0.2`\n\nCaused by:\n  could not execute "
    "process `/w/target/release/build/libc-1/build-script-build` (never executed)\n\nCaused by:\n"
    "  Permission denied (os error 13)": (
        "programs in the target directory may not be run (its file system is mounted `noexec`)",
        "set `CARGO_TARGET_DIR` to another folder; it is /w/target",
    ),
    "error: couldn't create a temp dir: No such file or directory (os error 2) at path "
    '"/w/target/release/deps/rmetaFVSL8m"': (GONE, AGAIN),
    "error: error writing dependencies to `/w/target/release/deps/q-c39b159f612fbbd3.d`: No such "
    "file or directory (os error 2)": (GONE, AGAIN),
    "error: couldn't create a temp dir: Permission denied (os error 13) at path "
    '"/w/target/release/deps/rmetaFVSL8m"': (
        "the target directory can't be written",
        "set `CARGO_TARGET_DIR` to another folder; it is /w/target",
    ),
    "Cannot create temporary file in /gone/: No such file or directory": (
        "no folder that can be written for temporary files",
        "set `TMPDIR` to such a folder",
    ),
    "error: linker `ld-of-mine` not found": (
        "no linker `ld-of-mine`",
        f"{COMPILER}, or name another linker in `CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER`",
    ),
    'error occurred in cc-rs: failed to find tool "aarch64-linux-gnu-gcc": No such file': (
        "no C compiler `aarch64-linux-gnu-gcc`",
        COMPILER,
    ),
    "error: the configured Python version (3.16) is newer than PyO3's maximum supported version "
    "(3.14)\n = help: please check if an updated version of PyO3 is available": (
        "this Python is too new for pyo3, which supports versions up to 3.14",
        NEWER,
    ),
    "  error: the configured Python interpreter version (3.13) is newer than PyO3's maximum "
    "supported version (3.12)": (
        "this Python is too new for pyo3, which supports versions up to 3.12",
        NEWER,
    ),
    "error: PyO3 does not support the free-threaded build of CPython versions below 3.14, the "
    "selected Python version is 3.13": (
        "pyo3 supports free-threaded Python only from 3.14 on",
        "build for a newer one: `RTVARIANTS_PYTHON`; or use an older pyo3",
    ),
    "warning: spurious network error (3 tries remaining)": (
        "a crate could not be fetched",
        "`cargo fetch --locked` once with a network, or build an sdist with its crates",
    ),
    "error[E0425]: cannot find value `nome` in this scope": (
        "exit code 101",
        "see the compiler's own words above",
    ),
}


@pytest.mark.parametrize("log", SAID)
def test_a_log_has_a_cause_and_a_way_out(log):
    what, hint = of_cargo(log, 101, BUILD)
    assert (what.removeprefix("cargo failed for runtime `fast`: "), hint) == SAID[log]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("/usr/bin/ld: cannot find -lssl: No such file or directory", "library `ssl`"),
        ("rust-lld: error: unable to find library -lz-ng", "library `z-ng`"),
        ("ld64.lld: error: library not found for -lc++", "library `c++`"),
        ("ld: library 'iconv' not found", "library `iconv`"),
        ("ld64.lld: error: framework not found for -framework Security", "framework `Security`"),
        ("ld: framework not found Security", "framework `Security`"),
        ("ld: framework 'Security' not found", "framework `Security`"),
    ],
)
def test_what_a_linker_does_not_find_is_named(words, what):
    found, hint = of_cargo(f"error: linking with `cc` failed: exit status: 1\n{words}", 101, BUILD)
    assert found == f"cargo failed for runtime `fast`: the linker finds no {what}"
    assert ("`SDKROOT`" if "frame" in what else "`aarch64-unknown-linux-gnu`") in hint
    # A build script that looks for one, and does without it, is no cause.
    found, _ = of_cargo(f"{words}\nerror: linking with `cc` failed: exit status: 1", 101, BUILD)
    assert found.endswith("linker `cc` failed")


@pytest.mark.parametrize("target", ["aarch64-apple-darwin", "x86_64-pc-windows-gnullvm"])
def test_a_compiler_for_another_system_is_none_of_debians(monkeypatch, target):
    log = 'error occurred in cc-rs: failed to find tool "cc": not there'
    build = build_of(runtime="fast", target=target, target_dir=Path("/w"))
    monkeypatch.setattr(sys, "platform", "linux")
    name = "macos-arm64" if "apple" in target else "windows-x64"
    found = of_cargo(log, 101, build)[1]
    assert found == f"get one for the platform: `rtvariants toolchain prepare {name}`"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ("xcode-select" in of_cargo(log, 101, build)[1]) == ("apple" in target)


@pytest.mark.parametrize(
    "log",
    [
        "error: linking with `rust-lld` failed: exit status: 1\ncould not open 'kernel32.lib'",
        'error occurred in cc-rs: failed to find tool "cl.exe": program not found',
    ],
)
def test_on_windows_the_hint_names_what_microsoft_offers(log):
    build = build_of(runtime="fast", target="x86_64-pc-windows-msvc", target_dir=Path("/w/target"))
    _, hint = of_cargo(log, 101, build)
    assert hint.startswith("install Microsoft's Build Tools for Visual Studio")
    assert "Debian" not in hint


def test_a_killed_cargo_can_say_nothing_itself():
    what, hint = of_cargo("   Compiling pyo3 v0.30.1\n", -9, BUILD)
    assert what.endswith("the system killed cargo, as it does when memory runs out")
    assert hint == FRUGAL


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.ENOSPC, "no space left on the disk of /w/a.so"),
        (errno.EROFS, "read-only file system: /w/a.so"),
        (errno.EACCES, "not allowed to write /w/a.so"),
    ],
)
def test_what_the_system_refuses_is_no_traceback(number, text):
    with pytest.raises(MachineError) as caught, of_writing(Path("/w")):
        raise OSError(number, "as the system says", "/w/a.so")
    assert text in str(caught.value)
    assert "`CARGO_TARGET_DIR`" in str(caught.value)


def test_any_other_error_is_a_fault_of_ours_and_stays_one():
    with pytest.raises(FileNotFoundError), of_writing(Path("/w")):
        raise FileNotFoundError(errno.ENOENT, "gone")


def test_a_folder_for_the_output_that_cannot_be_written_is_refused(tmp_path):
    require_writable(tmp_path / "new" / "dist")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match=r"can't write the output into .*/file: Not a directory"):
        require_writable(tmp_path / "file" / "dist")
