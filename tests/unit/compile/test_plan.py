"""The plan: what will run, exactly, without running anything."""

import os
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from builds import CRATE, TOOLCHAIN

from rtvariants.compile.plan import plan
from rtvariants.compile.profile import Profile
from rtvariants.config import load
from rtvariants.errors import MachineError
from rtvariants.targets import platforms
from rtvariants.toolchain.cross import Cross, Prepared
from rtvariants.toolchain.metadata import Graph, Line, Package
from rtvariants.toolchain.resolution import Node, Resolution
from rtvariants.toolchain.rustflags import Ambient

LINUX = "x86_64-unknown-linux-gnu"
V3 = ("-Ctarget-cpu=x86-64-v3",)


def table(tmp_path, **changes):
    (tmp_path / "Cargo.toml").touch()
    level = {"x86_64": "x86_64_v3", "aarch64": "aarch64"}
    fast = {"name": "fast", "level": level, "features": ["simd"], "index-bits": 32}
    baseline = {"x86_64": "x86_64", "aarch64": "aarch64"}
    safe = {"name": "safe", "level": baseline, "index-bits": 64}
    data = {"crate": ".", "module": "g._core", "env": "G", "runtimes": [fast | changes, safe]}
    return load.parse(data, tmp_path)


@pytest.fixture
def crate():
    return CRATE


@pytest.fixture
def tools():
    return TOOLCHAIN


def arm(tools):
    return replace(tools, target="aarch64-unknown-linux-gnu", machine="aarch64")


def test_the_command_is_explicit(tmp_path, tools, crate):
    fast, safe = plan(table(tmp_path), tools, crate, "1.0")
    assert fast.command.argv == (
        "cargo", "build", "--release", "--lib", "--target", LINUX,
        "--manifest-path", "/w/g/Cargo.toml", "--package", crate.package_id,
        "--features", "simd", "--locked",
        "--message-format=json-render-diagnostics",
    )  # fmt: skip
    assert "--features" not in safe.command.argv
    assert (
        "--locked"
        not in plan(table(tmp_path), replace(tools, locked=False), crate, "1")[0].command.argv
    )


def test_a_crate_without_a_cdylib_of_its_own_is_built_as_one(tmp_path, tools, crate):
    build, *_ = plan(table(tmp_path), tools, replace(crate, cdylib=False), "1.0.0")
    argv = build.command.argv
    assert argv[1] == "rustc"
    assert argv[argv.index("--crate-type") + 1] == "cdylib"


def test_a_prepared_toolchain_gives_its_tools_and_flags(tmp_path, tools, crate):
    row = replace(platforms.PLATFORMS["linux-arm64"], flags=("-Clink-arg=-x",))
    tools = replace(
        arm(tools), cross=(cross := Cross(row, Prepared("/c/rustc", "/c/cc", "/c/ar", "/c/strip"))),
        cross_env=cross.env({}),
    )  # fmt: skip
    fast, _ = plan(table(tmp_path), tools, crate, "1.0")
    assert fast.command.env["RUSTC"] == "/c/rustc"
    assert fast.command.env["CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"] == "/c/cc"
    assert fast.command.env["CARGO_ENCODED_RUSTFLAGS"].startswith(
        "-Clink-arg=-x\x1f-Ctarget-cpu=generic"
    )
    assert fast.command.strip == "/c/strip"
    # A toolchain of the user's own has its own way of linking.
    own = replace(tools, cross=Cross(row, Prepared()), cross_env={})
    fast, _ = plan(table(tmp_path), own, crate, "1.0")
    assert "RUSTC" not in fast.command.env
    assert fast.command.env["CARGO_ENCODED_RUSTFLAGS"].startswith("-Ctarget-cpu=generic")


def test_each_runtime_has_a_target_directory_next_to_those_of_equal_flags(tmp_path, tools, crate):
    fast, safe = plan(table(tmp_path), tools, crate, "1.0")
    assert fast.sharing.target_dir == Path(f"/w/target/rtvariants/{LINUX}/x86_64_v3/fast")
    assert safe.sharing.target_dir == Path(f"/w/target/rtvariants/{LINUX}/x86_64/safe")
    assert fast.output_dir != safe.output_dir
    fast, safe = plan(table(tmp_path), arm(tools), crate, "1.0")
    assert fast.sharing.target_dir != safe.sharing.target_dir
    assert fast.sharing.target_dir.parent == safe.sharing.target_dir.parent
    # What is copied between them was compiled with the same flags, and has the same paths inside.
    assert (
        fast.command.env["CARGO_ENCODED_RUSTFLAGS"] == safe.command.env["CARGO_ENCODED_RUSTFLAGS"]
    )
    for each in (fast, safe):
        assert f"--remap-path-prefix={each.sharing.target_dir}=/target" in each.command.env[
            "CARGO_ENCODED_RUSTFLAGS"
        ].split("\x1f")


