"""Prepared toolchains: when they are taken, and what their programs make of options."""

import json
import os
import subprocess
import tarfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rtvariants import cli, locking
from rtvariants.errors import MachineError
from rtvariants.targets import platforms
from rtvariants.toolchain import cross
from rtvariants.toolchain.cross import apple, cpython, wrappers
from rtvariants.toolchain.cross.prepare import prepare

ARM = platforms.PLATFORMS["linux-arm64"]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(cross.CACHE, str(tmp_path / "cache"))
    for name in (cross.PLATFORM, "CARGO_BUILD_TARGET", "RUSTC"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


@pytest.fixture
def kept(cache):
    """Return the tools of a platform, kept in the cache."""
    for name in ("rustc", "cc", "ar"):
        cache.mkdir(exist_ok=True)
        (cache / name).touch()
    rustc, linker, archiver = (str(cache / name) for name in ("rustc", "cc", "ar"))
    tools = cross.Prepared(rustc, linker, archiver, "", ("qemu-aarch64", "python3"))
    cross.keep(ARM, tools)
    return tools


# ------------------------------------------------------------------------- what is taken, when


def test_no_platform_is_asked_for_by_itself(cache):
    assert cross.asked({}) is None
    assert cross.asked({cross.PLATFORM: ""}) is None
    assert cross.chosen({}) is None


def test_a_platform_is_asked_for_by_name_or_target(cache):
    assert cross.asked({cross.PLATFORM: "linux-arm64"}) is ARM
    assert cross.asked({cross.PLATFORM: "aarch64-unknown-linux-gnu"}) is ARM
    same = {cross.PLATFORM: "linux-arm64", "CARGO_BUILD_TARGET": ARM.target}
    assert cross.asked(same) is ARM


def test_a_name_that_is_none_and_two_targets_are_refused(cache):
    with pytest.raises(MachineError, match=r"`linux-arm46`\nhint: did you mean"):
        cross.asked({cross.PLATFORM: "linux-arm46"})
    with pytest.raises(MachineError, match="two targets"):
        cross.asked({cross.PLATFORM: "linux-arm64", "CARGO_BUILD_TARGET": "riscv64gc-unknown-none"})


def test_what_is_kept_is_read_back(kept):
    assert cross.prepared(ARM) == kept
    chosen = cross.chosen({cross.PLATFORM: "linux-arm64", cross.CACHE: os.environ[cross.CACHE]})
    assert chosen == cross.Cross(ARM, kept)
    assert cross.prepared(platforms.PLATFORMS["linux-x64"]) is None


@pytest.mark.parametrize("fault", ["removed", "cut", "older", "tool gone"])
def test_half_a_toolchain_is_none(kept, fault):
    note = cross.note(ARM)
    if fault == "removed":
        note.unlink()
    elif fault == "cut":
        note.write_text(note.read_text()[:20])
    elif fault == "older":
        note.write_text(json.dumps(json.loads(note.read_text()) | {"format": 0}))
    else:
        Path(kept.linker).unlink()
    assert cross.prepared(ARM) is None


def test_the_variables_lead_to_the_tools_but_for_those_that_the_user_set(kept):
    env = cross.Cross(ARM, kept).env({"AR_aarch64_unknown_linux_gnu": "mine", "CC": "gcc"})
    assert env == {
        "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER": kept.linker,
        "CC_aarch64_unknown_linux_gnu": kept.linker,
        "CXX_aarch64_unknown_linux_gnu": f"{kept.linker}++",
        "RUSTC": kept.rustc,
    }
    assert cross.Cross(ARM, cross.Prepared()).env({}) == {}


# ------------------------------------------------------------------------------- what is prepared


def test_what_is_ready_is_left_alone(kept, monkeypatch):
    monkeypatch.setenv("PATH", "")
    said = []
    assert prepare(ARM, said.append) == kept
    assert said == [f"linux-arm64: ready in {cross.cache()}"]


def test_a_machine_without_debians_tools_is_told_what_serves(cache, monkeypatch):
    zig = cache / "ziglang-0.17.1/lib/python3.11/site-packages/ziglang/zig"
    zig.parent.mkdir(parents=True)
    zig.touch()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MachineError, match=r"no `apt-get`.*\nhint: `rustup target add`"):
        prepare(ARM, lambda _: None)
    assert cross.prepared(ARM) is None


def test_compilers_alone_are_ready_only_for_who_asks_for_no_more(cache, kept, monkeypatch):
    alone = replace(kept, python=())
    cross.keep(ARM, alone)
    zig = cache / "ziglang-0.17.1/lib/python3.11/site-packages/ziglang/zig"
    zig.parent.mkdir(parents=True)
    zig.touch()
    monkeypatch.setenv("PATH", "")
    said = []
    assert prepare(ARM, said.append, python=False) == alone
    assert said == [f"linux-arm64: ready in {cross.cache()}"]
    # Its Python is looked for, which this machine can't get.
    with pytest.raises(MachineError, match="no `apt-get`"):
        prepare(ARM, said.append)


