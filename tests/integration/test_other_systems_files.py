"""Rules on files for macOS and Windows that zig has just linked: each change breaks one rule."""

from pathlib import Path

import lief
import pytest
from builds import build_of
from small_libraries import TARGETS, of_microsoft

from rtvariants.compile.artifact import Artifact
from rtvariants.native import binary
from rtvariants.targets import platforms
from rtvariants.verify.audit import audit
from rtvariants.verify.rules import RULES, BuiltFile


def built(platform, path, **changes):
    """Return a built file, as rules read it."""
    row = platforms.PLATFORMS[platform]
    contract = {
        "level": row.machine, "target": row.cross_target or row.target, "minimum": (11, 0),
        "private_paths": (Path("/w/me"),),
    }  # fmt: skip
    build = build_of(runtime="safe", **{**contract, **changes})
    audited = audit(binary.code(path), build.contract.level, target=build.contract.target)
    file = binary.read(path)
    return BuiltFile(Artifact(build, path, (), (), 1), file, path.read_bytes(), audited)


#: The rules that these files can keep and break.
SEEN = (
    "target", "allocator-linked", "init-symbol", "exports", "static-tls", "deployment-target",
    "libraries", "stable-abi", "signature", "build-paths", "instructions",
)  # fmt: skip


def broken_rules(file):
    return {rule: what for rule in SEEN for what, _ in RULES[rule](file)}


@pytest.mark.parametrize("platform", TARGETS)
def test_a_correct_file_violates_no_rule(small_library, platform):
    path = small_library(platform)
    assert broken_rules(built(platform, path, minimum=binary.read(path).floor)) == {}


@pytest.mark.parametrize("platform", TARGETS)
def test_one_change_of_a_file_violates_one_rule(small_library, platform):
    def violations(*defines):
        path = small_library(platform, *defines)
        return broken_rules(built(platform, path, minimum=binary.read(path).minimum))

    planted = violations("PLANTED=1")
    feature = "avx" if platform.endswith("x64") else "sve"
    assert list(planted) == ["instructions"]
    # The function is local; only the symbols that the file still has can name it.
    assert f"function `planted` of an unknown crate needs `{feature}" in planted["instructions"]
    assert list(violations("INIT=PyInit__kore")) == ["init-symbol"]
    assert list(violations("MORE=1")) == ["exports"]
    assert list(violations('PATH="/w/me/x/lib.rs"')) == ["build-paths"]
    foreign = violations("FOREIGN=1")
    assert list(foreign) == ["libraries"]
    assert "foreign.d" in foreign["libraries"]


def test_a_level_that_has_the_feature_lets_the_function_pass(small_library):
    path = small_library("windows-x64", "PLANTED=1")
    assert broken_rules(built("windows-x64", path, level="x86_64_v3")) == {}


def test_a_newer_macos_than_the_platforms_is_refused(small_library):
    path = small_library("macos-arm64", target="aarch64-macos.13.3")
    assert list(broken_rules(built("macos-arm64", path))) == ["deployment-target"]


def test_a_file_without_its_signature_is_refused(small_library, tmp_path):
    path = tmp_path / "unsigned"
    file = lief.MachO.parse(str(small_library("macos-arm64"))).at(0)
    file.remove_signature()
    file.write(str(path))
    assert list(broken_rules(built("macos-arm64", path))) == ["signature"]


def test_a_stripped_file_says_that_it_names_nothing(small_library, tmp_path):
    data = bytearray(small_library("windows-x64", "PLANTED=1").read_bytes())
    # Where the header says that the symbols are, and how many.
    header = int.from_bytes(data[60:64], "little") + 4
    data[header + 8 : header + 16] = bytes(8)
    path = tmp_path / "stripped"
    path.write_bytes(data)
    found = built("windows-x64", path)
    assert found.binary.symbol_names is None
    broken = broken_rules(found)
    assert sorted(broken) == ["allocator-linked", "instructions"]
    assert "no symbol names" in broken["allocator-linked"]
    # The instruction is found all the same, in what follows an exported function or none.
    assert "needs `avx" in broken["instructions"]


def test_a_file_for_microsofts_compiler_is_checked_like_any_other(small_library):
    target = {"target": "x86_64-pc-windows-msvc"}
    path = of_microsoft(small_library)
    assert broken_rules(built("windows-x64", path, **target)) == {}
    path = of_microsoft(small_library, "PLANTED=1")
    broken = broken_rules(built("windows-x64", path, **target))
    assert list(broken) == ["instructions"]
    assert "function `planted` of an unknown crate needs `avx" in broken["instructions"]


def test_a_file_as_microsofts_linker_makes_it_is_refused(small_library):
    path = of_microsoft(small_library, "PDB=1")
    found = built("windows-x64", path, target="x86_64-pc-windows-msvc")
    assert list(broken_rules(found)) == ["allocator-linked"]
    with_hint = dict(RULES["allocator-linked"](found))
    assert "let the plugin take `rust-lld`" in with_hint[broken_rules(found)["allocator-linked"]]