def test_dependencies_are_distinguished_by_lock_file_compiler_and_flags(tmp_path, tools, crate):
    def keys(tools, crate):
        return [build.sharing.dependencies for build in plan(table(tmp_path), tools, crate, "1.0")]

    assert keys(tools, crate) == ["", ""]  # nothing settles them
    crate = replace(crate, locked="c0ffee")
    found = keys(tools, crate)
    assert found == keys(tools, crate)
    others = [
        keys(tools, replace(crate, locked="decade")),
        keys(replace(tools, version="rustc 1.96.0"), crate),
        keys(replace(tools, ambient=Ambient(("-Cdebuginfo=1",), "RUSTFLAGS")), crate),
    ]
    assert len({*found, *(each for other in others for each in other)}) == 8


def test_flags_hold_the_ambient_ones_then_the_level_then_the_remaps(tmp_path, tools, crate):
    tools = replace(tools, ambient=Ambient(("-Cdebuginfo=1", "-C", "link-arg=-z now"), "RUSTFLAGS"))
    crate = replace(crate, outside=(Path("/elsewhere/lib"),))
    fast, _ = plan(table(tmp_path), tools, crate, "1.0")
    assert fast.command.env["CARGO_ENCODED_RUSTFLAGS"].split("\x1f") == [
        "-Cdebuginfo=1", "-C", "link-arg=-z now", *V3,
        "--remap-path-prefix=/home/me/.cargo=/cargo",
        "--remap-path-prefix=/sys=/rustc",
        "--remap-path-prefix=/w/target=/target",
        f"--remap-path-prefix={fast.sharing.target_dir}=/target",
        "--remap-path-prefix=/elsewhere/lib=/lib",
    ]  # fmt: skip
    assert "RUSTFLAGS" in fast.command.unset


def test_a_path_with_a_space_is_one_flag_of_c_code_too(tmp_path, tools, crate):
    spaced = replace(tools, target_base=Path("/my home/target"))
    fast, _ = plan(table(tmp_path), spaced, crate, "1.0")
    assert fast.command.env["CC_SHELL_ESCAPED_FLAGS"] == "1"
    flags = shlex.split(fast.command.env["CFLAGS_x86_64_unknown_linux_gnu"])
    assert "-ffile-prefix-map=/my home/target=/target" in flags
    assert all(flag.startswith("-") for flag in flags)
    fast, _ = plan(table(tmp_path), tools, crate, "1.0")
    assert "CC_SHELL_ESCAPED_FLAGS" not in fast.command.env


def test_c_code_follows_the_level(tmp_path, tools, crate):
    tools = replace(tools, c_ambient={f"CFLAGS_{LINUX}": "-g1", "CFLAGS": "-O2"})
    fast, safe = plan(table(tmp_path), tools, crate, "1.0")
    key = "CFLAGS_x86_64_unknown_linux_gnu"
    # cc adds the plain CFLAGS on its own.
    assert fast.command.env[key].split()[:2] == ["-g1", "-march=x86-64-v3"]
    assert safe.command.env[key].split()[:2] == ["-g1", "-march=x86-64"]
    assert f"CFLAGS_{LINUX}" in fast.command.unset
    assert fast.command.env["CXXFLAGS_x86_64_unknown_linux_gnu"].startswith("-march=x86-64-v3 ")
    assert "CPPFLAGS" not in fast.command.env


def test_allocators_stay_at_the_baseline(tmp_path, tools, crate):
    fast, _ = plan(table(tmp_path, allocator="jemalloc"), tools, crate, "1.0")
    assert fast.contract.cargo_features == ("simd", "jemalloc")
    assert fast.command.env["CPPFLAGS"] == "-march=x86-64"
    assert (fast.command.env["JEMALLOC_SYS_WITH_LG_PAGE"], fast.contract.page_size) == (
        "12",
        "4096",
    )
    fast, _ = plan(table(tmp_path, allocator="jemalloc"), arm(tools), crate, "1.0")
    assert (fast.command.env["JEMALLOC_SYS_WITH_LG_PAGE"], fast.contract.page_size) == (
        "16",
        "65536",
    )
    fast, _ = plan(table(tmp_path, allocator="mimalloc"), tools, crate, "1.0")
    assert fast.command.env["CFLAGS_x86_64_unknown_linux_gnu"].startswith("-march=x86-64 ")
    assert fast.contract.page_size == ""


