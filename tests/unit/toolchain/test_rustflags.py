"""Compiler flags that the machine sets: read in cargo's order, merged or refused."""

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain.rustflags import ambient, linker, merge_c

TARGET = "x86_64-unknown-linux-gnu"


@pytest.fixture
def flags(tmp_path):
    """Return a function that reads the flags of an environment and two configuration files."""

    def flags(env=None, tree="", home=""):
        root, cargo_home = tmp_path / "a" / "tree", tmp_path / "home"
        for folder, text in ((root.parent / ".cargo", tree), (cargo_home, home)):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "config.toml").write_text(text)
        root.mkdir(exist_ok=True)
        return ambient({"CARGO_HOME": str(cargo_home), **(env or {})}, root, TARGET).flags

    return flags


def test_no_flags(flags):
    assert flags() == ()


def test_each_source_is_read(flags):
    table = f"[target.{TARGET}]\nrustflags = "
    assert flags({"CARGO_ENCODED_RUSTFLAGS": "-C\x1flink-arg=a b"}) == ("-C", "link-arg=a b")
    assert flags({"RUSTFLAGS": "-C  opt-level=1"}) == ("-C", "opt-level=1")
    assert flags({"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS": "-g"}) == ("-g",)
    assert flags({"CARGO_BUILD_RUSTFLAGS": "-g"}) == ("-g",)
    assert flags(tree='[build]\nrustflags = ["-g"]') == ("-g",)
    assert flags(home='[build]\nrustflags = "-C lto"') == ("-C", "lto")
    assert flags(tree=table + '["-g"]') == ("-g",)


def test_the_first_source_is_the_only_one_as_in_cargo(flags):
    encoded, plain = {"CARGO_ENCODED_RUSTFLAGS": "-Ca"}, {"RUSTFLAGS": "-Cb"}
    target = f'[target.{TARGET}]\nrustflags = ["-Cc"]\n'
    build = '[build]\nrustflags = ["-Cd"]\n'
    assert flags(encoded | plain, target + build) == ("-Ca",)
    assert flags(plain, target + build) == ("-Cb",)
    assert flags({}, target + build) == ("-Cc",)
    assert flags({}, build) == ("-Cd",)


def test_files_are_joined_the_nearest_last(flags):
    key = "[build]\nrustflags = "
    assert flags({}, key + '["-Cnear"]', key + '["-Cfar"]') == ("-Cfar", "-Cnear")


def test_flags_of_another_target_are_not_ours(flags):
    assert flags({}, '[target.wasm32-wasip1]\nrustflags = ["-g"]') == ()


@pytest.mark.parametrize(
    "text", ["-Ctarget-cpu=native", "-C target-feature=+avx2", "--codegen=target-cpu=znver4"]
)
def test_flags_that_choose_a_cpu_are_refused_with_their_source(flags, text):
    with pytest.raises(MachineError) as caught:
        flags({"RUSTFLAGS": text})
    (problem,) = caught.value.problems
    assert problem.rule == "ambient-flags"
    assert "RUSTFLAGS holds `" in problem.what
    quoted = ", ".join(f'"{word}"' for word in text.split())
    with pytest.raises(MachineError, match=r"`\[build\]` of .*config\.toml"):
        flags({}, f"[build]\nrustflags = [{quoted}]")


@pytest.mark.parametrize("sign", "+-")
def test_how_the_c_library_is_linked_is_no_choice_of_a_cpu(flags, sign):
    for flag in ("-Ctarget-feature=", "-C target-feature=", "--codegen target-feature="):
        text = f"-g {flag}{sign}crt-static -O"
        assert flags({"RUSTFLAGS": text}) == tuple(text.split())
        with pytest.raises(MachineError, match=r"crt-static,\+avx2"):
            flags({"RUSTFLAGS": text.replace("static", "static,+avx2")})
        with pytest.raises(MachineError, match="holds `-Ctarget-cpu=native`"):
            flags({"RUSTFLAGS": f"{text} -Ctarget-cpu=native"})


def test_flags_behind_a_cfg_are_refused_not_lost(flags):
    text = "[target.'cfg(unix)']\nrustflags = [\"-g\"]"
    with pytest.raises(MachineError, match=r"can't be merged: `\[target.'cfg\(unix\)'\]`"):
        flags({}, text)
    # With a variable set, cargo would not read them, so there is nothing to lose.
    assert flags({"RUSTFLAGS": "-g"}, text) == ("-g",)


def test_the_users_own_linker_is_found(tmp_path):
    windows = "x86_64-pc-windows-msvc"
    variable = "CARGO_TARGET_X86_64_PC_WINDOWS_MSVC_LINKER"

    def chosen(*flags, env=None, near="", far=""):
        home, tree = tmp_path / "home", tmp_path / "tree"
        for folder, text in ((home, far), (tree / ".cargo", near)):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "config.toml").write_text(text)
        return linker({"CARGO_HOME": str(home), **(env or {})}, tree, windows, flags)

    def of(target, name):
        return f"[target.{target}]\nlinker = '{name}'"

    assert chosen() == chosen("-Clink-arg=linker=x", "-C", "lto") == ""
    assert chosen(far=of("x86_64-unknown-linux-gnu", "a")) == ""
    assert chosen(far=of(windows, "a")) == "a"
    assert chosen(far=of(windows, "a"), near=of(windows, "b")) == "b"
    assert chosen(near=of(windows, "b"), env={variable: "c"}) == "c"
    for flags in (("-Clinker=d",), ("-C", "linker=d"), ("--codegen", "linker=x", "-Clinker=d")):
        assert chosen(*flags, env={variable: "c"}) == "d"


def test_a_broken_file_is_named(flags):
    with pytest.raises(MachineError, match=r"unreadable file: .*config\.toml"):
        flags({}, "[build")


def test_c_flags_are_merged():
    assert merge_c("-O2 -g", ("-march=x86-64",), "CFLAGS") == "-O2 -g -march=x86-64"
