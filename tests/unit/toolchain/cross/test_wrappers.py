"""The small programs of a prepared toolchain: what they make of options."""

import os
import subprocess

import pytest

from rtvariants.toolchain.cross import wrappers


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