def test_the_allocator_is_the_systems_own(tmp_path, tools, crate):
    chosen = {"linux": "jemalloc", "windows": "mimalloc"}
    windows = replace(tools, system="windows", libc="msvc")
    fast, _ = plan(table(tmp_path, allocator=chosen), windows, crate, "1.0")
    assert (fast.contract.allocator, fast.contract.cargo_features) == (
        "mimalloc",
        ("simd", "mimalloc"),
    )
    assert not any(key.startswith("CFLAGS") for key in fast.command.env)


def test_a_target_of_microsofts_compiler_is_linked_with_names_in_the_file(tmp_path, tools, crate):
    def said(**changes):
        target = "x86_64-pc-windows-msvc"
        windows = replace(tools, system="windows", libc="msvc", target=target, **changes)
        flags = plan(table(tmp_path), windows, crate, "1.0")[0].command.env[
            "CARGO_ENCODED_RUSTFLAGS"
        ]
        return [flag for flag in flags.split("\x1f") if flag.startswith("-Clink")]

    words = ("/DEBUG:NONE", "/DEBUG:SYMTAB", "/OPT:REF,NOICF", "/TIMESTAMP:0")
    lld = [f"-Clink-arg={word}" for word in words]
    assert said() == ["-Clinker=rust-lld", *lld]
    # LLVM's by any name; Microsoft's does not know the option and would end with an error.
    for name in ("lld-link", "lld-link-19", r"C:\LLVM\bin\LLD-LINK.exe", "/usr/bin/rust-lld"):
        assert said(linker=name) == lld
    for name in ("link.exe", r"C:\VC\link.exe", "my-lld-link-wrapper"):
        assert said(linker=name) == []


def test_what_only_the_plugin_knows_reaches_the_stamp(tmp_path, tools, crate):
    fast, _ = plan(table(tmp_path), tools, crate, "1.0")
    stamp = {k[11:].lower(): v for k, v in fast.command.env.items() if k.startswith("RTVARIANTS_")}
    assert stamp == {
        "package": "g", "version": "1.0", "runtime": "fast", "level": "x86_64_v3",
        "target": LINUX, "abi": "cp310-abi3", "page_size": "", "toolchain": "rustc 1.95.0",
    }  # fmt: skip
    # The commit is written into the finished file: cargo would compile again for each.
    assert fast.contract.commit == "c0ffee"
    assert "c0ffee" not in str(fast.command.env)
    assert fast.contract.export == "PyInit__core"
    assert fast.contract.rust_features == ("x86_64_v3",)


def test_a_runtime_without_the_default_features(tmp_path, tools, crate):
    core = "registry+x#core@1.0.0"
    packages = {
        crate.package_id: Package(
            "g", "1.0", table={"default": ((core, "wide"),), "simd": ()},
            lines={"core": (Line(core),)},
        ),
        core: Package("core", "1.0.0", table={"wide": ()}),
    }  # fmt: skip
    crate = replace(crate, graph=Graph(packages))
    fast, safe = plan(table(tmp_path, **{"default-features": False}), tools, crate, "1.0")
    assert "--no-default-features" in fast.command.argv
    assert "--no-default-features" not in safe.command.argv
    # What the defaults turn on in the other one is no feature of this one.
    assert {f for _, f in fast.contract.other_features} == {"default", "wide"}
    assert {f for _, f in safe.contract.other_features} == {"simd"}


def test_crates_that_a_feature_of_one_runtime_changes_are_not_alike(tmp_path, tools, crate):
    packages = {
        crate.package_id: Package("g", "1.0", dependencies=("io",)),
        "io": Package("io", "1.0", dependencies=("core", "text"), folder=Path("/w/io")),
        "core": Package("core", "1.0", folder=Path("/w/core")),
        "text": Package("text", "1.0", folder=Path("/w/text")),
    }  # fmt: skip
    same = {Node("io", "1.0"), Node("text", "1.0", ("std",))}
    resolved = {
        "fast": Resolution(frozenset({*same, Node("core", "1.0", ("wide",))})),
        "safe": Resolution(frozenset({*same, Node("core", "1.0")})),
    }
    crate = replace(crate, graph=Graph(packages), resolved=resolved)
    # Here the levels differ, there they are one: only runtimes of equal flags are compared.
    for build in plan(table(tmp_path), tools, crate, "1.0"):
        assert dict(build.sharing.alike) == {
            name: Path("/w") / name for name in ("core", "io", "text")
        }
    for build in plan(table(tmp_path), arm(tools), crate, "1.0"):
        assert dict(build.sharing.alike) == {"text": Path("/w/text")}


