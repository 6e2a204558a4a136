"""Prepared toolchains: when they are used, and what of them is read back."""

import json
import os
from pathlib import Path

import pytest
from prepared import ARM

from rtvariants.errors import MachineError
from rtvariants.targets import platforms
from rtvariants.toolchain import cross


def test_no_platform_is_requested_by_default(cache):
    assert cross.asked({}) is None
    assert cross.asked({cross.PLATFORM: ""}) is None
    assert cross.chosen({}) is None


def test_a_platform_is_asked_for_by_name_or_target(cache):
    assert cross.asked({cross.PLATFORM: "linux-arm64"}) is ARM
    assert cross.asked({cross.PLATFORM: "aarch64-unknown-linux-gnu"}) is ARM
    same = {cross.PLATFORM: "linux-arm64", "CARGO_BUILD_TARGET": ARM.target}
    assert cross.asked(same) is ARM


def test_a_name_that_is_none_and_two_targets_are_refused(cache):
    with pytest.raises(MachineError, match=r"`linux-arm46`\nhint: did you mean"):
        cross.asked({cross.PLATFORM: "linux-arm46"})
    with pytest.raises(MachineError, match="two targets"):
        cross.asked({cross.PLATFORM: "linux-arm64", "CARGO_BUILD_TARGET": "riscv64gc-unknown-none"})


def test_what_is_kept_is_read_back(kept):
    assert cross.prepared(ARM) == kept
    chosen = cross.chosen({cross.PLATFORM: "linux-arm64", cross.CACHE: os.environ[cross.CACHE]})
    assert chosen == cross.Cross(ARM, kept)
    assert cross.prepared(platforms.PLATFORMS["linux-x64"]) is None


@pytest.mark.parametrize("fault", ["removed", "cut", "older", "tool gone"])
def test_half_a_toolchain_is_none(kept, fault):
    note = cross.note(ARM)
    if fault == "removed":
        note.unlink()
    elif fault == "cut":
        note.write_text(note.read_text()[:20])
    elif fault == "older":
        note.write_text(json.dumps(json.loads(note.read_text()) | {"format": 0}))
    else:
        Path(kept.linker).unlink()
    assert cross.prepared(ARM) is None


def test_the_variables_name_the_tools_except_those_that_the_user_set(kept):
    env = cross.Cross(ARM, kept).env({"AR_aarch64_unknown_linux_gnu": "mine", "CC": "gcc"})
    assert env == {
        "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER": kept.linker,
        "CC_aarch64_unknown_linux_gnu": kept.linker,
        "CXX_aarch64_unknown_linux_gnu": f"{kept.linker}++",
        "RUSTC": kept.rustc,
    }
    assert cross.Cross(ARM, cross.Prepared()).env({}) == {}


def test_windows_has_another_target_where_another_machine_builds_for_it(cache):
    row = platforms.PLATFORMS["windows-x64"]
    native, foreign = "x86_64-pc-windows-msvc", "x86_64-pc-windows-gnullvm"
    assert cross.Cross(row, cross.Prepared()).target == native
    tools = cross.Prepared(linker="/t/linker", compiler="/t/cc")
    assert cross.Cross(row, tools).target == foreign
    env = cross.Cross(row, tools).env({})
    assert env["CARGO_TARGET_X86_64_PC_WINDOWS_GNULLVM_LINKER"] == "/t/linker"
    assert env["CC_x86_64_pc_windows_gnullvm"] == "/t/cc"
    assert platforms.named(native) is platforms.named(foreign) is row
    for target in (native, foreign):
        assert cross.asked({cross.PLATFORM: "windows-x64", "CARGO_BUILD_TARGET": target}) is row


def test_what_another_version_prepared_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setenv(cross.CACHE, str(tmp_path))
    cross.keep(ARM, cross.Prepared())
    assert cross.prepared(ARM) == cross.Prepared()
    kept = json.loads(cross.note(ARM).read_text())
    cross.note(ARM).write_text(json.dumps({**kept, "of_later": ""}))
    assert cross.prepared(ARM) is None
