"""The flags of C code: those of the machine, and ours, which come last and win."""

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from builds import CRATE, TOOLCHAIN
from hypothesis import given, settings
from hypothesis import strategies as st

from rtvariants.compile import c_flags
from rtvariants.errors import MachineError
from rtvariants.targets import levels
from rtvariants.targets.allocators import ALLOCATORS
from rtvariants.toolchain.metadata import Graph, Package

TARGET = "x86_64-unknown-linux-gnu"
KEY = "CFLAGS_x86_64_unknown_linux_gnu"
needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="no gcc")
WITH_C = replace(CRATE, graph=Graph({"cc": Package("cc", "1.2.0")}))


def of(level="x86_64", allocator="system", crate=CRATE, folder="/w/target", tools=None, **ambient):
    baseline = ambient.pop("baseline", False)
    tools = replace(tools or TOOLCHAIN, c_ambient=ambient)
    row = ALLOCATORS[allocator]
    return c_flags.of(level, row, tools, crate, [Path(folder)], baseline=baseline)


@pytest.mark.parametrize(
    "flags",
    [
        "-march=nocona -mtune=haswell -ftree-vectorize -fPIC -fstack-protector-strong -O2 -pipe",
        "-march=x86-64 -mtune=generic -O2 -pipe -fno-plt -fexceptions",
        "-O2 -flto=auto -march=x86-64-v3 -mtls-dialect=gnu2 -fcf-protection",
        "-march=native -O2 -pipe",
        "-g -O2 -ffile-prefix-map=/build/p=. -fstack-protector-strong -Wformat",
    ],
)
def test_flags_of_distributions_come_before_ours(flags):
    env = of(**{KEY: flags}).env
    assert env[KEY].startswith(f"{flags} -march=x86-64 -ffile-prefix-map=")
    # The crate `cc` puts the plain variable before that of the target.
    assert of(CFLAGS=flags).env[KEY].startswith("-march=x86-64 ")


@pytest.mark.parametrize(
    "name",
    ["CFLAGS", KEY, f"CFLAGS_{TARGET}", "TARGET_CFLAGS", "HOST_CFLAGS", "CC", f"CC_{TARGET}",
     "CXXFLAGS", "TARGET_CXXFLAGS", "CPPFLAGS"],
)  # fmt: skip
def test_a_feature_that_is_turned_on_alone_is_turned_off_again(name):
    value = of(**{name: "-mavx2"}).env[KEY]
    assert value.index("-march=x86-64") < value.index("-mno-avx2")
    assert "-mno-avx2" not in of("x86_64_v3", **{name: "-mavx2"}).env[KEY]
    assert "-mno" not in of(**{name: "-march=native -mtune=native -m64"}).env[KEY]


def test_an_allocator_of_its_own_variable_is_at_the_baseline():
    env = of("x86_64_v3", "jemalloc", CPPFLAGS="-mavx2 -DX").env
    assert env["CPPFLAGS"].startswith("-mavx2 -DX -march=x86-64 -mno-avx2 -mno-sse3 ")
    assert "-mno-avx2" not in env[KEY]


@pytest.mark.parametrize("allocator", ["system", "jemalloc", "mimalloc"])
def test_all_c_code_is_at_the_baseline_where_that_is_set(allocator):
    found = of("x86_64_v3", allocator, baseline=True, CPPFLAGS="-mavx2")
    assert found == of("x86_64", allocator, CPPFLAGS="-mavx2")
    assert "-march=x86-64 " in found.env[KEY]
    assert found.env.get("CPPFLAGS", "-mno-avx2").endswith("-mno-crc32") == (
        allocator == "jemalloc"
    )


def gcc(*flags):
    argv = ["gcc", *flags, "-dM", "-E", "-"]
    done = subprocess.run(argv, input="", capture_output=True, text=True, check=False)
    # The last is what each of the levels has under another name.
    found = re.findall(r"^#define (__(?!LONG_DOUBLE)[A-Z]\w*__) 1$", done.stdout, re.MULTILINE)
    return set(found) - {"__ABM__"}