def test_what_the_defaults_and_the_own_lines_turn_on_is_no_feature_of_other_runtimes(
    tmp_path, tools, crate
):
    this, core = crate.package_id, "registry+x#core@1.0.0"
    configured = table(tmp_path)
    features = {"simd": ((core, "wide"), (core, "fast")), "jemalloc": (), "mimalloc": ()}

    def others(*lines, default=()):
        packages = {
            this: Package(
                "g", "1.0", table={**features, "default": default}, lines={"core": lines}
            ),
            core: Package("core", "1.0.0", table={"wide": ((core, "wider"),), "wider": ()}),
        }
        found = replace(crate, graph=Graph(packages))
        fast, safe = plan(configured, tools, found, "1.0")
        assert fast.contract.other_features == ()
        return {feature for _, feature in safe.contract.other_features}

    assert others() == {"simd", "wide", "wider", "fast"}
    assert others(Line(core, ("wide",))) == {"simd", "fast"}
    assert others(Line(core, ("wider",))) == {"simd", "wide", "fast"}
    assert others(default=((core, "wide"),)) == {"simd", "fast"}
    # A dependency that only a feature turns on: its line asks for nothing where it is off.
    assert others(Line(core, ("wide",), optional=True)) == {"simd", "wide", "wider", "fast"}


def test_c_code_that_asks_for_the_date_gets_one_that_never_changes(tmp_path, tools, crate):
    fast, _ = plan(table(tmp_path), tools, crate, "1.0")
    assert fast.command.env["SOURCE_DATE_EPOCH"] == "1580601600"
    said = replace(tools, c_ambient={"SOURCE_DATE_EPOCH": "1700000000"})
    fast, _ = plan(table(tmp_path), said, crate, "1.0")
    assert fast.command.env["SOURCE_DATE_EPOCH"] == "1700000000"
    # zig would refuse such code.
    row = platforms.PLATFORMS["linux-arm64"]
    cross = Cross(row, Prepared("/c/rustc", "/c/cc", "/c/ar", "/c/strip"))
    fast, _ = plan(table(tmp_path), replace(arm(tools), cross=cross), crate, "1.0")
    assert fast.command.env["CFLAGS_aarch64_unknown_linux_gnu"].endswith(" -Wno-date-time")


def test_a_module_for_musl_shares_the_c_library_of_its_python(tmp_path, tools, crate):
    asked = "-Ctarget-feature=-crt-static"
    assert (
        asked
        not in plan(table(tmp_path), tools, crate, "1")[0].command.env["CARGO_ENCODED_RUSTFLAGS"]
    )
    # With the machine's own tools too: rustc makes no module for musl without it.
    tools = replace(tools, target="x86_64-unknown-linux-musl", libc="musl")
    flags = plan(table(tmp_path), tools, crate, "1")[0].command.env["CARGO_ENCODED_RUSTFLAGS"]
    assert asked in flags.split("\x1f")


def test_an_editable_build_does_not_depend_on_the_commit(tmp_path, tools, crate):
    fast, _ = plan(table(tmp_path), tools, crate, "1.0", editable=True)
    assert fast.contract.commit == ""


def test_a_feature_that_the_crate_lacks_is_named(tmp_path, tools, crate):
    crate = replace(crate, features=frozenset())
    with pytest.raises(MachineError) as caught:
        plan(table(tmp_path, allocator="jemalloc"), tools, crate, "1.0")
    assert [p.what for p in caught.value.problems] == [
        "no cargo feature `simd` in crate `g`",
        "no cargo feature `jemalloc` in crate `g`",
    ]
    simd, jemalloc = (p.hint for p in caught.value.problems)
    assert simd.endswith("or take it from runtime `fast`")
    assert jemalloc.startswith("the runtime's allocator turns it on")


@pytest.mark.parametrize("name", ["RTVARIANTS_LEVEL", f"CFLAGS_{LINUX.replace('-', '_')}"])
def test_a_variable_that_cargo_would_replace_is_refused(tmp_path, tools, crate, name):
    mine = plan(table(tmp_path), tools, crate, "1")[0].command.env[name]
    config_env = {name: "other", "CC": "gcc", "CARGO_TARGET_DIR": "/x"}
    tools = replace(tools, config_env=config_env, forced=frozenset(config_env))
    with pytest.raises(MachineError) as caught:
        plan(table(tmp_path), tools, crate, "1")
    (problem,) = caught.value.problems
    assert problem.what.endswith(f"forces `{name}=other`, which the build sets to `{mine}`")
    assert "force = true" in problem.hint