def test_who_prepares_waits_for_whoever_does(cache, kept, monkeypatch):
    # Nothing can be made: what is returned can only come from the other.
    monkeypatch.setenv("PATH", "")
    cross.note(ARM).unlink()
    said, found = [], []
    waits = threading.Event()

    def say(text):
        said.append(text)
        waits.set()

    with (cache / ".lock").open("wb") as other:
        locking.take(other, wait=False)
        waiting = threading.Thread(target=lambda: found.append(prepare(ARM, say)))
        waiting.start()
        assert waits.wait(60)
        cross.keep(ARM, kept)
    waiting.join()
    assert found == [kept]
    assert said == [
        f"waiting for another `prepare` in {cache}", f"linux-arm64: ready in {cache}",
    ]  # fmt: skip


# ---------------------------------------------------------------------------- a Python from sources


SETUP = """\
*static*
math mathmodule.c
_crypt _cryptmodule.c
#_ctypes _ctypes/_ctypes.c
_csv _csv.c
*shared*
xxlimited xxlimited.c
"""


def test_the_program_has_every_module_that_configure_found_but_what_musl_lacks():
    found = cpython._static(SETUP)
    assert found == "*static*\nmath mathmodule.c\n#_ctypes _ctypes/_ctypes.c\n_csv _csv.c\n"


def source(path, **files):
    """Write a source archive with one folder, as everyone publishes them."""
    folder = path.with_suffix("") / "thing-1.0"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, folder.name)
    return path


def test_a_python_that_can_not_be_built_leaves_the_compilers_last_words(tmp_path):
    recipe = cpython.Recipe(
        sources=source(tmp_path / "python.gz", configure="exit 0"),
        zlib=source(tmp_path / "zlib.gz", configure='echo "no compiler: $CC $CHOST"; exit 1'),
        host="x86_64-linux-musl", build=Path("python3"), cc=tmp_path / "cc",
        archiver=tmp_path / "ar", loader=tmp_path / "ld.so",
    )  # fmt: skip
    with pytest.raises(MachineError) as caught:
        cpython.build(recipe, tmp_path / "root", tmp_path / "work")
    assert str(caught.value) == (
        "a Python can't be built: `sh configure` failed:\n"
        f"no compiler: {tmp_path}/cc x86_64-linux-musl\n"
        "hint: `--no-python` prepares the compilers alone"
    )
    assert not (tmp_path / "root").exists()


def test_what_is_installed_can_run_and_no_more(tmp_path):
    library, made, root = (tmp_path / name for name in ("Lib", "made", "root"))
    for name in ("os.py", "test/test_os.py", "unittest/case.py", "__pycache__/os.pyc"):
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).touch()
    built = made / "build/lib.linux-x86_64-3.11"
    built.mkdir(parents=True)
    (built / "_sysconfigdata__linux.py").touch()
    (made / "pybuilddir.txt").write_text(built.relative_to(made).as_posix())
    (made / "python").touch(mode=0o755)
    root.mkdir()
    (root / "of an earlier build").touch()
    cpython._install(library, made, root)
    found = {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}
    assert found == {
        "bin/python3.11", "lib/python3.11/os.py", "lib/python3.11/unittest/case.py",
        "lib/python3.11/_sysconfigdata__linux.py",
    }  # fmt: skip
    assert os.access(root / "bin/python3.11", os.X_OK)


def test_a_platform_without_a_recipe_is_refused(cache):
    with pytest.raises(MachineError, match=r"no recipe for a toolchain: `linux-arm64`"):
        prepare(replace(ARM, linker=""), print)


def test_windows_has_another_target_where_another_machine_builds_for_it(cache):
    row = platforms.PLATFORMS["windows-x64"]
    native, foreign = "x86_64-pc-windows-msvc", "x86_64-pc-windows-gnullvm"
    assert cross.Cross(row, cross.Prepared()).target == native
    tools = cross.Prepared(linker="/t/linker", compiler="/t/cc")
    assert cross.Cross(row, tools).target == foreign
    env = cross.Cross(row, tools).env({})
    assert env["CARGO_TARGET_X86_64_PC_WINDOWS_GNULLVM_LINKER"] == "/t/linker"
    assert env["CC_x86_64_pc_windows_gnullvm"] == "/t/cc"
    assert platforms.named(native) is platforms.named(foreign) is row
    for target in (native, foreign):
        assert cross.asked({cross.PLATFORM: "windows-x64", "CARGO_BUILD_TARGET": target}) is row