@cache
def options():
    """Return what this gcc can turn on and off; the width of an address is no feature."""
    said = subprocess.run(
        ["gcc", "-Q", "--help=target"], capture_output=True, text=True, check=True
    )
    found = re.findall(r"^\s+(-m[\w.-]+)\s+\[(?:dis|en)abled\]", said.stdout, re.MULTILINE)
    return [option for option in found if option not in ("-m16", "-m32", "-mx32", "-mandroid")]


@needs_gcc
@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from(["x86_64", "x86_64_v2", "x86_64_v3", "x86_64_v4"]))
def test_c_code_gets_no_feature_above_its_level(data, level):
    """The oracle is what gcc defines with the flags of the level alone."""
    words = data.draw(st.lists(st.sampled_from(options()), min_size=1, max_size=3))
    features = frozenset(levels.rustc_features(levels.level(level).features, "x86_64"))
    ours = [*levels.c_flags(level), *c_flags.turned_off(words, features)]
    assert gcc(*words, *ours) <= gcc(*levels.c_flags(level))


@needs_gcc
def test_without_ours_such_an_option_stays_on():
    # The control of the test before.
    assert gcc("-mavx2", "-march=x86-64") - gcc("-march=x86-64")


def test_quotes_and_blanks_reach_the_crate_as_they_are():
    text = r'-DNAME=\"a\" -DX="b c"'
    assert of(**{KEY: text}).env[KEY].startswith(f"{text} -march=")
    assert of(**{KEY: text}).flags[:3] == (r"-DNAME=\"a\"", '-DX="b', 'c"')
    asked = of(**{KEY: text, "CC_SHELL_ESCAPED_FLAGS": "1"})
    assert asked.env[KEY].startswith(f"{text} -march=")
    assert asked.flags[:2] == ('-DNAME="a"', "-DX=b c")
    assert of(**{KEY: '-DX="', "CC_SHELL_ESCAPED_FLAGS": "1"}).flags[0] == '-DX="'


def test_a_folder_with_a_blank_changes_how_the_flags_of_the_machine_are_read():
    found = of(folder="/my home/target", CFLAGS=r"-DA=\"x\" -g", **{KEY: "-DB='y'"})
    assert found.env["CC_SHELL_ESCAPED_FLAGS"] == "1"
    assert found.env["CFLAGS"] == r"""'-DA=\"x\"' -g"""
    assert found.flags[0] == "-DB='y'"
    assert "-ffile-prefix-map=/my home/target=/target" in found.flags
    assert "CFLAGS" not in of(folder="/my home/target", CFLAGS="-O2 -g").env


def test_a_variable_with_dashes_that_cargo_sets_itself_ends_like_ours():
    tools = replace(TOOLCHAIN, config_env={f"CFLAGS_{TARGET}": "-march=native"})
    env = of(tools=tools, **{f"CFLAGS_{TARGET}": "-march=native"}).env
    assert env[f"CFLAGS_{TARGET}"] == env[KEY]
    assert env[KEY].startswith("-march=native -march=x86-64 ")


@pytest.mark.parametrize("flag", ["/arch:AVX2", "-arch:AVX512", "-march=native", "/clang:-mavx2"])
def test_flags_of_microsofts_compiler_that_choose_a_cpu_are_refused_where_c_is_compiled(flag):
    windows = replace(TOOLCHAIN, system="windows", libc="msvc", target="x86_64-pc-windows-msvc")
    with pytest.raises(MachineError, match=f"ambient-flags.*TARGET_CFLAGS holds `{flag}`"):
        of(tools=windows, crate=WITH_C, TARGET_CFLAGS=flag)
    of(tools=windows, crate=WITH_C, CFLAGS="/O2 /GL-")
    of(tools=windows, CFLAGS=flag)
