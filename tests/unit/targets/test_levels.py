"""Levels: what archspec says, spelled for kernels and compilers."""

import os
import platform
import shutil
import subprocess

import pytest

from rtvariants.errors import RtvariantsError
from rtvariants.targets import levels


def test_v3_needs_what_the_psabi_lists_in_the_kernels_spelling():
    assert set(levels.needs("x86_64_v3", "linux")) == {
        "cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3", "mmx", "sse", "sse2",
        "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave",
    }  # fmt: skip


def test_other_systems_keep_archspecs_names():
    assert "sse3" in levels.needs("x86_64_v2", "macos")
    assert "pni" not in levels.needs("x86_64_v2", "macos")


@pytest.mark.parametrize("name", levels.BASELINES.values())
def test_a_baseline_needs_nothing(name):
    assert levels.needs(name, "linux") == ()


@pytest.mark.parametrize(
    ("name", "rustc", "c"),
    [
        ("x86_64", ("-Ctarget-cpu=x86-64",), ("-march=x86-64",)),
        ("x86_64_v4", ("-Ctarget-cpu=x86-64-v4",), ("-march=x86-64-v4",)),
        ("aarch64", ("-Ctarget-cpu=generic",), ("-march=armv8-a",)),
        (
            "haswell",
            ("-Ctarget-cpu=x86-64-v3", "-Ctarget-feature=+aes,+pclmulqdq,+rdrand"),
            ("-march=x86-64-v3", "-maes", "-mpclmul", "-mrdrnd"),
        ),
    ],
)
def test_flags(name, rustc, c):
    assert levels.rustc_flags(name) == rustc
    assert levels.c_flags(name) == c


def test_neon_is_not_asked_of_arm_twice():
    flags = levels.rustc_flags("neoverse_n1")
    assert flags[0] == "-Ctarget-cpu=generic"
    assert {"+lse", "+dotprod", "+crc"} <= set(
        flags[1].removeprefix("-Ctarget-feature=").split(",")
    )


def test_an_unknown_level_names_the_near_ones():
    with pytest.raises(RtvariantsError, match="unknown level: `x86-64-v3`") as caught:
        levels.level("x86-64-v3")
    assert "`x86_64_v3`" in caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("name", "says"),
    [("power9", "unsupported machine"), ("armv8.1a", "level without features"), ("", "unknown")],
)
def test_levels_that_no_import_could_choose_by_are_refused(name, says):
    with pytest.raises(RtvariantsError, match=says):
        levels.level(name)


def usable(machine):
    return [
        n
        for n in levels.known_levels()
        if not n.startswith("armv") and levels.level(n).machine == machine
    ]


def compiler_features(name, target):
    argv = ["rustc", "--print", "cfg", "--target", target, *levels.rustc_flags(name)]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    return {line.split('"')[1] for line in lines if line.startswith("target_feature=")}


@pytest.mark.skipif(not shutil.which("rustc"), reason="no rustc")
@pytest.mark.parametrize(
    ("machine", "baseline"), [("x86_64", "fxsr sse sse2"), ("aarch64", "neon")]
)
def test_the_compiler_uses_nothing_that_the_loader_does_not_ask_for(machine, baseline):
    # Were it otherwise, the loader would choose a runtime that its own guard then refuses.
    names = usable(machine)
    assert len(names) > 10
    for name in names:
        used = compiler_features(name, f"{machine}-unknown-linux-gnu")
        asked = levels.rustc_features(levels.level(name).features, machine)
        assert used - {*asked, *baseline.split()} == set(), name


@pytest.mark.skipif(
    not shutil.which("gcc") or platform.machine() != "x86_64", reason="no gcc for x86-64"
)
def test_gcc_knows_the_flags_of_every_x86_level():
    for name in usable("x86_64"):
        flags = levels.c_flags(name)
        argv = ["gcc", "-x", "c", "-c", os.devnull, "-o", os.devnull, *flags]
        done = subprocess.run(argv, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), (name, flags)


def test_what_every_cpu_of_a_target_has_is_what_its_compiler_takes_for_granted():
    assert levels.always("x86_64-unknown-linux-gnu") == frozenset()
    assert levels.always("aarch64-unknown-linux-musl") == frozenset()
    mac = levels.always("x86_64-apple-darwin")
    assert (
        mac > levels.always("x86_64-pc-windows-msvc") == levels.always("x86_64-pc-windows-gnullvm")
    )
    # No feature that a level is there for.
    assert not mac & levels.level("x86_64_v3").features - levels.level("x86_64_v2").features
    assert "sve" not in levels.always("aarch64-apple-darwin")
