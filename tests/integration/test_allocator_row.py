"""A new allocator is one row: the configuration, the plan and the checks accept it unchanged."""

from dataclasses import replace
from pathlib import Path

import pytest
from builds import PYTHON
from built_files import unit

from rtvariants.compile.artifact import Artifact
from rtvariants.compile.plan import plan
from rtvariants.config import load
from rtvariants.config.runtime_kinds import Allocators, Features
from rtvariants.errors import ConfigError, MachineError
from rtvariants.native.model import Binary
from rtvariants.targets import levels
from rtvariants.targets.allocators import ALL_C_CODE, ALLOCATORS, Allocator
from rtvariants.toolchain.probe import Crate, Toolchain
from rtvariants.toolchain.rustflags import Ambient
from rtvariants.verify.rules import cargo, platform, symbols
from rtvariants.verify.rules.model import BuiltFile

TARGET = "aarch64-unknown-linux-gnu"
ROW = Allocator(
    "snmalloc", feature="sn", crate="snmalloc-rs", symbols=rb"\0sn_\w*alloc\0", flags="SNFLAGS",
    pages="SNMALLOC_LG_PAGE", dynamic_tls="local_tls",
)  # fmt: skip


@pytest.fixture(autouse=True)
def row(monkeypatch):
    monkeypatch.setitem(ALLOCATORS, ROW.name, ROW)


def config(root, **changes):
    (root / "Cargo.toml").touch()
    runtime = {"name": "one", "level": {"aarch64": "aarch64"}, "allocator": "snmalloc"}
    table = {"crate": ".", "module": "g._g", "env": "G", "runtimes": [runtime | changes]}
    return load.parse(table, root)


def build(root, features=frozenset({"sn"})):
    crate = Crate(
        name="g", lib="g", manifest=Path("/w/Cargo.toml"), workspace=Path("/w"), package_id="path+file:///w#g@1.0",
        rust_version="1.88", abi="cp310-abi3", outside=(), features=features,
    )  # fmt: skip
    tools = Toolchain(
        cargo="cargo", rustc="rustc", version="rustc 1.95.0", release="1.95.0", python=PYTHON,
        sysroot=Path("/sys"), cargo_home=Path("/cargo"), target=TARGET, machine="aarch64",
        system="linux", libc="gnu", cfg_features={levels.rustc_flags("aarch64"): ()},
        ambient=Ambient(), c_ambient={}, target_base=Path("/w/target"), commit="", locked=True,
        cpus=1,
    )  # fmt: skip
    (made,) = plan(config(root), tools, crate, "1.0")
    return made


@pytest.fixture
def built_file(tmp_path):
    binary = Binary(
        system="linux", machine="aarch64", stamp_section=None, exported=(), imported=(),
        libraries=(), static_tls=True, versions={}, symbol_names=b"\0PyInit__g\0sn_malloc\0",
    )  # fmt: skip
    module = unit("g", "sn", kind="cdylib", package_id="path+file:///w#g@1.0")
    artifact = Artifact(build(tmp_path), Path("/w/g.so"), ("sn",), (), 1, units=(module,))
    return BuiltFile(artifact, binary, b"")


def test_the_configuration_knows_its_name_and_its_feature(tmp_path):
    assert config(tmp_path).runtimes[0].allocators["linux"] == "snmalloc"
    with pytest.raises(ConfigError, match="allocator among the features: `sn`") as caught:
        config(tmp_path, features=["sn"])
    assert 'allocator = "snmalloc"' in caught.value.problems[0].hint
    with pytest.raises(ConfigError, match="did you mean `snmalloc`"):
        config(tmp_path, allocator="snmaloc")


def test_the_schema_knows_its_name_and_its_feature():
    assert "snmalloc" in Allocators().schema()["oneOf"][0]["enum"]
    assert "sn" in Features().schema()["items"]["not"]["enum"]


def test_the_plan_turns_on_its_feature_and_sets_its_variables(tmp_path):
    command = build(tmp_path).command
    assert command.argv[command.argv.index("--features") :][:2] == ("--features", "sn")
    assert command.env["SNFLAGS"] == "-march=armv8-a"
    assert command.env["SNMALLOC_LG_PAGE"] == "16"
    assert command.env["RTVARIANTS_PAGE_SIZE"] == "65536"


def test_all_c_code_stays_at_the_baseline_where_nothing_else_reaches_it(tmp_path, monkeypatch):
    monkeypatch.setitem(ALLOCATORS, ROW.name, replace(ROW, flags=ALL_C_CODE, pages=""))
    command = build(tmp_path).command
    assert command.env["CFLAGS_aarch64_unknown_linux_gnu"].startswith("-march=armv8-a ")
    assert "SNFLAGS" not in command.env
    assert command.env["RTVARIANTS_PAGE_SIZE"] == ""


def test_the_error_names_the_crate_that_a_missing_feature_needs(tmp_path):
    with pytest.raises(MachineError, match="no cargo feature `sn`") as caught:
        build(tmp_path, features=frozenset())
    assert 'sn = ["dep:snmalloc-rs"]' in caught.value.problems[0].hint


def test_the_checks_find_it_in_a_file(built_file):
    assert list(symbols.allocator_linked(built_file)) == []
    assert list(cargo.cargo_features(built_file)) == []
    without = replace(built_file, binary=replace(built_file.binary, symbol_names=b"\0PyInit__g\0"))
    ((what, hint),) = symbols.allocator_linked(without)
    assert what == "allocator `snmalloc` is not linked"
    assert "cargo feature `sn`" in hint
    ((_, hint),) = platform.static_tls(built_file)
    assert "`local_tls` of snmalloc-rs" in hint


def test_the_checks_report_it_where_another_one_is_configured(built_file, monkeypatch):
    monkeypatch.setitem(ALLOCATORS, ROW.name, replace(ROW, feature="other", symbols=b"\0never\0"))
    monkeypatch.setitem(ALLOCATORS, "second", replace(ROW, name="second"))
    assert [what for what, _ in symbols.allocator_linked(built_file)] == [
        "allocator `snmalloc` is not linked",
        "allocator `second` is linked, the configuration says `snmalloc`",
    ]
    assert "cargo features of another allocator are on: `sn`" in [
        what for what, _ in cargo.cargo_features(built_file)
    ]