def test_what_stands_for_apples_sdk_has_what_rusts_library_links(tmp_path):
    zig = tmp_path / "zig"
    listed = tmp_path / "lib/libc/darwin/libSystem.tbd"
    listed.parent.mkdir(parents=True)
    listed.write_text("targets: [ arm64-macos, arm64e-macos, arm64e.x1-macos,\n arm64e.x1-x ]")
    # What an earlier version made is not whole.
    (tmp_path / "sdk/usr/lib").mkdir(parents=True)
    folder = apple.sdk(zig, tmp_path / "sdk") / "usr/lib"
    assert (folder / "libSystem.tbd").read_text() == "targets: [ arm64-macos, arm64e-macos ]"
    names = {path.name for path in folder.iterdir()}
    assert names >= {"libSystem.tbd", "libc.tbd", "libm.tbd", "libiconv.tbd"}
    framework = tmp_path / "sdk/System/Library/Frameworks/CoreFoundation.framework"
    assert "_CFTimeZoneCopySystem" in (framework / "CoreFoundation.tbd").read_text()
    assert "#define" not in (apple.headers(tmp_path / "sdk") / "sys/syscall.h").read_text()


def test_the_command_knows_no_other_platform(cache, capsys):
    assert cli.main(["toolchain", "prepare", "linux-arm46"]) == 1
    assert "did you mean `linux-arm64` or" in capsys.readouterr().err


def test_the_command_lists_every_platform(kept, capsys):
    assert cli.main(["toolchain", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(platforms.PLATFORMS)
    (arm,) = (line for line in lines if line.startswith("linux-arm64"))
    assert arm.endswith("ready, runs by qemu-aarch64")
    assert lines[-1] == f"cache: {cross.cache()}"


# ------------------------------------------------------------------------------------ its programs


@pytest.fixture
def zig(tmp_path):
    """Return a program that prints its arguments, in a folder with a space in its name."""
    path = tmp_path / "a folder" / "zig"
    path.parent.mkdir()
    path.write_text('#!/bin/sh\nprintf "%s\\n" "$ZIG_GLOBAL_CACHE_DIR" "$@"\n')
    path.chmod(0o755)
    return path


def said(program, *words):
    return subprocess.run(
        [program, *words], check=True, capture_output=True, text=True
    ).stdout.splitlines()


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (["--target=aarch64-unknown-linux-gnu", "-c", "a b.c"], ["-c", "a b.c"]),
        (["-march=x86-64-v3"], ["-march=x86_64_v3"]),
        (["-march=x86-64", "-O2"], ["-march=x86_64", "-O2"]),
        (["-march=armv8-a+crc+crypto"], ["-mcpu=generic+crc+crypto"]),
        (["-march=armv8-a"], ["-mcpu=generic"]),
        (['-DNAME="a b"', ""], ['-DNAME="a b"', ""]),
    ],
)
def test_options_that_zig_spells_otherwise_are_translated(tmp_path, zig, given, made):
    compiler, archiver = wrappers.compilers(zig, "t.1", tmp_path / "bin" / "p" / "cc")
    cache = str(tmp_path / "zig-cache")
    own = ["-target", "t.1", "-fno-sanitize=undefined"]
    assert said(compiler, *given) == [cache, "cc", *own, *made]
    assert said(f"{compiler}++", *given) == [cache, "c++", *own, *made]
    assert said(archiver, "crs", "a.a") == [cache, "ar", "crs", "a.a"]


def test_headers_that_zig_lacks_come_behind_all_others(tmp_path, zig):
    headers = tmp_path / "more headers"
    compiler, _ = wrappers.compilers(zig, "t.1", tmp_path / "bin" / "p" / "cc", headers)
    assert said(compiler, "-Imine", "a.c")[-4:] == ["-Imine", "a.c", "-idirafter", str(headers)]


def test_an_unpacked_program_finds_its_libraries_and_the_users(tmp_path):
    root = tmp_path / "a root"
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/rustc").write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH" "$@"\n')
    (root / "usr/bin/rustc").chmod(0o755)
    program = wrappers.program(root / "rustc", root, "usr/bin/rustc", "x86_64-linux-gnu")
    env = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": "/mine"}
    done = subprocess.run([program, "-vV"], env=env, check=True, capture_output=True, text=True)
    folders = f"{root}/usr/lib/x86_64-linux-gnu:{root}/lib/x86_64-linux-gnu"
    assert done.stdout == f"{folders}:/mine -vV\n"


def test_what_another_version_prepared_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setenv(cross.CACHE, str(tmp_path))
    cross.keep(ARM, cross.Prepared())
    assert cross.prepared(ARM) == cross.Prepared()
    kept = json.loads(cross.note(ARM).read_text())
    cross.note(ARM).write_text(json.dumps({**kept, "of_later": ""}))
    assert cross.prepared(ARM) is None
