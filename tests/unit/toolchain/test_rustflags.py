"""Compiler flags that the machine sets: those that cargo itself would use, merged or refused."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtvariants.errors import MachineError
from rtvariants.toolchain import cargo_config, compiler
from rtvariants.toolchain.cargo_config import CargoConfig
from rtvariants.toolchain.rustflags import ambient, linker, variable

TARGET = f"{os.uname().machine}-unknown-linux-gnu"
OWN = variable(TARGET, "RUSTFLAGS")
needs_cargo = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")
FLAGS = ("--cfg=a", "--cfg=b", "-Copt-level=1", "-g")
VALUES = ("", "--cfg=c", "-g  --cfg=a")
SETTINGS = ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", OWN)
CLEAN = {k: v for k, v in os.environ.items() if k not in SETTINGS}


@pytest.fixture
def flags(tmp_path):
    """Return a function that reads the flags of an environment and two configuration files."""
    return lambda env=None, tree="", home="": found(tmp_path, env or {}, tree, home).flags


def found(folder, env, tree="", home=""):
    root, environ = project(folder, env, tree, home)
    config = cargo_config.read("cargo", root, environ)
    rustc = compiler.of(config, root)
    return ambient(config, TARGET, lambda f: frozenset(rustc.printed(TARGET, f).splitlines()))


def project(folder, env, tree, home):
    """Write a crate with two configuration files; returns it and the variables around it."""
    root, cargo_home = folder / "a" / "tree", folder / "home"
    for place, text in ((root.parent / ".cargo", tree), (cargo_home, home)):
        place.mkdir(parents=True, exist_ok=True)
        (place / "config.toml").write_text(text)
    (root / "src").mkdir(parents=True, exist_ok=True)
    (root / "src/lib.rs").touch()
    (root / "Cargo.toml").write_text('[package]\nname = "a"\nversion = "1.0.0"\n')
    rustup = {"RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup"))}
    return root, {**CLEAN, **rustup, "CARGO_HOME": str(cargo_home), **env}


@needs_cargo
def test_no_flags(flags):
    assert flags() == ()


@needs_cargo
def test_each_source_is_read(flags):
    table = f"[target.{TARGET}]\nrustflags = "
    assert flags({"CARGO_ENCODED_RUSTFLAGS": "-C\x1flink-arg=a b"}) == ("-C", "link-arg=a b")
    assert flags({"RUSTFLAGS": "-C  opt-level=1"}) == ("-C", "opt-level=1")
    assert flags({OWN: "-g"}) == ("-g",)
    assert flags({"CARGO_BUILD_RUSTFLAGS": "-g"}) == ("-g",)
    assert flags(tree='[build]\nrustflags = ["-g"]') == ("-g",)
    assert flags(home='[build]\nrustflags = "-C lto"') == ("-C", "lto")
    assert flags(tree=table + '["-g"]') == ("-g",)
    assert flags(tree="[target.'cfg(unix)']\nrustflags = \"-g\"") == ("-g",)


@needs_cargo
def test_a_file_that_another_one_includes_is_read(flags, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home/more.toml").write_text('[build]\nrustflags = ["-g"]')
    assert flags(home='include = ["more.toml"]') == ("-g",)


@needs_cargo
@pytest.mark.parametrize("name", ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"])
def test_a_variable_that_is_set_to_nothing_switches_the_files_off(flags, name):
    assert flags({name: ""}, '[build]\nrustflags = ["-Ctarget-cpu=native"]') == ()


CONDITIONS = (
    "unix", "windows", "not(windows)", 'target_os = "linux"', "any()", "all()", "a", "not(b)",
    'all(unix, any(windows, target_pointer_width = "64"),)', "true", "unix,", "r#unix", "",
    'target_feature = "sse2"', "panic = 'unwind'", "debug_assertions", "not()", "cfg(unix)",
)  # fmt: skip


@st.composite
def configurations(draw):
    """Draw two configuration files with flags in some tables, as lists or as text."""
    as_list = draw(st.booleans())  # cargo refuses to merge the two.
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True))
    keys = [("build",), ("target", TARGET), ("target", "wasm32-wasip1")]
    keys += [("target", f"cfg({condition})") for condition in conditions]

    def file():
        text = ""
        for key in keys:
            words = draw(st.lists(st.sampled_from(FLAGS), max_size=2) | st.none())
            if words is not None:
                value = json.dumps(words if as_list else " ".join(words))
                text += f"[{'.'.join(map(json.dumps, key))}]\nrustflags = {value}\n"
        return text

    return file(), file()


@needs_cargo
@settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    configurations(),
    st.dictionaries(st.sampled_from(SETTINGS), st.sampled_from(VALUES), max_size=2),
)
def test_the_flags_are_those_that_cargo_itself_would_use(tmp_path, files, env):
    """The oracle is the command line of the compiler that cargo runs."""
    tree, home = files
    if "CARGO_ENCODED_RUSTFLAGS" in env:
        env["CARGO_ENCODED_RUSTFLAGS"] = "\x1f".join(env["CARGO_ENCODED_RUSTFLAGS"].split())
    root, environ = project(tmp_path, env, tree, home)
    assert list(found(tmp_path, env, tree, home).flags) == run_by_cargo(tmp_path, root, environ)


def run_by_cargo(folder, root, environ):
    """Return the flags of the compiler that cargo runs for a target."""
    stub, log = folder / "stub", folder / "log"
    stub.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" END >> {log}\nexec "$@"\n')
    stub.chmod(0o755)
    log.unlink(missing_ok=True)
    argv = ["cargo", "-Zunstable-options", "rustc", "--target", TARGET, "--print", "cfg"]
    more = {"RUSTC_WRAPPER": str(stub), "RUSTC_BOOTSTRAP": "1"}
    subprocess.run(argv, cwd=root, env={**environ, **more}, capture_output=True, check=True)
    (words,) = [
        w.splitlines() for w in log.read_text().split("END\n") if w.endswith("--print\ncfg\n")
    ]
    return words[1 : words.index("--target")]


@needs_cargo
@pytest.mark.parametrize(
    "text", ["-Ctarget-cpu=native", "-C target-feature=+avx2", "--codegen=target-cpu=znver4"]
)
def test_flags_that_choose_a_cpu_are_refused_with_their_source(flags, text):
    with pytest.raises(MachineError) as caught:
        flags({"RUSTFLAGS": text})
    (problem,) = caught.value.problems
    assert problem.rule == "ambient-flags"
    assert "RUSTFLAGS holds `" in problem.what
    assert problem.hint.startswith("unset it")
    quoted = ", ".join(f'"{word}"' for word in text.split())
    for table in ("build", f"target.{TARGET}", "target.'cfg(unix)'"):
        with pytest.raises(MachineError, match=r"` of .*config\.toml holds") as caught:
            flags({}, f"[{table}]\nrustflags = [{quoted}]")
        assert "`RUSTFLAGS=` set to nothing" in caught.value.problems[0].hint


def of(**environ):
    return ambient(CargoConfig(environ=environ), TARGET, lambda _: frozenset()).flags


@pytest.mark.parametrize("sign", "+-")
def test_how_the_c_library_is_linked_is_no_choice_of_a_cpu(sign):
    for flag in ("-Ctarget-feature=", "-C target-feature=", "--codegen target-feature="):
        text = f"-g {flag}{sign}crt-static -O"
        assert of(RUSTFLAGS=text) == tuple(text.split())
        with pytest.raises(MachineError, match=r"crt-static,\+avx2"):
            of(RUSTFLAGS=text.replace("static", "static,+avx2"))
        with pytest.raises(MachineError, match="holds `-Ctarget-cpu=native`"):
            of(RUSTFLAGS=f"{text} -Ctarget-cpu=native")


def test_the_users_own_linker_is_found():
    windows = "x86_64-pc-windows-msvc"
    name = "CARGO_TARGET_X86_64_PC_WINDOWS_MSVC_LINKER"

    def chosen(*flags, env=None, **tables):
        named = {key: {"linker": name} for key, name in tables.items()}
        config = CargoConfig({"target": named}, {}, env or {})
        return linker(config, windows, flags, lambda _: frozenset({"windows"}))

    assert chosen() == chosen("-Clink-arg=linker=x", "-C", "lto") == ""
    assert chosen(**{"x86_64-unknown-linux-gnu": "a"}) == ""
    assert chosen(**{windows: "a"}) == "a"
    assert chosen(**{windows: "a"}, env={name: "c"}) == "c"
    assert chosen(**{"cfg(windows)": "d", "cfg(unix)": "e"}) == "d"
    assert chosen(**{"cfg(windows)": "d", windows: "a"}) == "a"
    for flags in (("-Clinker=d",), ("-C", "linker=d"), ("--codegen", "linker=x", "-Clinker=d")):
        assert chosen(*flags, env={name: "c"}) == "d"


@needs_cargo
def test_a_broken_file_is_named(flags):
    with pytest.raises(MachineError, match=r"could not parse TOML.*\n*.*config\.toml"):
        flags({}, "[build")