def test_each_runtime_is_compiled_in_a_folder_of_its_own_whatever_cargo_is_set_to(
    tmp_path, tools, crate
):
    for build in plan(table(tmp_path), tools, crate, "1"):
        env = build.command.env
        assert env["CARGO_BUILD_BUILD_DIR"] == env["CARGO_TARGET_DIR"]


def test_the_plan_is_a_function_of_its_arguments(tmp_path, tools, crate, monkeypatch):
    before = plan(table(tmp_path), tools, crate, "1.0")
    # A lookup of a variable fails: the plan knows the machine by the toolchain alone.
    with monkeypatch.context() as without:
        without.setattr(os, "environ", None)
        without.setattr(os, "getenv", None)
        after = plan(table(tmp_path), tools, crate, "1.0")
    assert after == before


def test_pyo3_gets_the_python_that_a_module_is_for(tmp_path, tools, crate):
    def said(crate, tools):
        fast = plan(table(tmp_path), tools, crate, "1.0")[0]
        env = {k: v for k, v in fast.command.env.items() if k.startswith("PYO3_")}
        env.pop("PYO3_BUILD_EXTENSION_MODULE")
        assert {"PYO3_NO_PYTHON", "PYO3_PYTHON"} <= {*env, *fast.command.unset}
        return env

    here = replace(tools, host=LINUX)
    one = replace(crate, abi="cp311-cp311", python="3.11")
    assert said(crate, here) == {"PYO3_NO_PYTHON": "1"}
    assert said(one, here) == {"PYO3_PYTHON": tools.python.executable}
    # No Python of this machine is one of another platform.
    other = {"PYO3_NO_PYTHON": "1", "PYO3_CROSS_PYTHON_VERSION": "3.11"}
    assert said(one, arm(tools)) == other


def test_each_python_has_its_own_results_and_shares_the_rest(tmp_path, tools, crate):
    locked = replace(crate, locked="c0ffee")

    def built(minor):
        one = replace(locked, abi=f"cp3{minor}-cp3{minor}", python=f"3.{minor}")
        return plan(table(tmp_path), tools, one, "1.0")[0]

    first, second = built(11), built(12)
    assert first.sharing.target_dir == second.sharing.target_dir
    assert first.contract.rustflags == second.contract.rustflags
    assert first.sharing.anyway == second.sharing.anyway != ""
    assert first.sharing.dependencies != second.sharing.dependencies
    assert first.output_dir != second.output_dir
    stable = plan(table(tmp_path), tools, locked, "1.0")[0].sharing
    assert (stable.for_python, stable.dependencies) == ("", stable.anyway)


def test_an_instrumented_build_has_its_own_flag_and_folders(tmp_path, tools, crate):
    plain = plan(table(tmp_path), tools, crate, "1.0")
    counting = plan(table(tmp_path), tools, crate, "1.0", instrumented=True)
    for one, other in zip(plain, counting, strict=True):
        assert "-Cprofile-generate" in other.contract.rustflags
        assert "-Cprofile-generate" not in one.contract.rustflags
        assert one.sharing.target_dir != other.sharing.target_dir
        assert one.output_dir != other.output_dir
        assert other.contract.profile is None


def test_a_profile_is_for_one_runtime_alone(tmp_path, tools, crate):
    mine, crate = Profile(Path("/p/fast-00.profdata"), "00"), replace(crate, locked="[[package]]")
    plain = plan(table(tmp_path), tools, crate, "1.0")
    fast, safe = plan(table(tmp_path), tools, crate, "1.0", profiles={"fast": mine})
    assert fast.contract.rustflags[-1] == "-Cprofile-use=/p/fast-00.profdata"
    assert fast.contract.profile == mine
    # What builds of equal flags share, this build shares with nothing else.
    assert fast.sharing.target_dir.parent != plain[0].sharing.target_dir.parent
    assert fast.sharing.dependencies != plain[0].sharing.dependencies
    assert fast.output_dir == plain[0].output_dir
    assert safe == plain[1]


def test_build_scripts_and_macros_get_no_flag_of_a_profile(tmp_path, tools, crate):
    for build in plan(table(tmp_path), tools, crate, "1.0", instrumented=True):
        # With `--target`, cargo gives these flags to what is for the target only.
        assert "--target" in build.command.argv
        env = {k: v for k, v in build.command.env.items() if k != "CARGO_ENCODED_RUSTFLAGS"}
        assert "-Cprofile" not in str(env)
