"""Reading a native file by the reader of its format."""

import pytest
from small_libraries import TARGETS

from rtvariants.native import binary, stamp
from rtvariants.targets import platforms


@pytest.mark.parametrize("platform", TARGETS)
def test_each_format_shows_the_same_facts(small_library, platform):
    path = small_library(platform)
    found = binary.read(path)
    row = platforms.PLATFORMS[platform]
    assert (found.machine, found.system) == (row.machine, row.system)
    # zig's linker for macOS adds two names of its own.
    assert set(found.exported) - {"_mh_dylib_header", "__dso_handle"} == {"PyInit__core"}
    assert "PyErr_SetString" in found.imported
    assert stamp.read(path).startswith(b"rtvariants-stamp 1\ncommit= ")
    assert b"\0inner\0" in found.symbol_names
    assert {"inner", "PyInit__core"} <= {m.name for code in binary.code(path) for m in code.marks}
    assert all(code.named for code in binary.code(path))
    assert sum(binary.sizes(path).values()) > 0


@pytest.mark.parametrize("cut", [4, 40, 300])
@pytest.mark.parametrize("platform", ["macos-arm64", "windows-x64"])
def test_a_truncated_file_is_an_error_or_shows_nothing(small_library, tmp_path, platform, cut):
    path = tmp_path / "cut"
    path.write_bytes(small_library(platform).read_bytes()[:cut])
    try:
        found = binary.read(path)
    except ValueError:
        return
    assert found.exported == ()
