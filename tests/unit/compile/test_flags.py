"""The flags of rustc, and the paths that no file may name."""

from dataclasses import replace
from pathlib import Path

import pytest
from builds import CRATE, TOOLCHAIN

from rtvariants.compile.flags import private_paths


def private(root="/w", crate=CRATE, **facts):
    return private_paths(Path(root), replace(TOOLCHAIN, **facts), crate)


def test_the_folders_of_this_machine_are_private():
    crate = replace(CRATE, outside=(Path("/beside/helper"),))
    assert set(map(str, private(crate=crate, home=Path("/home/me")))) == {
        "/w", "/w/target/rtvariants", "/sys", "/home/me", "/home/me/.cargo", "/beside/helper",
    }  # fmt: skip


@pytest.mark.parametrize("base", ["/target", "/tmp", "/t", "/build/target"])
def test_of_the_target_directory_only_what_the_plugin_writes_is_private(base):
    found = private(target_base=Path(base))
    assert Path(base) not in found
    assert Path(base, "rtvariants") in found


def test_a_folder_that_is_named_like_its_name_in_a_file_is_not_private():
    crate = replace(CRATE, outside=(Path("/helper"),), workspace=Path("/target"))
    found = private("/target", crate, cargo_home=Path("/cargo"), sysroot=Path("/rustc"))
    assert set(map(str, found)) == {"/w/target/rtvariants"}


@pytest.mark.parametrize("home", ["/", "/tmp", "/nonexistent"])
def test_a_home_that_is_nobodys_is_not_private(home):
    assert Path(home) not in private(home=Path(home))
